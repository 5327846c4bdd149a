#pragma once

// Between cpu/linear.cpp and its kernels, which are compiled once per instruction set; plain C++
// (see simd.h).

#include <cstddef>
#include <cstdint>

#include "ops/activation.h"

namespace potstill::ops {

// All matrices are float32 [rows, columns], contiguous.
struct ActivationBackwardJob {
  int64_t rows;
  int64_t columns;
  Activation activation;
  const float* grad_output;
  const float* kept;   // of ReLU its output, of GELU its input; not read without an activation
  float* gradient;     // null if not wanted
  float* column_sums;  // of the gradient, [columns]; null if not wanted
};

struct LinearKernels {
  // Does columns [begin, end). `scratch` holds `end - begin` floats.
  void (*backward)(const ActivationBackwardJob& job, int64_t begin, int64_t end, float* scratch);
  // Of `count` elements; `from` may be `to`.
  void (*activate)(Activation activation, const float* from, float* to, int64_t count);
};

extern const LinearKernels linear_default;
extern const LinearKernels linear_avx2;
extern const LinearKernels linear_avx512;

}  // namespace potstill::ops
