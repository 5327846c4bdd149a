#include "core/forward_plan.h"

#include <ATen/core/function_schema.h>
#include <torch/csrc/jit/passes/constant_propagation.h>
#include <torch/csrc/jit/passes/dead_code_elimination.h>
#include <torch/csrc/jit/passes/inliner.h>
#include <torch/csrc/jit/runtime/graph_executor.h>

#include <optional>
#include <stdexcept>
#include <unordered_map>

#include "core/batch_norm_pass.h"
#include "core/error.h"
#include "core/module_calls.h"
#include "core/nearest.h"
#include "core/products_pass.h"
#include "ops/tap.h"

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

std::vector<TapPath> parse(const std::vector<std::string>& texts) {
  std::vector<TapPath> paths;
  for (const auto& text : texts) paths.push_back(TapPath::parse(text));
  return paths;
}

bool may_replace_products(const torch::jit::Module& module, ForwardPlan::Products products) {
  return products == ForwardPlan::Products::Fast && on_cpu_in_float32(module);
}

torch::jit::Code compiled(std::shared_ptr<torch::jit::Graph> graph, bool fast_products,
                          int64_t* replaced = nullptr) {
  torch::jit::ConstantPropagationImmutableTypes(graph);
  const int64_t count = fast_products ? use_fast_products(*graph) : 0;
  if (replaced != nullptr) *replaced = count;
  if (fast_products) fuse_batch_norms(*graph);
  torch::jit::EliminateDeadCode(graph);
  return torch::jit::Code(graph, "forward");
}

// Compiles a part of the module's forward like the whole.
CheckpointedCalls::Compile compiler(const torch::jit::Module& module,
                                    ForwardPlan::Products products) {
  return [fast = may_replace_products(module, products)](auto graph) {
    torch::jit::Inline(*graph);
    return compiled(std::move(graph), fast);
  };
}

// What is to be checkpointed, with patterns replaced by the paths that they cover.
std::vector<std::string> submodules(const torch::jit::Module& module,
                                    const std::vector<std::string>& texts,
                                    const std::string& who) {
  std::vector<std::string> paths, called;
  for (const auto& text : texts) {
    if (text.empty() || text.find_first_of(":#") != std::string::npos)
      throw Error(Code::Config, "gradientCheckpointing: expected the path of a submodule, or a "
                                "pattern, got \"" + text + "\"");
    const TapPath path = TapPath::parse(text);
    if (!path.is_pattern()) {
      paths.push_back(text);
      continue;
    }
    if (called.empty()) called = called_modules(module);
    const auto covered = path.covered(called);
    if (covered.empty())
      throw Error(Code::Config,
                  "gradientCheckpointing: \"" + text + "\" covers no module that " + who + " calls" +
                      (called.empty() ? "" : "; the nearest names are " + nearest(text, called)));
    paths.insert(paths.end(), covered.begin(), covered.end());
  }
  return paths;
}

const torch::jit::Module& with_forward(const torch::jit::Module& module, const std::string& who) {
  if (!module.find_method("forward")) throw Error(Code::Config, who + " has no forward method");
  return module;
}

}  // namespace

ForwardPlan::ForwardPlan(torch::jit::Module module, std::string who, std::vector<std::string> taps,
                         Products products, const std::vector<std::string>& checkpointed)
    : ForwardPlan(std::move(module), std::move(who), parse(taps), products, checkpointed) {}

ForwardPlan::ForwardPlan(torch::jit::Module module, std::string who, std::vector<TapPath> taps,
                         Products products, const std::vector<std::string>& checkpointed)
    : module_(with_forward(module, who)),
      who_(std::move(who)),
      checkpointed_(submodules(module_, checkpointed, who_), who_, compiler(module_, products)),
      taps_(module_, std::move(taps), who_, checkpointed_.empty() ? nullptr : &checkpointed_),
      code_(compiled(taps_.graph(), may_replace_products(module_, products), &fast_products_)) {}

c10::IValue ForwardPlan::operator()(const std::vector<at::Tensor>& inputs,
                                    const std::map<std::string, at::Tensor>& named_inputs,
                                    std::vector<at::Tensor>* taps) const {
  std::vector<std::vector<at::Tensor>> calls;
  auto output = run({inputs.begin(), inputs.end()}, {named_inputs.begin(), named_inputs.end()},
                    taps == nullptr ? nullptr : &calls);
  if (taps != nullptr) {
    taps->clear();
    for (auto& each : calls) taps->push_back(std::move(each.back()));
  }
  return output;
}

c10::IValue ForwardPlan::run(std::vector<c10::IValue> inputs,
                             const std::map<std::string, c10::IValue>& named,
                             std::vector<std::vector<at::Tensor>>* taps) const {
  torch::jit::Stack stack;
  stack.reserve(inputs.size() + named.size() + 1);
  stack.emplace_back(module_._ivalue());
  for (auto& input : inputs) stack.push_back(std::move(input));
  const std::unordered_map<std::string, c10::IValue> keyed(named.begin(), named.end());
  try {
    module_.get_method("forward").function().getSchema().checkAndNormalizeInputs(stack, keyed);
  } catch (const std::exception& failure) {
    throw Error(Code::Config, who_ + " does not take these inputs: " + essence(failure));
  }
  // What could not be inlined is interpreted as it stands, too.
  const torch::jit::GraphOptimizerEnabledGuard no_optimizer(false);
  const CheckpointedCalls::Use use(checkpointed_);
  std::optional<ops::TapCollector> collector;
  if (taps != nullptr) collector.emplace();
  try {
    torch::jit::InterpreterState(code_).run(stack);
  } catch (const Error&) {
    throw;
  } catch (const std::exception& failure) {
    // What kind of failure it was is read from the text, further up.
    throw std::runtime_error("the forward of " + who_ + " failed: " + essence(failure));
  }
  if (collector) *taps = taps_.gather(*collector);
  return stack.back();
}

ForwardPlan ForwardPlan::frozen() const {
  return ForwardPlan(taps_.frozen(module_), who_, taps_.paths(), Products::Plain, {});
}

}  // namespace potstill
