#pragma once

#include <ATen/core/Tensor.h>

namespace potstill::ops {

// The backward operator of every loss whose forward returns its gradient: grad_output * gradient,
// in `dtype` and in the memory format of `gradient`; `gradient` itself where nothing is left to do.
// `grad_output` is a scalar. There is no second derivative, and differentiating says so.
at::Tensor scale_gradient(const at::Tensor& grad_output, const at::Tensor& gradient,
                          at::ScalarType dtype);

}  // namespace potstill::ops
