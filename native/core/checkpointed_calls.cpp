#include "core/checkpointed_calls.h"

#include <ATen/ATen.h>
#include <ATen/autocast_mode.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/csrc/jit/runtime/custom_operator.h>
#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/custom_class.h>

#include <algorithm>
#include <mutex>
#include <optional>
#include <utility>

#include "core/autocast.h"
#include "core/error.h"
#include "core/nearest.h"
#include "core/tap_value.h"

namespace potstill {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;
using torch::jit::Value;
using Call = CheckpointedCalls::Call;

thread_local const CheckpointedCalls* calls_in_use = nullptr;

c10::IValue run(const Call& call, const std::vector<c10::IValue>& arguments) {
  const torch::jit::GraphOptimizerEnabledGuard no_optimizer(false);
  torch::jit::Stack stack;
  stack.reserve(arguments.size() + 1);
  stack.emplace_back(call.module._ivalue());
  stack.insert(stack.end(), arguments.begin(), arguments.end());
  torch::jit::InterpreterState(call.code).run(stack);
  return stack.back();
}

variable_list tensors_of(const c10::IValue& result) {
  if (result.isTensor()) return {result.toTensor()};
  variable_list tensors;
  for (const auto& element : result.toTupleRef().elements()) tensors.push_back(element.toTensor());
  return tensors;
}

c10::IValue like(const c10::IValue& result, const variable_list& tensors) {
  if (result.isTensor()) return tensors.front();
  return c10::ivalue::Tuple::create(std::vector<c10::IValue>(tensors.begin(), tensors.end()));
}

// The random numbers of the devices that a call may draw from.
class RandomStates {
 public:
  static RandomStates of(const variable_list& tensors) {
    RandomStates states;
    states.add(at::kCPU);
    for (const auto& tensor : tensors)
      if (!tensor.is_cpu()) states.add(tensor.device());
    return states;
  }

  void restore() const {
    for (const auto& [generator, state] : states_) {
      auto drawn_from = generator;
      const std::lock_guard<std::mutex> lock(drawn_from.mutex());
      drawn_from.set_state(state);
    }
  }

  // The same generators as they are now.
  RandomStates now() const {
    RandomStates states;
    for (const auto& [generator, state] : states_) states.add(generator);
    return states;
  }

 private:
  void add(const c10::Device& device) { add(at::globalContext().defaultGenerator(device)); }

  void add(at::Generator generator) {
    for (const auto& [known, state] : states_)
      if (known == generator) return;
    const std::lock_guard<std::mutex> lock(generator.mutex());
    states_.emplace_back(generator, generator.get_state());
  }

  std::vector<std::pair<at::Generator, at::Tensor>> states_;
};

// What a call needs to be repeated, beside its tensors.
struct Repeatable : torch::CustomClassHolder {
  std::shared_ptr<const Call> call;
  std::vector<c10::IValue> arguments;  // None where a tensor goes
  std::vector<size_t> tensors;         // where they go
  RandomStates random;
  c10::DeviceType device = c10::DeviceType::CPU;
  std::optional<at::ScalarType> autocast;

  std::vector<c10::IValue> with(const variable_list& values) const {
    auto all = arguments;
    for (size_t i = 0; i < tensors.size(); ++i) all[tensors[i]] = values[i];
    return all;
  }
};

// Computing again writes into the running statistics again; this puts back what was there, unseen
// by autograd, as batch norm itself writes.
class KeepBuffers {
 public:
  explicit KeepBuffers(const torch::jit::Module& module) {
    for (const auto& buffer : module.buffers()) kept_.emplace_back(buffer, buffer.clone());
  }
  ~KeepBuffers() {
    const at::NoGradGuard no_grad;
    const at::AutoDispatchBelowADInplaceOrView unseen;
    for (auto& [buffer, before] : kept_) buffer.copy_(before);
  }
  KeepBuffers(const KeepBuffers&) = delete;
  KeepBuffers& operator=(const KeepBuffers&) = delete;

 private:
  std::vector<std::pair<at::Tensor, at::Tensor>> kept_;
};

// Weights that autocast casts without recording have no history, and nothing that runs later may
// take such a cast.
class KeepNoCasts {
 public:
  KeepNoCasts() : before_(at::autocast::is_autocast_cache_enabled()) {
    at::autocast::set_autocast_cache_enabled(false);
  }
  ~KeepNoCasts() { at::autocast::set_autocast_cache_enabled(before_); }
  KeepNoCasts(const KeepNoCasts&) = delete;
  KeepNoCasts& operator=(const KeepNoCasts&) = delete;

