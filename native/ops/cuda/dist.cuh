#pragma once

// The kernels of dist. Correlations of rows need a row, those of columns all rows: so the first
// kernel leaves the softmax sums of each row, and the others make probabilities of them again.

#include "ops/cuda/logits.cuh"
#include "ops/dist_row.h"

namespace potstill::ops::cuda {

// Of a row, as the first kernel leaves it.
struct DistRowState {
  double top_student, top_teacher;  // the largest logits
  double student, teacher;          // one over the sums of the exponentials
  double of_teacher, of_student;    // factors of the gradient
};

struct DistColumnState {
  double mean_p, mean_q;
  double of_teacher, of_student;
};

struct DistJob : LogitJob {
  double beta, gamma;
  DistRowState* row_states;
  DistColumnState* columns;
  double* column_values;  // one a column
  // Sums over parts of the rows: [parts][3][classes].
  double* partial;
  int64_t parts;
  void* loss;
  bool wide;  // float64
};

__device__ __forceinline__ double counted_rows(const DistJob& job) {
  return job.counted == nullptr ? static_cast<double>(job.rows) : *job.counted;
}

// A logit's probability.
template <typename Scalar>
__device__ __forceinline__ Scalar probability(Scalar logit, double top, double over,
                                              double temperature) {
  constexpr double log2e = 1.44269504088896341;
  return row_exp2(row_below(logit, static_cast<Scalar>(top)) *
                  static_cast<Scalar>(log2e / temperature)) *
         static_cast<Scalar>(over);
}

template <typename Element, typename Gradient, int lanes>
__global__ void __launch_bounds__(512) dist_rows_kernel(DistJob job) {
  using Scalar = ScalarOf<Element>;
  LogitJob plain = job;
  plain.gradient = nullptr;
  run_row<Element, Gradient, lanes>(plain, false, [&](const auto& row) {
    constexpr double log2e = 1.44269504088896341;
    const OnlineBases<Scalar> bases{static_cast<Scalar>(log2e / job.temperature), true, false,
                                    false};
    OnlineSums<Scalar> online;
    row.each([&](auto, int64_t, const auto& z, const auto& v) { add_classes(online, z, v, bases); });
    online = row.online(online, bases);
    DistRowState state{online.top_student, online.top_teacher, 1 / double{online.student},
                       1 / double{online.teacher}, 0, 0};
    const auto mean = static_cast<Scalar>(1 / static_cast<double>(job.classes));
    Sums<Scalar, 3> sums;
    row.each([&](auto width, int64_t, const auto& z, const auto& v) {
#pragma unroll
      for (int k = 0; k < decltype(width)::value; ++k) {
        const Scalar q = probability(z[k], state.top_student, state.student, job.temperature);
        const Scalar p = probability(v[k], state.top_teacher, state.teacher, job.temperature);
        sums.of[0] += (p - mean) * (p - mean);
        sums.of[1] += (q - mean) * (q - mean);
        sums.of[2] += (p - mean) * (q - mean);
      }
    });
    row.sum(sums);
    const Correlation of = correlate({sums.of[0], sums.of[1], sums.of[2]});
    if (row.classes > 0 && row.group.rank == 0) {
      const double by = -job.beta / counted_rows(job);
      state.of_teacher = by * of.of_teacher;
      state.of_student = by * of.of_student;
      job.row_states[row.index] = state;
    }
    return of.distance;
  });
}

// Sums over a part of the rows, a thread a column: of p and q, or with `centered` of the squares of
// their differences from the means, and of their product. Blocks: parts times blocks of columns.
template <typename Element, bool centered>
__global__ void __launch_bounds__(256) dist_columns_kernel(DistJob job) {
  using Scalar = ScalarOf<Element>;
  const int64_t part = static_cast<int64_t>(blockIdx.x) % job.parts;
  const int64_t column = static_cast<int64_t>(blockIdx.x) / job.parts * blockDim.x + threadIdx.x;
  if (column >= job.classes) return;
  double sums[3] = {};
  double mean_p = 0, mean_q = 0;
  if (centered) {
    mean_p = job.columns[column].mean_p;
    mean_q = job.columns[column].mean_q;
  }
  const int64_t end = job.rows * (part + 1) / job.parts;
  for (int64_t row = job.rows * part / job.parts; row < end; ++row) {
    if (job.mask != nullptr && !job.mask[row]) continue;
    const DistRowState& state = job.row_states[row];
    Scalar z[1], v[1];
    load<1>(static_cast<const Element*>(job.student) + row * job.student_stride + column, z);
    load<1>(static_cast<const Element*>(job.teacher) + row * job.teacher_stride + column, v);
    const double q = probability(z[0], state.top_student, state.student, job.temperature);
    const double p = probability(v[0], state.top_teacher, state.teacher, job.temperature);
    if (centered) {
      sums[0] += (p - mean_p) * (p - mean_p);
      sums[1] += (q - mean_q) * (q - mean_q);
      sums[2] += (p - mean_p) * (q - mean_q);
    } else {
      sums[0] += p;
      sums[1] += q;
    }
  }
  for (int k = 0; k < (centered ? 3 : 2); ++k)
    job.partial[(part * 3 + k) * job.classes + column] = sums[k];
}

// Adds the parts up, in their order: to the means, or with `centered` to the correlations.
template <bool centered>
__global__ void __launch_bounds__(256) dist_finish_kernel(DistJob job) {
  const int64_t column = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
  if (column >= job.classes) return;
  double sums[3] = {};
  for (int64_t part = 0; part < job.parts; ++part)
    for (int k = 0; k < (centered ? 3 : 2); ++k)
      sums[k] += job.partial[(part * 3 + k) * job.classes + column];
  DistColumnState& state = job.columns[column];
  if (centered) {
    const Correlation of = correlate({sums[0], sums[1], sums[2]});
    const double by = -job.gamma / static_cast<double>(job.classes);
    state.of_teacher = by * of.of_teacher;
    state.of_student = by * of.of_student;
    job.column_values[column] = of.distance;
  } else {
    const double count = counted_rows(job);
    state.mean_p = count == 0 ? 0 : sums[0] / count;
    state.mean_q = count == 0 ? 0 : sums[1] / count;
  }
}

// One block: the loss of the rows' and the columns' distances.
template <int = 0>
__global__ void __launch_bounds__(512) dist_loss_kernel(DistJob job) {
  POTSTILL_SHARED(shared);
  const Group<0> group;
  Sums<double, 2> sums;
  for (int64_t i = group.rank; i < job.rows; i += group.size) sums.of[0] += job.values[i];
  for (int64_t i = group.rank; i < job.classes; i += group.size)
    sums.of[1] += job.column_values[i];
  reduce_sums(group, sums, shared);
  if (group.rank != 0) return;
  const double count = counted_rows(job);
  const double loss =
      count == 0 ? 0
                 : job.scale * (job.beta * sums.of[0] / count +
                                job.gamma * sums.of[1] / static_cast<double>(job.classes));
  if (job.wide)
    *static_cast<double*>(job.loss) = loss;
  else
    *static_cast<float*>(job.loss) = static_cast<float>(loss);
}

template <typename Element, typename Gradient, int lanes>
__global__ void __launch_bounds__(512) dist_gradient_kernel(DistJob job) {
  using Scalar = ScalarOf<Element>;
  run_row<Element, Gradient, lanes>(job, false, [&](const auto& row) {
    DistRowState state{};
    double value = 0;
    if (row.classes > 0) {
      state = job.row_states[row.index];
      value = job.values[row.index];  // as the first kernel left it
    }
    const double mean = 1 / static_cast<double>(job.classes);
    // q, and q times the derivative by it.
    const auto terms = [&](int64_t i, Scalar z, Scalar v, Scalar& q) {
      const DistColumnState& column = job.columns[i];
      q = probability(z, state.top_student, state.student, job.temperature);
      const double p = probability(v, state.top_teacher, state.teacher, job.temperature);
      const double by_q = state.of_teacher * (p - mean) + state.of_student * (q - mean) +
                          column.of_teacher * (p - column.mean_p) +
                          column.of_student * (q - column.mean_q);
      return static_cast<Scalar>(q * by_q);
    };
    Sums<Scalar, 1> sums;
    row.each([&](auto width, int64_t i, const auto& z, const auto& v) {
#pragma unroll
      for (int k = 0; k < decltype(width)::value; ++k) {
        Scalar q;
        sums.of[0] += terms(i + k, z[k], v[k], q);
      }
    });
    row.sum(sums);
    const auto scale = static_cast<Scalar>(job.scale / job.temperature);
    row.write([&](auto width, int64_t i, const auto& z, const auto& v, auto& of) {
#pragma unroll
      for (int k = 0; k < decltype(width)::value; ++k) {
        Scalar q;
        const Scalar term = terms(i + k, z[k], v[k], q);
        of[k] = (term - q * sums.of[0]) * scale;
      }
    });
    return value;
  });
}

}  // namespace potstill::ops::cuda
