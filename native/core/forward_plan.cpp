#include "core/forward_plan.h"

#include <ATen/core/function_schema.h>
#include <torch/csrc/jit/passes/constant_propagation.h>
#include <torch/csrc/jit/passes/dead_code_elimination.h>
#include <torch/csrc/jit/passes/inliner.h>
#include <torch/csrc/jit/runtime/graph_executor.h>

#include <stdexcept>
#include <unordered_map>

#include "core/error.h"
#include "core/products_pass.h"

namespace potstill {
namespace {

// The message without libtorch's backtrace and TorchScript's traceback.
std::string essence(const std::exception& failure) {
  const auto* error = dynamic_cast<const c10::Error*>(&failure);
  std::string text = error ? error->what_without_backtrace() : failure.what();
  const std::string marker = "RuntimeError: ";
  if (const auto at = text.rfind(marker); at != std::string::npos)
    text = text.substr(at + marker.size());
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  return text;
}

bool on_cpu_in_float32(const torch::jit::Module& module) {
  for (const auto& parameter : module.parameters())
    if (!parameter.is_cpu() || parameter.scalar_type() != at::kFloat) return false;
  return true;
}

}  // namespace

ForwardPlan::ForwardPlan(torch::jit::Module module, std::string who)
    : module_(std::move(module)), who_(std::move(who)) {
  const auto forward = module_.find_method("forward");
  if (!forward) throw Error(Code::Config, who_ + " has no forward method");
  auto graph = forward->graph()->copy();
  torch::jit::Inline(*graph);
  torch::jit::ConstantPropagationImmutableTypes(graph);
  if (on_cpu_in_float32(module_)) fast_products_ = use_fast_products(*graph);
  torch::jit::EliminateDeadCode(graph);
  code_ = torch::jit::Code(graph, "forward");
}

c10::IValue ForwardPlan::operator()(
    const std::vector<at::Tensor>& inputs,
    const std::map<std::string, at::Tensor>& named_inputs) const {
  torch::jit::Stack stack;
  stack.reserve(inputs.size() + named_inputs.size() + 1);
  stack.emplace_back(module_._ivalue());
  for (const auto& input : inputs) stack.emplace_back(input);
  std::unordered_map<std::string, c10::IValue> named(named_inputs.begin(), named_inputs.end());
  try {
    module_.get_method("forward").function().getSchema().checkAndNormalizeInputs(stack, named);
  } catch (const std::exception& failure) {
    throw Error(Code::Config, who_ + " does not take these inputs: " + essence(failure));
  }
  // What could not be inlined is interpreted as it stands, too.
  const torch::jit::GraphOptimizerEnabledGuard no_optimizer(false);
  try {
    torch::jit::InterpreterState(code_).run(stack);
  } catch (const Error&) {
    throw;
  } catch (const std::exception& failure) {
    // What kind of failure it was is read from the text, further up.
    throw std::runtime_error("the forward of " + who_ + " failed: " + essence(failure));
  }
  return stack.back();
}

}  // namespace potstill
