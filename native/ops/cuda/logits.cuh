#pragma once

// The kernels on rows of logits: a row is read in passes, first for its sums, then for its gradient;
// from the second pass on it comes from the caches.

#include "ops/cuda/device.cuh"
#include "ops/divergence_row.h"
#include "ops/online_softmax.h"

namespace potstill::ops::cuda {

// A call, as kernels get it. The last dimension is contiguous; strides between rows in elements.
struct LogitJob {
  const void* student;
  const void* teacher;
  int64_t rows;
  int64_t classes;
  int64_t student_stride;
  int64_t teacher_stride;
  const int64_t* labels;  // contiguous, or null
  const bool* mask;       // contiguous, or null
  bool ignores;           // rows with the label
  int64_t ignore_index;   //   that this is
  void* gradient;         // contiguous rows; null if not wanted; may be `student`
  double* values;         // one a row
  const double* counted;  // rows that count, or null: then
  double divisor;         //   the gradient is divided by this
  double temperature;
  double scale;            // of a divergence's value: T^2 or 1
  double first, second;    // of soft_target_ce alpha; of divergences as in divergences.h
  double label_smoothing;  // of soft_target_ce
};

// A row that counts, as the passes see it. `Element` is the type of both sides, `Gradient` that of
// the gradient.
template <typename Element, typename Gradient, int lanes>
struct RowView {
  using Scalar = ScalarOf<Element>;

  Group<lanes> group;
  unsigned char* shared;
  const Element* z = nullptr;
  const Element* v = nullptr;
  Gradient* gradient = nullptr;
  int64_t classes = 0;  // 0 past the last row: nothing to do, but to take part in reductions
  int64_t label = -1;
  int64_t index = 0;
  bool packed = false;

  // body(Width<w>, i, z[w], v[w])
  template <typename Body>
  __device__ __forceinline__ void each(Body body) const {
    for_each<Element>(group, classes, packed, [&](auto width, int64_t i) {
      constexpr int w = decltype(width)::value;
      Scalar a[w], b[w];
      load<w>(z + i, a);
      load<w>(v + i, b);
      body(width, i, a, b);
    });
  }

  // The gradient of[w] of the classes from i on: body(Width<w>, i, z[w], v[w], of[w])
  template <typename Body>
  __device__ __forceinline__ void write(Body body) const {
    each([&](auto width, int64_t i, const auto& a, const auto& b) {
      constexpr int w = decltype(width)::value;
      Scalar of[w];
      body(width, i, a, b, of);
      store<w>(gradient + i, of);
    });
  }

  template <int count>
  __device__ __forceinline__ void sum(Sums<Scalar, count>& sums) const {
    reduce_sums(group, sums, shared);
  }

