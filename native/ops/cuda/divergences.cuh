#pragma once

// A launch for each kind of divergence. Each is compiled in a file of its own, cuda/<kind>.cu, so
// that nvcc works on several at once.

#include "ops/cuda/logits.h"

namespace potstill::ops::cuda {

template <RowDivergence kind>
void launch_divergence(const LogitCall& call) {
  dispatch(call.type, [&](auto element, auto gradient) {
    using Element = decltype(element);
    using Gradient = decltype(gradient);
    launch_rows(call.job,
                [](auto lanes) { return &divergence_kernel<Element, Gradient, lanes, kind>; },
                kRowThreads<Element, 0>);
  });
}

}  // namespace potstill::ops::cuda
