#include "ops/scale_gradient.h"

#include <ATen/core/LegacyTypeDispatch.h>
#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

namespace potstill::ops {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// Only there to refuse politely.
class ScaleGradient : public torch::autograd::Function<ScaleGradient> {
 public:
  static at::Tensor forward(AutogradContext* /*ctx*/, const at::Tensor& grad_output,
                            const at::Tensor& gradient, int64_t dtype) {
    at::AutoDispatchBelowADInplaceOrView below;
    return scale_gradient(grad_output, gradient, static_cast<at::ScalarType>(dtype)).alias();
  }

  static variable_list backward(AutogradContext* /*ctx*/, const variable_list& /*grad_outputs*/) {
    TORCH_CHECK_NOT_IMPLEMENTED(
        false,
        "double backward is not supported: this loss computes its gradient in the forward pass");
  }
};

at::Tensor autograd_scale_gradient(const at::Tensor& grad_output, const at::Tensor& gradient,
                                   at::ScalarType dtype) {
  // Somebody builds a graph of the backward pass. The gradient is a number there, not a function
  // of the student, so whoever differentiates through it must hear of it.
  if (at::GradMode::is_enabled())
    return ScaleGradient::apply(grad_output, gradient.detach().requires_grad_(),
                                static_cast<int64_t>(dtype));
  at::AutoDispatchBelowADInplaceOrView below;
  return scale_gradient(grad_output, gradient, dtype);
}

}  // namespace

TORCH_LIBRARY_IMPL(potstill, Autograd, m) { m.impl("_scale_gradient", &autograd_scale_gradient); }

}  // namespace potstill::ops