  __device__ __forceinline__ OnlineSums<Scalar> online(OnlineSums<Scalar> sums,
                                                       const OnlineBases<Scalar>& bases) const {
    return group.reduce(
        sums, shared, [&](const OnlineSums<Scalar>& a, const OnlineSums<Scalar>& b) {
          return merge(a, b, bases);
        });
  }
};

// Runs `program` on the row of this group: `double program(row)` gives the row's value, the same for
// all threads, and writes the gradient if it is wanted. Rows that do not count are 0.
template <typename Element, typename Gradient, int lanes, typename Program>
__device__ __forceinline__ void run_row(const LogitJob& job, bool labeled, Program program) {
  POTSTILL_SHARED(shared);
  RowView<Element, Gradient, lanes> row;
  row.shared = shared;
  const int64_t index = row.group.row();
  row.index = index;
  const bool there = index < job.rows;
  bool counts = there && (job.mask == nullptr || job.mask[index]);
  if (there && labeled) {
    row.label = job.labels[index];
    if (job.ignores && row.label == job.ignore_index) counts = false;
  }
  // A label that is no class: nobody waits for the device to complain, so the loss becomes NaN.
  const bool known = !labeled || !counts || (row.label >= 0 && row.label < job.classes);
  auto* gradient = static_cast<Gradient*>(job.gradient);
  if (gradient != nullptr && there) gradient += index * job.classes;
  if (counts && known) {
    row.z = static_cast<const Element*>(job.student) + index * job.student_stride;
    row.v = static_cast<const Element*>(job.teacher) + index * job.teacher_stride;
    row.gradient = gradient;
    row.classes = job.classes;
    row.packed = is_aligned(row.z) && is_aligned(row.v) && is_aligned(gradient);
  } else {
    row.label = -1;
  }
  double value = program(row);
  if (!there) return;
  if (!counts || !known) {
    value = counts ? static_cast<double>(NAN) : 0;
    if (gradient != nullptr)
      for (int64_t i = row.group.rank; i < job.classes; i += row.group.size)
        gradient[i] = static_cast<Gradient>(static_cast<float>(value));
  }
  if (row.group.rank == 0) job.values[index] = value;
}

__device__ __forceinline__ double divisor_of(const LogitJob& job) {
  return job.counted == nullptr ? job.divisor : *job.counted * job.divisor;
}

// Threads of a block of the kernels below, at most: the registers are shared out by it, and double
// takes twice as many.
template <typename Element, int lanes>
inline constexpr int kRowThreads = sizeof(Element) < 8 ? 512 : lanes == 0 ? 256 : 128;

// --- soft_target_ce ---------------------------------------------------------------------------

template <typename Element, typename Gradient, int lanes>
__global__ void __launch_bounds__((kRowThreads<Element, lanes>))
    soft_target_ce_kernel(LogitJob job) {
  using Scalar = ScalarOf<Element>;
  run_row<Element, Gradient, lanes>(job, job.labels != nullptr, [&](const auto& row) {
    constexpr double log2e = 1.44269504088896341;
    const SoftTargetCeOptions options{job.first, job.temperature, job.label_smoothing, job.classes,
                                      divisor_of(job)};
    const bool hard = job.first != 1;
    const OnlineBases<Scalar> bases{static_cast<Scalar>(log2e / job.temperature), job.first != 0,
                                    hard, hard && job.label_smoothing != 0};
    OnlineSums<Scalar> online;
    row.each([&](auto, int64_t, const auto& z, const auto& v) { add_classes(online, z, v, bases); });
    online = row.online(online, bases);
    Scalar label_gap = 0;
    if (hard && row.label >= 0)
      label_gap = static_cast<Scalar>(row.z[row.label]) - online.top_student;
    const SoftTargetCeSums<Scalar> sums = row_sums(online, label_gap, bases);
    // The label's logit has been read everywhere before anybody writes there.
    if constexpr (lanes == 0)
      __syncthreads();
    else
      __syncwarp();
    if (job.gradient != nullptr) {
      const auto factors = soft_target_ce_factors(sums, options);
      row.write([&](auto width, int64_t i, const auto& z, const auto& v, auto& of) {
#pragma unroll
        for (int k = 0; k < decltype(width)::value; ++k) {
          const Scalar x = row_below(z[k], online.top_student);
          Scalar result = 0;
          if (bases.soft)
            result = row_exp2(x * bases.base) * factors.student -
                     row_exp2(row_below(v[k], online.top_teacher) * bases.base) * factors.teacher;
          if (bases.hard) {
            result += row_exp2(x * static_cast<Scalar>(log2e)) * factors.hard - factors.smooth;
            if (i + k == row.label) result -= factors.label;
          }
          of[k] = result;
        }
      });
    }
    return soft_target_ce_value(sums, options);
  });
}

// --- divergences ------------------------------------------------------------------------------

template <typename Row, RowDivergence kind>
struct DivergenceProgram {
  using Scalar = typename Row::Scalar;
  static constexpr double log2e = 1.44269504088896341;
  static constexpr double ln2 = 0.693147180559945309;

  const LogitJob& job;
  const Row& row;
  const double factor;  // by the logits divided by T, of the mean
  const OnlineBases<Scalar> bases;
  OnlineSums<Scalar> online;
  bool wanted;

