// Steps that are recorded once and replayed.

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/step_plan.h"

namespace potstill {
namespace {

// Steps of a kind before one is recorded: libraries make what they keep, and the optimizer its
// state.
constexpr int64_t kPrepared = 3;

class EmulatedGraph : public DeviceGraph {
 public:
  void prepare(const std::function<void()>& work) override { work(); }
  void record(const std::function<void()>& work) override { work_ = work; }
  void replay() override { work_(); }

 private:
  std::function<void()> work_;
};

bool are_classes(const at::Tensor& labels) {
  return at::isIntegralType(labels.scalar_type(), /*includeBool=*/false);
}

// Labels are all classes, so that as many count as when the step was recorded.
bool all_count(const at::Tensor& labels, int64_t classes) {
  const auto values = labels.to(at::kLong).contiguous();
  const auto* data = values.const_data_ptr<int64_t>();
  return std::all_of(data, data + values.numel(),
                     [&](int64_t label) { return label >= 0 && label < classes; });
}

// Why a batch cannot go through a record, whatever its shape; empty: it can.
std::string why_not(const StepBatch& batch) {
  if (batch.mask) return "the batch has a mask, and what it keeps is counted anew each time";
  if (batch.mixed_labels) return "mixup takes another share for each batch";
  if (batch.labels && are_classes(*batch.labels) && !batch.labels->is_cpu())
    return "the labels are on the device, where looking at them would wait for it";
  return "";
}

// Everything that a record depends on but does not read from a buffer.
std::string kind_of(const StepBatch& batch, bool training, const std::vector<double>& weights) {
  std::string kind = training ? "train" : "eval";
  const auto add = [&](const std::string& name, const at::Tensor& tensor) {
    kind += c10::str(" ", name, " ", tensor.scalar_type(), " ", tensor.sizes());
  };
  for (const auto& input : batch.inputs) add("input", input);
  for (const auto& [name, input] : batch.named_inputs) add(name, input);
  if (batch.labels) add("labels", *batch.labels);
  if (batch.ids) add("ids", *batch.ids);
  for (const auto& each : batch.said) {
    add("logits", each.logits);
    for (const auto& [path, tap] : each.taps) add(path, tap);
  }
  for (double weight : weights) kind += weight == 0 ? " 0" : " 1";
  return kind;
}

// The tensors of two batches of one kind, in pairs.
template <typename Visit>
void visit(StepBatch& own, const StepBatch& given, const Visit& with) {
  for (size_t i = 0; i < given.inputs.size(); ++i) with(own.inputs[i], given.inputs[i]);
  for (const auto& [name, input] : given.named_inputs) with(own.named_inputs.at(name), input);
  if (given.labels) with(*own.labels, *given.labels);
  if (given.ids) with(*own.ids, *given.ids);
  for (size_t i = 0; i < given.said.size(); ++i) {
    with(own.said[i].logits, given.said[i].logits);
    for (const auto& [path, tap] : given.said[i].taps) with(own.said[i].taps.at(path), tap);
  }
}

std::vector<const void*> places_of(const std::vector<at::Tensor>& tensors) {
  std::vector<const void*> places;
  places.reserve(tensors.size());
  for (const auto& tensor : tensors) places.push_back(tensor.const_data_ptr());
  return places;
}

std::string message_of(const std::exception& error) {
  const auto* torch = dynamic_cast<const c10::Error*>(&error);
  return torch ? torch->what_without_backtrace() : error.what();
}

void set_to(at::Tensor& scalar, double& now, double value) {
  if (now == value) return;
  scalar.fill_(value);
  now = value;
}

}  // namespace

std::unique_ptr<DeviceGraph> emulated_graph() { return std::make_unique<EmulatedGraph>(); }

void Recording::forget() {
  recorded = false;
  kind.clear();
  prepared = 0;
}

bool DistillStep::Plan::replay(const StepBatch& batch, double lr,
                               const std::function<void()>& step) {
  Recording& of = *recording;
  c10::InferenceMode no_inference(false);
  at::AutoGradMode no_grad(false);
  const auto by_itself = [&](const std::string& why) {
    sums->not_replayed.insert(why);
    return false;
  };
  // What is refused is refused on the other way.
  if (!std::isfinite(lr) || (average && average->swapped())) return false;
  const auto& wanted = batch.weights.empty() ? weights : batch.weights;
  if (wanted.size() != terms.size()) return false;
  for (double weight : wanted)
    if (!std::isfinite(weight)) return false;

  if (!of.broken.empty()) return by_itself(of.broken);
  if (clock.on()) return by_itself("the run is profiled, and a record does not tell its stages");
  if (const auto why = why_not(batch); !why.empty()) return by_itself(why);
  if (of.recorded && places_of(of.fixed) != of.places) of.forget();
  const auto kind = kind_of(batch, student->module().is_training(), wanted);
  if (kind != of.kind) {
    if (of.recorded)
      return by_itself("the batch is (" + kind + "), and steps of (" + of.kind + ") were recorded");
    of.kind = kind;
    of.prepared = 0;
  }
  if (!of.recorded && of.prepared < kPrepared) {
    of.graph->prepare(step);
    ++of.prepared;
    return true;
  }
  if (batch.labels && are_classes(*batch.labels) && !all_count(*batch.labels, of.classes))
    return by_itself("some labels are none of the classes, and how many count is part of a record");
  weights = wanted;
  if (!of.recorded) {
    try {
      record(batch);
    } catch (const std::exception& error) {
      pending.reset();
      of.forget();
      of.broken = "the step cannot be recorded: " + message_of(error);
      return by_itself(of.broken);
    }
  }

  visit(of.batch, batch,
        [](at::Tensor& own, const at::Tensor& given) { own.copy_(given, /*non_blocking=*/true); });
  set_to(of.rate, of.rate_now, lr);
  for (size_t i = 0; i < weights.size(); ++i) set_to(of.weights[i], of.weights_now[i], weights[i]);
  of.graph->replay();
  for (const auto& parameter : parameters)
    // Autograd has to know that a saved weight is no longer the same.
    parameter.tensor.unsafeGetTensorImpl()->bump_version();
  account(of.evaluated);
  gradient_norm = of.gradient_norm;
  ++updates;
  ++sums->updates;
  ++sums->replayed;
  if (average) average->count();
  return true;
}

void DistillStep::Plan::record(const StepBatch& batch) {
  Recording& of = *recording;
  const auto device = parameters[0].tensor.device();
  of.batch = batch;
  of.batch.checked_labels = true;
  visit(of.batch, batch, [&](at::Tensor& own, const at::Tensor& given) {
    own = at::empty_like(given, given.options().device(device).pinned_memory(false));
  });
  const auto scalar = at::TensorOptions(device);
  of.rate = at::zeros({}, scalar.dtype(at::kFloat));
  of.rate_now = 0;
  of.weights.clear();
  for (size_t i = 0; i < terms.size(); ++i)
    of.weights.push_back(at::zeros({}, scalar.dtype(at::kDouble)));
  of.weights_now.assign(terms.size(), 0);
  of.fixed.clear();
  const auto hold = [&](const torch::jit::Module& module) {
    for (const auto& each : module.parameters()) of.fixed.push_back(each);
    for (const auto& each : module.buffers()) of.fixed.push_back(each);
  };
  hold(student->module());
  for (const auto& teacher : teachers) hold(teacher.module());
  for (const auto& each : term_state) of.fixed.push_back(each.tensor);
  of.places = places_of(of.fixed);

  of.graph->record([this] {
    Recording& of = *recording;
    at::AutoGradMode grad(true);
    forward(of.batch);
    Evaluated evaluated = evaluate({});
    auto& values = evaluated.values;
    std::vector<at::Tensor> seeds(values.size());
    for (size_t i = 0; i < values.size(); ++i)
      if (values[i].count > 0 && weights[i] != 0)
        seeds[i] = of.weights[i].to(values[i].mean.scalar_type());
    auto gradients = gradients_of(values, seeds, /*keep_graph=*/false);
    at::AutoGradMode no_grad(false);
    apply(gradients, of.rate);
    for (auto& value : values) value.mean = value.mean.detach();
    of.evaluated = std::move(evaluated);
    of.gradient_norm = gradient_norm;
    pending.reset();
  });
  of.recorded = true;
}

}  // namespace potstill
