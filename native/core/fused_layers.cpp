#include "core/fused_layers.h"

#include <algorithm>

#include "core/attribute_path.h"

namespace potstill {
namespace {

using torch::jit::Graph;
using torch::jit::Node;
using torch::jit::Value;

// The layer whose attention weights the fused operator reads; empty where it cannot be told.
std::string layer_of(const Node* fused) {
  const std::string suffix = ".self_attn.in_proj_weight";
  for (const Value* input : fused->inputs()) {
    const std::string path = attribute_path(input);
    if (path.size() > suffix.size() && path.ends_with(suffix))
      return path.substr(0, path.size() - suffix.size());
  }
  return "";
}

}  // namespace

void call_parts_of_layers(Graph& graph, const std::vector<std::string>& modules) {
  static const auto kind = c10::Symbol::fromQualString("aten::_transformer_encoder_layer_fwd");
  for (Node* fused : torch::jit::findAllNodes(graph, kind, /*recurse=*/true)) {
    const std::string parts = layer_of(fused) + ".";
    if (std::none_of(modules.begin(), modules.end(),
                     [&](const std::string& path) { return path.starts_with(parts); }))
      continue;
    Node* branch = fused->owningBlock()->owningNode();
    if (branch == nullptr || branch->kind() != c10::prim::If) continue;
    const bool taken = branch->blocks().at(0) == fused->owningBlock();
    const torch::jit::WithInsertPoint here(branch);
    branch->replaceInput(0, graph.insertConstant(!taken));
  }
}

}  // namespace potstill