  __device__ __forceinline__ DivergenceProgram(const LogitJob& job_, const Row& row_)
      : job(job_),
        row(row_),
        factor(job_.scale / job_.temperature / divisor_of(job_)),
        bases{static_cast<Scalar>(log2e / job_.temperature), true, false, false},
        wanted(job_.gradient != nullptr) {}

  __device__ __forceinline__ double value() {
    if constexpr (kind == RowDivergence::Squared) return squared();
    if constexpr (kind == RowDivergence::Decoupled) return job.scale * decoupled();
    if constexpr (kind == RowDivergence::Standardized) return job.scale * standardized();
    if constexpr (kind == RowDivergence::Forward) return job.scale * forward();
    if constexpr (kind == RowDivergence::Reverse) return job.scale * reverse();
    return job.scale * mixed();
  }

 private:
  static __device__ __forceinline__ bool is_masked(Scalar x) { return x == row_lowest<Scalar>(); }
  // Where the weight is 0 the term is 0, whatever the logarithm is; NaN stays.
  static __device__ __forceinline__ Scalar times(Scalar weight, Scalar logarithm) {
    return weight > 0 ? weight * logarithm : weight;
  }

  __device__ __forceinline__ void softmax_sums() {
    row.each([&](auto, int64_t, const auto& z, const auto& v) { add_classes(online, z, v, bases); });
    online = row.online(online, bases);
  }

  // Logits less the largest, times log2(e) / T.
  __device__ __forceinline__ Scalar below_student(Scalar z) const {
    return row_below(z, online.top_student) * bases.base;
  }
  __device__ __forceinline__ Scalar below_teacher(Scalar v) const {
    return row_below(v, online.top_teacher) * bases.base;
  }

  __device__ __forceinline__ double forward_value() const {
    SoftTargetCeOptions options{1, 1, 0, job.classes, 1};
    return soft_target_ce_value(row_sums(online, Scalar{0}, bases), options);
  }

  __device__ __forceinline__ double forward() {
    softmax_sums();
    if (wanted) {
      const auto of_student = static_cast<Scalar>(factor / online.student);
      const auto of_teacher = static_cast<Scalar>(factor / online.teacher);
      row.write([&](auto width, int64_t, const auto& z, const auto& v, auto& of) {
#pragma unroll
        for (int k = 0; k < decltype(width)::value; ++k)
          of[k] = row_exp2(below_student(z[k])) * of_student -
                  row_exp2(below_teacher(v[k])) * of_teacher;
      });
    }
    return forward_value();
  }

  // log2(S_q / S_p): what is left of log2(q / p) without x - y.
  __device__ __forceinline__ Scalar log_ratio() const {
    return static_cast<Scalar>(::log2(static_cast<double>(online.student) / online.teacher));
  }

  // Classes that the teacher masks make it infinite where the student does not mask them. The
  // gradient is then that of the student restricted to the other classes.
  __device__ __forceinline__ double reverse() {
    softmax_sums();
    const Scalar ratio = log_ratio();
    const auto term = [&](Scalar z, Scalar v, Scalar& inside) {
      const Scalar y = below_teacher(v);
      const Scalar x = below_student(z);
      inside = is_masked(y) ? Scalar{0} : row_exp2(x);
      return times(inside, x - y - ratio);
    };
    Sums<Scalar, 3> sums;  // of q outside, q inside, q log2(q / p) inside
    row.each([&](auto width, int64_t, const auto& z, const auto& v) {
#pragma unroll
      for (int k = 0; k < decltype(width)::value; ++k) {
        Scalar inside;
        sums.of[2] += term(z[k], v[k], inside);
        sums.of[1] += inside;
        sums.of[0] += row_exp2(below_student(z[k])) - inside;
      }
    });
    row.sum(sums);
    const double inside = sums.of[1];
    const double divergence = inside == 0 ? 0 : sums.of[2] / inside;
    if (wanted) {
      const double by = inside == 0 ? 0 : ln2 * factor / inside;
      const auto of_student = static_cast<Scalar>(-divergence * by);
      const auto of_term = static_cast<Scalar>(by);
      row.write([&](auto width, int64_t, const auto& z, const auto& v, auto& of) {
#pragma unroll
        for (int k = 0; k < decltype(width)::value; ++k) {
          Scalar q;
          const Scalar by_term = term(z[k], v[k], q);
          of[k] = q * of_student + by_term * of_term;
        }
      });
    }
    return ln2 * divergence + (sums.of[0] > 0 ? HUGE_VAL : 0);
  }

