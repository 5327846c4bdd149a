#include "core/summary.h"

#include <map>
#include <unordered_map>

#include "core/error.h"
#include "core/module.h"
#include "core/tap_graph.h"

#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/csrc/jit/runtime/interpreter.h>

namespace potstill {
namespace {

using NamedInputs = std::map<std::string, c10::IValue>;

struct Called {
  TapPath path;
  std::vector<at::Tensor> values;  // of its calls in this forward, at least one
};

// What every call of a module returned in one forward, in the order of the code.
std::vector<Called> run_with_taps(const torch::jit::Module& module, const TapGraph& taps,
                                  std::vector<c10::IValue> inputs, const NamedInputs& named) {
  torch::jit::Stack stack;
  stack.emplace_back(module._ivalue());
  for (auto& input : inputs) stack.push_back(std::move(input));
  const std::unordered_map<std::string, c10::IValue> keyed(named.begin(), named.end());
  const auto& schema = module.get_method("forward").function().getSchema();
  try {
    schema.checkAndNormalizeInputs(stack, keyed);
  } catch (const c10::Error& failure) {
    throw Error(Code::Config, failure.what_without_backtrace());
  }
  at::NoGradGuard no_grad;
  const torch::jit::GraphOptimizerEnabledGuard no_optimizer(false);
  ops::TapCollector collector;
  torch::jit::InterpreterState(torch::jit::Code(taps.graph(), "summary")).run(stack);
  std::map<int64_t, std::vector<at::Tensor>> seen;
  for (auto& record : collector.take()) seen[record.id].push_back(std::move(record.value));
  // What runs behind a wait of forked code is on another thread, where nobody collects.
  const auto own = static_cast<int64_t>(taps.paths().size()) - 1;
  if (own >= 0 && taps.paths().back().text.empty() && seen[own].empty()) {
    if (stack.back().isTensor())
      seen[own].push_back(stack.back().toTensor());
    else
      seen.erase(own);
  }
  std::vector<Called> result;
  for (auto& [id, values] : seen)
    result.push_back({taps.paths().at(static_cast<size_t>(id)), std::move(values)});
  return result;
}

}  // namespace

std::vector<SummaryRow> summarize(const torch::jit::Module& module,
                                  std::vector<c10::IValue> inputs) {
  std::map<std::string, at::Tensor> seen;
  for (const auto& called :
       run_with_taps(module, TapGraph::everywhere(module), std::move(inputs), {}))
    seen.emplace(called.path.module, called.values.back());  // of several elements the first
  std::vector<SummaryRow> rows;
  for (const auto& item : module.named_modules()) {
    SummaryRow row{item.name, class_name(item.value), std::nullopt, std::nullopt, 0};
    for (const at::Tensor& parameter : item.value.parameters()) row.parameters += parameter.numel();
    if (auto found = seen.find(item.name); found != seen.end()) {
      row.output_shape = found->second.sizes().vec();
      row.output_dtype = found->second.scalar_type();
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<TapRow> tap_points(const torch::jit::Module& module, std::vector<c10::IValue> inputs,
                               const NamedInputs& named) {
  std::vector<TapRow> rows;
  const TapGraph taps = TapGraph::everywhere(module);
  taps.refuse_forks();
  for (const auto& called : run_with_taps(module, taps, std::move(inputs), named)) {
    const at::Tensor& last = called.values.back();
    rows.push_back({called.path.text, class_name(module_at(module, called.path.module)),
                    last.sizes().vec(), last.scalar_type(),
                    static_cast<int64_t>(called.values.size())});
  }
  return rows;
}

}  // namespace potstill
