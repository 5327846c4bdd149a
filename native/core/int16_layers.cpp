#include "core/int16_layers.h"

#include <torch/csrc/jit/ir/constants.h>
#include <torch/csrc/jit/passes/dead_code_elimination.h>

#include <algorithm>
#include <tuple>
#include <vector>

#include "core/convolution_graph.h"
#include "core/packed_convolutions.h"
#include "ops/int16_convolution.h"

namespace potstill {
namespace {

using torch::jit::Graph;
using torch::jit::Node;
using torch::jit::Value;

const auto int16_linear = c10::Symbol::fromQualString("potstill::_int16_linear");
const auto int16_convolution = c10::Symbol::fromQualString("potstill::_int16_convolution");

bool is_float(const at::Tensor& t) { return t.is_cpu() && t.scalar_type() == at::kFloat; }

// The operator in place of the layer, called with (input, packed, scales, bias, `more`, relu).
void rewrite(Graph& graph, Node* layer, const Followers& followers, c10::Symbol operation,
             const at::Tensor& weight, const std::vector<Value*>& more) {
  const auto [packed, scales] = ops::pack_int16_weight(weight);
  std::vector<Value*> arguments{layer->input(0), graph.insertConstant(packed),
                                graph.insertConstant(scales), layer->input(2)};
  arguments.insert(arguments.end(), more.begin(), more.end());
  arguments.push_back(graph.insertConstant(followers.activation != nullptr));
  Node* made = graph.insertNode(graph.create(operation, arguments));
  made->output()->setType(c10::TensorType::get());
  replace(layer, followers, made->output());
}

bool rewrite_convolution(Graph& graph, Node* node, bool but_winograd) {
  const Convolution own = *convolution_of(node);
  if (but_winograd && suits_winograd(own)) return false;
  const bool dilated =
      std::any_of(own.dilation.begin(), own.dilation.end(), [](int64_t d) { return d != 1; });
  if (own.groups != 1 || dilated || !is_float(own.weight)) return false;
  const Followers followers = followers_of(node);
  torch::jit::WithInsertPoint here(followers.sum ? followers.sum : node);
  rewrite(graph, node, followers, int16_convolution, own.weight,
          {followers.other ? followers.other : graph.insertConstant(c10::IValue()),
           graph.insertConstant(own.weight.sizes().slice(2).vec()),
           graph.insertConstant(own.stride), graph.insertConstant(own.padding)});
  return true;
}

bool rewrite_linear(Graph& graph, Node* node) {
  const auto weight = torch::jit::toIValue(node->input(1));
  if (!weight || !weight->isTensor() || !is_float(weight->toTensor()) ||
      weight->toTensor().dim() != 2)
    return false;
  torch::jit::WithInsertPoint here(node);
  rewrite(graph, node, {.activation = relu_of(node)}, int16_linear,
          weight->toTensor().unsqueeze(-1).unsqueeze(-1), {});
  return true;
}

}  // namespace

int64_t use_int16_layers(const torch::jit::Module& module, bool but_winograd) {
  Graph& graph = *module.get_method("forward").graph();
  int64_t rewritten = 0;
  for (Node* node : convolutions_of(graph.block()))
    rewritten += rewrite_convolution(graph, node, but_winograd);
  for (Node* node : torch::jit::findAllNodes(graph, c10::aten::linear, /*recurse=*/true))
    rewritten += rewrite_linear(graph, node);
  torch::jit::EliminateDeadCode(graph.block());
  return rewritten;
}

}  // namespace potstill
