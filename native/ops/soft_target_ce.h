#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>
#include <tuple>

namespace potstill::ops {

// Soft targets and hard targets in one operator (Hinton et al. 2015, arXiv 1503.02531):
//
//   loss = mean over rows of  alpha * T^2 * KL(p || q)  +  (1 - alpha) * CE(z, y)
//   p = softmax(v / T)   q = softmax(z / T)   q1 = softmax(z)
//   gradient by z = [alpha * T * (q - p) + (1 - alpha) * (q1 - y)] / rows
//
//   student          logits z, [*, C], C >= 1: float32, float64, bfloat16 or float16
//   teacher          logits v of the same shape and device, of any of these types; a constant:
//                    it never gets a gradient
//   labels           int64, the shape of the logits without C, or [rows]; may be absent if
//                    alpha == 1
//   alpha            0 to 1, the weight of the soft targets. Only what is needed is read: with
//                    alpha == 0 the values of the teacher never matter
//   temperature      T > 0
//   label_smoothing  0 to 1, of the hard term, as torch.nn.functional.cross_entropy has it
//   ignore_index     rows with this label are left out of both terms and of the mean
//
// Returns a scalar: float64 if either side is float64, else float32. Half types are computed in
// float32. The gradient has the type of the student and is rounded once; for bfloat16 a second
// time if what arrives from behind is neither 1 nor another power of two.
//
// An empty batch, and a batch of ignored rows only, gives 0 and a gradient of zeros (PyTorch gives
// NaN). Classes masked with -infinity: a class that the teacher masks adds nothing to KL, whether
// or not the student masks it; one that the student masks alone makes KL infinite, as it is, with
// a finite gradient. A row of nothing but -infinity is NaN.
//
// The same inputs give the same bits for any number of threads. There is no second derivative.
at::Tensor soft_target_ce(const at::Tensor& student, const at::Tensor& teacher,
                          const std::optional<at::Tensor>& labels, double alpha,
                          double temperature, double label_smoothing = 0,
                          int64_t ignore_index = -100);

// The loss and, if wanted, its gradient by the student's logits from the same pass (else an
// undefined tensor). The gradient is contiguous, in the type of the student; for float16 in
// float32, so that a scaled loss finds what would be subnormal.
std::tuple<at::Tensor, at::Tensor> soft_target_ce_forward(
    const at::Tensor& student, const at::Tensor& teacher, const std::optional<at::Tensor>& labels,
    double alpha, double temperature, double label_smoothing, int64_t ignore_index,
    bool want_gradient);

// For losses that make their logits a few rows at a time: writes the loss of each row, in float64,
// to `values` [rows], and with `want_gradient` replaces the student's logits [rows, C], which are
// dense, by the gradient of the sum of those values divided by `divisor`, rounded to their type.
// Ignored rows give 0. The teacher's logits [rows, C] are float64 too if and only if the student's
// are; labels are dense [rows].
void soft_target_ce_rows(at::Tensor& student, const at::Tensor& teacher,
                         const std::optional<at::Tensor>& labels, at::Tensor& values, double alpha,
                         double temperature, double label_smoothing, int64_t ignore_index,
                         double divisor, bool want_gradient);
void check_soft_target_ce_rows(const at::Tensor& student, const at::Tensor& teacher,
                               const std::optional<at::Tensor>& labels, const at::Tensor& values,
                               double alpha, double temperature, double label_smoothing);

// Shapes, types and options as every backend checks them: throws c10::Error.
void check_soft_target_ce(const at::Tensor& student, const at::Tensor& teacher,
                          const std::optional<at::Tensor>& labels, double alpha,
                          double temperature, double label_smoothing);

}  // namespace potstill::ops
