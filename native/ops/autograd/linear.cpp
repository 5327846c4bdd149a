#include "ops/linear.h"

#include <ATen/core/LegacyTypeDispatch.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/gelu_backward.h>
#include <ATen/ops/mm.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include <utility>

#include "ops/optional_tensor.h"
#include "ops/products.h"

namespace potstill::ops {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// Which gradients are asked for, by position.
struct Wanted {
  bool input, weight, bias;
};

// [*, c] as [rows, c].
at::Tensor as_rows(const at::Tensor& t) {
  return t.dim() == 2 ? t : t.reshape({-1, t.size(-1)});
}

// By plain operators, which autograd records: for second derivatives.
variable_list differentiable_gradients(const at::Tensor& grad_output, const at::Tensor& input,
                                       const at::Tensor& weight, Activation activation,
                                       const at::Tensor& kept, at::IntArrayRef input_shape,
                                       Wanted wanted) {
  at::Tensor gradient = as_rows(grad_output);
  if (activation == Activation::Relu) gradient = gradient.masked_fill(as_rows(kept).le(0), 0);
  if (is_gelu(activation))
    gradient = at::gelu_backward(gradient, as_rows(kept), gelu_approximation(activation));
  variable_list result(4);
  if (wanted.input) result[0] = at::mm(gradient, weight).view(input_shape);
  if (wanted.weight) result[1] = at::mm(gradient.t(), as_rows(input));
  if (wanted.bias) result[2] = gradient.sum(0);
  return result;
}

class Linear : public torch::autograd::Function<Linear> {
 public:
  static at::Tensor forward(AutogradContext* ctx, const at::Tensor& input,
                            const at::Tensor& weight, const std::optional<at::Tensor>& bias,
                            int64_t activation) {
    at::AutoDispatchBelowADInplaceOrView below;
    const auto known = static_cast<Activation>(activation);
    at::Tensor kept;
    at::Tensor output =
        linear_forward(input, weight, bias, is_gelu(known) ? Activation::None : known);
    if (known == Activation::Relu) kept = output;
    if (is_gelu(known)) {
      kept = std::exchange(output, at::empty_like(output));
      activate(known, kept, output);
    }
    ctx->saved_data["wants_bias"] = wants_gradient(bias);
    // What no gradient needs is not kept: the input of a frozen layer, the weight of the first.
    const at::Tensor none;
    ctx->save_for_backward({weight.requires_grad() ? input : none,
                            input.requires_grad() ? weight : none, kept});
    ctx->saved_data["activation"] = activation;
    ctx->saved_data["shape"] = input.sizes().vec();
    return output;
  }

  static variable_list backward(AutogradContext* ctx, const variable_list& grad_outputs) {
    const auto saved = ctx->get_saved_variables();
    const at::Tensor &input = saved[0], &weight = saved[1], &kept = saved[2];
    const auto activation = static_cast<Activation>(ctx->saved_data["activation"].toInt());
    const Wanted wanted = {weight.defined() && ctx->needs_input_grad(0),
                           input.defined() && ctx->needs_input_grad(1),
                           ctx->saved_data["wants_bias"].toBool() && ctx->needs_input_grad(2)};
    const auto input_shape = ctx->saved_data["shape"].toIntVector();
    if (at::GradMode::is_enabled())
      return differentiable_gradients(grad_outputs[0], input, weight, activation, kept, input_shape,
                                      wanted);

    const at::Tensor arrived = as_rows(grad_outputs[0]).contiguous();
    const auto [gradient, sums] = activation_backward(arrived, activation, kept, wanted.bias);
    variable_list result(4);
    if (wanted.input)
      result[0] = input_gradient_product(gradient, weight.contiguous()).view(input_shape);
    if (wanted.weight)
      result[1] = weight_gradient_product(gradient, as_rows(input).contiguous());
    if (wanted.bias) result[2] = sums;
    return result;
  }
};

bool needs_gradient(const at::Tensor& input, const at::Tensor& weight,
                    const std::optional<at::Tensor>& bias) {
  return at::GradMode::is_enabled() &&
         (input.requires_grad() || weight.requires_grad() || wants_gradient(bias));
}

at::Tensor autograd_linear(const at::Tensor& input, const at::Tensor& weight,
                           const std::optional<at::Tensor>& bias, std::string_view activation) {
  const Activation known = activation_of(activation);
  if (!has_fast_linear(input, weight, bias)) return plain_linear(input, weight, bias, known);
  if (needs_gradient(input, weight, bias))
    return Linear::apply(input, weight, bias, static_cast<int64_t>(known));
  at::AutoDispatchBelowADInplaceOrView below;
  return linear(input, weight, bias, activation);
}

// Packed weights have no gradient; with one the weight beside them is used.
at::Tensor autograd_linear_packed(const at::Tensor& input, const at::Tensor& weight,
                                  const at::Tensor& packed, const std::optional<at::Tensor>& bias,
                                  std::string_view activation) {
  const Activation known = activation_of(activation);
  if (!has_fast_linear(input, weight, bias)) return plain_linear(input, weight, bias, known);
  if (needs_gradient(input, weight, bias))
    return Linear::apply(input, weight, bias, static_cast<int64_t>(known));
  at::AutoDispatchBelowADInplaceOrView below;
  return linear_forward(input, weight, bias, known, packed);
}

}  // namespace

TORCH_LIBRARY_IMPL(potstill, Autograd, m) {
  m.impl("linear", &autograd_linear);
  m.impl("linear_packed", &autograd_linear_packed);
}

}  // namespace potstill::ops
