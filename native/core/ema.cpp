#include "core/ema.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include "core/error.h"

namespace potstill {
namespace {

constexpr const char* kUpdates = "ema.updates";

std::vector<at::Tensor> copies(const std::vector<NamedTensor>& named) {
  std::vector<at::Tensor> result;
  for (const auto& each : named) result.push_back(each.tensor.detach().clone());
  return result;
}

void trade(const std::vector<NamedTensor>& named, std::vector<at::Tensor>& others) {
  for (size_t i = 0; i < named.size(); ++i) {
    const auto before = named[i].tensor.detach().clone();
    at::Tensor target = named[i].tensor;
    target.copy_(others[i]);
    others[i].copy_(before);
  }
}

}  // namespace

WeightAverage::WeightAverage(double decay, std::vector<NamedTensor> parameters,
                             std::vector<NamedTensor> buffers)
    : decay_(decay),
      parameters_(std::move(parameters)),
      buffers_(std::move(buffers)),
      parameter_averages_(copies(parameters_)),
      buffer_copies_(copies(buffers_)) {
  if (!(decay >= 0 && decay <= 1))
    throw Error(Code::Config, c10::str("emaDecay: expected a number from 0 to 1, got ", decay));
}

void WeightAverage::move() {
  at::AutoGradMode no_grad(false);
  for (size_t i = 0; i < parameters_.size(); ++i) {
    if (updates_ == 0 || !at::isFloatingType(parameter_averages_[i].scalar_type()))
      parameter_averages_[i].copy_(parameters_[i].tensor);
    else
      parameter_averages_[i].lerp_(parameters_[i].tensor, 1 - decay_);
  }
  for (size_t i = 0; i < buffers_.size(); ++i) buffer_copies_[i].copy_(buffers_[i].tensor);
}

void WeightAverage::swap() {
  at::AutoGradMode no_grad(false);
  trade(parameters_, parameter_averages_);
  trade(buffers_, buffer_copies_);
  swapped_ = !swapped_;
}

void WeightAverage::save(State& state) const {
  state.counters[kUpdates] = static_cast<double>(updates_);
  for (size_t i = 0; i < parameters_.size(); ++i)
    state.tensors["ema." + parameters_[i].name] = parameter_averages_[i].clone();
  for (size_t i = 0; i < buffers_.size(); ++i)
    state.tensors["ema." + buffers_[i].name] = buffer_copies_[i].clone();
}

void WeightAverage::check(const State& state) const {
  if (!state.counters.count(kUpdates))
    throw Error(Code::Checkpoint, "the checkpoint has no average of the weights (emaDecay)");
  for (const auto* list : {&parameters_, &buffers_})
    for (const auto& [name, tensor] : *list) {
      const auto found = state.tensors.find("ema." + name);
      if (found == state.tensors.end())
        throw Error(Code::Checkpoint, "the checkpoint has no \"ema." + name + "\"");
      if (found->second.sizes() != tensor.sizes())
        throw Error(Code::Checkpoint,
                    c10::str("the checkpoint's \"ema.", name, "\" has shape ",
                             found->second.sizes(), ", and the student's ", tensor.sizes()));
    }
}

void WeightAverage::load(const State& state) {
  check(state);
  at::AutoGradMode no_grad(false);
  updates_ = static_cast<int64_t>(state.counters.at(kUpdates));
  for (size_t i = 0; i < parameters_.size(); ++i)
    parameter_averages_[i].copy_(state.tensors.at("ema." + parameters_[i].name));
  for (size_t i = 0; i < buffers_.size(); ++i)
    buffer_copies_[i].copy_(state.tensors.at("ema." + buffers_[i].name));
}

}  // namespace potstill
