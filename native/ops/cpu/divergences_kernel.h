#pragma once

// The kernel of the divergences of rows on CPUs, compiled by
// cpu/divergences_{default,avx2,avx512}.cpp.
//
// A row stays in the first or second level cache for all passes: its copy in scratch, the maxima,
// the exponentials and their sums, the terms of each class and the sums that the gradient needs,
// the gradient.

#include <cmath>

#include "ops/cpu/divergences.h"
#include "ops/cpu/logit_rows.h"
#include "ops/cpu/squared_difference_kernel.h"

namespace potstill::ops::POTSTILL_SIMD {

template <typename Scalar, RowDivergence kind>
class DivergenceRows {
  using Vec = typename Simd<Scalar>::Vec;
  static constexpr int width = Simd<Scalar>::width;
  static constexpr double log2e = 1.44269504088896341;
  static constexpr double ln2 = 0.693147180559945309;
  static constexpr Scalar lowest = -std::numeric_limits<Scalar>::infinity();
  static constexpr double infinite = std::numeric_limits<double>::infinity();

 public:
  DivergenceRows(const DivergenceJob& job, void* scratch)
      : job_(job),
        padded_((job.classes + width - 1) / width * width),
        base_(static_cast<Scalar>(log2e / job.temperature)),
        // By the logits divided by T, of the mean.
        factor_(job.scale / job.temperature / job.counted) {
    const int64_t step = divergence_row_step(padded_ * sizeof(Scalar)) / sizeof(Scalar);
    x_ = static_cast<Scalar*>(scratch);
    y_ = x_ + step;
    q_ = y_ + step;
    p_ = q_ + step;
  }

  void run(int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      row_ = row;
      if (job_.mask != nullptr && !job_.mask[row]) {
        job_.values[row] = 0;
        if (job_.gradient != nullptr) write([](int64_t) POTSTILL_LAMBDA_INLINE { return Vec{}; });
        continue;
      }
      if constexpr (kind == RowDivergence::Squared) {
        // Straight from memory: there is but one pass.
        job_.values[row] = squared();
        continue;
      }
      max_student_ = load_row(job_.student, row, x_, job_.classes);
      max_teacher_ = load_row(job_.teacher, row, y_, job_.classes);
      double value;
      if constexpr (kind == RowDivergence::Decoupled)
        value = decoupled();
      else if constexpr (kind == RowDivergence::Standardized)
        value = job_.scale * standardized();
      else if constexpr (kind == RowDivergence::Forward)
        value = job_.scale * forward();
      else if constexpr (kind == RowDivergence::Reverse)
        value = job_.scale * reverse();
      else
        value = job_.scale * mixed();
      job_.values[row] = value;
    }
    if (kind == RowDivergence::Squared && job_.streamed) stream_fence();
  }

 private:
  template <typename Of>
  POTSTILL_INLINE void write(Of of) {
    write_gradient_row<Scalar>(job_.student.type, job_.gradient, row_, job_.classes, of);
  }

  // gradient = q * of_student + p * of_teacher, of what stands in scratch.
  POTSTILL_INLINE void write_gradient(double of_student, double of_teacher) {
    if (job_.gradient == nullptr) return;
    const auto a = static_cast<Scalar>(of_student);
    const auto b = static_cast<Scalar>(of_teacher);
    write([&](int64_t i) POTSTILL_LAMBDA_INLINE { return load(q_ + i) * a + load(p_ + i) * b; });
  }

  // x, y: logits less their maxima, times log2(e) / T. q, p: 2^x, 2^y. Sets their sums.
  POTSTILL_INLINE void exponentials(Scalar max_student, Scalar max_teacher) {
    Scalar sums[2];
    sum_row<Scalar>(padded_, sums, [&](int64_t i, Vec* part) POTSTILL_LAMBDA_INLINE {
      const Vec x = (load(x_ + i) - max_student) * base_;
      const Vec y = (load(y_ + i) - max_teacher) * base_;
      const Vec q = exp2_nonpositive(x);
      const Vec p = exp2_nonpositive(y);
      store(x_ + i, x);
      store(y_ + i, y);
      store(q_ + i, q);
      store(p_ + i, p);
      part[0] += q;
      part[1] += p;
    });
    sum_student_ = sums[0];
    sum_teacher_ = sums[1];
  }

  POTSTILL_INLINE void exponentials() { exponentials(max_student_, max_teacher_); }

  // Where the weight is 0 the term is 0, whatever the logarithm is; NaN stays.
  static POTSTILL_INLINE Vec times(Vec weight, Vec logarithm) {
    return select(weight > Vec{}, weight * logarithm, weight);
  }

