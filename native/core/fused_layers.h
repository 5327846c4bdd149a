#pragma once

#include <torch/csrc/jit/ir/ir.h>

#include <string>
#include <vector>

namespace potstill {

// PyTorch's transformer encoder layer has a fused way through, taken without gradients, in which
// its parts are not called; in Python a hook on a part turns it off. This does the same for the
// layers that contain one of the modules: the graph, which must be inlined, then goes the way on
// which every part is called. The results are equal up to rounding.
void call_parts_of_layers(torch::jit::Graph& graph, const std::vector<std::string>& modules);

}  // namespace potstill
