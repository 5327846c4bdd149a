#include "core/products_pass.h"

#include <ATen/core/dispatch/Dispatcher.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/convolution_graph.h"

namespace potstill {
namespace {

using torch::jit::Graph;
using torch::jit::Node;
using torch::jit::Value;

const auto conv2d = c10::Symbol::fromQualString("aten::conv2d");
const auto fast_conv2d = c10::Symbol::fromQualString("potstill::conv2d");
const auto encoder_layer = c10::Symbol::fromQualString("aten::_transformer_encoder_layer_fwd");
const auto scaled_attention = c10::Symbol::fromQualString("aten::scaled_dot_product_attention");

bool is_convolution(const Node* node) {
  return node->kind() == conv2d || node->kind() == c10::aten::_convolution;
}

// A list of integers that are constants, if nothing but convolutions reads it: what else does may
// change it.
std::optional<std::vector<int64_t>> constant_list(const Value* value) {
  if (const auto constant = torch::jit::toIValue(value))
    return constant->isIntList() ? std::optional(constant->toIntVector()) : std::nullopt;
  if (value->node()->kind() != c10::prim::ListConstruct) return std::nullopt;
  for (const auto& use : value->uses())
    if (!is_convolution(use.user) && use.user->kind() != fast_conv2d) return std::nullopt;
  std::vector<int64_t> list;
  for (const Value* element : value->node()->inputs()) {
    const auto constant = torch::jit::toIValue(element);
    if (!constant || !constant->isInt()) return std::nullopt;
    list.push_back(constant->toInt());
  }
  return list;
}

// A convolution with two numbers of stride and of padding, and dilation 1 in a single group.
bool is_plain_convolution(const Node* node) {
  const bool plain = node->kind() == conv2d;
  const std::vector<int64_t> ones = {1, 1};
  const auto stride = constant_list(node->input(3)), padding = constant_list(node->input(4));
  const auto groups = torch::jit::toIValue(node->input(plain ? 6 : 8));
  const auto transposed =
      plain ? std::optional(c10::IValue(false)) : torch::jit::toIValue(node->input(6));
  return stride && stride->size() == 2 && padding && padding->size() == 2 &&
         constant_list(node->input(5)) == ones && groups && groups->toInt() == 1 && transposed &&
         !transposed->toBool();
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

// The activation that alone reads a linear layer's result and can be done with it, and its name
// there; "none" where there is none.
std::pair<Node*, std::string> activation_of(Node* product) {
  if (Node* relu = relu_of(product)) return {relu, "relu"};
  Node* reader = only_reader(product);
  if (reader && named(reader, {"aten::gelu", "aten::gelu_"})) {
    const auto approximate = torch::jit::toIValue(reader->input(1));
    if (approximate && approximate->isString())
      return {reader, approximate->toStringRef() == "tanh" ? "gelu_tanh" : "gelu"};
  }
  return {nullptr, "none"};
}

void replace_linear(Graph& graph, Node* product) {
  const auto [activation, name] = activation_of(product);
  torch::jit::WithInsertPoint at(product);
  Node* fast = insert_like(
      graph, product, "potstill::linear",
      {product->input(0), product->input(1), product->input(2), graph.insertConstant(name)});
  replace(product, {.activation = activation}, fast->output());
}

// The normalization that alone reads a sum. What is added is then read later, so that nothing which
// could write to it may lie between.
void replace_sum(Graph& graph, Node* sum) {
  Node* norm = only_reader(sum);
  if (norm == nullptr || norm->kind() != c10::aten::layer_norm) return;
  for (const Node* between = sum->next(); between != norm; between = between->next())
    if (!between->kind().is_prim()) return;
  torch::jit::WithInsertPoint at(norm);
  Node* fast = insert_like(graph, norm, "potstill::add_layer_norm",
                           {sum->input(0), sum->input(1), norm->input(1), norm->input(2),
                            norm->input(3), norm->input(4)});
  replace(norm, {}, fast->output());
  sum->destroy();
}

// All nodes of a kind by an operator of ours with the same arguments.
void rename(Graph& graph, c10::Symbol kind, const char* name) {
  for (Node* node : torch::jit::findAllNodes(graph, kind, /*recurse=*/true)) {
    torch::jit::WithInsertPoint at(node);
    replace(node, {}, insert_like(graph, node, name, node->inputs())->output());
  }
}

void replace_convolution(Graph& graph, Node* product) {
  Node* relu = relu_of(product);
  torch::jit::WithInsertPoint at(product);
  Node* fast =
      insert_like(graph, product, "potstill::conv2d",
                  {product->input(0), product->input(1), product->input(2), product->input(3),
                   product->input(4), graph.insertConstant(std::string(relu ? "relu" : "none"))});
  replace(product, {.activation = relu}, fast->output());
}

}  // namespace

int64_t use_fast_products(Graph& graph) {
  static const bool known =
      c10::Dispatcher::singleton().findSchema({"potstill::linear", ""}).has_value();
  if (!known) return 0;
  const auto products = torch::jit::findAllNodes(graph, c10::aten::linear, /*recurse=*/true);
  for (Node* product : products) replace_linear(graph, product);
  for (Node* sum : torch::jit::findAllNodes(graph, c10::aten::add, /*recurse=*/true))
    if (is_sum(sum)) replace_sum(graph, sum);
  rename(graph, scaled_attention, "potstill::attention");
  rename(graph, encoder_layer, "potstill::encoder_layer");
  for (const auto kind : {conv2d, c10::Symbol(c10::aten::_convolution)})
    for (Node* product : torch::jit::findAllNodes(graph, kind, /*recurse=*/true))
      if (is_plain_convolution(product)) replace_convolution(graph, product);
  return static_cast<int64_t>(products.size());
}

}  // namespace potstill
