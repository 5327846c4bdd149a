#include "ops/scale_gradient.h"

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/mul.h>
#include <torch/library.h>

namespace potstill::ops {
namespace {

at::Tensor scale_gradient_cpu(const at::Tensor& grad_output, const at::Tensor& gradient,
                              at::ScalarType dtype) {
  if (grad_output.item<double>() == 1) return gradient.to(dtype);  // itself if that is its type
  at::Tensor result = at::empty_like(gradient, gradient.options().dtype(dtype));
  at::mul_out(result, gradient, grad_output.to(gradient.scalar_type()));
  return result;
}

at::Tensor scale_gradient_meta(const at::Tensor& /*grad_output*/, const at::Tensor& gradient,
                               at::ScalarType dtype) {
  return at::empty_like(gradient, gradient.options().dtype(dtype));
}

}  // namespace

at::Tensor scale_gradient(const at::Tensor& grad_output, const at::Tensor& gradient,
                          at::ScalarType dtype) {
  static const auto op = c10::Dispatcher::singleton()
                             .findSchemaOrThrow("potstill::_scale_gradient", "")
                             .typed<decltype(scale_gradient)>();
  return op.call(grad_output, gradient, dtype);
}

TORCH_LIBRARY_IMPL(potstill, CPU, m) { m.impl("_scale_gradient", &scale_gradient_cpu); }

TORCH_LIBRARY_IMPL(potstill, Meta, m) { m.impl("_scale_gradient", &scale_gradient_meta); }

}  // namespace potstill::ops
