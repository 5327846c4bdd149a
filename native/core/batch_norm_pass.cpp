#include "core/batch_norm_pass.h"

#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/csrc/jit/ir/alias_analysis.h>
#include <torch/csrc/jit/ir/constants.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/attribute_path.h"
#include "core/convolution_graph.h"

namespace potstill {
namespace {

using torch::jit::Graph;
using torch::jit::Node;
using torch::jit::Value;

constexpr size_t kRunningMean = 3;
constexpr size_t kArguments = 8;  // the last of aten::batch_norm asks for cuDNN

void replace_batch_norm(Graph& graph, Node* node, const Followers& followers) {
  torch::jit::WithInsertPoint at(followers.sum ? followers.sum : node);
  std::vector<Value*> inputs(node->inputs().begin(), node->inputs().begin() + kArguments);
  inputs.push_back(followers.sum ? followers.other : graph.insertConstant(c10::IValue()));
  inputs.push_back(graph.insertConstant(followers.activation != nullptr));
  Node* fused = graph.insertNode(graph.create(c10::Symbol::fromQualString("potstill::batch_norm"),
                                              inputs, /*outputs=*/1));
  fused->output()->setType(node->output()->type());
  fused->setSourceRange(node->sourceRange());
  fused->setScope(node->scope());
  replace(node, followers, fused->output());
}

}  // namespace

void fuse_batch_norms(Graph& graph) {
  static const bool known =
      c10::Dispatcher::singleton().findSchema({"potstill::batch_norm", ""}).has_value();
  if (!known) return;
  const auto layers = torch::jit::findAllNodes(graph, c10::aten::batch_norm, /*recurse=*/true);
  // The schema hides that running statistics are written, so that only this keeps the order of the
  // calls of a layer that is called several times.
  std::map<std::string, int64_t> calls;
  for (const Node* layer : layers) ++calls[attribute_path(layer->input(kRunningMean))];
  std::set<Node*> added, sums;  // layers that stand right before their sum, and the sums
  {
    torch::jit::AliasDb aliases(graph.shared_from_this());
    for (Node* layer : layers) {
      Node* sum = followers_of(layer).sum;
      const auto path = attribute_path(layer->input(kRunningMean));
      if (sum && calls[path] == 1 && !sums.count(sum) &&
          aliases.moveBeforeTopologicallyValid(layer, sum)) {
        added.insert(layer);
        sums.insert(sum);
      }
    }
  }
  for (Node* layer : layers) {
    const Followers followers = followers_of(layer);
    replace_batch_norm(graph, layer,
                       followers.sum && !added.count(layer) ? Followers{} : followers);
  }
}

}  // namespace potstill