  // Of each class with r = log2(q / p), t = 2^-|r|: M is the larger of p and q times
  // h = 1 - w (1 - t), w the weight of the smaller. So neither overflows, and h is 1 where
  // both are equal.
  __device__ __forceinline__ double mixed() {
    constexpr bool teacher_first =
        kind == RowDivergence::Mixed || kind == RowDivergence::SkewForward;
    constexpr Scalar smallest =
        sizeof(Scalar) == 4 ? Scalar(1.17549435e-38) : Scalar(2.2250738585072014e-308);
    softmax_sums();
    const Scalar ratio = log_ratio();
    const auto weight_p = static_cast<Scalar>(teacher_first ? job.first : 1 - job.first);
    const auto weight_q = static_cast<Scalar>(teacher_first ? 1 - job.first : job.first);
    const Scalar of_p = 1 / online.teacher;
    const Scalar of_q = 1 / online.student;
    // The terms of a class: of the divergence, and of the gradient by q times q.
    const auto terms = [&](Scalar z, Scalar v, Scalar& value, Scalar& gradient) {
      const Scalar x = below_student(z), y = below_teacher(v);
      const Scalar r = x - y - ratio;
      const bool above = r > 0;  // q is larger
      const Scalar t = row_exp2(above ? -r : r);
      Scalar h = 1 - (above ? weight_p : weight_q) * (1 - t);
      if (h < smallest) h = smallest;
      const Scalar log_h = row_log2(h);
      const Scalar q = row_exp2(x) * of_q;
      const Scalar p = row_exp2(y) * of_p;
      const Scalar student = times(q, (above ? Scalar{0} : r) - log_h);   // q log2(q / M)
      const Scalar teacher = times(p, (above ? -r : Scalar{0}) - log_h);  // p log2(p / M)
      if constexpr (kind == RowDivergence::Mixed) {
        value = weight_p * teacher + weight_q * student;
        gradient = student * weight_q * static_cast<Scalar>(ln2);
      } else {
        // Less a constant by q, which the softmax takes out anyway: so that equal rows have none.
        const Scalar share = (above ? Scalar{1} : t) / h;  // q / M
        const Scalar apart = q > 0 ? share * (weight_q * (q - p)) : q;
        if constexpr (kind == RowDivergence::SkewForward) {
          value = teacher;
          gradient = apart * weight_q;
        } else {
          value = student;
          gradient = student * static_cast<Scalar>(ln2) - apart * weight_p;
        }
      }
    };
    Sums<Scalar, 2> sums;
    row.each([&](auto width, int64_t, const auto& z, const auto& v) {
#pragma unroll
      for (int k = 0; k < decltype(width)::value; ++k) {
        Scalar value, gradient;
        terms(z[k], v[k], value, gradient);
        sums.of[0] += value;
        sums.of[1] += gradient;
      }
    });
    row.sum(sums);
    if (wanted) {
      const auto of_student = static_cast<Scalar>(-factor * sums.of[1] / online.student);
      const auto of_term = static_cast<Scalar>(factor);
      row.write([&](auto width, int64_t, const auto& z, const auto& v, auto& of) {
#pragma unroll
        for (int k = 0; k < decltype(width)::value; ++k) {
          Scalar value, gradient;
          terms(z[k], v[k], value, gradient);
          of[k] = row_exp2(below_student(z[k])) * of_student + gradient * of_term;
        }
      });
    }
    return ln2 * static_cast<double>(sums.of[0]);
  }

