#include "core/convolution_graph.h"

#include <torch/csrc/jit/ir/constants.h>

#include <algorithm>
#include <functional>
#include <string>

namespace potstill {

using torch::jit::Block;
using torch::jit::Node;
using torch::jit::Value;

bool named(const Node* node, std::initializer_list<const char*> names) {
  const std::string kind = node->kind().toQualString();
  return std::any_of(names.begin(), names.end(), [&](const char* name) { return kind == name; });
}

std::optional<Convolution> convolution_of(Node* node) {
  const bool plain = named(node, {"aten::conv2d"});
  if (!plain && !named(node, {"aten::_convolution"})) return std::nullopt;
  const auto constant = [&](size_t index) { return torch::jit::toIValue(node->input(index)); };
  const auto weight = constant(1);
  const auto stride = constant(3), padding = constant(4), dilation = constant(5);
  const auto groups = constant(plain ? 6 : 8);
  if (!weight || !weight->isTensor() || !constant(2) || !groups) return std::nullopt;
  for (const auto* each : {&stride, &padding, &dilation})
    if (!*each || !(*each)->isIntList()) return std::nullopt;
  if (!plain && (!constant(6) || constant(6)->toBool())) return std::nullopt;
  const at::Tensor& values = weight->toTensor();
  const auto type = values.scalar_type();
  if (!values.is_cpu() || values.dim() != 4 || (type != at::kFloat && type != at::kBFloat16))
    return std::nullopt;
  return Convolution{values, stride->toIntVector(), padding->toIntVector(),
                     dilation->toIntVector(), groups->toInt()};
}

std::vector<Node*> convolutions_of(Block* block) {
  std::vector<Node*> found;
  const std::function<void(Block*)> visit = [&](Block* each) {
    for (Node* node : each->nodes()) {
      if (convolution_of(node)) found.push_back(node);
      for (Block* inner : node->blocks()) visit(inner);
    }
  };
  visit(block);
  return found;
}

bool is_sum(Node* node) {
  if (!named(node, {"aten::add", "aten::add_"}) || node->inputs().size() != 3) return false;
  for (size_t i : {0, 1})
    if (!node->input(i)->type()->isSubtypeOf(*c10::TensorType::get())) return false;
  const auto factor = torch::jit::toIValue(node->input(2));
  return factor && factor->isInt() && factor->toInt() == 1;
}

Node* only_reader(Node* node) {
  const auto& uses = node->output()->uses();
  if (uses.size() != 1) return nullptr;
  Node* reader = uses[0].user;
  return reader->owningBlock() == node->owningBlock() ? reader : nullptr;
}

Node* relu_of(Node* node) {
  Node* reader = only_reader(node);
  return reader && named(reader, {"aten::relu", "aten::relu_"}) ? reader : nullptr;
}

Followers followers_of(Node* node) {
  Followers found;
  Node* reader = only_reader(node);
  if (reader && is_sum(reader)) {
    const size_t own = reader->input(0) == node->output() ? 0 : 1;
    // What is added to in place has to be the node's.
    if (own == 0 || !named(reader, {"aten::add_"})) {
      found.sum = reader;
      found.other = reader->input(1 - own);
    }
  }
  found.activation = relu_of(found.sum ? found.sum : node);
  return found;
}

void replace(Node* node, const Followers& followers, Value* made) {
  Node* last = followers.activation ? followers.activation : followers.sum ? followers.sum : node;
  last->output()->replaceAllUsesWith(made);
  if (followers.activation) followers.activation->destroy();
  if (followers.sum) followers.sum->destroy();
  node->destroy();
}

}  // namespace potstill
