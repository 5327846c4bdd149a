#include "ops/batch_norm.h"

#include <ATen/ops/batch_norm.h>
#include <ATen/ops/relu.h>
#include <torch/library.h>

#include "ops/optional_tensor.h"

namespace potstill::ops {
namespace {

at::Tensor batch_norm_without_gradient(const at::Tensor& input,
                                       const std::optional<at::Tensor>& weight,
                                       const std::optional<at::Tensor>& bias,
                                       const std::optional<at::Tensor>& running_mean,
                                       const std::optional<at::Tensor>& running_var,
                                       bool training, double momentum, double eps,
                                       const std::optional<at::Tensor>& other, bool relu) {
  const BatchNorm layer = {weight, bias, running_mean, running_var, training, momentum, eps};
  if (!has_fast_batch_norm(input, layer, other)) return plain_batch_norm(input, layer, other, relu);
  return batch_norm_forward(input, layer, other, relu).output;
}

}  // namespace

bool has_fast_batch_norm(const at::Tensor& input, const BatchNorm& layer,
                         const std::optional<at::Tensor>& other) {
  const auto suits = [](const at::Tensor& t) {
    return t.is_cpu() && t.scalar_type() == at::kFloat && t.layout() == at::kStrided;
  };
  if (!suits(input) || input.dim() < 2 || input.numel() == 0) return false;
  for (const auto* each : {&layer.weight, &layer.bias, &layer.running_mean, &layer.running_var})
    if (is_present(*each) &&
        !(suits(**each) && (*each)->dim() == 1 && (*each)->size(0) == input.size(1) &&
          (*each)->is_contiguous()))
      return false;
  if (is_present(layer.running_mean) != is_present(layer.running_var)) return false;
  if (!layer.training && !is_present(layer.running_mean)) return false;
  return !is_present(other) || (suits(*other) && other->sizes() == input.sizes());
}

at::Tensor plain_batch_norm(const at::Tensor& input, const BatchNorm& layer,
                            const std::optional<at::Tensor>& other, bool relu) {
  at::Tensor output =
      at::batch_norm(input, layer.weight, layer.bias, layer.running_mean, layer.running_var,
                     layer.training, layer.momentum, layer.eps, /*cudnn_enabled=*/true);
  if (is_present(other)) output = output.add(*other);
  return relu ? at::relu(output) : output;
}

TORCH_LIBRARY_IMPL(potstill, CompositeExplicitAutograd, m) {
  m.impl("batch_norm", &batch_norm_without_gradient);
}

}  // namespace potstill::ops
