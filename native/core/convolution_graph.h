#pragma once

#include <ATen/core/Tensor.h>
#include <torch/csrc/jit/ir/ir.h>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <vector>

// The layers of a frozen graph that are rewritten to operators of other kinds, and what follows
// them and can be done in the same pass.

namespace potstill {

// Whether the node is an operator of one of these names.
bool named(const torch::jit::Node* node, std::initializer_list<const char*> names);

// What a 2-d convolution with constant weights does, where it is one that can be rewritten.
struct Convolution {
  at::Tensor weight;
  std::vector<int64_t> stride, padding, dilation;
  int64_t groups;
};
std::optional<Convolution> convolution_of(torch::jit::Node* node);

// All of them, those in branches too, in the order of the graph.
std::vector<torch::jit::Node*> convolutions_of(torch::jit::Block* block);

// An addition of two tensors.
bool is_sum(torch::jit::Node* node);

// The one reader of a node's result, if it is in the node's block; else null.
torch::jit::Node* only_reader(torch::jit::Node* node);

// What alone reads a node's result, in the same block: an addition, or an activation, or one after
// the other. Null where there is none.
struct Followers {
  torch::jit::Node* sum = nullptr;
  torch::jit::Value* other = nullptr;  // what is added; perhaps of another shape
  torch::jit::Node* activation = nullptr;
};
// Those whose activation is a ReLU.
Followers followers_of(torch::jit::Node* node);

// The ReLU alone.
torch::jit::Node* relu_of(torch::jit::Node* node);

// Puts `made`, which stands where the sum or else the node does, in place of the node and of what
// follows it.
void replace(torch::jit::Node* node, const Followers& followers, torch::jit::Value* made);

}  // namespace potstill
