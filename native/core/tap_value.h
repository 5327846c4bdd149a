#pragma once

#include <string>
#include <vector>

#include "core/module_calls.h"

namespace potstill {

// The kind of the nodes that tap: `potstill::tap`.
c10::Symbol tap_symbol();

// Whether every value of the type is a tensor.
bool is_tensor(const c10::TypePtr& type);

// Inserts `potstill::tap(…, id)` for one tensor among the values of a call: `element` leads to it
// through tuples and lists, the first tensor otherwise. On the way in, its first number counts the
// arguments that can hold a tensor. A value that is None when it gets there is passed over.
// Error(Tap) naming `text` where there is no such tensor.
void insert_tap(torch::jit::Graph& graph, const ModuleCall& call,
                const std::vector<int64_t>& element, int64_t id, const std::string& text);

// The `element`s of all tensors that a result holds; {{}} for a tensor itself.
std::vector<std::vector<int64_t>> tensor_elements(const std::vector<torch::jit::Value*>& values);

}  // namespace potstill
