#pragma once

// The kernel of dist on CPUs, compiled by cpu/dist_{default,avx2,avx512}.cpp. The probabilities are
// taken twice, for the sums and for the gradient, which needs the sums of all rows: cheaper than
// keeping them in memory.

#include "ops/cpu/dist.h"
#include "ops/cpu/logit_rows.h"

namespace potstill::ops::POTSTILL_SIMD {

template <typename Scalar>
class DistRows {
  using Vec = typename Simd<Scalar>::Vec;
  static constexpr int width = Simd<Scalar>::width;
  static constexpr double log2e = 1.44269504088896341;

 public:
  DistRows(const DistJob& job, void* scratch)
      : job_(job),
        padded_((job.classes + width - 1) / width * width),
        base_(static_cast<Scalar>(log2e / job.temperature)) {
    step_ = padded_ + 128 / sizeof(Scalar);
    rows_ = static_cast<Scalar*>(scratch);
    g_ = rows_ + 2 * kDistRows * step_;
    take(0);
  }

  void probabilities(int64_t row, double* p, double* q) {
    softmax(row);
    for (int64_t i = 0; i < job_.classes; ++i) {
      p[i] = p_[i];
      q[i] = q_[i];
    }
  }

  void sums(int64_t begin, int64_t end, double* columns) {
    int64_t filled = 0;
    for (int64_t row = begin; row < end; ++row) {
      if (job_.mask != nullptr && !job_.mask[row]) continue;
      take(filled);
      softmax(row);
      sum_this(row);
      if (++filled == kDistRows) {
        add_to_columns<kDistRows>(0, columns);
        filled = 0;
      }
    }
    for (int64_t slot = 0; slot < filled; ++slot) add_to_columns<1>(slot, columns);
  }

  void gradient(int64_t begin, int64_t end) {
    const int64_t padded = dist_padded(job_.classes);
    const auto* mean_p = static_cast<const Scalar*>(job_.columns);
    const auto* mean_q = mean_p + padded;
    const auto* rest_p = mean_q + padded;
    const auto* rest_q = rest_p + padded;
    const auto* by_p = rest_q + padded;
    const auto* by_q = by_p + padded;
    const auto mean = static_cast<Scalar>(1 / static_cast<double>(job_.classes));
    const auto scale = static_cast<Scalar>(job_.scale / job_.temperature);
    for (int64_t row = begin; row < end; ++row) {
      if (job_.mask != nullptr && !job_.mask[row]) {
        write(row, [](int64_t) POTSTILL_LAMBDA_INLINE { return Vec{}; });
        continue;
      }
      softmax(row);
      const auto of_teacher = static_cast<Scalar>(job_.rows[row].of_teacher);
      const auto of_student = static_cast<Scalar>(job_.rows[row].of_student);
      Scalar total[1];
      // Behind the classes q is 0.
      sum_row<Scalar>(padded_, total, [&](int64_t i, Vec* part) POTSTILL_LAMBDA_INLINE {
        const Vec p = load(p_ + i), q = load(q_ + i);
        // First less the rounded mean: where they are close, that is exact.
        const Vec of_column = load(by_p + i) * ((p - load(mean_p + i)) - load(rest_p + i)) +
                              load(by_q + i) * ((q - load(mean_q + i)) - load(rest_q + i));
        const Vec g = q * (of_teacher * (p - mean) + of_student * (q - mean) + of_column);
        part[0] += g;
        store(g_ + i, g);
      });
      const Scalar sum = total[0];
      write(row, [&](int64_t i) POTSTILL_LAMBDA_INLINE {
        return (load(g_ + i) - load(q_ + i) * sum) * scale;
      });
    }
  }

 private:
  // The row in scratch that is worked with.
  POTSTILL_INLINE void take(int64_t slot) {
    p_ = rows_ + 2 * slot * step_;
    q_ = p_ + step_;
  }

