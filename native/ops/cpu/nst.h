#pragma once

// Between cpu/nst.cpp and its kernels, which are compiled once per instruction set. Plain C++, see
// features.h.

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "ops/cpu/element_type.h"
#include "ops/sample_feature.h"

namespace potstill::ops {

struct NstJob {
  int64_t student, teacher;  // channels
  int64_t positions;
  double scale;  // of the gradient: 4 / (B student)

  // Whether positions are related, else channels: what gives the smaller matrix.
  bool by_position() const { return positions <= student + teacher; }
};

// The steps of one sample, in this order; what one leaves for the next is in `scratch`, which is
// aligned to 64 bytes and holds nst_scratch_bytes(job). In float, or in double for Float64, which
// both sides are or neither.
struct NstKernels {
  // Keeps the maps of one side, divided by their norms; the student's last.
  void (*read)(const NstJob& job, const SampleFeature& sample, bool teacher, void* scratch);
  // The value of the sample.
  double (*compare)(const NstJob& job, void* scratch);
  // The gradient by the student, in the order that its sample has.
  void (*write)(const NstJob& job, bool channels_last, void* gradient, void* scratch);
};

// The widest strip (see nst_kernel.h) of any instruction set, in elements.
inline constexpr int64_t most_nst_strip = 32;
// Rows of the gradient that are computed before they are written.
inline constexpr int64_t nst_band = 16;

inline size_t nst_scratch_bytes(const NstJob& job) {
  const auto padded = [](int64_t n) {
    return (n + most_nst_strip - 1) / most_nst_strip * most_nst_strip;
  };
  const bool by_position = job.by_position();
  const int64_t size =
      by_position ? padded(job.positions) : padded(job.student) + padded(job.teacher);
  const int64_t depth = by_position ? job.student + job.teacher : job.positions;
  const int64_t longest = padded(std::max({job.student, job.teacher, job.positions}));
  return static_cast<size_t>(size * (size + depth) + (nst_band + 2) * longest) * sizeof(double);
}

// For the type of a side; compare is the same for all but Float64, write goes by the student's.
NstKernels nst_kernels_default(ElementType type);
NstKernels nst_kernels_avx2(ElementType type);
NstKernels nst_kernels_avx512(ElementType type);

}  // namespace potstill::ops
