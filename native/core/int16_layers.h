#pragma once

#include <torch/csrc/jit/api/module.h>

#include <cstdint>

namespace potstill {

// Rewrites the linear layers and the 2-d convolutions, without groups or dilation, of a frozen
// float32 forward to ops/int16_convolution.h, with a ReLU, an addition to a convolution, or an
// addition and then a ReLU that alone read the result done in the same pass. Convolutions give and
// take channels-last; with `but_winograd` those that suit Winograd's algorithm are left. Returns the
// number of layers rewritten.
int64_t use_int16_layers(const torch::jit::Module& module, bool but_winograd);

}  // namespace potstill
