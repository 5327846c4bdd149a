#pragma once

#include <torch/csrc/jit/ir/ir.h>

namespace potstill {

// Rewrites aten::linear of an inlined graph to potstill::linear, with a relu that is the only
// reader of the result fused into it. Does nothing, and returns 0, in a library without that
// operator. Returns the number of products replaced.
int64_t use_fast_products(torch::jit::Graph& graph);

}  // namespace potstill
