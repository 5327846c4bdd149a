#pragma once

// Between cpu/dist.cpp and its kernels, which are compiled once per instruction set. Plain C++: the
// kernels' files must not see ATen (see simd.h).

#include <cstddef>
#include <cstdint>

#include "ops/cpu/soft_target_ce.h"
#include "ops/dist_row.h"

namespace potstill::ops {

struct DistRow {
  double of_teacher, of_student;
};

struct DistJob {
  double temperature;
  double scale;  // of the gradient
  int64_t classes;
  LogitSide student, teacher;
  const bool* mask;  // contiguous; null if every row counts
  // One row of probabilities: what is summed over columns are differences from it, which do not
  // cancel.
  const double* reference_p;
  const double* reference_q;
  // Filled by `sums`, one per row.
  DistSums* row_sums;
  // For `gradient`.
  const DistRow* rows;
  // Of the columns, six arrays of `classes` rounded up to 16, in the type that is computed with: the
  // means of p and q, what rounding took from these means, and of_teacher and of_student with
  // of_teacher * (p - mean) + of_student * (q - mean) the derivative of the loss by q of a row.
  const void* columns;
  // Contiguous rows in the type of the student, float for Float16.
  void* gradient;
};

// `scratch` is aligned to 64 bytes and holds `dist_scratch_bytes(classes)`.
struct DistKernels {
  // The probabilities of one row.
  void (*probabilities)(const DistJob& job, int64_t row, double* p, double* q, void* scratch);
  // Of rows [begin, end): the sums of each row, and of each column five sums of differences from
  // the reference, which are added to `columns`: of p, q, p^2, q^2 and pq, each of all classes.
  void (*sums)(const DistJob& job, int64_t begin, int64_t end, double* columns, void* scratch);
  void (*gradient)(const DistJob& job, int64_t begin, int64_t end, void* scratch);
};

// Rows that are added to the sums of the columns together.
constexpr int64_t kDistRows = 4;

inline int64_t dist_padded(int64_t classes) { return (classes + 15) / 16 * 16; }

inline size_t dist_scratch_bytes(int64_t classes) {
  return (2 * kDistRows + 1) * (static_cast<size_t>(classes) * sizeof(double) + 320);
}

// Wide: both sides are Float64; else neither is.
DistKernels dist_kernels_default(bool wide);
DistKernels dist_kernels_avx2(bool wide);
DistKernels dist_kernels_avx512(bool wide);

}  // namespace potstill::ops
