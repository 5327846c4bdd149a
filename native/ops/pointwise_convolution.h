#pragma once

#include <ATen/core/Tensor.h>

#include <optional>

namespace potstill::ops {

// Convolutions of one pixel with stride 1 and no padding, as products of pixels and weights:
// float32 on the CPU, channels-last. The weight [O, C, 1, 1] in the layout of matrix_product.h.
at::Tensor pack_pointwise(const at::Tensor& weight);

// relu(conv2d(input [B, C, H, W], weight, bias [O]) + other), each of the last steps where it is
// wanted; `other` is anything that broadcasts to the result [B, O, H, W], which is channels-last.
at::Tensor pointwise_convolution(const at::Tensor& input, const at::Tensor& packed,
                                 const std::optional<at::Tensor>& bias,
                                 const std::optional<at::Tensor>& other, bool relu,
                                 int64_t outputs);

}  // namespace potstill::ops
