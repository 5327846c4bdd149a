#pragma once

#include <ATen/core/Tensor.h>

#include <tuple>

namespace potstill::ops {

// Neuron selectivity transfer (Huang and Wang, arXiv 1707.01219): the maximum mean discrepancy of
// the channels' maps with the kernel k(a, b) = (a · b)². A sample's features are C maps of N
// positions, each divided by max(its L2 norm, 1e-12): the rows of S for the student, T for the
// teacher. Per sample
//
//   mean over pairs of k(t, t') + mean of k(s, s') - 2 mean of k(s, t)
//
// and the loss is the mean over samples. Since the sum of (a · b)² over two sets of maps is the
// product of their position by position matrices, this is ‖U - V‖²_F with U = Sᵀ S / Cs and
// V = Tᵀ T / Ct, which is computed where N is at most Cs + Ct; else the channels' inner products.
//
// Gradient: ∂loss/∂S = 4 / (B Cs) S (U - V) = 4 / (B Cs) ((S Sᵀ) S / Cs - (S Tᵀ) T / Ct), and by a
// map f with s = f / ‖f‖ (g - s (g · s)) / ‖f‖ (g / 1e-12 where ‖f‖ < 1e-12).
//
//   student  [B, Cs, H, W] (or any number of dimensions behind the channels, at least one), of
//            float32, float64, bfloat16 or float16
//   teacher  [B, Ct, H, W] on the same device, of any of these types; a constant
//
// Returns a scalar: float64 if either side is float64, else float32, which half types are computed
// in as well. An empty batch gives 0. The gradient is contiguous or channels-last, as the student.
//
// A mean over samples. The same inputs give the same bits for any number of threads. There is no
// second derivative. Beside the gradient it needs, per thread, the maps of one sample and a square
// matrix of the smaller of N and Cs + Ct.
at::Tensor nst(const at::Tensor& student, const at::Tensor& teacher);

// The loss and, if wanted, its gradient by the student (else an undefined tensor), in the type of
// the student; for float16 in float32.
std::tuple<at::Tensor, at::Tensor> nst_forward(const at::Tensor& student, const at::Tensor& teacher,
                                               bool want_gradient);

}  // namespace potstill::ops
