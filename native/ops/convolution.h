#pragma once

#include <ATen/core/Tensor.h>

#include <optional>

namespace potstill::ops {

// A 2-d convolution with stride and dilation 1, as torch.nn.functional.conv2d:
//
//   input    [B, C, H, W]
//   weight   [O, C, h, w]
//   bias     [O] or absent
//   padding  of zeros: rows and columns
//
// Returns [B, O, H + 2·padding[0] − h + 1, W + 2·padding[1] − w + 1]. Where something requires
// gradients, filters of 3×3 in float32 on CPUs go through products.h, forward and backward (the
// gradient by the weight where none by a bias is wanted); all else goes through at::conv2d: frozen
// networks are made fast as a whole (core/optimize.h). Autocast is honored.
at::Tensor conv2d(const at::Tensor& input, const at::Tensor& weight,
                  const std::optional<at::Tensor>& bias, at::IntArrayRef padding);

}  // namespace potstill::ops