  POTSTILL_INLINE void sum_this(int64_t row) {
    const auto mean = static_cast<Scalar>(1 / static_cast<double>(job_.classes));
    // Padding would count as deviations.
    for (int64_t i = job_.classes; i < padded_; ++i) p_[i] = q_[i] = mean;
    Scalar sums[3];
    sum_row<Scalar>(padded_, sums, [&](int64_t i, Vec* part) POTSTILL_LAMBDA_INLINE {
      const Vec a = load(p_ + i) - mean;
      const Vec b = load(q_ + i) - mean;
      part[0] += a * a;
      part[1] += b * b;
      part[2] += a * b;
    });
    job_.row_sums[row] = {sums[0], sums[1], sums[2]};
  }

  // Some rows at once, so that the sums, in double, are read and written once for all of them.
  template <int count>
  POTSTILL_INLINE void add_to_columns(int64_t slot, double* columns) const {
    const int64_t classes = job_.classes;
    double* __restrict of_p = columns;
    double* __restrict of_q = of_p + classes;
    double* __restrict of_pp = of_q + classes;
    double* __restrict of_qq = of_pp + classes;
    double* __restrict of_pq = of_qq + classes;
    const double* __restrict reference_p = job_.reference_p;
    const double* __restrict reference_q = job_.reference_q;
    const Scalar* __restrict rows = rows_ + 2 * slot * step_;
    for (int64_t i = 0; i < classes; ++i) {
      double sum_p = 0, sum_q = 0, sum_pp = 0, sum_qq = 0, sum_pq = 0;
      for (int k = 0; k < count; ++k) {
        const double p = static_cast<double>(rows[2 * k * step_ + i]) - reference_p[i];
        const double q = static_cast<double>(rows[(2 * k + 1) * step_ + i]) - reference_q[i];
        sum_p += p;
        sum_q += q;
        sum_pp += p * p;
        sum_qq += q * q;
        sum_pq += p * q;
      }
      of_p[i] += sum_p;
      of_q[i] += sum_q;
      of_pp[i] += sum_pp;
      of_qq[i] += sum_qq;
      of_pq[i] += sum_pq;
    }
  }

  template <typename Of>
  POTSTILL_INLINE void write(int64_t row, Of of) {
    write_gradient_row<Scalar>(job_.student.type, job_.gradient, row, job_.classes, of);
  }

  POTSTILL_INLINE void normalize(Scalar* row, Scalar max) const {
    Scalar sums[1];
    sum_row<Scalar>(padded_, sums, [&](int64_t i, Vec* part) POTSTILL_LAMBDA_INLINE {
      const Vec e = exp2_nonpositive((load(row + i) - max) * base_);
      part[0] += e;
      store(row + i, e);
    });
    const Scalar factor = 1 / sums[0];
    for (int64_t i = 0; i < padded_; i += width) store(row + i, load(row + i) * factor);
  }

  POTSTILL_INLINE void softmax(int64_t row) {
    normalize(q_, load_row(job_.student, row, q_, job_.classes));
    normalize(p_, load_row(job_.teacher, row, p_, job_.classes));
  }

  const DistJob& job_;
  const int64_t padded_;
  const Scalar base_;
  int64_t step_;
  // Of each slot p and q.
  Scalar* rows_;
  Scalar* p_;
  Scalar* q_;
  Scalar* g_;
};

template <typename Scalar>
DistKernels dist_kernels() {
  return {
      [](const DistJob& job, int64_t row, double* p, double* q, void* scratch) {
        DistRows<Scalar>(job, scratch).probabilities(row, p, q);
      },
      [](const DistJob& job, int64_t begin, int64_t end, double* columns, void* scratch) {
        DistRows<Scalar>(job, scratch).sums(begin, end, columns);
      },
      [](const DistJob& job, int64_t begin, int64_t end, void* scratch) {
        DistRows<Scalar>(job, scratch).gradient(begin, end);
      },
  };
}

inline DistKernels find_dist(bool wide) {
  return wide ? dist_kernels<double>() : dist_kernels<float>();
}

}  // namespace potstill::ops::POTSTILL_SIMD