  // KL(p || q). One logarithm of the ratio of the sums, so that equal rows give exactly 0.
  POTSTILL_INLINE double forward_value() const {
    Scalar cross[1];
    sum_row<Scalar>(padded_, cross, [&](int64_t i, Vec* part) POTSTILL_LAMBDA_INLINE {
      part[0] += times(load(p_ + i), load(y_ + i) - load(x_ + i));
    });
    return ln2 * static_cast<double>(cross[0]) / sum_teacher_ +
           std::log(static_cast<double>(sum_student_) / sum_teacher_);
  }

  double forward() {
    exponentials();
    write_gradient(factor_ / sum_student_, -factor_ / sum_teacher_);
    return forward_value();
  }

  // log2(S_q / S_p): what is left of log2(q / p) without x - y.
  POTSTILL_INLINE Scalar log_ratio() const {
    return static_cast<Scalar>(std::log2(static_cast<double>(sum_student_) / sum_teacher_));
  }

  // Classes that the teacher masks make it infinite where the student does not mask them. The
  // gradient is then that of the student restricted to the other classes.
  double reverse() {
    exponentials();
    const Scalar ratio = log_ratio();
    Scalar sums[3];  // of q outside, q inside, q log2(q / p) inside
    sum_row<Scalar>(padded_, sums, [&](int64_t i, Vec* part) POTSTILL_LAMBDA_INLINE {
      const Vec y = load(y_ + i);
      const Vec q = load(q_ + i);
      const auto outside = y == broadcast(lowest);
      const Vec inside = select(outside, Vec{}, q);
      const Vec term = times(inside, load(x_ + i) - y - ratio);
      part[0] += q - inside;
      part[1] += inside;
      part[2] += term;
      store(q_ + i, inside);
      store(p_ + i, term);
    });
    const double inside = sums[1];
    const double divergence = inside == 0 ? 0 : sums[2] / inside;
    const double factor = inside == 0 ? 0 : ln2 * factor_ / inside;
    write_gradient(-divergence * factor, factor);
    return ln2 * divergence + (sums[0] > 0 ? infinite : 0);
  }

  // The weights of p and q in M.
  static constexpr bool teacher_first =
      kind == RowDivergence::Mixed || kind == RowDivergence::SkewForward;

  // Of each class with r = log2(q / p), t the smaller of p and q over the larger: M is the larger
  // times h = 1 - w (1 - t), w the weight of the smaller. So neither overflows, and h is 1 where
  // both are equal.
  double mixed() {
    exponentials();
    const Scalar ratio = log_ratio();
    const auto weight_p = static_cast<Scalar>(teacher_first ? job_.first : 1 - job_.first);
    const auto weight_q = static_cast<Scalar>(teacher_first ? 1 - job_.first : job_.first);
    const Scalar of_p = 1 / sum_teacher_;
    const Scalar of_q = 1 / sum_student_;
    const Vec smallest = broadcast(std::numeric_limits<Scalar>::min());
    // In a loop of its own: with what follows it is one long chain of dependent instructions, of
    // which the processor would hold too few turns to be busy.
    for (int64_t i = 0; i < padded_; i += width) {
      const Vec q = load(q_ + i) * of_q;
      const Vec p = load(p_ + i) * of_p;
      const auto above = q > p;
      store(x_ + i, load(x_ + i) - load(y_ + i) - ratio);
      store(y_ + i, select(above, p, q) / larger(select(above, q, p), smallest));
      store(q_ + i, q);
      store(p_ + i, p);
    }
    Scalar sums[2];  // of the divergence, and of the gradient by q times q
    sum_row<Scalar>(padded_, sums, [&](int64_t i, Vec* part) POTSTILL_LAMBDA_INLINE {
      const Vec r = load(x_ + i);
      const Vec t = load(y_ + i);
      const Vec q = load(q_ + i);
      const Vec p = load(p_ + i);
      const auto above = q > p;
      const Vec weight = select(above, broadcast(weight_p), broadcast(weight_q));
      const Vec h = larger(1 - weight * (1 - t), smallest);
      Vec share;  // q / M
      const Vec log_h =
          log2_and_quotient(h, select(above, broadcast(Scalar{1}), t), share);
      const Vec student = times(q, select(above, Vec{}, r) - log_h);   // q log2(q / M)
      const Vec teacher = times(p, select(above, -r, Vec{}) - log_h);  // p log2(p / M)
      Vec gradient;
      if constexpr (kind == RowDivergence::Mixed) {
        part[0] += weight_p * teacher + weight_q * student;
        gradient = student * weight_q * static_cast<Scalar>(ln2);
      } else {
        // Less a constant by q, which the softmax takes out anyway: so that equal rows have none.
        const Vec apart = select(q > Vec{}, share * (weight_q * (q - p)), q);
        if constexpr (kind == RowDivergence::SkewForward) {
          part[0] += teacher;
          gradient = apart * weight_q;
        } else {
          part[0] += student;
          gradient = student * static_cast<Scalar>(ln2) - apart * weight_p;
        }
      }
      part[1] += gradient;
      store(p_ + i, gradient);
    });
    // log2_positive has no NaN.
    const double nan_or_zero = ratio - ratio;
    write_gradient(nan_or_zero - factor_ * sums[1], factor_);
    return nan_or_zero + ln2 * static_cast<double>(sums[0]);
  }

