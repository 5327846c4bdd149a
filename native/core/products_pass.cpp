#include "core/products_pass.h"

#include <ATen/core/dispatch/Dispatcher.h>

#include <vector>

namespace potstill {
namespace {

using torch::jit::Block;
using torch::jit::Graph;
using torch::jit::Node;

void collect(Block* block, std::vector<Node*>& found) {
  for (Node* node : block->nodes()) {
    if (node->kind() == c10::aten::linear) found.push_back(node);
    for (Block* inner : node->blocks()) collect(inner, found);
  }
}

// The relu that alone reads the value, in the same block so that it runs whenever the product does.
Node* only_relu(Node* product) {
  if (product->output()->uses().size() != 1) return nullptr;
  Node* reader = product->output()->uses()[0].user;
  static const auto relu_in_place = c10::Symbol::fromQualString("aten::relu_");
  const bool relu = reader->kind() == c10::aten::relu || reader->kind() == relu_in_place;
  return relu && reader->owningBlock() == product->owningBlock() ? reader : nullptr;
}

}  // namespace

int64_t use_fast_products(Graph& graph) {
  static const bool known =
      c10::Dispatcher::singleton().findSchema({"potstill::linear", ""}).has_value();
  if (!known) return 0;
  static const auto linear = c10::Symbol::fromQualString("potstill::linear");
  std::vector<Node*> products;
  collect(graph.block(), products);
  for (Node* product : products) {
    Node* relu = only_relu(product);
    torch::jit::WithInsertPoint at(product);
    auto* activation = graph.insertConstant(relu ? "relu" : "none");
    Node* fast = graph.insertNode(graph.create(
        linear, {product->input(0), product->input(1), product->input(2), activation}, 1));
    fast->output()->setType(product->output()->type());
    fast->setSourceRange(product->sourceRange());
    fast->setScope(product->scope());
    if (relu) {
      relu->output()->replaceAllUsesWith(fast->output());
      relu->destroy();
    }
    product->output()->replaceAllUsesWith(fast->output());
    product->destroy();
  }
  return static_cast<int64_t>(products.size());
}

}  // namespace potstill
