#include "ops/convolution.h"

#include <ATen/autocast_mode.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/ops/conv2d.h>
#include <torch/library.h>

namespace potstill::ops {
namespace {

at::Tensor plain_conv2d(const at::Tensor& input, const at::Tensor& weight,
                        const std::optional<at::Tensor>& bias, at::IntArrayRef padding) {
  return at::conv2d(input, weight, bias, /*stride=*/1, padding);
}

}  // namespace

at::Tensor conv2d(const at::Tensor& input, const at::Tensor& weight,
                  const std::optional<at::Tensor>& bias, at::IntArrayRef padding) {
  static const auto op = c10::Dispatcher::singleton()
                             .findSchemaOrThrow("potstill::conv2d", "")
                             .typed<decltype(conv2d)>();
  return op.call(input, weight, bias, padding);
}

namespace {

// The layer in the type that autocast asks for, like at::conv2d.
template <c10::DispatchKey key, c10::DeviceType device>
at::Tensor conv2d_under_autocast(const at::Tensor& input, const at::Tensor& weight,
                                 const std::optional<at::Tensor>& bias, at::IntArrayRef padding) {
  const c10::impl::ExcludeDispatchKeyGuard no_autocast(key);
  const auto type = at::autocast::get_autocast_dtype(device);
  return ops::conv2d(at::autocast::cached_cast(type, input, device),
                     at::autocast::cached_cast(type, weight, device),
                     at::autocast::cached_cast(type, bias, device), padding);
}

}  // namespace

TORCH_LIBRARY_IMPL(potstill, CompositeExplicitAutograd, m) { m.impl("conv2d", &plain_conv2d); }

TORCH_LIBRARY_IMPL(potstill, AutocastCPU, m) {
  m.impl("conv2d", &conv2d_under_autocast<c10::DispatchKey::AutocastCPU, c10::DeviceType::CPU>);
}

TORCH_LIBRARY_IMPL(potstill, AutocastCUDA, m) {
  m.impl("conv2d", &conv2d_under_autocast<c10::DispatchKey::AutocastCUDA, c10::DeviceType::CUDA>);
}

}  // namespace potstill::ops
