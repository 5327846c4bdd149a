#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <tuple>

namespace potstill::ops {

// The loss and, if wanted, its gradient by the student from the same pass.
using LossForward = std::function<std::tuple<at::Tensor, at::Tensor>(bool want_gradient)>;

// What an operator is under autograd whose forward brings the gradient along: a function of the
// student alone, whose backward scales what was kept. `compute` runs below autograd, and only here;
// it is asked for the gradient where the student wants one.
at::Tensor by_student(const at::Tensor& student, const LossForward& compute);

}  // namespace potstill::ops