  double squared() const {
    if constexpr (sizeof(Scalar) == sizeof(double)) {
      return squared_of<double, double>();
    } else {
      switch (job_.student.type) {
        case ElementType::BFloat16:
          return squared_by<BFloat16>();
        case ElementType::Float16:
          return squared_by<Float16>();
        default:
          return squared_by<float>();
      }
    }
  }

  template <typename Student>
  double squared_by() const {
    switch (job_.teacher.type) {
      case ElementType::BFloat16:
        return squared_of<Student, BFloat16>();
      case ElementType::Float16:
        return squared_of<Student, Float16>();
      default:
        return squared_of<Student, float>();
    }
  }

  template <typename Student, typename Teacher>
  double squared_of() const {
    using Gradient = typename ElementTypes<Student>::Gradient;
    const auto* z = static_cast<const Student*>(job_.student.data) + row_ * job_.student.stride;
    const auto* v = static_cast<const Teacher*>(job_.teacher.data) + row_ * job_.teacher.stride;
    auto* gradient = job_.gradient == nullptr
                         ? nullptr
                         : static_cast<Gradient*>(job_.gradient) + row_ * job_.classes;
    const auto classes = static_cast<double>(job_.classes);
    // Past the caches where the rows are whole lines of them, and too many to stay there.
    const bool stream = gradient != nullptr && job_.streamed &&
                        reinterpret_cast<uintptr_t>(gradient) % POTSTILL_SIMD_BYTES == 0;
    return SquaredDifference<Student, Teacher>::template row<true>(
               z, v, gradient, 2 * factor_ / classes, job_.classes, stream) /
           classes;
  }

  struct Spread {
    double count;  // classes that are not masked
    double deviation;
    double divisor;
  };

  // (logit - mean) / (deviation + 1e-7) in place of the logits. Masked classes stay so and count in
  // neither; fewer than two have no deviation.
  POTSTILL_INLINE Spread standardize(Scalar* row) const {
    const Vec mask = broadcast(lowest);
    Scalar sums[2];
    sum_row<Scalar>(padded_, sums, [&](int64_t i, Vec* part) POTSTILL_LAMBDA_INLINE {
      const Vec value = load(row + i);
      const auto masked = value == mask;
      part[0] += select(masked, Vec{}, value);
      part[1] += select(masked, Vec{}, broadcast(Scalar{1}));
    });
    const double count = sums[1];
    const auto mean = static_cast<Scalar>(sums[0] / count);
    Scalar squares[1];
    sum_row<Scalar>(padded_, squares, [&](int64_t i, Vec* part) POTSTILL_LAMBDA_INLINE {
      const Vec value = load(row + i) - mean;
      part[0] += select(value == mask, Vec{}, value * value);
      store(row + i, value);
    });
    const double deviation =
        count > 1 ? std::sqrt(static_cast<double>(squares[0]) / (count - 1)) : 0;
    const double divisor = deviation + 1e-7;
    const auto factor = static_cast<Scalar>(1 / divisor);
    for (int64_t i = 0; i < padded_; i += width) store(row + i, load(row + i) * factor);
    return {count, deviation, divisor};
  }