  __device__ __forceinline__ double squared() {
    const auto by = static_cast<Scalar>(2 * factor / static_cast<double>(job.classes));
    // Classes that both mask are equal.
    const auto difference = [](Scalar z, Scalar v) { return z == v ? Scalar{0} : z - v; };
    Sums<Scalar, 1> sums;
    const auto add = [&](auto width, const auto& z, const auto& v) {
#pragma unroll
      for (int k = 0; k < decltype(width)::value; ++k)
        sums.of[0] += difference(z[k], v[k]) * difference(z[k], v[k]);
    };
    if (wanted)
      row.write([&](auto width, int64_t, const auto& z, const auto& v, auto& of) {
        add(width, z, v);
#pragma unroll
        for (int k = 0; k < decltype(width)::value; ++k) of[k] = difference(z[k], v[k]) * by;
      });
    else
      row.each([&](auto width, int64_t, const auto& z, const auto& v) { add(width, z, v); });
    row.sum(sums);
    return static_cast<double>(sums.of[0]) / static_cast<double>(job.classes);
  }

  // The label is taken out of the row; what is left is KL(p || q) of a row that masks the label.
  __device__ __forceinline__ double decoupled() {
    row.each([&](auto width, int64_t i, const auto& z, const auto& v) {
      constexpr int w = decltype(width)::value;
      Scalar a[w], b[w];
#pragma unroll
      for (int k = 0; k < w; ++k) {
        const bool is_label = i + k == row.label;
        a[k] = is_label ? row_lowest<Scalar>() : z[k];
        b[k] = is_label ? row_lowest<Scalar>() : v[k];
      }
      add_classes(online, a, b, bases);
    });
    online = row.online(online, bases);
    // Where all the rest is masked.
    if (is_masked(online.top_student)) online.top_student = 0;
    if (is_masked(online.top_teacher)) online.top_teacher = 0;
    DecoupledSums sums{0, 0, online.student, online.teacher, forward_value()};
    if (row.label >= 0) {
      sums.gap_student = (static_cast<double>(static_cast<Scalar>(row.z[row.label])) -
                          online.top_student) / job.temperature;
      sums.gap_teacher = (static_cast<double>(static_cast<Scalar>(row.v[row.label])) -
                          online.top_teacher) / job.temperature;
    }
    const DecoupledRow of_row = decoupled_row(sums, job.first, job.second);
    if (wanted) {
      const auto of_student = static_cast<Scalar>(factor * of_row.student);
      const auto of_teacher = static_cast<Scalar>(factor * of_row.teacher);
      const auto of_label = static_cast<Scalar>(factor * of_row.label);
      row.write([&](auto width, int64_t i, const auto& z, const auto& v, auto& of) {
#pragma unroll
        for (int k = 0; k < decltype(width)::value; ++k)
          of[k] = i + k == row.label ? of_label
                                     : row_exp2(below_student(z[k])) * of_student +
                                           row_exp2(below_teacher(v[k])) * of_teacher;
      });
    }
    return of_row.value;
  }

  struct Spread {
    Scalar count;  // classes that are not masked
    Scalar mean;
    Scalar deviation;
    Scalar divisor;
  };

  // Mean and deviation of the classes that a side does not mask; fewer than two have no deviation.
  __device__ __forceinline__ static Spread spread_of(Scalar count, Scalar mean, Scalar squares) {
    const double deviation =
        count > 1 ? ::sqrt(static_cast<double>(squares) / (static_cast<double>(count) - 1)) : 0;
    return {count, mean, static_cast<Scalar>(deviation), static_cast<Scalar>(deviation + 1e-7)};
  }

  static __device__ __forceinline__ Scalar standard(Scalar x, const Spread& spread) {
    return is_masked(x) ? x : (x - spread.mean) / spread.divisor;
  }

