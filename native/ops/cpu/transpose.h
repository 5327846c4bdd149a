#pragma once

// Squares of vectors in registers, for kernels that include this.

#include <utility>

#include "ops/cpu/simd.h"

namespace potstill::ops::POTSTILL_SIMD {

constexpr int transposed_lanes = Simd<float>::width;

template <int distance, size_t... lane>
POTSTILL_INLINE void exchange(FloatVec& a, FloatVec& b, std::index_sequence<lane...>) {
  constexpr int width = transposed_lanes;
  const FloatVec first = __builtin_shufflevector(
      a, b,
      ((lane & distance) ? static_cast<int>(lane) - distance + width : static_cast<int>(lane))...);
  b = __builtin_shufflevector(
      a, b,
      ((lane & distance) ? static_cast<int>(lane) + width : static_cast<int>(lane) + distance)...);
  a = first;
}

// A square of vectors, transposed: blocks of half its size change places, then those of a quarter …
template <int distance = transposed_lanes / 2>
POTSTILL_INLINE void transpose(FloatVec (&square)[transposed_lanes]) {
#pragma GCC unroll 16
  for (int i = 0; i < transposed_lanes; ++i)
    if ((i & distance) == 0)
      exchange<distance>(square[i], square[i + distance],
                         std::make_index_sequence<transposed_lanes>());
  if constexpr (distance > 1) transpose<distance / 2>(square);
}

}  // namespace potstill::ops::POTSTILL_SIMD
