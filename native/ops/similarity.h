#pragma once

#include <ATen/core/Tensor.h>

#include <tuple>

namespace potstill::ops {

// Similarity preservation (Tung and Mori, arXiv 1907.09682): which samples of a batch are alike.
// With the features of a sample flattened to a row of X, and B samples,
//
//   G = X Xᵀ        N = G with each row divided by max(its L2 norm, 1e-12)
//   loss = ‖N_t - N_s‖²_F / B²
//
// Gradient: with g = 2 (N_s - N_t) / B², for each row i
//
//   M_i = ∂loss/∂G_i = (g_i - N_i (g_i · N_i)) / ‖G_i‖   (g_i / 1e-12 where ‖G_i‖ < 1e-12)
//   ∂loss/∂X = (M + Mᵀ) X
//
//   student  [B, …] of float32, float64, bfloat16 or float16
//   teacher  [B, …], features of any number and shape, of any of these types, same device; constant
//
// Returns a scalar: float64 if either side is float64, else float32, which half types are computed
// in as well. An empty batch gives 0. The order of a sample's features does not matter, so samples
// that are dense in any order (channels-last, say) are read where they lie, and the gradient has
// the strides of the student.
//
// It relates the samples of a batch: over several batches the value is the mean weighted by
// samples, not that of all of them together. The same inputs give the same bits for any number of
// threads. There is no second derivative. Beside the gradient it needs O(B²).
at::Tensor similarity(const at::Tensor& student, const at::Tensor& teacher);

// The loss and, if wanted, its gradient by the student (else an undefined tensor), in the type of
// the student; for float16 in float32.
std::tuple<at::Tensor, at::Tensor> similarity_forward(const at::Tensor& student,
                                                      const at::Tensor& teacher,
                                                      bool want_gradient);

}  // namespace potstill::ops