 private:
  bool before_;
};

struct Checkpoint : torch::autograd::Function<Checkpoint> {
  // `variables` are the tensor arguments and, behind them, the parameters of the module. `result`
  // receives what was returned, for its form.
  static variable_list forward(AutogradContext* context,
                               const c10::intrusive_ptr<Repeatable>& repeatable,
                               at::TensorList variables, c10::IValue* result) {
    const variable_list tensors = variables.slice(0, repeatable->tensors.size()).vec();
    context->save_for_backward(tensors);
    context->saved_data["repeatable"] = c10::IValue::make_capsule(repeatable);
    const KeepNoCasts no_casts;
    *result = run(*repeatable->call, repeatable->with(tensors));
    return tensors_of(*result);
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const auto repeatable = c10::static_intrusive_pointer_cast<Repeatable>(
        context->saved_data["repeatable"].toCapsule());
    const Call& call = *repeatable->call;
    variable_list variables = context->get_saved_variables();
    for (size_t i = 0; i < variables.size(); ++i)
      variables[i] = variables[i].detach().requires_grad_(context->needs_input_grad(i));
    const size_t arguments = variables.size();
    const at::AutoGradMode with_gradients(true);
    const KeepBuffers buffers(call.module);
    const RandomStates now = repeatable->random.now();
    repeatable->random.restore();
    variable_list outputs;
    {
      std::optional<Autocast> narrow;
      if (repeatable->autocast) narrow.emplace(repeatable->device, *repeatable->autocast);
      outputs = tensors_of(run(call, repeatable->with(variables)));
    }
    now.restore();

    for (const auto& parameter : call.module.parameters()) variables.push_back(parameter);
    variable_list wanted, reached, seeds;
    std::vector<size_t> places;
    for (size_t i = 0; i < variables.size(); ++i) {
      if (!(i < arguments ? variables[i].requires_grad() : context->needs_input_grad(i))) continue;
      wanted.push_back(variables[i]);
      places.push_back(i);
    }
    for (size_t i = 0; i < outputs.size(); ++i) {
      if (!gradients[i].defined() || !outputs[i].requires_grad()) continue;
      reached.push_back(outputs[i]);
      seeds.push_back(gradients[i]);
    }
    // Of what goes to forward(): the repeatable, the variables one by one, and the result's place.
    variable_list all(variables.size() + 2);
    if (reached.empty()) return all;
    const auto found = torch::autograd::grad(reached, wanted, seeds, /*retain_graph=*/std::nullopt,
                                             /*create_graph=*/false, /*allow_unused=*/true);
    for (size_t i = 0; i < places.size(); ++i) all[places[i] + 1] = found[i];
    return all;
  }
};

c10::IValue checkpointed(const std::shared_ptr<const Call>& call,
                         const std::vector<c10::IValue>& arguments) {
  if (!at::GradMode::is_enabled()) return run(*call, arguments);
  auto repeatable = c10::make_intrusive<Repeatable>();
  repeatable->call = call;
  repeatable->arguments = arguments;
  variable_list variables;
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (!arguments[i].isTensor()) continue;
    variables.push_back(arguments[i].toTensor());
    repeatable->tensors.push_back(i);
    repeatable->arguments[i] = c10::IValue();
  }
  for (const auto& parameter : call->module.parameters()) variables.push_back(parameter);
  repeatable->random = RandomStates::of(variables);
  if (!variables.empty()) repeatable->device = variables.front().device().type();
  if (at::autocast::is_autocast_enabled(repeatable->device))
    repeatable->autocast = at::autocast::get_autocast_dtype(repeatable->device);
  c10::IValue result;
  const variable_list outputs = Checkpoint::apply(repeatable, at::TensorList(variables), &result);
  return like(result, outputs);
}

// Which call it is, the module, and the arguments as a tuple. What is returned may be an argument,
// or a view of one, which only the most careful of alias analyses covers.
const torch::jit::RegisterOperators registered({torch::jit::Operator(
    "potstill::_checkpointed(int call, Any self, Any arguments) -> Any",
    [](torch::jit::Stack& stack) {
      const auto arguments = torch::jit::pop(stack).toTuple();
      torch::jit::pop(stack);
      const auto index = torch::jit::pop(stack).toInt();
      TORCH_CHECK(calls_in_use != nullptr, "a checkpointed call outside of its plan");
      stack.push_back(checkpointed(calls_in_use->at(index), arguments->elements().vec()));
    },
    c10::AliasAnalysisKind::CONSERVATIVE)});

