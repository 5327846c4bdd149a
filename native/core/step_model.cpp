#include "core/step_model.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "core/error.h"
#include "ops/tap.h"

namespace potstill {
namespace {

torch::jit::Module module_of(const Options& spec, const char* key) {
  const auto value = spec.value(key);
  if (!value.isModule())
    throw Error(Code::Config, spec.where() + "." + key + ": expected a module");
  return value.toModule();
}

at::Tensor placed(const at::Tensor& input, const at::TensorOptions& target) {
  at::Tensor value = input;
  if (target.has_device() && value.device() != target.device())
    value = value.to(target.device(), /*non_blocking=*/true);
  if (target.has_dtype() && at::isFloatingType(value.scalar_type()) &&
      value.dtype() != target.dtype())
    value = value.to(target.dtype());
  return value;
}

// A channel of its own says nothing of the order, so it is the strides that are asked for.
at::Tensor laid_out(const at::Tensor& input) {
  if (input.dim() != 4) return input;
  return input.to(input.options().memory_format(at::MemoryFormat::ChannelsLast));
}

}  // namespace

StepModel::StepModel(const Options& spec, const char* module_key, const char* output_key,
                     const char* normalize_key, const char* resize_key,
                     std::vector<std::string> taps, const std::string& who,
                     const std::vector<std::string>& checkpointed)
    : tap_paths_(std::move(taps)),
      plan_(module_of(spec, module_key), who, tap_paths_, ForwardPlan::Products::Fast,
            checkpointed),
      selector_(spec.value(output_key), who),
      where_(spec.where() + "." + normalize_key) {
  for (const auto& parameter : plan_.module().parameters()) parameters_.push_back(parameter);
  if (spec.has(normalize_key)) {
    const auto normalize = spec.options(normalize_key);
    mean_ = normalize.numbers("mean");
    deviation_ = normalize.numbers("std");
    if (mean_.empty() || mean_.size() != deviation_.size())
      throw Error(Code::Config, where_ + ": expected mean and std of the same length");
    for (double value : deviation_)
      if (!(value > 0)) throw Error(Code::Config, where_ + ".std: expected numbers above 0");
  }
  if (spec.has(resize_key)) {
    size_ = spec.integers(resize_key);
    if (size_.size() != 2 || size_[0] < 1 || size_[1] < 1)
      throw Error(Code::Config,
                  spec.where() + "." + resize_key + ": expected [height, width] in pixels");
  }
}

ModelValues StepModel::run_frozen(const StepBatch& batch) {
  if (plan_.fast_products() == 0) return run(batch);
  uint64_t version = 0;
  for (const auto& parameter : parameters_)
    if (!parameter.is_inference()) version += parameter._version();
  if (packed_ == nullptr || version != packed_version_) {
    packed_ = std::make_unique<ops::PackedWeights>();
    packed_version_ = version;
  }
  const ops::PackedWeights::Use use(*packed_);
  return run(batch);
}

ModelValues StepModel::run(const StepBatch& batch) {
  const Arguments arguments = arguments_of(batch);
  ModelValues values;
  values.logits = selector_.pick(plan_(arguments.inputs, arguments.named, &values.taps));
  return values;
}

std::string StepModel::first_bad_tap(const StepBatch& batch) {
  const Arguments arguments = arguments_of(batch);
  ops::TapCollector collector;
  plan_(arguments.inputs, arguments.named);
  for (const auto& record : collector.take()) {
    if (!at::isFloatingType(record.value.scalar_type()) ||
        record.value.isfinite().all().item<bool>())
      continue;
    return plan_.tap_of(record.id);
  }
  return "";
}

StepModel::Arguments StepModel::arguments_of(const StepBatch& batch) const {
  const auto target = placement();
  std::vector<at::Tensor> inputs;
  inputs.reserve(batch.inputs.size());
  for (const auto& input : batch.inputs) inputs.push_back(placed(input, target));
  std::map<std::string, at::Tensor> named;
  for (const auto& [name, input] : batch.named_inputs) named.emplace(name, placed(input, target));
  if (!mean_.empty() || !size_.empty()) {
    at::Tensor& first = inputs.empty() ? only_floating(named) : inputs[0];
    if (!size_.empty()) first = resized(first);
    if (!mean_.empty()) first = normalized(first);
  }
  if (channels_last()) {
    for (auto& input : inputs) input = laid_out(input);
    for (auto& [name, input] : named) input = laid_out(input);
  }
  return {std::move(inputs), std::move(named)};
}

at::TensorOptions StepModel::placement() const {
  for (const auto& parameter : parameters_)
    if (at::isFloatingType(parameter.scalar_type())) return parameter.options();
  return at::TensorOptions();
}

bool StepModel::channels_last() const {
  return std::any_of(parameters_.begin(), parameters_.end(), [](const auto& parameter) {
    return parameter.dim() == 4 &&
           parameter.suggest_memory_format() == at::MemoryFormat::ChannelsLast;
  });
}

at::Tensor& StepModel::only_floating(std::map<std::string, at::Tensor>& named) const {
  at::Tensor* found = nullptr;
  for (auto& [name, input] : named) {
    if (!at::isFloatingType(input.scalar_type())) continue;
    if (found != nullptr)
      throw Error(Code::Config, where_ +
                                    ": there are several named inputs; normalize the data "
                                    "instead");
    found = &input;
  }
  if (found == nullptr) throw Error(Code::Config, where_ + ": no input is floating-point");
  return *found;
}

at::Tensor StepModel::normalized(const at::Tensor& input) const {
  const auto channels = static_cast<int64_t>(mean_.size());
  if (!at::isFloatingType(input.scalar_type()))
    throw Error(Code::Dtype, c10::str(where_, ": the input has dtype ", input.scalar_type(),
                                      ", expected a floating-point one"));
  if (channels != 1 && (input.dim() < 2 || input.size(1) != channels))
    throw Error(Code::Shape, c10::str(where_, ": ", channels,
                                      " channels, but the input has "
                                      "shape ",
                                      input.sizes(), " (channels are dimension 1)"));
  std::vector<int64_t> shape(std::max<int64_t>(input.dim(), 1), 1);
  if (channels != 1) shape[1] = channels;
  // Made once: the device would be waited for each time.
  if (!constants_.defined() || constants_.device() != input.device() ||
      constants_.scalar_type() != input.scalar_type())
    constants_ = at::stack({at::tensor(mean_, input.options()),
                            at::tensor(deviation_, input.options())});
  return input.sub(constants_[0].view(shape)).div_(constants_[1].view(shape));
}

at::Tensor StepModel::resized(const at::Tensor& input) const {
  if (input.dim() != 4 || !at::isFloatingType(input.scalar_type()))
    throw Error(Code::Shape, c10::str(plan_.who(),
                                      ": resize needs floating-point images [B, C, H, W], "
                                      "got ",
                                      input.sizes(), " of ", input.scalar_type()));
  if (input.size(2) == size_[0] && input.size(3) == size_[1]) return input;
  const bool smaller = size_[0] < input.size(2) || size_[1] < input.size(3);
  return smaller ? at::_upsample_bilinear2d_aa(input, size_, /*align_corners=*/false)
                 : at::upsample_bilinear2d(input, size_, /*align_corners=*/false);
}

}  // namespace potstill
