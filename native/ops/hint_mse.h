#pragma once

#include <ATen/core/Tensor.h>

#include <optional>
#include <tuple>

namespace potstill::ops {

// Mean squared difference of two features (FitNets, arXiv 1412.6550; hidden states of transformers,
// arXiv 1909.10351):
//
//   loss = sum of m * (s - t)^2 / (number of elements with m = 1)
//   gradient by s = 2 * m * (s - t) / (number of elements with m = 1)
//
//   student, teacher  s and t, of one shape and device: float32, float64, bfloat16 or float16 each;
//                     the teacher is a constant
//   mask              m, bool, the leading dimensions of the shape ([B], [B, T], …); absent: all 1.
//                     What it leaves out is not read: NaN there does no harm
//
// Returns a scalar: float64 if either side is float64, else float32. Half types are computed in
// float32. Nothing to compare (an empty batch, a mask of nothing but false) gives 0 and a gradient
// of zeros. The gradient has the type and the memory format of the student; a teacher in the same
// memory format (channels-last, say) is read where it lies, another is copied.
//
// A mean over elements: that of a batch is the mean of its parts, weighted by their elements. The
// same inputs give the same bits for any number of threads. There is no second derivative.
at::Tensor hint_mse(const at::Tensor& student, const at::Tensor& teacher,
                    const std::optional<at::Tensor>& mask);

// The loss and, if wanted, its gradient by the student from the same pass (else an undefined
// tensor), in the type of the student; for float16 in float32.
std::tuple<at::Tensor, at::Tensor> hint_mse_forward(const at::Tensor& student,
                                                    const at::Tensor& teacher,
                                                    const std::optional<at::Tensor>& mask,
                                                    bool want_gradient);

// What every backend checks; throws c10::Error.
void check_hint_mse(const at::Tensor& student, const at::Tensor& teacher,
                    const std::optional<at::Tensor>& mask);

}  // namespace potstill::ops
