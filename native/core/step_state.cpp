// The state of a step, as checkpoints hold it.

#include <ATen/core/grad_mode.h>

#include "core/error.h"
#include "core/step_plan.h"
#include "ops/products.h"

namespace potstill {
namespace {

std::string gradient_name(size_t group, const std::string& parameter) {
  return "gradient" + std::to_string(group) + "." + parameter;
}

// The matrix products that were chosen by measuring: a resumed run has to take the same ones.
constexpr const char* kProducts = "plan.products";

at::Tensor from_text(const std::string& text) {
  auto bytes = at::empty({static_cast<int64_t>(text.size())}, at::kByte);
  std::copy(text.begin(), text.end(), bytes.data_ptr<uint8_t>());
  return bytes;
}

std::string to_text(const at::Tensor& tensor) {
  const auto bytes = tensor.to(at::kCPU, at::kByte).contiguous();
  const auto* data = bytes.const_data_ptr<uint8_t>();
  return std::string(data, data + bytes.numel());
}

// Of a teacher that follows the student.
std::vector<NamedTensor> teacher_state(const StepModel& teacher, size_t index) {
  std::vector<NamedTensor> result;
  const std::string prefix = "teacher." + std::to_string(index) + ".";
  for (const auto& each : teacher.module().named_parameters())
    result.push_back({prefix + each.name, each.value});
  for (const auto& each : teacher.module().named_buffers())
    result.push_back({prefix + each.name, each.value});
  return result;
}

State state_of(const Options& spec) {
  State state;
  const auto tensors = spec.options("tensors");
  for (const auto& key : tensors.keys()) state.tensors[key] = tensors.tensor(key.c_str());
  const auto counters = spec.options("counters");
  for (const auto& key : counters.keys()) state.counters[key] = counters.number(key.c_str());
  return state;
}

}  // namespace

c10::impl::GenericDict DistillStep::state() const {
  const Plan& plan = *plan_;
  if (plan.average && plan.average->swapped())
    throw Error(Code::Checkpoint, "swap the averaged weights back before reading the state");
  State state;
  plan.optimizer->save(state);
  if (plan.average) plan.average->save(state);
  if (plan.scaler) plan.scaler->save(state);
  state.counters["steps"] = static_cast<double>(plan.steps);
  state.counters["updates"] = static_cast<double>(plan.updates);
  state.counters["window.microBatches"] = static_cast<double>(plan.micro_batches);
  for (size_t group = 0; group < plan.window.size(); ++group) {
    const auto& sum = plan.window[group];
    if (sum.gradients.empty()) continue;
    const std::string prefix = "window.group" + std::to_string(group);
    state.counters[prefix + ".first"] = sum.first;
    state.counters[prefix + ".total"] = sum.total;
    for (size_t i = 0; i < sum.gradients.size(); ++i)
      if (sum.gradients[i].defined())
        state.tensors[gradient_name(group, plan.parameters[i].name)] = sum.gradients[i].clone();
  }
  for (const auto& each : plan.term_state) state.tensors[each.name] = each.tensor.detach().clone();
  for (size_t i = 0; i < plan.teachers.size(); ++i)
    if (plan.follow_decay[i] > 0)
      for (const auto& each : teacher_state(plan.teachers[i], i))
        state.tensors[each.name] = each.tensor.detach().clone();
  state.tensors[kProducts] = from_text(ops::product_choices());
  c10::impl::GenericDict tensors(c10::StringType::get(), c10::AnyType::get());
  for (const auto& [name, tensor] : state.tensors) tensors.insert(name, tensor);
  c10::impl::GenericDict counters(c10::StringType::get(), c10::AnyType::get());
  for (const auto& [name, value] : state.counters) counters.insert(name, value);
  c10::impl::GenericDict result(c10::StringType::get(), c10::AnyType::get());
  result.insert("tensors", tensors);
  result.insert("counters", counters);
  return result;
}

void DistillStep::load_state(const Options& spec) {
  Plan& plan = *plan_;
  const State state = state_of(spec);
  const auto counter = [&](const std::string& name) {
    const auto found = state.counters.find(name);
    if (found == state.counters.end())
      throw Error(Code::Checkpoint, "the checkpoint has no counter \"" + name + "\"");
    return found->second;
  };
  if (plan.average && plan.average->swapped())
    throw Error(Code::Checkpoint, "swap the averaged weights back before loading a state");
  const auto steps = static_cast<int64_t>(counter("steps"));
  const auto updates = static_cast<int64_t>(counter("updates"));
  const auto micro_batches = static_cast<int64_t>(counter("window.microBatches"));
  std::vector<Accumulated> window;
  if (micro_batches > 0) window.resize(plan.accumulate == 1 ? 1 : plan.groups);
  for (size_t group = 0; group < window.size(); ++group) {
    const std::string prefix = "window.group" + std::to_string(group);
    if (!state.counters.count(prefix + ".total")) continue;
    auto& sum = window[group];
    sum.first = counter(prefix + ".first");
    sum.total = counter(prefix + ".total");
    sum.gradients.resize(plan.parameters.size());
    for (size_t i = 0; i < plan.parameters.size(); ++i) {
      const auto found = state.tensors.find(gradient_name(group, plan.parameters[i].name));
      if (found == state.tensors.end()) continue;
      const auto& parameter = plan.parameters[i].tensor;
      if (found->second.sizes() != parameter.sizes())
        throw Error(Code::Checkpoint,
                    c10::str("the checkpoint's \"", found->first, "\" has shape ",
                             found->second.sizes(), ", and the parameter ", parameter.sizes()));
      sum.gradients[i] = at::empty_like(parameter.detach()).copy_(found->second);
    }
  }
  std::vector<NamedTensor> copied = plan.term_state;
  for (size_t i = 0; i < plan.teachers.size(); ++i)
    if (plan.follow_decay[i] > 0)
      for (auto& each : teacher_state(plan.teachers[i], i)) copied.push_back(std::move(each));
  for (const auto& each : copied) {
    const auto found = state.tensors.find(each.name);
    if (found == state.tensors.end())
      throw Error(Code::Checkpoint, "the checkpoint has no tensor \"" + each.name + "\"");
    if (found->second.sizes() != each.tensor.sizes())
      throw Error(Code::Checkpoint,
                  c10::str("the checkpoint's \"", each.name, "\" has shape ", found->second.sizes(),
                           ", and the plan's ", each.tensor.sizes()));
  }
  plan.optimizer->check(state);
  if (plan.average) plan.average->check(state);
  if (plan.scaler) plan.scaler->check(state);

  {
    at::NoGradGuard no_grad;
    for (const auto& each : copied)
      each.tensor.detach().copy_(state.tensors.find(each.name)->second);
  }
  if (const auto found = state.tensors.find(kProducts); found != state.tensors.end())
    ops::load_product_choices(to_text(found->second));
  if (plan.recording) plan.recording->forget();  // it works on the tensors that the state replaces
  plan.optimizer->load(state);
  if (plan.average) plan.average->load(state);
  if (plan.scaler) plan.scaler->load(state);
  plan.steps = steps;
  plan.updates = updates;
  plan.micro_batches = micro_batches;
  plan.window = std::move(window);
}

}  // namespace potstill
