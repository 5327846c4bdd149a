#pragma once

// Compiled by cpu/attention_{default,avx2,avx512}.cpp.
//
// The scores of a block of queries by all keys are made by a product, turned into weights in the
// cache, and multiplied on. Unlike flash attention (Dao et al., 2022) a row is seen whole, which
// spares the corrections between blocks of keys; attention.h bounds its length.

#include "ops/cpu/attention.h"
#include "ops/cpu/matrix_product_kernel.h"
#include "ops/cpu/simd.h"

namespace potstill::ops::POTSTILL_SIMD {

struct Rows {
  float* data;
  int64_t stride;
};

POTSTILL_INLINE MatrixView by_rows(const float* data, int64_t stride) { return {data, stride, 1}; }
POTSTILL_INLINE MatrixView transposed(const float* data, int64_t stride) {
  return {data, 1, stride};
}

// output [m, n] = left [m, k] · right [k, n], or added to it.
inline void product(int64_t m, int64_t n, int64_t k, MatrixView left, MatrixView right, Rows output,
                    float* scratch, bool accumulate = false) {
  MatrixProductJob job{};
  job.m = m;
  job.n = n;
  job.k = k;
  job.left = left;
  job.right = right;
  job.accumulate = accumulate;
  job.output = output.data;
  job.output_stride = output.stride;
  matrix_product(job, {0, m, 0, n}, scratch);
}

// exp(factor · (x - the largest)) of `count` scores in place, 0 up to `whole`; returns the sum.
POTSTILL_INLINE float exponentials(float* row, int64_t count, int64_t whole, float factor) {
  constexpr int width = Simd<float>::width;
  constexpr float lowest = -std::numeric_limits<float>::infinity();
  const int rest = static_cast<int>(count % width);
  const int64_t end = count - rest;
  FloatVec peak = broadcast(lowest);
  for (int64_t i = 0; i < end; i += width) peak = larger(load(row + i), peak);
  if (rest > 0) peak = larger(load_partial(row + end, rest, lowest), peak);
  const FloatVec shift = broadcast(largest(peak));
  FloatVec total{};
  for (int64_t i = 0; i < end; i += width) {
    const FloatVec e = exp2_nonpositive((load(row + i) - shift) * factor);
    total += e;
    store(row + i, e);
  }
  if (rest > 0) {
    const FloatVec e =
        exp2_nonpositive((load_partial(row + end, rest, lowest) - shift) * factor);
    total += e;
    store_partial(row + end, e, rest);
  }
  if (count < whole) std::memset(row + count, 0, (whole - count) * sizeof(float));
  return sum(total);
}

POTSTILL_INLINE void multiply(float* row, int64_t count, float factor) {
  for (int64_t i = 0; i < count; ++i) row[i] *= factor;
}

// A block of queries of one head, and the keys that any of them sees.
struct QueryBlock {
  int64_t first, count, keys;
};

POTSTILL_INLINE QueryBlock query_block(const AttentionJob& job, int64_t first) {
  const int64_t count = first + job.block < job.queries ? job.block : job.queries - first;
  const int64_t seen = first + count;
  return {first, count, job.causal && seen < job.keys ? seen : job.keys};
}

// Unnormalized weights into `scores`; `use(row, sum)` of each.
template <typename Use>
POTSTILL_INLINE void weigh(const AttentionJob& job, const QueryBlock& block, const float* query,
                           const float* key, float* scores, float* scratch, Use use) {
  product(block.count, block.keys, job.width,
          by_rows(query + block.first * job.query.row_stride, job.query.row_stride),
          transposed(key, job.key.row_stride), {scores, block.keys}, scratch);
  const float factor = job.scale * 1.4426950408889634f;  // log2(e)
  for (int64_t i = 0; i < block.count; ++i) {
    const int64_t own = block.first + i + 1;
    const int64_t seen = job.causal && own < block.keys ? own : block.keys;
    use(i, exponentials(scores + i * block.keys, seen, block.keys, factor));
  }
}

inline void attention_forward(const AttentionJob& job, int64_t b, int64_t h, float* scratch) {
  const float* query = job.query.head(b, h);
  const float* key = job.key.head(b, h);
  const float* value = job.value.head(b, h);
  float* output = job.output.head(b, h);
  float* scores = scratch + matrix_product_scratch;
  for (int64_t first = 0; first < job.queries; first += job.block) {
    const QueryBlock block = query_block(job, first);
    const Rows to = {output + first * job.output.row_stride, job.output.row_stride};
    float inverse[most_query_block];
    weigh(job, block, query, key, scores, scratch,
          [&](int64_t i, float total) POTSTILL_LAMBDA_INLINE { inverse[i] = 1 / total; });
    product(block.count, job.value_width, block.keys, by_rows(scores, block.keys),
            by_rows(value, job.value.row_stride), to, scratch);
    for (int64_t i = 0; i < block.count; ++i)
      multiply(to.data + i * to.stride, job.value_width, inverse[i]);
  }
}

// With weights P and what arrives dO: dV = Pᵀ·dO, dP = dO·Vᵀ, dS = scale · P ∘ (dP - Σ P ∘ dP by
// rows), dQ = dS·K, dK = dSᵀ·Q.
inline void attention_backward(const AttentionJob& job, int64_t b, int64_t h, float* scratch) {
  constexpr int width = Simd<float>::width;
  const float* query = job.query.head(b, h);
  const float* key = job.key.head(b, h);
  const float* value = job.value.head(b, h);
  const float* arriving = job.grad_output.head(b, h);
  const int64_t arriving_stride = job.grad_output.row_stride;
  const Rows grad_key = {job.grad_key.head(b, h), job.grad_key.row_stride};
  const Rows grad_value = {job.grad_value.head(b, h), job.grad_value.row_stride};
  float* weights = scratch + matrix_product_scratch;
  float* changes = weights + job.block * job.keys;
  // The last block of queries sees the most keys, and is the one that writes first.
  const int64_t blocks = (job.queries + job.block - 1) / job.block;
  for (int64_t n = blocks - 1; n >= 0; --n) {
    const QueryBlock block = query_block(job, n * job.block);
    const int64_t keys = block.keys;
    const float* from = arriving + block.first * arriving_stride;
    weigh(job, block, query, key, weights, scratch,
          [&](int64_t i, float total) POTSTILL_LAMBDA_INLINE {
            multiply(weights + i * keys, keys, 1 / total);
          });
    product(block.count, keys, job.value_width, by_rows(from, arriving_stride),
            transposed(value, job.value.row_stride), {changes, keys}, scratch);
    const bool more = n < blocks - 1;
    product(keys, job.value_width, block.count, transposed(weights, keys),
            by_rows(from, arriving_stride), grad_value, scratch, more);
    for (int64_t i = 0; i < block.count; ++i) {
      const float* weight = weights + i * keys;
      float* change = changes + i * keys;
      FloatVec sums{};
      int64_t j = 0;
      for (; j + width <= keys; j += width) sums += load(weight + j) * load(change + j);
      float mean = sum(sums);
      for (; j < keys; ++j) mean += weight[j] * change[j];
      for (j = 0; j < keys; ++j) change[j] = job.scale * weight[j] * (change[j] - mean);
    }
    product(block.count, job.width, keys, by_rows(changes, keys),
            by_rows(key, job.key.row_stride),
            {job.grad_query.head(b, h) + block.first * job.grad_query.row_stride,
             job.grad_query.row_stride},
            scratch);
    product(keys, job.width, block.count, transposed(changes, keys),
            by_rows(query + block.first * job.query.row_stride, job.query.row_stride), grad_key,
            scratch, more);
  }
  // Keys that no query sees have no gradient.
  const int64_t seen = query_block(job, (blocks - 1) * job.block).keys;
  for (int64_t j = seen; j < job.keys; ++j) {
    std::memset(grad_key.data + j * grad_key.stride, 0, job.width * sizeof(float));
    std::memset(grad_value.data + j * grad_value.stride, 0, job.value_width * sizeof(float));
  }
}

constexpr AttentionKernels attention_kernels = {attention_forward, attention_backward};

}  // namespace potstill::ops::POTSTILL_SIMD