  double standardized() {
    const Spread spread = standardize(x_);
    standardize(y_);
    const Scalar max_student = largest_of(x_, padded_);
    exponentials(max_student, largest_of(y_, padded_));
    const double value = forward_value();
    if (job_.gradient == nullptr) return value;
    const auto of_student = static_cast<Scalar>(factor_ / sum_student_);
    const auto of_teacher = static_cast<Scalar>(factor_ / sum_teacher_);
    const Vec mask = broadcast(lowest);
    // u is the standardized logit again, h the gradient by it; both 0 where masked.
    const Scalar unscale = 1 / base_;
    Scalar sums[2];
    sum_row<Scalar>(padded_, sums, [&](int64_t i, Vec* part) POTSTILL_LAMBDA_INLINE {
      const Vec x = load(x_ + i);
      const auto masked = x == mask;
      const Vec u = select(masked, Vec{}, x * unscale + max_student);
      const Vec h = select(masked, Vec{}, load(q_ + i) * of_student - load(p_ + i) * of_teacher);
      part[0] += h;
      part[1] += h * u;
      store(p_ + i, u);
      store(q_ + i, h);
    });
    const auto mean = static_cast<Scalar>(sums[0] / spread.count);
    const auto by_mean = static_cast<Scalar>(1 / spread.divisor);
    // Equal logits have no direction in which their deviation grows.
    const auto by_deviation = static_cast<Scalar>(
        spread.deviation == 0 ? 0 : sums[1] / ((spread.count - 1) * spread.deviation));
    const Scalar scale = spread.count > 1 ? 1 : 0;
    write([&](int64_t i) POTSTILL_LAMBDA_INLINE {
      const Vec by_logit = (load(q_ + i) - mean) * by_mean - load(p_ + i) * by_deviation;
      return select(load(x_ + i) == mask, Vec{}, by_logit * scale);
    });
    return value;
  }

  // The label is taken out of the row, so that 1 - p_y comes from the others and never from a
  // difference; what is left is KL(p || q) of a row that masks the label.
  double decoupled() {
    const int64_t label = job_.labels[row_];
    const double z = x_[label];
    const double v = y_[label];
    x_[label] = lowest;
    y_[label] = lowest;
    Scalar max_student = largest_of(x_, padded_);
    Scalar max_teacher = largest_of(y_, padded_);
    if (max_student == lowest) max_student = 0;
    if (max_teacher == lowest) max_teacher = 0;
    exponentials(max_student, max_teacher);
    const DecoupledSums sums = {(z - max_student) / job_.temperature,
                                (v - max_teacher) / job_.temperature, sum_student_, sum_teacher_,
                                forward_value()};
    const DecoupledRow row = decoupled_row(sums, job_.first, job_.second);
    if (job_.gradient != nullptr) {
      combine(static_cast<Scalar>(factor_ * row.student),
              static_cast<Scalar>(factor_ * row.teacher));
      q_[label] = static_cast<Scalar>(factor_ * row.label);
      write([&](int64_t i) POTSTILL_LAMBDA_INLINE { return load(q_ + i); });
    }
    return job_.scale * row.value;
  }

  // q = q * of_student + p * of_teacher.
  POTSTILL_INLINE void combine(Scalar of_student, Scalar of_teacher) {
    for (int64_t i = 0; i < padded_; i += width)
      store(q_ + i, load(q_ + i) * of_student + load(p_ + i) * of_teacher);
  }

  const DivergenceJob& job_;
  const int64_t padded_;
  const Scalar base_;
  const double factor_;
  int64_t row_ = 0;
  // Of the logits as they were loaded.
  Scalar max_student_ = 0;
  Scalar max_teacher_ = 0;
  Scalar sum_student_ = 1;
  Scalar sum_teacher_ = 1;
  Scalar* x_;
  Scalar* y_;
  Scalar* q_;
  Scalar* p_;
};

template <typename Scalar, RowDivergence kind>
void run_divergence(const DivergenceJob& job, int64_t begin, int64_t end, void* scratch) {
  DivergenceRows<Scalar, kind>(job, scratch).run(begin, end);
}

template <RowDivergence kind>
DivergenceKernel divergence_of(bool wide) {
  return wide ? run_divergence<double, kind> : run_divergence<float, kind>;
}

inline DivergenceKernel find_divergence(RowDivergence kind, bool wide) {
  switch (kind) {
    case RowDivergence::Squared:
      return divergence_of<RowDivergence::Squared>(wide);
    case RowDivergence::Forward:
      return divergence_of<RowDivergence::Forward>(wide);
    case RowDivergence::Reverse:
      return divergence_of<RowDivergence::Reverse>(wide);
    case RowDivergence::Mixed:
      return divergence_of<RowDivergence::Mixed>(wide);
    case RowDivergence::SkewForward:
      return divergence_of<RowDivergence::SkewForward>(wide);
    case RowDivergence::SkewReverse:
      return divergence_of<RowDivergence::SkewReverse>(wide);
    case RowDivergence::Standardized:
      return divergence_of<RowDivergence::Standardized>(wide);
    case RowDivergence::Decoupled:
      return divergence_of<RowDivergence::Decoupled>(wide);
  }
  return nullptr;
}

}  // namespace potstill::ops::POTSTILL_SIMD
