#pragma once

// Between cpu/soft_target_ce.cpp and its kernels, which are compiled once per instruction set.
// Plain C++: the kernels' files must not see ATen (see simd.h).

#include <cstddef>
#include <cstdint>

#include "ops/cpu/element_type.h"
#include "ops/soft_target_ce_row.h"

namespace potstill::ops {

// Rows of logits, each contiguous, so many elements apart.
struct LogitSide {
  ElementType type;
  const void* data;
  int64_t stride;
};

struct SoftTargetCeJob {
  SoftTargetCeOptions options;
  // The last dimension is contiguous; strides between rows in elements.
  const void* student;
  const void* teacher;
  int64_t student_stride;
  int64_t teacher_stride;
  // int64, contiguous, each the ignored index or a class; null if there are none (alpha is 1).
  const int64_t* labels;
  int64_t ignore_index;
  // Contiguous rows in the type of the student, float for Float16; null if not wanted.
  void* gradient;
  // One value per row, 0 for ignored rows.
  double* values;
  // Write the gradient past the caches.
  bool stream;
  // Fetch the next row while this one is computed.
  bool prefetch;
};

// Computes rows [begin, end). `scratch` is aligned to 64 bytes and holds `scratch_bytes(classes)`.
using SoftTargetCeKernel = void (*)(const SoftTargetCeJob& job, int64_t begin, int64_t end,
                                    void* scratch);

inline size_t soft_target_ce_scratch_bytes(int64_t classes) {
  // Three rows of the widest scalar, each rounded up to a vector, and set apart by a bit more than
  // that: equal offsets within a page would make loads wait for unrelated stores.
  return 3 * (static_cast<size_t>(classes) * sizeof(double) + 320);
}

// The kernel for a pair of types: both Float64, or neither.
SoftTargetCeKernel soft_target_ce_kernel_default(ElementType student, ElementType teacher);
SoftTargetCeKernel soft_target_ce_kernel_avx2(ElementType student, ElementType teacher);
SoftTargetCeKernel soft_target_ce_kernel_avx512(ElementType student, ElementType teacher);

}  // namespace potstill::ops
