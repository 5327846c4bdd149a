#pragma once

#include <ATen/core/Tensor.h>

#include <tuple>

#include "ops/map_row.h"

namespace potstill::ops {

// Attention transfer (Zagoruyko and Komodakis, arXiv 1612.03928): where a layer is active, whatever
// its channels are. For a sample with features F of C channels and N positions
//
//   a[n] = mean over c of F[c, n]^2        Q = a / max(‖a‖₂, 1e-12)
//   loss = mean over samples and positions of (Q_s - Q_t)^2, as the published code has it, or
//   loss = mean over samples of ‖Q_s - Q_t‖₂                 with `paper`, as equation 2 has it
//   (the
//          sum over channels there cancels in Q but for the 1e-12, which it is put to as well)
//
// Gradient: with g = ∂loss/∂Q_s, that is 2 (Q_s - Q_t) / (B N), or (Q_s - Q_t) / (B ‖Q_s - Q_t‖)
// (0 where the maps agree),
//
//   ∂loss/∂a = (g - Q_s (g · Q_s)) / ‖a‖  (g / 1e-12 where ‖a‖ < 1e-12)
//   ∂loss/∂F[c, n] = ∂loss/∂a[n] * 2 F[c, n] / C      (times C with `paper`)
//
//   student  [B, Cs, H, W] (or any number of dimensions behind the channels, at least one), of
//            float32, float64, bfloat16 or float16
//   teacher  [B, Ct, H, W] on the same device, of any of these types; a constant
//
// Returns a scalar: float64 if either side is float64, else float32. Half types are computed in
// float32. An empty batch gives 0. Features that are all zero have the map 0 and the gradient 0.
// The gradient has the type of the student and, for dense samples, its layout: contiguous and
// channels-last features are read where they lie, also a teacher's in the other of the two.
//
// A mean over samples. The same inputs give the same bits for any number of threads. There is no
// second derivative. Beside the gradient it needs two maps of N numbers per thread.
at::Tensor attention_transfer(const at::Tensor& student, const at::Tensor& teacher, bool paper);

// The loss and, if wanted, its gradient by the student from the same pass (else an undefined
// tensor), in the type of the student; for float16 in float32.
std::tuple<at::Tensor, at::Tensor> attention_transfer_forward(const at::Tensor& student,
                                                              const at::Tensor& teacher, bool paper,
                                                              bool want_gradient);

// For every backend: of a call, and what the sum of its samples' values is divided by.
MapOptions map_options(const at::Tensor& student, const at::Tensor& teacher, bool paper);
double map_divisor(const at::Tensor& student, bool paper);

}  // namespace potstill::ops
