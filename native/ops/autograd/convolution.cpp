#include "ops/convolution.h"

#include <ATen/core/LegacyTypeDispatch.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/convolution_backward.h>
#include <ATen/ops/threshold_backward.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include <array>
#include <tuple>

#include "ops/linear.h"
#include "ops/optional_tensor.h"
#include "ops/products.h"

namespace potstill::ops {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

bool is_number(at::IntArrayRef pair, int64_t number) {
  return pair.size() == 2 && pair[0] == number && pair[1] == number;
}

// Whether products.h takes these, and they are trained. Under no_grad too: a part of a network that
// is computed again for its gradients is to give the same bits both times.
bool is_fast(const at::Tensor& input, const at::Tensor& weight,
             const std::optional<at::Tensor>& bias, at::IntArrayRef stride,
             at::IntArrayRef padding) {
  const auto suits = [](const at::Tensor& t, int64_t dim) {
    return t.is_cpu() && t.scalar_type() == at::kFloat && t.layout() == at::kStrided &&
           t.dim() == dim && t.numel() > 0;
  };
  const bool biased = is_present(bias);
  const bool suitable_stride =
      is_number(stride, 1) || (is_number(stride, 2) && is_number(padding, 1));
  return (input.requires_grad() || weight.requires_grad() || wants_gradient(bias)) &&
         suits(input, 4) && suits(weight, 4) && (!biased || suits(*bias, 1)) && suitable_stride &&
         weight.size(1) == input.size(1) && weight.size(2) == 3 && weight.size(3) == 3 &&
         (!biased || bias->size(0) == weight.size(0)) && padding.size() == 2 && padding[0] >= 0 &&
         padding[1] >= 0 && input.size(2) + 2 * padding[0] >= 3 &&
         input.size(3) + 2 * padding[1] >= 3;
}

// The gradient by what the ReLU was given, of which `kept` came out (undefined: there is none), and
// its sums by output if they are wanted.
std::tuple<at::Tensor, at::Tensor> through_activation(const at::Tensor& grad_output,
                                                      const at::Tensor& kept, bool want_sums) {
  constexpr auto last = at::MemoryFormat::ChannelsLast;
  const bool active = kept.defined();
  if ((active ? kept : grad_output).is_contiguous(last)) {
    const at::Tensor images = grad_output.contiguous(last);
    const auto as_rows = [](const at::Tensor& t) {
      return t.permute({0, 2, 3, 1}).view({-1, t.size(1)});
    };
    const auto [rows, sums] =
        activation_backward(as_rows(images), active ? Activation::Relu : Activation::None,
                            active ? as_rows(kept) : at::Tensor(), want_sums);
    const auto by_pixel = images.permute({0, 2, 3, 1});
    return {rows.view(by_pixel.sizes()).permute({0, 3, 1, 2}), sums};
  }
  const at::Tensor gradient = active ? at::threshold_backward(grad_output, kept, 0) : grad_output;
  return {gradient, want_sums ? gradient.sum({0, 2, 3}) : at::Tensor()};
}

class Convolution : public torch::autograd::Function<Convolution> {
 public:
  static at::Tensor forward(AutogradContext* ctx, const at::Tensor& input, const at::Tensor& weight,
                            const std::optional<at::Tensor>& bias, int64_t stride,
                            at::IntArrayRef padding, bool relu) {
    at::AutoDispatchBelowADInplaceOrView below;
    const at::Tensor output = convolution_product(
        input, weight, bias, relu ? Activation::Relu : Activation::None, stride, padding);
    ctx->saved_data["bias"] = wants_gradient(bias);
    ctx->saved_data["stride"] = stride;
    ctx->saved_data["padding"] = padding.vec();
    ctx->saved_data["shape"] = input.sizes().vec();
    // The input of a frozen layer is not kept.
    ctx->save_for_backward(
        {weight.requires_grad() ? input : at::Tensor(), weight, relu ? output : at::Tensor()});
    return output;
  }

  static variable_list backward(AutogradContext* ctx, const variable_list& grad_outputs) {
    const auto saved = ctx->get_saved_variables();
    const at::Tensor &input = saved[0], &weight = saved[1], &kept = saved[2];
    const int64_t stride = ctx->saved_data["stride"].toInt();
    const auto padding = ctx->saved_data["padding"].toIntVector();
    const auto shape = ctx->saved_data["shape"].toIntVector();
    std::array<bool, 3> wanted = {ctx->needs_input_grad(0),
                                  input.defined() && ctx->needs_input_grad(1),
                                  ctx->saved_data["bias"].toBool()};
    variable_list result(6);
    at::Tensor gradient = grad_outputs[0];
    if (at::GradMode::is_enabled()) {
      // Plain operators record what second derivatives need.
      if (kept.defined()) gradient = gradient.masked_fill(kept.le(0), 0);
    } else {
      std::tie(gradient, result[2]) = through_activation(gradient, kept, wanted[2]);
      wanted[2] = false;
      if (wanted[1])
        result[1] = convolution_weight_gradient(gradient, input, weight, stride, padding);
      wanted[1] = false;
      if (wanted[0] && padding[0] <= 2 && padding[1] <= 2) {
        const auto size = at::IntArrayRef(shape).slice(2);
        result[0] = convolution_input_gradient(gradient, weight, size, stride, padding);
        wanted[0] = false;
      }
    }
    if (!wanted[0] && !wanted[1] && !wanted[2]) return result;
    const std::array<int64_t, 2> ones = {1, 1}, none = {0, 0}, strides = {stride, stride};
    const at::Tensor images = input.defined() ? input : gradient.new_empty(shape);
    auto [by_input, by_weight, by_bias] =
        at::convolution_backward(gradient, images, weight, weight.size(0), strides, padding, ones,
                                 /*transposed=*/false, none,
                                 /*groups=*/1, wanted);
    if (wanted[0]) result[0] = by_input;
    if (wanted[1]) result[1] = by_weight;
    if (wanted[2]) result[2] = by_bias;
    return result;
  }
};

at::Tensor autograd_conv2d(const at::Tensor& input, const at::Tensor& weight,
                           const std::optional<at::Tensor>& bias, at::IntArrayRef stride,
                           at::IntArrayRef padding, std::string_view activation) {
  const Activation known = convolution_activation(activation);
  if (!is_fast(input, weight, bias, stride, padding))
    return plain_conv2d(input, weight, bias, stride, padding, known);
  if (at::GradMode::is_enabled())
    return Convolution::apply(input, weight, bias, stride[0], padding, known == Activation::Relu);
  at::AutoDispatchBelowADInplaceOrView below;
  return convolution_product(input, weight, bias, known, stride[0], padding);
}

}  // namespace

TORCH_LIBRARY_IMPL(potstill, Autograd, m) { m.impl("conv2d", &autograd_conv2d); }

}  // namespace potstill::ops
