#include "core/summary.h"

#include <ATen/core/interned_strings.h>
#include <torch/csrc/jit/ir/ir.h>
#include <torch/csrc/jit/passes/inliner.h>
#include <torch/csrc/jit/runtime/graph_executor.h>

#include <map>
#include <unordered_map>

#include "core/error.h"
#include "core/module.h"
#include "ops/tap.h"

namespace potstill {
namespace {

using torch::jit::Block;
using torch::jit::Graph;
using torch::jit::Node;
using torch::jit::Value;

// Inlines every call of a submodule and puts a tap behind it. Paths follow the chain of
// `prim::GetAttr` from `self`.
class Instrument {
 public:
  explicit Instrument(Graph& graph) : graph_(graph) { paths_[graph.inputs().at(0)] = ""; }

  void run() { visit(graph_.block()); }
  const std::vector<std::string>& taps() const { return taps_; }

 private:
  void visit(Block* block) {
    Node* node = *block->nodes().begin();
    while (node != block->return_node()) {
      Node* next = node->next();
      if (node->kind() == c10::prim::GetAttr) {
        follow(node);
      } else if (node->kind() == c10::prim::CallMethod) {
        if (Node* first = inline_call(node, next)) next = first;
      } else {
        for (Block* inner : node->blocks()) visit(inner);
      }
      node = next;
    }
  }

  void follow(Node* node) {
    auto found = paths_.find(node->input());
    auto type = node->output()->type()->cast<c10::ClassType>();
    if (found == paths_.end() || !type || !type->is_module()) return;
    const std::string& name = node->s(c10::attr::name);
    paths_[node->output()] = found->second.empty() ? name : found->second + "." + name;
  }

  // Returns the first node of the inlined body, which is visited in its turn.
  Node* inline_call(Node* call, Node* next) {
    auto found = paths_.find(call->input(0));
    auto type = call->input(0)->type()->cast<c10::ClassType>();
    if (found == paths_.end() || !type) return nullptr;
    auto* function = torch::jit::tryToGraphFunction(type->getMethod(call->s(c10::attr::name)));
    if (function == nullptr) return nullptr;
    const std::string path = found->second;
    const bool own = path.empty() || call->s(c10::attr::name) != "forward";
    Node* before = call->prev();
    auto graph = function->graph();
    std::vector<Value*> outputs = torch::jit::inlineCallTo(call, function, graph.get());
    if (!own && !outputs.empty()) tap(outputs.front(), next, path);
    return before->next();
  }

  void tap(Value* value, Node* before, const std::string& path) {
    torch::jit::WithInsertPoint guard(before);
    while (auto tuple = value->type()->cast<c10::TupleType>()) {
      if (tuple->elements().empty()) return;
      Value* zero = graph_.insertConstant(0);
      Node* index = graph_.insertNode(graph_.createTupleIndex(value, zero, tuple->elements()[0]));
      value = index->output();
    }
    if (!value->type()->isSubtypeOf(*c10::TensorType::get())) return;
    Value* id = graph_.insertConstant(static_cast<int64_t>(taps_.size()));
    graph_.insert(c10::Symbol::fromQualString("potstill::tap"), {value, id});
    taps_.push_back(path);
  }

  Graph& graph_;
  std::unordered_map<Value*, std::string> paths_;
  std::vector<std::string> taps_;
};

const at::Tensor* first_tensor(const c10::IValue& value) {
  if (value.isTensor()) return &value.toTensor();
  return nullptr;
}

}  // namespace

std::vector<SummaryRow> summarize(const torch::jit::Module& module,
                                  std::vector<c10::IValue> inputs) {
  auto graph = module.get_method("forward").graph()->copy();
  Instrument instrument(*graph);
  instrument.run();
  torch::jit::Inline(*graph);

  std::map<std::string, std::pair<std::vector<int64_t>, at::ScalarType>> seen;
  torch::jit::Stack stack;
  stack.emplace_back(module._ivalue());
  for (auto& input : inputs) stack.push_back(std::move(input));
  if (stack.size() > graph->inputs().size())
    throw Error(Code::Config, "forward takes " + std::to_string(graph->inputs().size() - 1) +
                                  " inputs, not " + std::to_string(stack.size() - 1));
  const auto& schema = module.get_method("forward").function().getSchema();
  for (size_t i = stack.size(); i < graph->inputs().size(); ++i) {
    const auto& argument = schema.arguments().at(i);
    if (!argument.default_value())
      throw Error(Code::Config, "the input \"" + argument.name() + "\" is missing");
    stack.push_back(*argument.default_value());
  }
  {
    at::NoGradGuard no_grad;
    ops::TapCollector collector;
    torch::jit::GraphExecutor executor(graph, "summary");
    executor.run(stack);
    for (const auto& [id, value] : collector.pairs())
      seen[instrument.taps().at(static_cast<size_t>(id))] = {value.sizes().vec(),
                                                            value.scalar_type()};
  }
  const c10::IValue output = stack.empty() ? c10::IValue() : stack.front();
  if (const at::Tensor* tensor = first_tensor(output))
    seen[""] = {tensor->sizes().vec(), tensor->scalar_type()};

  std::vector<SummaryRow> rows;
  for (const auto& item : module.named_modules()) {
    SummaryRow row{item.name, class_name(item.value), std::nullopt, std::nullopt, 0};
    for (const at::Tensor& parameter : item.value.parameters()) row.parameters += parameter.numel();
    if (auto found = seen.find(item.name); found != seen.end()) {
      row.output_shape = found->second.first;
      row.output_dtype = found->second.second;
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace potstill
