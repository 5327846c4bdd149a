#pragma once

// What the kernels are made of: rows of any type, length and alignment, and groups of threads that
// share a row. Compiled by nvcc, and by the host compiler under test/native/emulation.

#include <c10/util/BFloat16.h>
#include <c10/util/Half.h>

#include <cstdint>
#include <cstring>
#include <type_traits>

#if defined(POTSTILL_EMULATE_CUDA)
#include "emulation/cuda.h"
#else
#include <cuda_runtime.h>
#define POTSTILL_SHARED(name) extern __shared__ __align__(16) unsigned char name[]
#endif

namespace potstill::ops::cuda {

// Half types are computed in float32.
template <typename Element>
using ScalarOf = std::conditional_t<std::is_same_v<Element, double>, double, float>;

inline constexpr int kWarp = 32;
inline constexpr unsigned kAllLanes = 0xffffffffu;
inline constexpr int kMostWarps = 32;
// Shared memory of a reduction over a block: a state of a warp each.
inline constexpr int kMostState = 64;
inline constexpr size_t kReductionBytes = size_t{kMostWarps} * kMostState;

template <typename State>
__device__ __forceinline__ State shuffle_xor(State state, int lane) {
  static_assert(std::is_trivially_copyable_v<State> && sizeof(State) % 4 == 0);
  unsigned words[sizeof(State) / 4];
  std::memcpy(words, &state, sizeof(State));
#pragma unroll
  for (unsigned& word : words) word = __shfl_xor_sync(kAllLanes, word, lane);
  std::memcpy(&state, words, sizeof(State));
  return state;
}

// The threads that share a row: `lanes` neighbors in a warp, or with 0 the whole block. All threads
// of a warp take part in every reduction, also those whose row is past the end.
template <int lanes>
struct Group {
  int rank;
  int size;

  __device__ __forceinline__ Group() {
    if constexpr (lanes == 0) {
      rank = static_cast<int>(threadIdx.x);
      size = static_cast<int>(blockDim.x);
    } else {
      rank = static_cast<int>(threadIdx.x) % lanes;
      size = lanes;
    }
  }

  // The row of this group.
  static __device__ __forceinline__ int64_t row() {
    if constexpr (lanes == 0)
      return static_cast<int64_t>(blockIdx.x);
    else
      return static_cast<int64_t>(blockIdx.x) * (blockDim.x / lanes) + threadIdx.x / lanes;
  }

  // The states of all threads in one, in the same order whatever the schedule; everyone has it.
  template <typename State, typename Merge>
  __device__ __forceinline__ State reduce(State state, unsigned char* shared, Merge merge) const {
    constexpr int within = lanes == 0 ? kWarp : lanes;
#pragma unroll
    for (int step = 1; step < within; step *= 2) {
      const State other = shuffle_xor(state, step);
      // The lower lane first, so that both sides of an exchange get the same bits.
      state = (threadIdx.x & step) == 0 ? merge(state, other) : merge(other, state);
    }
    if constexpr (lanes == 0) {
      static_assert(sizeof(State) <= kMostState);
      const int warps = size / kWarp;
      if (warps == 1) return state;
      auto* parts = reinterpret_cast<State*>(shared);
      if (threadIdx.x % kWarp == 0) parts[threadIdx.x / kWarp] = state;
      __syncthreads();
      state = parts[0];
      for (int warp = 1; warp < warps; ++warp) state = merge(state, parts[warp]);
      __syncthreads();  // the next reduction writes there
    }
    return state;
  }
};

// Sums that are reduced together.
template <typename Scalar, int count>
struct Sums {
  Scalar of[count] = {};
};

template <int lanes, typename Scalar, int count>
__device__ __forceinline__ void reduce_sums(const Group<lanes>& group, Sums<Scalar, count>& sums,
                                            unsigned char* shared) {
  sums = group.reduce(sums, shared, [](Sums<Scalar, count> a, const Sums<Scalar, count>& b) {
#pragma unroll
    for (int k = 0; k < count; ++k) a.of[k] += b.of[k];
    return a;
  });
}

// `width` elements that lie side by side, read and written in pieces of 16 bytes.
template <typename Element, int width>
struct alignas(sizeof(Element) * width < 16 ? sizeof(Element) * width : 16) Pack {
  Element of[width];
};

template <int width>
using Width = std::integral_constant<int, width>;

__device__ __forceinline__ bool is_aligned(const void* pointer) {
  return reinterpret_cast<uintptr_t>(pointer) % 16 == 0;
}

template <int width, typename Element, typename Scalar>
__device__ __forceinline__ void load(const Element* from, Scalar (&to)[width]) {
  if constexpr (width == 1) {
    to[0] = static_cast<Scalar>(*from);
  } else {
    const auto pack = *reinterpret_cast<const Pack<Element, width>*>(from);
#pragma unroll
    for (int k = 0; k < width; ++k) to[k] = static_cast<Scalar>(pack.of[k]);
  }
}

template <int width, typename Element, typename Scalar>
__device__ __forceinline__ void store(Element* to, const Scalar (&from)[width]) {
  if constexpr (width == 1) {
    *to = static_cast<Element>(from[0]);
  } else {
    Pack<Element, width> pack;
#pragma unroll
    for (int k = 0; k < width; ++k) pack.of[k] = static_cast<Element>(from[k]);
    *reinterpret_cast<Pack<Element, width>*>(to) = pack;
  }
}

// Calls body(Width<w>, i) so that [0, count) is covered by the threads of the group: in whole packs
// of 16 bytes of `Element` where `packed` says that all rows are aligned, else one by one, which is
// as dense in memory.
template <typename Element, int lanes, typename Body>
__device__ __forceinline__ void for_each(const Group<lanes>& group, int64_t count, bool packed,
                                         Body body) {
  constexpr int width = 16 / sizeof(Element);
  int64_t whole = 0;
  if (packed) {
    whole = count / width * width;
    for (int64_t i = int64_t{group.rank} * width; i < whole; i += int64_t{group.size} * width)
      body(Width<width>{}, i);
  }
  for (int64_t i = whole + group.rank; i < count; i += group.size) body(Width<1>{}, i);
}

}  // namespace potstill::ops::cuda
