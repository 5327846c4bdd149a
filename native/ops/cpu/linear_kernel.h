#pragma once

// Compiled by cpu/linear_{default,avx2,avx512}.cpp.

#include "ops/cpu/activation_kernel.h"
#include "ops/cpu/linear.h"
#include "ops/cpu/simd.h"

namespace potstill::ops::POTSTILL_SIMD {

// Rows are summed in blocks, so that sums over many rows stay accurate.
constexpr int64_t backward_block = 64;

template <Activation activation>
POTSTILL_INLINE void backward_rows(const ActivationBackwardJob& job, int64_t first, int64_t last,
                                   int64_t begin, int64_t end, float* sums) {
  constexpr int width = Simd<float>::width;
  constexpr bool active = activation != Activation::None;
  for (int64_t row = first; row < last; ++row) {
    const float* arriving = job.grad_output + row * job.columns;
    const float* kept = active ? job.kept + row * job.columns : nullptr;
    float* gradient = job.gradient == nullptr ? nullptr : job.gradient + row * job.columns;
    int64_t i = begin;
    for (; i + width <= end; i += width) {
      FloatVec value = load(arriving + i);
      if constexpr (active) value = times_derivative<activation>(value, load(kept + i));
      if (gradient != nullptr) store(gradient + i, value);
      if (sums != nullptr) store(sums + (i - begin), load(sums + (i - begin)) + value);
    }
    if (i < end) {
      const int rest = static_cast<int>(end - i);
      FloatVec value = load_partial(arriving + i, rest, 0.0f);
      if constexpr (active)
        value = times_derivative<activation>(value, load_partial(kept + i, rest, 0.0f));
      if (gradient != nullptr) store_partial(gradient + i, value, rest);
      if (sums != nullptr)
        store_partial(sums + (i - begin), load_partial(sums + (i - begin), rest, 0.0f) + value,
                      rest);
    }
  }
}

template <Activation activation>
POTSTILL_INLINE void backward(const ActivationBackwardJob& job, int64_t begin, int64_t end,
                              float* scratch) {
  const int64_t count = end - begin;
  float* total = job.column_sums == nullptr ? nullptr : job.column_sums + begin;
  if (total != nullptr) std::memset(total, 0, count * sizeof(float));
  for (int64_t row = 0; row < job.rows; row += backward_block) {
    const int64_t last = row + backward_block < job.rows ? row + backward_block : job.rows;
    float* sums = total == nullptr ? nullptr : scratch;
    if (sums != nullptr) std::memset(sums, 0, count * sizeof(float));
    backward_rows<activation>(job, row, last, begin, end, sums);
    if (sums != nullptr)
      for (int64_t i = 0; i < count; ++i) total[i] += sums[i];
  }
}

inline void backward(const ActivationBackwardJob& job, int64_t begin, int64_t end,
                     float* scratch) {
  switch (job.activation) {
    case Activation::None: return backward<Activation::None>(job, begin, end, scratch);
    case Activation::Relu: return backward<Activation::Relu>(job, begin, end, scratch);
    case Activation::Gelu: return backward<Activation::Gelu>(job, begin, end, scratch);
    case Activation::GeluTanh: return backward<Activation::GeluTanh>(job, begin, end, scratch);
  }
}

constexpr LinearKernels linear_kernels = {backward, activate};

}  // namespace potstill::ops::POTSTILL_SIMD
