#include "ops/linear.h"

#include <ATen/autocast_mode.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/relu.h>
#include <torch/library.h>

#include "ops/cpu/linear.h"
#include "ops/optional_tensor.h"
#include "ops/products.h"

namespace potstill::ops {

at::Tensor linear_forward(const at::Tensor& input, const at::Tensor& weight,
                          const std::optional<at::Tensor>& bias, Activation activation,
                          const at::Tensor& packed, PackedWeights* frozen) {
  auto sizes = input.sizes().vec();
  sizes.back() = weight.size(0);
  const at::Tensor rows = input.reshape({-1, input.size(-1)}).contiguous();
  return output_product(rows, weight.contiguous(), bias, activation, packed, frozen)
      .view(sizes);
}

at::Tensor plain_linear(const at::Tensor& input, const at::Tensor& weight,
                        const std::optional<at::Tensor>& bias, Activation activation) {
  const at::Tensor output = at::linear(input, weight, bias);
  if (is_gelu(activation)) return at::gelu(output, gelu_approximation(activation));
  return activation == Activation::Relu ? at::relu(output) : output;
}

std::string_view gelu_approximation(Activation activation) {
  return activation == Activation::GeluTanh ? "tanh" : "none";
}

bool has_fast_linear(const at::Tensor& input, const at::Tensor& weight,
                     const std::optional<at::Tensor>& bias) {
  const auto suits = [](const at::Tensor& t) {
    return t.is_cpu() && t.scalar_type() == at::kFloat && t.layout() == at::kStrided;
  };
  return suits(input) && suits(weight) && input.dim() >= 1 && weight.dim() == 2 &&
         input.size(-1) == weight.size(1) && input.numel() > 0 && weight.numel() > 0 &&
         (!is_present(bias) ||
          (suits(*bias) && bias->dim() == 1 && bias->size(0) == weight.size(0)));
}

Activation activation_of(std::string_view name) {
  if (name == "none") return Activation::None;
  if (name == "relu") return Activation::Relu;
  if (name == "gelu") return Activation::Gelu;
  TORCH_CHECK_VALUE(name == "gelu_tanh",
                    "activation must be \"none\", \"relu\", \"gelu\" or \"gelu_tanh\", got \"",
                    name, "\"");
  return Activation::GeluTanh;
}

at::Tensor linear(const at::Tensor& input, const at::Tensor& weight,
                  const std::optional<at::Tensor>& bias, std::string_view activation) {
  static const auto op = c10::Dispatcher::singleton()
                             .findSchemaOrThrow("potstill::linear", "")
                             .typed<decltype(linear)>();
  return op.call(input, weight, bias, activation);
}

namespace {

at::Tensor linear_without_gradient(const at::Tensor& input, const at::Tensor& weight,
                                   const std::optional<at::Tensor>& bias,
                                   std::string_view activation) {
  const Activation known = activation_of(activation);
  if (!has_fast_linear(input, weight, bias)) return plain_linear(input, weight, bias, known);
  // A copy of a weight could not be told from that of another.
  auto* const frozen = weight.is_contiguous() ? PackedWeights::current() : nullptr;
  return linear_forward(input, weight, bias, known, {}, frozen);
}

at::Tensor linear_packed(const at::Tensor& input, const at::Tensor& weight,
                         const at::Tensor& packed, const std::optional<at::Tensor>& bias,
                         std::string_view activation) {
  const Activation known = activation_of(activation);
  if (!has_fast_linear(input, weight, bias)) return plain_linear(input, weight, bias, known);
  return linear_forward(input, weight, bias, known, packed);
}

// The layer in the type that autocast asks for, like at::linear.
template <c10::DispatchKey key, c10::DeviceType device>
at::Tensor linear_under_autocast(const at::Tensor& input, const at::Tensor& weight,
                                 const std::optional<at::Tensor>& bias,
                                 std::string_view activation) {
  const c10::impl::ExcludeDispatchKeyGuard no_autocast(key);
  const auto type = at::autocast::get_autocast_dtype(device);
  return linear(at::autocast::cached_cast(type, input, device),
                at::autocast::cached_cast(type, weight, device),
                at::autocast::cached_cast(type, bias, device), activation);
}

}  // namespace

TORCH_LIBRARY_IMPL(potstill, CompositeExplicitAutograd, m) {
  m.impl("linear", &linear_without_gradient);
  m.impl("linear_packed", &linear_packed);
  m.impl("pack_linear_weight", &pack_weight);
}

TORCH_LIBRARY_IMPL(potstill, AutocastCPU, m) {
  m.impl("linear", &linear_under_autocast<c10::DispatchKey::AutocastCPU, c10::DeviceType::CPU>);
}

TORCH_LIBRARY_IMPL(potstill, AutocastCUDA, m) {
  m.impl("linear", &linear_under_autocast<c10::DispatchKey::AutocastCUDA, c10::DeviceType::CUDA>);
}

}  // namespace potstill::ops
