#pragma once

// Between cpu/add_layer_norm.cpp and its kernels, which are compiled once per instruction set; plain
// C++ (see simd.h).

#include <cstdint>

namespace potstill::ops {

// All matrices are float32 [rows, columns], contiguous.
struct AddLayerNormJob {
  int64_t columns;
  const float* input;
  const float* other;
  const float* weight;  // [columns], or null
  const float* bias;    // [columns], or null
  float eps;
  float* output;
};

// Does rows [begin, end).
using AddLayerNormKernel = void (*)(const AddLayerNormJob& job, int64_t begin, int64_t end);

void add_layer_norm_default(const AddLayerNormJob& job, int64_t begin, int64_t end);
void add_layer_norm_avx2(const AddLayerNormJob& job, int64_t begin, int64_t end);
void add_layer_norm_avx512(const AddLayerNormJob& job, int64_t begin, int64_t end);

}  // namespace potstill::ops
