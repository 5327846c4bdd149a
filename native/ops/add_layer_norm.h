#pragma once

#include <ATen/core/Tensor.h>

#include <optional>

namespace potstill::ops {

// A residual sum and the normalization behind it:
//
//   input, other      of one shape [*, normalized_shape] (others broadcast, through ATen)
//   weight, bias      [normalized_shape], or absent
//
// Returns torch.nn.functional.layer_norm(input + other, normalized_shape, weight, bias, eps). Without
// gradients, in float32 on a CPU and over the last dimension alone, in one pass that does not write
// the sum; everything else as ATen's two operators, with their gradients, under autocast too.
at::Tensor add_layer_norm(const at::Tensor& input, const at::Tensor& other,
                          at::IntArrayRef normalized_shape,
                          const std::optional<at::Tensor>& weight,
                          const std::optional<at::Tensor>& bias, double eps);

// ── A piece, for the kernels of this operator ───────────────────────────────────────────────────

// Of contiguous float32 tensors on the CPU, over the last dimension; below autograd.
at::Tensor add_layer_norm_forward(const at::Tensor& input, const at::Tensor& other,
                                  const std::optional<at::Tensor>& weight,
                                  const std::optional<at::Tensor>& bias, double eps);

}  // namespace potstill::ops
