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
    const int64_t step = padded_ + 128 / sizeof(Scalar);
    p_ = static_cast<Scalar*>(scratch);
    q_ = p_ + step;
    g_ = q_ + step;
  }

  void probabilities(int64_t row, double* p, double* q) {
    softmax(row);
    for (int64_t i = 0; i < job_.classes; ++i) {
      p[i] = p_[i];
      q[i] = q_[i];
    }
  }

  void sums(int64_t begin, int64_t end, double* columns) {
    const int64_t classes = job_.classes;
    double* of_p = columns;
    double* of_q = of_p + classes;
    double* of_pp = of_q + classes;
    double* of_qq = of_pp + classes;
    double* of_pq = of_qq + classes;
    for (int64_t row = begin; row < end; ++row) {
      if (job_.mask != nullptr && !job_.mask[row]) continue;
      softmax(row);
      for (int64_t i = 0; i < classes; ++i) {
        const double p = static_cast<double>(p_[i]) - job_.reference_p[i];
        const double q = static_cast<double>(q_[i]) - job_.reference_q[i];
        of_p[i] += p;
        of_q[i] += q;
        of_pp[i] += p * p;
        of_qq[i] += q * q;
        of_pq[i] += p * q;
      }
      // Padding would count as deviations.
      const auto mean = static_cast<Scalar>(1 / static_cast<double>(classes));
      for (int64_t i = classes; i < padded_; ++i) p_[i] = q_[i] = mean;
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
  }

  void gradient(int64_t begin, int64_t end) {
    const int64_t classes = job_.classes;
    const double mean = 1 / static_cast<double>(classes);
    for (int64_t row = begin; row < end; ++row) {
      if (job_.mask != nullptr && !job_.mask[row]) {
        write(row, [](int64_t) POTSTILL_LAMBDA_INLINE { return Vec{}; });
        continue;
      }
      softmax(row);
      const DistRow& of_row = job_.rows[row];
      for (int64_t i = classes; i < padded_; ++i) g_[i] = 0;
      for (int64_t i = 0; i < classes; ++i) {
        const DistColumn& column = job_.columns[i];
        const double p = p_[i];
        const double q = q_[i];
        const double by_q = of_row.of_teacher * (p - mean) + of_row.of_student * (q - mean) +
                            column.of_teacher * (p - column.mean_p) +
                            column.of_student * (q - column.mean_q);
        g_[i] = static_cast<Scalar>(q * by_q);
      }
      Scalar total[1];
      sum_row<Scalar>(padded_, total, [&](int64_t i, Vec* part) POTSTILL_LAMBDA_INLINE {
        part[0] += load(g_ + i);
      });
      const Scalar sum = total[0];
      const auto scale = static_cast<Scalar>(job_.scale / job_.temperature);
      write(row, [&](int64_t i) POTSTILL_LAMBDA_INLINE {
        return (load(g_ + i) - load(q_ + i) * sum) * scale;
      });
    }
  }

 private:
  template <typename Of>
  POTSTILL_INLINE void write(int64_t row, Of of) {
    write_gradient_row<Scalar>(job_.student_type, job_.gradient, row, job_.classes, of);
  }

  POTSTILL_INLINE void normalize(Scalar* row) const {
    const Scalar max = largest_of(row, padded_);
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
    load_row(job_.student_type, job_.student, job_.student_stride, row, q_, job_.classes);
    load_row(job_.teacher_type, job_.teacher, job_.teacher_stride, row, p_, job_.classes);
    normalize(q_);
    normalize(p_);
  }

  const DistJob& job_;
  const int64_t padded_;
  const Scalar base_;
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
