#include "core/products_pass.h"

#include <ATen/core/dispatch/Dispatcher.h>

#include <optional>
#include <vector>

#include "core/convolution_graph.h"

namespace potstill {
namespace {

using torch::jit::Graph;
using torch::jit::Node;
using torch::jit::Value;

const auto conv2d = c10::Symbol::fromQualString("aten::conv2d");

// A convolution with two numbers of padding, and stride and dilation 1 in a single group.
bool is_plain_convolution(const Node* node) {
  const bool plain = node->kind() == conv2d;
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
  Node* relu = relu_of(product);
  torch::jit::WithInsertPoint at(product);
  Value* activation = graph.insertConstant(relu ? "relu" : "none");
  Node* fast = insert_like(graph, product, "potstill::linear",
                           {product->input(0), product->input(1), product->input(2), activation});
  replace(product, {.relu = relu}, fast->output());
}

void replace_convolution(Graph& graph, Node* product) {
  torch::jit::WithInsertPoint at(product);
  Node* fast =
      insert_like(graph, product, "potstill::conv2d",
                  {product->input(0), product->input(1), product->input(2), product->input(4)});
  replace(product, {}, fast->output());
}

}  // namespace

int64_t use_fast_products(Graph& graph) {
  static const bool known =
      c10::Dispatcher::singleton().findSchema({"potstill::linear", ""}).has_value();
  if (!known) return 0;
  const auto products = torch::jit::findAllNodes(graph, c10::aten::linear, /*recurse=*/true);
  for (Node* product : products) replace_linear(graph, product);
  for (const auto kind : {conv2d, c10::Symbol(c10::aten::_convolution)})
    for (Node* product : torch::jit::findAllNodes(graph, kind, /*recurse=*/true))
      if (is_plain_convolution(product)) replace_convolution(graph, product);
  return static_cast<int64_t>(products.size());
}

}  // namespace potstill
