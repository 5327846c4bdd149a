#pragma once

// The losses that relate samples, from the inner products of the samples on each side, in float64.
// A row of products belongs to a group of threads; what the gradient needs of another row than its
// own it takes from that row's state, so that one pass writes coefficients · X, symmetric.

#include "ops/cuda/device.cuh"
#include "ops/relation_pair.h"

namespace potstill::ops::cuda {

// Of a row of similarity.
struct SimilarityState {
  double student, teacher;  // what rows are divided by
  double pull, scale;
};

// Of a sample of pkt.
struct PktState {
  double norm, inverse, teacher_inverse;  // 1 / (norm + eps)
  double sum, teacher_sum;                // of the row before it is divided by it
  double pull;
};

// Of all samples of rkd's distances.
struct DistanceMeans {
  double student, teacher;
  double pull;
};

struct RelationJob {
  // [samples][samples]
  const double* student;
  const double* teacher;
  int64_t samples;
  double* coefficients;  // [samples][samples]; null if no gradient is wanted
  double* values;        // their sum is the loss
  // Of similarity, pkt and rkd's distances.
  void* states;
  double* row_sums;  // [2][samples]
  double eps;
  double weight;
  // Of rkd's angles: one over the distances, and sums over triplets, all [samples][samples].
  double* student_inverse;
  double* teacher_inverse;
  double* products;
  double* sums;
  double* along;
};

// A row of the products, and the threads that share it.
template <int lanes>
struct RelationRow {
  Group<lanes> group;
  unsigned char* shared;
  int64_t index, samples;
  bool there;
  const double* student;
  const double* teacher;

  __device__ __forceinline__ RelationRow(const RelationJob& job, unsigned char* memory)
      : shared(memory),
        index(group.row()),
        samples(index < job.samples ? job.samples : 0),
        there(index < job.samples),
        student(job.student + index * job.samples),
        teacher(job.teacher + index * job.samples) {}