  __device__ __forceinline__ double standardized() {
    Sums<Scalar, 4> sums;
    row.each([&](auto width, int64_t, const auto& z, const auto& v) {
#pragma unroll
      for (int k = 0; k < decltype(width)::value; ++k) {
        if (!is_masked(z[k])) sums.of[0] += 1, sums.of[1] += z[k];
        if (!is_masked(v[k])) sums.of[2] += 1, sums.of[3] += v[k];
      }
    });
    row.sum(sums);
    const Scalar mean_z = sums.of[1] / sums.of[0], mean_v = sums.of[3] / sums.of[2];
    Sums<Scalar, 2> squares;
    row.each([&](auto width, int64_t, const auto& z, const auto& v) {
#pragma unroll
      for (int k = 0; k < decltype(width)::value; ++k) {
        if (!is_masked(z[k])) squares.of[0] += (z[k] - mean_z) * (z[k] - mean_z);
        if (!is_masked(v[k])) squares.of[1] += (v[k] - mean_v) * (v[k] - mean_v);
      }
    });
    row.sum(squares);
    const Spread of_z = spread_of(sums.of[0], mean_z, squares.of[0]);
    const Spread of_v = spread_of(sums.of[2], mean_v, squares.of[1]);
    row.each([&](auto width, int64_t, const auto& z, const auto& v) {
      constexpr int w = decltype(width)::value;
      Scalar a[w], b[w];
#pragma unroll
      for (int k = 0; k < w; ++k) {
        a[k] = standard(z[k], of_z);
        b[k] = standard(v[k], of_v);
      }
      add_classes(online, a, b, bases);
    });
    online = row.online(online, bases);
    if (wanted) standardized_gradient(of_z, of_v);
    return forward_value();
  }

  __device__ __forceinline__ void standardized_gradient(const Spread& of_z, const Spread& of_v) {
    const auto of_student = static_cast<Scalar>(factor / online.student);
    const auto of_teacher = static_cast<Scalar>(factor / online.teacher);
    // The gradient by the standardized logit u.
    const auto by_standard = [&](Scalar u, Scalar v) {
      return row_exp2(below_student(u)) * of_student -
             row_exp2(below_teacher(standard(v, of_v))) * of_teacher;
    };
    Sums<Scalar, 2> sums;
    row.each([&](auto width, int64_t, const auto& z, const auto& v) {
#pragma unroll
      for (int k = 0; k < decltype(width)::value; ++k) {
        if (is_masked(z[k])) continue;
        const Scalar u = standard(z[k], of_z);
        const Scalar h = by_standard(u, v[k]);
        sums.of[0] += h;
        sums.of[1] += h * u;
      }
    });
    row.sum(sums);
    const Scalar mean = sums.of[0] / of_z.count;
    const Scalar by_mean = 1 / of_z.divisor;
    // Equal logits have no direction in which their deviation grows.
    const Scalar by_deviation =
        of_z.deviation == 0 ? Scalar{0} : sums.of[1] / ((of_z.count - 1) * of_z.deviation);
    const Scalar scale = of_z.count > 1 ? 1 : 0;
    row.write([&](auto width, int64_t, const auto& z, const auto& v, auto& of) {
#pragma unroll
      for (int k = 0; k < decltype(width)::value; ++k) {
        const Scalar u = standard(z[k], of_z);
        of[k] = is_masked(z[k])
                    ? Scalar{0}
                    : ((by_standard(u, v[k]) - mean) * by_mean - u * by_deviation) * scale;
      }
    });
  }
};

template <typename Element, typename Gradient, int lanes, RowDivergence kind>
__global__ void __launch_bounds__((kRowThreads<Element, lanes>))
    divergence_kernel(LogitJob job) {
  run_row<Element, Gradient, lanes>(
      job, kind == RowDivergence::Decoupled, [&](const auto& row) {
        using Row = std::remove_cv_t<std::remove_reference_t<decltype(row)>>;
        return DivergenceProgram<Row, kind>(job, row).value();
      });
}

}  // namespace potstill::ops::cuda
