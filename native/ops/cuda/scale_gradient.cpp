// The backward operator of the losses that bring their gradient along, on any device: nobody waits
// for what arrives from behind.

#include "ops/scale_gradient.h"

#include <ATen/ops/empty_like.h>
#include <ATen/ops/mul.h>
#include <torch/library.h>

namespace potstill::ops::cuda {
namespace {

at::Tensor scale_gradient(const at::Tensor& grad_output, const at::Tensor& gradient,
                          at::ScalarType dtype) {
  at::Tensor result = at::empty_like(gradient, gradient.options().dtype(dtype));
  at::mul_out(result, gradient, grad_output.to(gradient.scalar_type()));
  return result;
}

}  // namespace

TORCH_LIBRARY_IMPL(potstill, CUDA, m) { m.impl("_scale_gradient", &scale_gradient); }

}  // namespace potstill::ops::cuda
