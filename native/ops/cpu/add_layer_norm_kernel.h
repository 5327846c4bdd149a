#pragma once

// Compiled by cpu/add_layer_norm_{default,avx2,avx512}.cpp.

#include "ops/cpu/add_layer_norm.h"
#include "ops/cpu/simd.h"

namespace potstill::ops::POTSTILL_SIMD {

// visit(i, lanes) for vectors at i, the last one perhaps of fewer lanes.
template <typename Visit>
POTSTILL_INLINE void each_vector(int64_t count, Visit visit) {
  constexpr int width = Simd<float>::width;
  int64_t i = 0;
  for (; i + width <= count; i += width) visit(i, std::integral_constant<int, width>());
  if (i < count) visit(i, static_cast<int>(count - i));
}

POTSTILL_INLINE FloatVec load_lanes(const float* from, int lanes) {
  return lanes == Simd<float>::width ? load(from) : load_partial(from, lanes, 0.0f);
}

POTSTILL_INLINE void store_lanes(float* to, FloatVec value, int lanes) {
  lanes == Simd<float>::width ? store(to, value) : store_partial(to, value, lanes);
}

// The sum stays in the row of the output, in the cache, until it is normalized.
inline void add_layer_norm(const AddLayerNormJob& job, int64_t begin, int64_t end) {
  const int64_t columns = job.columns;
  for (int64_t row = begin; row < end; ++row) {
    const float* input = job.input + row * columns;
    const float* other = job.other + row * columns;
    float* output = job.output + row * columns;
    FloatVec total{};
    each_vector(columns, [&](int64_t i, int lanes) POTSTILL_LAMBDA_INLINE {
      const FloatVec value = load_lanes(input + i, lanes) + load_lanes(other + i, lanes);
      total += value;
      store_lanes(output + i, value, lanes);
    });
    const float mean = sum(total) / static_cast<float>(columns);
    FloatVec squares{};
    each_vector(columns, [&](int64_t i, int lanes) POTSTILL_LAMBDA_INLINE {
      // What is not there differs by nothing.
      const FloatVec apart = lanes == Simd<float>::width
                                 ? load(output + i) - mean
                                 : load_partial(output + i, lanes, mean) - mean;
      squares += apart * apart;
    });
    const float variance = sum(squares) / static_cast<float>(columns);
    const float scale = 1 / __builtin_sqrtf(variance + job.eps);
    each_vector(columns, [&](int64_t i, int lanes) POTSTILL_LAMBDA_INLINE {
      FloatVec value = (load_lanes(output + i, lanes) - mean) * scale;
      if (job.weight != nullptr) value *= load_lanes(job.weight + i, lanes);
      if (job.bias != nullptr) value += load_lanes(job.bias + i, lanes);
      store_lanes(output + i, value, lanes);
    });
  }
}

}  // namespace potstill::ops::POTSTILL_SIMD
