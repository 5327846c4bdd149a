#pragma once

#include <ATen/core/Tensor.h>

#include <tuple>

namespace potstill::ops {

// Relational knowledge distillation (Park et al., arXiv 1904.05068). With the features of a sample
// flattened to x_i, B samples, and h the Huber loss (h(u) = u²/2 up to |u| = 1, |u| - 1/2 beyond),
//
//   d_ij = ‖x_i - x_j‖, at least 1e-6 for i ≠ j, divided by the mean over all i ≠ j
//   c_ijk = cosine of x_i - x_j and x_k - x_j, 0 where one of them is 0
//   loss = distance * mean over B² of h(d_s - d_t) + angle * mean over B³ of h(c_s - c_t)
//
// as the published code has it: the means count the pairs and triplets of a sample with itself.
//
// All of it comes from the inner products G_ij = x_i · x_j: d_ij² = G_ii + G_jj - 2 G_ij and
// (x_i - x_j)·(x_k - x_j) = G_ik - G_ij - G_jk + G_jj, in O(B³) time and O(B²) memory. So does the
// gradient: with w = h' and r = 1 / d (before the division by the mean),
//
//   ∂loss/∂G_ik += q, ∂loss/∂G_ij -= q, ∂loss/∂G_jk -= q, ∂loss/∂G_jj += q   q = w_ijk r_ij r_kj
//   ∂loss/∂(d_ij²) = -r_ij² sum over k of w_ijk c_ijk, of the cosines; 1 / (2 d_ij) that by d_ij
//   M = ∂loss/∂G      ∂loss/∂X = (M + Mᵀ) X
//
// The mean over the batch is taken from the features first and G is kept in float64, so that a
// large common offset costs no accuracy. Squared distances below 1e-15 of the samples' squared
// norms are nothing but rounding and count as 0, as do those of equal samples, exactly.
// Zero distances have no gradient.
//
//   student  [B, …] of float32, float64, bfloat16 or float16
//   teacher  [B, …], features of any number and shape, of any of these types, same device; constant
//   distance, angle  finite weights of the two parts; a part with weight 0 is not computed
//
// Returns a scalar: float64 if either side is float64, else float32. An empty batch and one sample
// give 0. Samples that are dense in any order are read where they lie, and the gradient has the
// strides of the student.
//
// It relates the samples of a batch, as similarity.h says. The same inputs give the same bits for
// any number of threads. There is no second derivative.
at::Tensor rkd(const at::Tensor& student, const at::Tensor& teacher, double distance, double angle);

// The loss and, if wanted, its gradient by the student (else an undefined tensor), in the type of
// the student; for float16 in float32.
std::tuple<at::Tensor, at::Tensor> rkd_forward(const at::Tensor& student, const at::Tensor& teacher,
                                               double distance, double angle, bool want_gradient);

// Throws c10::Error.
void check_rkd_weights(double distance, double angle);

}  // namespace potstill::ops
