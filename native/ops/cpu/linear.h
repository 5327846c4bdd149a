#pragma once

// Between cpu/linear.cpp and its kernels, which are compiled once per instruction set; plain C++
// (see simd.h).

#include <cstddef>
#include <cstdint>

namespace potstill::ops {

// All matrices are float32 [rows, columns], contiguous.
struct ReluBackwardJob {
  int64_t rows;
  int64_t columns;
  const float* grad_output;
  const float* output;  // 0 where output <= 0; null: no mask
  float* masked;        // null if not wanted
  float* column_sums;   // of the masked gradient, [columns]; null if not wanted
};

// Does columns [begin, end). `scratch` holds `end - begin` floats.
using ReluBackwardKernel = void (*)(const ReluBackwardJob& job, int64_t begin, int64_t end,
                                    float* scratch);

void relu_backward_default(const ReluBackwardJob& job, int64_t begin, int64_t end, float* scratch);
void relu_backward_avx2(const ReluBackwardJob& job, int64_t begin, int64_t end, float* scratch);
void relu_backward_avx512(const ReluBackwardJob& job, int64_t begin, int64_t end, float* scratch);

}  // namespace potstill::ops
