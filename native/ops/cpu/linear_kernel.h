#pragma once

// Compiled by cpu/linear_{default,avx2,avx512}.cpp.

#include "ops/cpu/linear.h"
#include "ops/cpu/simd.h"

namespace potstill::ops::POTSTILL_SIMD {

// Rows are summed in blocks, so that sums over many rows stay accurate.
constexpr int64_t relu_backward_block = 64;

template <bool masking>
POTSTILL_INLINE void relu_backward_rows(const ReluBackwardJob& job, int64_t first, int64_t last,
                                        int64_t begin, int64_t end, float* sums) {
  constexpr int width = Simd<float>::width;
  for (int64_t row = first; row < last; ++row) {
    const float* gradient = job.grad_output + row * job.columns;
    const float* output = masking ? job.output + row * job.columns : nullptr;
    float* masked = job.masked == nullptr ? nullptr : job.masked + row * job.columns;
    int64_t i = begin;
    for (; i + width <= end; i += width) {
      FloatVec value = load(gradient + i);
      if constexpr (masking) value = select(load(output + i) <= FloatVec{}, FloatVec{}, value);
      if (masked != nullptr) store(masked + i, value);
      if (sums != nullptr) store(sums + (i - begin), load(sums + (i - begin)) + value);
    }
    if (i < end) {
      const int rest = static_cast<int>(end - i);
      FloatVec value = load_partial(gradient + i, rest, 0.0f);
      if constexpr (masking)
        value = select(load_partial(output + i, rest, 0.0f) <= FloatVec{}, FloatVec{}, value);
      if (masked != nullptr) store_partial(masked + i, value, rest);
      if (sums != nullptr)
        store_partial(sums + (i - begin), load_partial(sums + (i - begin), rest, 0.0f) + value,
                      rest);
    }
  }
}

inline void relu_backward(const ReluBackwardJob& job, int64_t begin, int64_t end,
                          float* scratch) {
  const int64_t count = end - begin;
  float* total = job.column_sums == nullptr ? nullptr : job.column_sums + begin;
  if (total != nullptr) std::memset(total, 0, count * sizeof(float));
  for (int64_t row = 0; row < job.rows; row += relu_backward_block) {
    const int64_t last = row + relu_backward_block < job.rows ? row + relu_backward_block : job.rows;
    float* sums = total == nullptr ? nullptr : scratch;
    if (sums != nullptr) std::memset(sums, 0, count * sizeof(float));
    if (job.output != nullptr)
      relu_backward_rows<true>(job, row, last, begin, end, sums);
    else
      relu_backward_rows<false>(job, row, last, begin, end, sums);
    if (sums != nullptr)
      for (int64_t i = 0; i < count; ++i) total[i] += sums[i];
  }
}

}  // namespace potstill::ops::POTSTILL_SIMD
