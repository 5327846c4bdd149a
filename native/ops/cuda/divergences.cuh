#pragma once

// A launch for each kind of divergence. Each is compiled in a file of its own, cuda/<kind>.cu, so
// that nvcc works on several at once.

#include "ops/cuda/logits.h"

namespace potstill::ops::cuda {

template <RowDivergence kind>
struct DivergenceKernels {
  template <typename Element, typename Gradient>
  struct Typed {
    template <int lanes>
    static auto of() {
      return &divergence_kernel<Element, Gradient, lanes, kind>;
    }
  };
};

template <RowDivergence kind>
void launch_divergence(const LogitCall& call) {
  dispatch(call.type, call.gradient_type, [&](auto element, auto gradient) {
    using Element = decltype(element);
    using Gradient = decltype(gradient);
    // float16 in place is for soft_target_ce only.
    if constexpr (!std::is_same_v<Gradient, c10::Half>)
      launch_rows<typename DivergenceKernels<kind>::template Typed<Element, Gradient>>(call.job);
  });
}

}  // namespace potstill::ops::cuda
