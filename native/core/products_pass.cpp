#include "core/products_pass.h"

#include <ATen/core/dispatch/Dispatcher.h>

#include <functional>
#include <optional>
#include <vector>

namespace potstill {
namespace {

using torch::jit::Block;
using torch::jit::Graph;
using torch::jit::Node;
using torch::jit::Value;

std::vector<Node*> collect(Block* block, bool (*wanted)(const Node*)) {
  std::vector<Node*> found;
  const std::function<void(Block*)> visit = [&](Block* each) {
    for (Node* node : each->nodes()) {
      if (wanted(node)) found.push_back(node);
      for (Block* inner : node->blocks()) visit(inner);
    }
  };
  visit(block);
  return found;
}

bool is_linear(const Node* node) { return node->kind() == c10::aten::linear; }

// A convolution with two numbers of padding, and stride and dilation 1 in a single group.
bool is_plain_convolution(const Node* node) {
  static const auto conv2d = c10::Symbol::fromQualString("aten::conv2d");
  const bool plain = node->kind() == conv2d;
  if (!plain && node->kind() != c10::aten::_convolution) return false;
  const auto constant = [&](size_t index) { return torch::jit::toIValue(node->input(index)); };
  const auto two = [&](size_t index, bool ones) {
    const auto value = constant(index);
    if (!value || !value->isIntList()) return false;
    const auto list = value->toIntVector();
    return list.size() == 2 && (!ones || (list[0] == 1 && list[1] == 1));
  };
  const auto groups = constant(plain ? 6 : 8);
  const auto transposed = plain ? std::optional(c10::IValue(false)) : constant(6);
  return two(3, true) && two(4, false) && two(5, true) && groups && groups->toInt() == 1 &&
         transposed && !transposed->toBool();
}

// The relu that alone reads the value, in the same block so that it runs whenever the product does.
Node* only_relu(Node* product) {
  if (product->output()->uses().size() != 1) return nullptr;
  Node* reader = product->output()->uses()[0].user;
  static const auto relu_in_place = c10::Symbol::fromQualString("aten::relu_");
  const bool relu = reader->kind() == c10::aten::relu || reader->kind() == relu_in_place;
  return relu && reader->owningBlock() == product->owningBlock() ? reader : nullptr;
}

// A node of ours with what it stands for.
Node* insert_like(Graph& graph, Node* node, const char* name, at::ArrayRef<Value*> inputs) {
  Node* made =
      graph.insertNode(graph.create(c10::Symbol::fromQualString(name), inputs, /*outputs=*/1));
  made->output()->setType(node->output()->type());
  made->setSourceRange(node->sourceRange());
  made->setScope(node->scope());
  return made;
}

void replace_linear(Graph& graph, Node* product) {
  Node* relu = only_relu(product);
  torch::jit::WithInsertPoint at(product);
  Value* activation = graph.insertConstant(relu ? "relu" : "none");
  Node* fast = insert_like(graph, product, "potstill::linear",
                           {product->input(0), product->input(1), product->input(2), activation});
  if (relu) {
    relu->output()->replaceAllUsesWith(fast->output());
    relu->destroy();
  }
  product->output()->replaceAllUsesWith(fast->output());
  product->destroy();
}

void replace_convolution(Graph& graph, Node* product) {
  torch::jit::WithInsertPoint at(product);
  Node* fast =
      insert_like(graph, product, "potstill::conv2d",
                  {product->input(0), product->input(1), product->input(2), product->input(4)});
  product->output()->replaceAllUsesWith(fast->output());
  product->destroy();
}

}  // namespace

int64_t use_fast_products(Graph& graph) {
  static const bool known =
      c10::Dispatcher::singleton().findSchema({"potstill::linear", ""}).has_value();
  if (!known) return 0;
  const auto products = collect(graph.block(), is_linear);
  for (Node* product : products) replace_linear(graph, product);
  const auto convolutions = collect(graph.block(), is_plain_convolution);
  for (Node* product : convolutions) replace_convolution(graph, product);
  return static_cast<int64_t>(products.size());
}

}  // namespace potstill
