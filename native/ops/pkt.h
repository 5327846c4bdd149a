#pragma once

#include <ATen/core/Tensor.h>

#include <tuple>

namespace potstill::ops {

// Probabilistic knowledge transfer (Passalis and Tefas, arXiv 1803.10837), with the cosine kernel
// of the published code. With the features of a sample flattened to x_i, and B samples,
//
//   c_ij = x_i · x_j / ((‖x_i‖ + eps) (‖x_j‖ + eps))      K = (c + 1) / 2
//   P = K with each row divided by its sum
//   loss = mean over all B² pairs of P_t log((P_t + eps) / (P_s + eps))
//
// Gradient: with g = -P_t / (P_s + eps) / B², h_i = (g_i - g_i · P_i) / (sum of K_i) / 2 for each
// row of the student, and S = h + hᵀ,
//
//   ∂loss/∂x_i = sum over j of S_ij x_j / (n_i n_j) - x_i (sum over j of S_ij c_ij) / (n_i ‖x_i‖),
//   n_i = ‖x_i‖ + eps; the second part is 0 where ‖x_i‖ is 0 (PyTorch has NaN there)
//
//   student  [B, …] of float32, float64, bfloat16 or float16
//   teacher  [B, …], features of any number and shape, of any of these types, same device; constant
//   eps      > 0
//
// Returns a scalar: float64 if either side is float64, else float32, which half types are computed
// in as well. An empty batch gives 0. Samples that are dense in any order are read where they lie,
// and the gradient has the strides of the student.
//
// It relates the samples of a batch, as similarity.h says. The same inputs give the same bits for
// any number of threads. There is no second derivative. Beside the gradient it needs O(B²).
at::Tensor pkt(const at::Tensor& student, const at::Tensor& teacher, double eps);

// The loss and, if wanted, its gradient by the student (else an undefined tensor), in the type of
// the student; for float16 in float32.
std::tuple<at::Tensor, at::Tensor> pkt_forward(const at::Tensor& student, const at::Tensor& teacher,
                                               double eps, bool want_gradient);

// Throws c10::Error.
void check_pkt_eps(double eps);

}  // namespace potstill::ops
