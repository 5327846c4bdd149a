#pragma once

#include <ATen/core/Tensor.h>

#include <optional>
#include <string_view>

#include "ops/activation.h"

namespace potstill::ops {

// A 2-d convolution, and the ReLU behind it in the same pass:
//
//   input       [B, C, H, W]
//   weight      [O, C, h, w]
//   bias        [O] or absent
//   stride      of rows and columns
//   padding     of zeros: rows and columns
//   activation  "none" or "relu"
//
// Returns activation(convolution + bias) [B, O, (H + 2·padding[0] − h) / stride[0] + 1, …], as
// torch.nn.functional.conv2d and relu would, with dilation 1 and one group. Where something requires
// gradients, filters of 3×3 in float32 on CPUs, with stride 1, or with stride 2 and padding 1, go
// through products.h, forward and backward; all else goes through at::conv2d: frozen networks are
// made fast as a whole (core/optimize.h). Only the gradients that are wanted are computed, and of a
// frozen layer the input is not kept; the mask of the ReLU comes from the saved output. Autocast is
// honored.
at::Tensor conv2d(const at::Tensor& input, const at::Tensor& weight,
                  const std::optional<at::Tensor>& bias, at::IntArrayRef stride,
                  at::IntArrayRef padding, std::string_view activation);

// ── Pieces, for the kernels of this operator ────────────────────────────────────────────────────

// The activation by its name; only those that it has.
Activation convolution_activation(std::string_view name);

// Through at::conv2d and at::relu.
at::Tensor plain_conv2d(const at::Tensor& input, const at::Tensor& weight,
                        const std::optional<at::Tensor>& bias, at::IntArrayRef stride,
                        at::IntArrayRef padding, Activation activation);

}  // namespace potstill::ops