  // body(j) for all other samples and this one.
  template <typename Body>
  __device__ __forceinline__ void each(Body body) const {
    for (int64_t j = group.rank; j < samples; j += group.size) body(j);
  }
  template <int count>
  __device__ __forceinline__ void sum(Sums<double, count>& sums) const {
    reduce_sums(group, sums, shared);
  }
};

// --- similarity ----------------------------------------------------------------------------------

template <int lanes>
__global__ void __launch_bounds__(512) similarity_rows_kernel(RelationJob job) {
  POTSTILL_SHARED(shared);
  const RelationRow<lanes> row(job, shared);
  Sums<double, 2> squares;
  row.each([&](int64_t j) {
    squares.of[0] += row.student[j] * row.student[j];
    squares.of[1] += row.teacher[j] * row.teacher[j];
  });
  row.sum(squares);
  const double length = ::sqrt(squares.of[0]), other = ::sqrt(squares.of[1]);
  SimilarityState state{};
  state.student = length < kLeastNorm ? kLeastNorm : length;
  state.teacher = other < kLeastNorm ? kLeastNorm : other;
  Sums<double, 2> sums;
  row.each([&](int64_t j) {
    const double mine = row.student[j] / state.student;
    const double difference = mine - row.teacher[j] / state.teacher;
    sums.of[0] += difference * difference;
    sums.of[1] += difference * mine;
  });
  row.sum(sums);
  if (!row.there || row.group.rank != 0) return;
  const double share = 1 / static_cast<double>(job.samples * job.samples);
  state.pull = length < kLeastNorm ? 0 : sums.of[1];
  state.scale = 2 * share / state.student;
  static_cast<SimilarityState*>(job.states)[row.index] = state;
  job.values[row.index] = sums.of[0] * share;
}

template <int lanes>
__global__ void __launch_bounds__(512) similarity_gradient_kernel(RelationJob job) {
  const RelationRow<lanes> row(job, nullptr);
  if (!row.there) return;
  const auto* states = static_cast<const SimilarityState*>(job.states);
  const SimilarityState mine = states[row.index];
  row.each([&](int64_t j) {
    const double product = row.student[j], other = row.teacher[j];
    const auto by = [&](const SimilarityState& state) {
      const double q = product / state.student;
      return state.scale * (q - other / state.teacher - q * state.pull);
    };
    job.coefficients[row.index * job.samples + j] = by(mine) + by(states[j]);
  });
}

// --- pkt -----------------------------------------------------------------------------------------

template <int = 0>
__global__ void __launch_bounds__(256) pkt_norms_kernel(RelationJob job) {
  const int64_t i = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
  if (i >= job.samples) return;
  PktState state{};
  state.norm = ::sqrt(job.student[i * job.samples + i]);
  state.inverse = 1 / (state.norm + job.eps);
  state.teacher_inverse = 1 / (::sqrt(job.teacher[i * job.samples + i]) + job.eps);
  static_cast<PktState*>(job.states)[i] = state;
}

// The probability of a pair before its row is divided by its sum.
__device__ __forceinline__ double pkt_term(double product, double a, double b) {
  return (product * a * b + 1) / 2;
}

template <int lanes>
__global__ void __launch_bounds__(512) pkt_rows_kernel(RelationJob job) {
  POTSTILL_SHARED(shared);
  const RelationRow<lanes> row(job, shared);
  auto* states = static_cast<PktState*>(job.states);
  PktState state{};
  if (row.there) state = states[row.index];
  Sums<double, 2> totals;
  row.each([&](int64_t j) {
    totals.of[0] += pkt_term(row.student[j], state.inverse, states[j].inverse);
    totals.of[1] += pkt_term(row.teacher[j], state.teacher_inverse, states[j].teacher_inverse);
  });
  row.sum(totals);
  const double share = 1 / static_cast<double>(job.samples * job.samples);
  Sums<double, 2> sums;
  row.each([&](int64_t j) {
    const double q = pkt_term(row.student[j], state.inverse, states[j].inverse) / totals.of[0];
    const double p =
        pkt_term(row.teacher[j], state.teacher_inverse, states[j].teacher_inverse) / totals.of[1];
    sums.of[0] += p * ::log((p + job.eps) / (q + job.eps));
    sums.of[1] += -p / (q + job.eps) * share * q;
  });
  row.sum(sums);
  if (!row.there || row.group.rank != 0) return;
  // The norms of a state are read by other rows meanwhile, these are not.
  states[row.index].sum = totals.of[0];
  states[row.index].teacher_sum = totals.of[1];
  states[row.index].pull = sums.of[1];
  job.values[row.index] = sums.of[0] * share;
}

template <int lanes>
__global__ void __launch_bounds__(512) pkt_gradient_kernel(RelationJob job) {
  POTSTILL_SHARED(shared);
  const RelationRow<lanes> row(job, shared);
  const auto* states = static_cast<const PktState*>(job.states);
  PktState mine{};
  if (row.there) mine = states[row.index];
  const double share = 1 / static_cast<double>(job.samples * job.samples);
  double* coefficients = job.coefficients + row.index * job.samples;
  Sums<double, 1> along;
  double diagonal = 0;
  row.each([&](int64_t j) {
    const PktState& other = states[j];
    const double student = pkt_term(row.student[j], mine.inverse, other.inverse);
    const double teacher = pkt_term(row.teacher[j], mine.teacher_inverse, other.teacher_inverse);
    // By the term, as one of its row and as one of the other's.
    const auto by = [&](const PktState& state) {
      const double q = student / state.sum, p = teacher / state.teacher_sum;
      return (-p / (q + job.eps) * share - state.pull) / (2 * state.sum);
    };
    const double of_term = by(mine) + by(other);
    along.of[0] += of_term * row.student[j] * other.inverse;
    coefficients[j] = of_term * mine.inverse * other.inverse;
    if (j == row.index) diagonal = coefficients[j];
  });
  row.sum(along);
  // The thread that wrote the diagonal has the norm's part to add.
  if (!row.there || row.index % row.group.size != row.group.rank || !(mine.norm > 0)) return;
  coefficients[row.index] = diagonal - along.of[0] * mine.inverse * mine.inverse / mine.norm;
}

// --- rkd: distances ------------------------------------------------------------------------------

// The squared distance of the row's sample from sample j.
template <int lanes>
__device__ __forceinline__ double square_to(const RelationRow<lanes>& row, const double* products,
                                            int64_t j) {
  const int64_t n = row.samples;
  return squared_distance(products[row.index * n + row.index], products[j * n + j],
                          products[row.index * n + j]);
}

// The distance; 0 from itself.
template <int lanes>
__device__ __forceinline__ double distance_to(const RelationRow<lanes>& row, const double* products,
                                              int64_t j) {
  return j == row.index ? 0 : held_distance(square_to(row, products, j));
}

template <int lanes>
__global__ void __launch_bounds__(512) rkd_distances_kernel(RelationJob job) {
  POTSTILL_SHARED(shared);
  const RelationRow<lanes> row(job, shared);
  Sums<double, 2> sums;
  row.each([&](int64_t j) {
    sums.of[0] += distance_to(row, job.student, j);
    sums.of[1] += distance_to(row, job.teacher, j);
  });
  row.sum(sums);
  if (!row.there || row.group.rank != 0) return;
  job.row_sums[row.index] = sums.of[0];
  job.row_sums[job.samples + row.index] = sums.of[1];
}

// One block: the mean distances of the rows' sums, or with `pulls` the pull of the slopes.
template <bool pulls>
__global__ void __launch_bounds__(512) rkd_means_kernel(RelationJob job) {
  POTSTILL_SHARED(shared);
  const Group<0> group;
  Sums<double, 2> sums;
  for (int64_t i = group.rank; i < job.samples; i += group.size) {
    sums.of[0] += job.row_sums[i];
    sums.of[1] += job.row_sums[job.samples + i];
  }
  reduce_sums(group, sums, shared);
  if (group.rank != 0) return;
  auto& means = *static_cast<DistanceMeans*>(job.states);
  const auto pairs = static_cast<double>(job.samples * (job.samples - 1));
  if (pulls) {
    means.pull = sums.of[0] / (means.student * pairs);
  } else {
    means.student = sums.of[0] / pairs;
    means.teacher = sums.of[1] / pairs;
  }
}

template <int lanes>
__global__ void __launch_bounds__(512) rkd_slopes_kernel(RelationJob job) {
  POTSTILL_SHARED(shared);
  const RelationRow<lanes> row(job, shared);
  const DistanceMeans means = *static_cast<const DistanceMeans*>(job.states);
  Sums<double, 2> sums;
  row.each([&](int64_t j) {
    const double distance = distance_to(row, job.student, j);
    const double difference =
        distance / means.student - distance_to(row, job.teacher, j) / means.teacher;
    const double slope = clamp_to_one(difference);
    sums.of[0] += huber_value(difference, slope);
    sums.of[1] += slope * distance;
  });
  row.sum(sums);
  if (!row.there || row.group.rank != 0) return;
  job.values[row.index] =
      sums.of[0] * job.weight / static_cast<double>(job.samples * job.samples);
  job.row_sums[row.index] = sums.of[1];
}

// Adds to the coefficients.
template <int lanes>
__global__ void __launch_bounds__(512) rkd_distances_gradient_kernel(RelationJob job) {
  POTSTILL_SHARED(shared);
  const RelationRow<lanes> row(job, shared);
  const DistanceMeans means = *static_cast<const DistanceMeans*>(job.states);
  const double share = job.weight / static_cast<double>(job.samples * job.samples);
  double* coefficients = job.coefficients + row.index * job.samples;
  Sums<double, 1> diagonal;
  row.each([&](int64_t j) {
    // Held at its least, as it is of equal samples, a distance has no gradient.
    if (j == row.index || square_to(row, job.student, j) < kLeastSquare) return;
    const double distance = distance_to(row, job.student, j);
    const double difference =
        distance / means.student - distance_to(row, job.teacher, j) / means.teacher;
    const double by_square =
        share * (clamp_to_one(difference) - means.pull) / means.student / (2 * distance);
    // Of (i, j) and of (j, i), each in both triangles.
    coefficients[j] -= 4 * by_square;
    diagonal.of[0] += 4 * by_square;
  });
  row.sum(diagonal);
  if (row.there && row.index % row.group.size == row.group.rank)
    coefficients[row.index] += diagonal.of[0];
}

// --- rkd: angles ---------------------------------------------------------------------------------

template <int lanes>
__global__ void __launch_bounds__(512) rkd_inverse_kernel(RelationJob job) {
  const RelationRow<lanes> row(job, nullptr);
  const int64_t n = job.samples, i = row.index;
  row.each([&](int64_t j) {
    const auto of = [&](const double* products) {
      return i == j ? 0 : inverse_distance(square_to(row, products, j));
    };
    job.student_inverse[i * n + j] = of(job.student);
    job.teacher_inverse[i * n + j] = of(job.teacher);
  });
}

inline constexpr int kAngleThreads = 128;

// The cosine at sample j between i and k, on one side. In this order equal samples give 0, and no
// product is fused with the difference from the other side's.
__device__ __forceinline__ double cosine(double ik, double jk, double ij, double jj, double both) {
  return clamp_to_one(((ik - jk) - (ij - jj)) * both);
}

// For a first sample i and another m, a thread each: over all l, the triplets (i, l, m) with the
// angle at l, and (i, m, l) with the angle at m. Blocks: tiles of m times the samples.
template <int = 0>
__global__ void __launch_bounds__(kAngleThreads) rkd_angles_kernel(RelationJob job) {
  POTSTILL_SHARED(shared);
  const Group<0> group;
  const int64_t n = job.samples;
  const int64_t tiles = (n + kAngleThreads - 1) / kAngleThreads;
  const int64_t i = static_cast<int64_t>(blockIdx.x) / tiles;
  const int64_t m = static_cast<int64_t>(blockIdx.x) % tiles * kAngleThreads + threadIdx.x;
  const double *s = job.student, *t = job.teacher;
  const double *r = job.student_inverse, *u = job.teacher_inverse;
  Sums<double, 1> value;
  if (m < n) {
    const double s_im = s[i * n + m], t_im = t[i * n + m];
    const double s_mm = s[m * n + m], t_mm = t[m * n + m];
    const double r_im = r[i * n + m], u_im = u[i * n + m];
    double products = 0, sums = 0, along = 0;
    for (int64_t l = 0; l < n; ++l) {
      const double s_il = s[i * n + l], t_il = t[i * n + l];
      // The products are symmetric: read where neighbors read neighbors.
      const double s_lm = s[l * n + m], t_lm = t[l * n + m];
      const double r_lm = r[l * n + m], u_lm = u[l * n + m];
      const double r_il = r[i * n + l], u_il = u[i * n + l];
      {
        const double both = r_lm * r_il;
        const double c = cosine(s_im, s_lm, s_il, s[l * n + l], both);
        const double other = cosine(t_im, t_lm, t_il, t[l * n + l], u_lm * u_il);
        const double difference = c - other, w = clamp_to_one(difference);
        value.of[0] += huber_value(difference, w);
        products += w * both;
      }
      {
        const double both = r_lm * r_im;
        const double c = cosine(s_il, s_lm, s_im, s_mm, both);
        const double other = cosine(t_il, t_lm, t_im, t_mm, u_lm * u_im);
        const double w = clamp_to_one(c - other);
        sums += w * both;
        along += w * c;
      }
    }
    job.products[i * n + m] = products;
    job.sums[i * n + m] = sums;
    job.along[i * n + m] = along;
  }
  reduce_sums(group, value, shared);
  const auto triplets = static_cast<double>(n) * static_cast<double>(n) * static_cast<double>(n);
  if (group.rank == 0) job.values[blockIdx.x] = value.of[0] * job.weight / triplets;
}

// Adds to the coefficients.
template <int lanes>
__global__ void __launch_bounds__(512) rkd_angles_gradient_kernel(RelationJob job) {
  POTSTILL_SHARED(shared);
  const RelationRow<lanes> row(job, shared);
  const int64_t n = job.samples, i = row.index;
  const double share =
      job.weight / (static_cast<double>(n) * static_cast<double>(n) * static_cast<double>(n));
  double* coefficients = job.coefficients + i * n;
  // By the squared distance of a pair, whose first sample is a.
  const auto by_square = [&](int64_t a, int64_t b) {
    const double inverse = job.student_inverse[a * n + b];
    // A distance that is held at its least has no gradient, nor has one of 0.
    if (a == b || inverse * kLeastNorm >= 1) return 0.0;
    return -share * inverse * inverse * job.along[a * n + b];
  };
  const auto by_product = [&](int64_t a, int64_t b) {
    return share * (job.products[a * n + b] - 2 * job.sums[a * n + b]);
  };
  Sums<double, 1> diagonal;
  row.each([&](int64_t j) {
    const double of_pair = by_square(i, j) + by_square(j, i);
    // Of (i, j) and of (j, i): the coefficients are M + Mᵀ.
    if (j != i) coefficients[j] += by_product(i, j) + by_product(j, i) - 2 * of_pair;
    diagonal.of[0] += share * job.sums[j * n + i] + of_pair;
    if (j == i) diagonal.of[0] += by_product(i, i);
  });
  row.sum(diagonal);
  if (row.there && i % row.group.size == row.group.rank) coefficients[i] += 2 * diagonal.of[0];
}

}  // namespace potstill::ops::cuda
