#pragma once

#include <torch/csrc/jit/ir/ir.h>

namespace potstill {

// Rewrites aten::batch_norm of an inlined graph to potstill::batch_norm, with the addition of
// another tensor and the ReLU behind it, where nothing else reads what is between them. Does
// nothing in a library without the operator.
void fuse_batch_norms(torch::jit::Graph& graph);

}  // namespace potstill
