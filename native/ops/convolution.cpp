#include "ops/convolution.h"

#include <ATen/autocast_mode.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/relu.h>
#include <torch/library.h>

#include "ops/linear.h"

namespace potstill::ops {

Activation convolution_activation(std::string_view name) {
  TORCH_CHECK_VALUE(name == "none" || name == "relu",
                    "conv2d: activation must be \"none\" or \"relu\", got \"", name, "\"");
  return activation_of(name);
}

at::Tensor plain_conv2d(const at::Tensor& input, const at::Tensor& weight,
                        const std::optional<at::Tensor>& bias, at::IntArrayRef stride,
                        at::IntArrayRef padding, Activation activation) {
  const at::Tensor made = at::conv2d(input, weight, bias, stride, padding);
  return activation == Activation::Relu ? at::relu(made) : made;
}

at::Tensor conv2d(const at::Tensor& input, const at::Tensor& weight,
                  const std::optional<at::Tensor>& bias, at::IntArrayRef stride,
                  at::IntArrayRef padding, std::string_view activation) {
  static const auto op = c10::Dispatcher::singleton()
                             .findSchemaOrThrow("potstill::conv2d", "")
                             .typed<decltype(conv2d)>();
  return op.call(input, weight, bias, stride, padding, activation);
}

namespace {

at::Tensor conv2d_without_gradient(const at::Tensor& input, const at::Tensor& weight,
                                   const std::optional<at::Tensor>& bias, at::IntArrayRef stride,
                                   at::IntArrayRef padding, std::string_view activation) {
  return plain_conv2d(input, weight, bias, stride, padding, convolution_activation(activation));
}

// The layer in the type that autocast asks for, like at::conv2d.
template <c10::DispatchKey key, c10::DeviceType device>
at::Tensor conv2d_under_autocast(const at::Tensor& input, const at::Tensor& weight,
                                 const std::optional<at::Tensor>& bias, at::IntArrayRef stride,
                                 at::IntArrayRef padding, std::string_view activation) {
  const c10::impl::ExcludeDispatchKeyGuard no_autocast(key);
  const auto type = at::autocast::get_autocast_dtype(device);
  return conv2d(at::autocast::cached_cast(type, input, device),
                at::autocast::cached_cast(type, weight, device),
                at::autocast::cached_cast(type, bias, device), stride, padding, activation);
}

}  // namespace

TORCH_LIBRARY_IMPL(potstill, CompositeExplicitAutograd, m) {
  m.impl("conv2d", &conv2d_without_gradient);
}

TORCH_LIBRARY_IMPL(potstill, AutocastCPU, m) {
  m.impl("conv2d", &conv2d_under_autocast<c10::DispatchKey::AutocastCPU, c10::DeviceType::CPU>);
}

TORCH_LIBRARY_IMPL(potstill, AutocastCUDA, m) {
  m.impl("conv2d", &conv2d_under_autocast<c10::DispatchKey::AutocastCUDA, c10::DeviceType::CUDA>);
}

}  // namespace potstill::ops
