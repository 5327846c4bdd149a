#pragma once

#include <torch/csrc/jit/ir/ir.h>

#include <string>

namespace potstill {

// The path of an attribute from the graph's module, as state dicts name it; empty where it is none.
std::string attribute_path(const torch::jit::Value* value);

}  // namespace potstill