bool holds_tensors(const c10::TypePtr& type) {
  if (type->kind() == c10::TypeKind::TensorType || type->kind() == c10::TypeKind::AnyType ||
      type->kind() == c10::TypeKind::ClassType || type->kind() == c10::TypeKind::InterfaceType)
    return true;
  const auto parts = type->containedTypes();
  return std::any_of(parts.begin(), parts.end(), holds_tensors);
}

// A tensor, perhaps None, or something without tensors in it.
bool can_be_argument(const c10::TypePtr& type) {
  if (const auto optional = type->cast<c10::OptionalType>())
    return can_be_argument(optional->getElementType());
  return is_tensor(type) || !holds_tensors(type);
}

bool can_be_result(const c10::TypePtr& type) {
  if (is_tensor(type)) return true;
  const auto tuple = type->cast<c10::TupleType>();
  return tuple && !tuple->elements().empty() &&
         std::all_of(tuple->elements().begin(), tuple->elements().end(), is_tensor);
}

[[noreturn]] void refuse(const std::string& path, const std::string& what) {
  throw Error(Code::Config, "gradientCheckpointing: \"" + path + "\" " + what);
}

}  // namespace

CheckpointedCalls::CheckpointedCalls(std::vector<std::string> paths, std::string who,
                                     Compile compile)
    : paths_(std::move(paths)), who_(std::move(who)), compile_(std::move(compile)) {
  for (const auto& path : paths_)
    if (const auto outer = around(path); !outer.empty())
      refuse(path, "lies within \"" + outer + "\", which is computed again as a whole; name one of "
                                              "them");
}

torch::jit::Value* CheckpointedCalls::replace(torch::jit::Graph& graph, torch::jit::Node* call,
                                              const std::string& path,
                                              c10::ivalue::Object* callee,
                                              torch::jit::GraphFunction& method) {
  if (std::find(paths_.begin(), paths_.end(), path) == paths_.end()) return nullptr;
  const auto& type = call->output()->type();
  if (!can_be_result(type))
    refuse(path, "returns " + type->repr_str() + "; only a tensor or a tuple of them will do");
  for (const Value* argument : call->inputs().slice(1))
    if (!can_be_argument(argument->type()))
      refuse(path, "takes " + argument->type()->repr_str() +
                       "; tensors in lists, tuples, dicts or objects will not do");
  const auto object = c10::intrusive_ptr<c10::ivalue::Object>::reclaim_copy(callee);
  calls_.push_back(std::make_shared<Call>(
      Call{path, torch::jit::Module(object), compile_(method.graph()->copy())}));

  const torch::jit::WithInsertPoint here(call);
  static const auto kind = c10::Symbol::fromQualString("potstill::_checkpointed");
  Value* index = graph.insertConstant(static_cast<int64_t>(calls_.size()) - 1);
  Value* arguments =
      graph.insertNode(graph.createTuple(call->inputs().slice(1)))->output();
  Value* result =
      graph.insertNode(graph.create(kind, {index, call->input(0), arguments}, 1))->output();
  result->setType(c10::AnyType::get());
  Value* typed = graph.insertUncheckedCast(result, type);
  call->output()->replaceAllUsesWith(typed);
  call->destroy();
  return typed;
}

std::string CheckpointedCalls::around(const std::string& path) const {
  for (const auto& outer : paths_)
    if (path.starts_with(outer + ".")) return outer;
  return "";
}

void CheckpointedCalls::require_all(const std::vector<std::string>& called) const {
  for (const auto& path : paths_) {
    if (std::any_of(calls_.begin(), calls_.end(),
                    [&](const auto& call) { return call->path == path; }))
      continue;
    refuse(path, "is no module that " + who_ + " calls" +
                     (called.empty() ? "" : "; the nearest names are " + nearest(path, called)));
  }
}

CheckpointedCalls::Use::Use(const CheckpointedCalls& calls) : previous_(calls_in_use) {
  calls_in_use = &calls;
}

CheckpointedCalls::Use::~Use() { calls_in_use = previous_; }

}  // namespace potstill
