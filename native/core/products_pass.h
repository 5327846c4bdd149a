#pragma once

#include <torch/csrc/jit/ir/ir.h>

namespace potstill {

// Rewrites aten::linear of an inlined graph to potstill::linear, with a relu or gelu that is the only
// reader of the result fused into it, scaled_dot_product_attention to potstill::attention, a
// layer_norm of a sum that nothing else reads to potstill::add_layer_norm, and 2-d convolutions
// without dilation and groups to potstill::conv2d, with a relu that alone reads the result. Does
// nothing, and returns 0, in a library without these. Returns the number of linear layers replaced:
// of those without gradients, only they gain.
int64_t use_fast_products(torch::jit::Graph& graph);

}  // namespace potstill
