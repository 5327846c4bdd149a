#pragma once

// Between cpu/divergences.cpp and its kernels, which are compiled once per instruction set. Plain
// C++: the kernels' files must not see ATen (see simd.h).

#include <cstddef>
#include <cstdint>

#include "ops/cpu/soft_target_ce.h"
#include "ops/divergence_row.h"

namespace potstill::ops {

struct DivergenceJob {
  double first;   // b, s or a
  double second;  // b of Decoupled
  double temperature;
  double scale;    // of the value of a row: T^2 or 1
  double counted;  // rows that the mask does not leave out
  int64_t classes;
  LogitSide student, teacher;
  const int64_t* labels;  // classes, contiguous; null if the kind needs none
  const bool* mask;       // contiguous; null if every row counts
  // Contiguous rows in the type of the student, float for Float16; null if not wanted.
  void* gradient;
  // Whether the gradient is too large to stay in the caches; only Squared asks.
  bool streamed;
  // One value per row, 0 for those left out.
  double* values;
};

// Computes rows [begin, end). `scratch` is aligned to 64 bytes and holds
// `divergence_scratch_bytes(classes)`.
using DivergenceKernel = void (*)(const DivergenceJob& job, int64_t begin, int64_t end,
                                  void* scratch);

// From one row in scratch to the next: a quarter of a page beyond whole pages, for loads would wait
// for unrelated stores at the same offset of another page, or at one that is near.
constexpr int64_t divergence_row_step(int64_t bytes) { return (bytes + 4095) / 4096 * 4096 + 1024; }

inline size_t divergence_scratch_bytes(int64_t classes) {
  // Four rows of the widest scalar, each rounded up to a vector.
  return 4 * static_cast<size_t>(divergence_row_step((classes + 8) * sizeof(double)));
}

// The kernel of a kind. Wide: both sides are Float64; else neither is.
DivergenceKernel divergence_kernel_default(RowDivergence kind, bool wide);
DivergenceKernel divergence_kernel_avx2(RowDivergence kind, bool wide);
DivergenceKernel divergence_kernel_avx512(RowDivergence kind, bool wide);

}  // namespace potstill::ops
