#include "ops/batch_norm.h"

#include <ATen/core/LegacyTypeDispatch.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/native_batch_norm_backward.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include "ops/optional_tensor.h"

namespace potstill::ops {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

class BatchNormalization : public torch::autograd::Function<BatchNormalization> {
 public:
  // The tensors of the layer by themselves: the function takes their gradients by position.
  static at::Tensor forward(AutogradContext* ctx, const at::Tensor& input,
                            const std::optional<at::Tensor>& weight,
                            const std::optional<at::Tensor>& bias,
                            const std::optional<at::Tensor>& other, const BatchNorm& layer,
                            bool relu) {
    at::AutoDispatchBelowADInplaceOrView below;
    const auto [output, constants] = batch_norm_forward(input, layer, other, relu);
    ctx->save_for_backward({input, weight.value_or(at::Tensor()), constants,
                            relu && is_present(other) ? output : at::Tensor(),
                            layer.running_mean.value_or(at::Tensor()),
                            layer.running_var.value_or(at::Tensor())});
    ctx->saved_data["wanted"] =
        c10::List<bool>({input.requires_grad(), wants_gradient(weight), wants_gradient(bias),
                         wants_gradient(other)});
    ctx->saved_data["relu"] = relu;
    ctx->saved_data["training"] = layer.training;
    ctx->saved_data["eps"] = layer.eps;
    return output;
  }

  static variable_list backward(AutogradContext* ctx, const variable_list& grad_outputs) {
    const auto saved = ctx->get_saved_variables();
    const at::Tensor &input = saved[0], &constants = saved[2];
    std::optional<at::Tensor> output;
    if (saved[3].defined()) output = saved[3];
    const bool relu = ctx->saved_data["relu"].toBool();
    const bool training = ctx->saved_data["training"].toBool();
    const auto asked = ctx->saved_data["wanted"].toBoolList();
    std::array<bool, 4> wanted{};
    for (size_t i = 0; i < wanted.size(); ++i) wanted[i] = asked.get(i);

    variable_list result(6);
    if (!at::GradMode::is_enabled()) {
      auto made = batch_norm_backward(grad_outputs[0], input, constants, output, relu, training,
                                      wanted);
      std::move(made.begin(), made.end(), result.begin());
      return result;
    }
    // Plain operators record what second derivatives need.
    at::Tensor gradient = grad_outputs[0];
    if (relu) {
      const at::Tensor behind = output ? *output : affine(input.detach(), constants);
      gradient = gradient.masked_fill(behind.le(0), 0);
    }
    auto [by_input, by_weight, by_bias] = at::native_batch_norm_backward(
        gradient, input, saved[1], saved[4], saved[5], constants[0], constants[1], training,
        ctx->saved_data["eps"].toDouble(), {wanted[0], wanted[1], wanted[2]});
    result[0] = by_input;
    result[1] = by_weight;
    result[2] = by_bias;
    if (wanted[3]) result[3] = gradient;
    return result;
  }

 private:
  // What the ReLU saw where nothing was added.
  static at::Tensor affine(const at::Tensor& input, const at::Tensor& constants) {
    std::vector<int64_t> shape(input.dim(), 1);
    shape[1] = input.size(1);
    return input.sub(constants[0].view(shape))
        .mul_(constants[2].view(shape))
        .add_(constants[3].view(shape));
  }
};

at::Tensor autograd_batch_norm(const at::Tensor& input, const std::optional<at::Tensor>& weight,
                               const std::optional<at::Tensor>& bias,
                               const std::optional<at::Tensor>& running_mean,
                               const std::optional<at::Tensor>& running_var, bool training,
                               double momentum, double eps, const std::optional<at::Tensor>& other,
                               bool relu) {
  const BatchNorm layer = {weight, bias, running_mean, running_var, training, momentum, eps};
  if (!has_fast_batch_norm(input, layer, other)) return plain_batch_norm(input, layer, other, relu);
  if (at::GradMode::is_enabled() && (input.requires_grad() || wants_gradient(weight) ||
                                     wants_gradient(bias) || wants_gradient(other)))
    return BatchNormalization::apply(input, weight, bias, other, layer, relu);
  at::AutoDispatchBelowADInplaceOrView below;
  return batch_norm_forward(input, layer, other, relu).output;
}

}  // namespace

TORCH_LIBRARY_IMPL(potstill, Autograd, m) { m.impl("batch_norm", &autograd_batch_norm); }

}  // namespace potstill::ops
