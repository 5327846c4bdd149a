#include "ops/convolution.h"

#include <ATen/core/LegacyTypeDispatch.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/convolution_backward.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include "ops/optional_tensor.h"
#include "ops/products.h"

namespace potstill::ops {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// Whether products.h takes these, and they are trained. Under no_grad too: a part of a network that
// is computed again for its gradients is to give the same bits both times.
bool is_fast(const at::Tensor& input, const at::Tensor& weight,
             const std::optional<at::Tensor>& bias, at::IntArrayRef padding) {
  const auto suits = [](const at::Tensor& t, int64_t dim) {
    return t.is_cpu() && t.scalar_type() == at::kFloat && t.layout() == at::kStrided &&
           t.dim() == dim && t.numel() > 0;
  };
  const bool biased = is_present(bias);
  return (input.requires_grad() || weight.requires_grad() || wants_gradient(bias)) &&
         suits(input, 4) && suits(weight, 4) && (!biased || suits(*bias, 1)) &&
         weight.size(1) == input.size(1) && weight.size(2) == 3 && weight.size(3) == 3 &&
         (!biased || bias->size(0) == weight.size(0)) && padding.size() == 2 && padding[0] >= 0 &&
         padding[1] >= 0 && input.size(2) + 2 * padding[0] >= 3 &&
         input.size(3) + 2 * padding[1] >= 3;
}

class Convolution : public torch::autograd::Function<Convolution> {
 public:
  static at::Tensor forward(AutogradContext* ctx, const at::Tensor& input,
                            const at::Tensor& weight, const std::optional<at::Tensor>& bias,
                            at::IntArrayRef padding) {
    at::AutoDispatchBelowADInplaceOrView below;
    ctx->saved_data["bias"] = wants_gradient(bias);
    ctx->saved_data["padding"] = padding.vec();
    ctx->save_for_backward({input, weight});
    return convolution_product(input, weight, bias, padding);
  }

  static variable_list backward(AutogradContext* ctx, const variable_list& grad_outputs) {
    const auto saved = ctx->get_saved_variables();
    const at::Tensor &input = saved[0], &weight = saved[1], &gradient = grad_outputs[0];
    const auto padding = ctx->saved_data["padding"].toIntVector();
    std::array<bool, 3> wanted = {ctx->needs_input_grad(0), ctx->needs_input_grad(1),
                                  ctx->saved_data["bias"].toBool()};
    variable_list result(4);
    // Plain operators record what second derivatives need.
    const bool by_products = !at::GradMode::is_enabled();
    if (by_products && wanted[0] && padding[0] <= 2 && padding[1] <= 2) {
      result[0] = convolution_input_gradient(gradient, weight, padding);
      wanted[0] = false;
    }
    // oneDNN finds the gradients by weight and bias together.
    if (by_products && wanted[1] && !wanted[2]) {
      result[1] = convolution_weight_gradient(gradient, input, weight, padding);
      wanted[1] = false;
    }
    if (!wanted[0] && !wanted[1] && !wanted[2]) return result;
    const std::array<int64_t, 2> ones = {1, 1}, none = {0, 0};
    auto [by_input, by_weight, by_bias] = at::convolution_backward(
        gradient, input, weight, weight.size(0), ones, padding, ones, /*transposed=*/false, none,
        /*groups=*/1, wanted);
    if (wanted[0]) result[0] = by_input;
    if (wanted[1]) result[1] = by_weight;
    if (wanted[2]) result[2] = by_bias;
    return result;
  }
};

at::Tensor autograd_conv2d(const at::Tensor& input, const at::Tensor& weight,
                           const std::optional<at::Tensor>& bias, at::IntArrayRef padding) {
  if (!is_fast(input, weight, bias, padding))
    return at::conv2d(input, weight, bias, /*stride=*/1, padding);
  if (at::GradMode::is_enabled()) return Convolution::apply(input, weight, bias, padding);
  at::AutoDispatchBelowADInplaceOrView below;
  return convolution_product(input, weight, bias, padding);
}

}  // namespace

TORCH_LIBRARY_IMPL(potstill, Autograd, m) { m.impl("conv2d", &autograd_conv2d); }

}  // namespace potstill::ops
