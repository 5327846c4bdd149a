#pragma once

// Between cpu/attention.cpp and its kernels, which are compiled once per instruction set; plain C++
// (see simd.h).

#include <cstdint>

#include "ops/cpu/matrix_product.h"

namespace potstill::ops {

// float32 [batch, heads, rows, columns] whose columns lie side by side; strides in elements.
template <typename Element>
struct Heads {
  Element* data;
  int64_t batch_stride, head_stride, row_stride;

  Element* head(int64_t b, int64_t h) const { return data + b * batch_stride + h * head_stride; }
};

struct AttentionJob {
  int64_t heads, queries, keys, width, value_width;
  float scale;
  bool causal;    // a query sees the keys up to its own place
  int64_t block;  // of queries at a time, at most most_query_block
  Heads<const float> query, key, value;
  Heads<float> output;
  // Of the backward alone.
  Heads<const float> grad_output;
  Heads<float> grad_query, grad_key, grad_value;
};

constexpr int64_t most_query_block = 256;

// Floats of scratch: that of a product, then `block` rows of scores, two of these for the backward.
constexpr int64_t attention_scratch(int64_t block, int64_t keys, bool backward) {
  return matrix_product_scratch + (backward ? 2 : 1) * block * keys;
}

// Both do head `h` of sample `b`.
struct AttentionKernels {
  void (*forward)(const AttentionJob& job, int64_t b, int64_t h, float* scratch);
  void (*backward)(const AttentionJob& job, int64_t b, int64_t h, float* scratch);
};

extern const AttentionKernels attention_default;
extern const AttentionKernels attention_avx2;
extern const AttentionKernels attention_avx512;

}  // namespace potstill::ops
