#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>

// Convolutions of 3×3 by Winograd's minimal filtering (Lavin and Gray, "Fast Algorithms for
// Convolutional Neural Networks", arXiv 1509.09308): with stride 1 a tile of 4×4 outputs takes 36
// multiplications per pair of channels in place of 144, one of 2×2 takes 16 in place of 36; with
// stride 2 one of 2×2 takes 25 in place of 36. float32 on the CPU, without gradients.
//
// `stride` is 1 or 2, of both directions; `padding` is of zeros, rows and columns. A weight is
// [outputs, C, 3, 3] of any strides. Results are channels-last, and their bits do not depend on the
// number of threads.

namespace potstill::ops {

// The outputs along a side of an image of `size`.
int64_t winograd_size(int64_t size, int64_t padding, int64_t stride);

// The size of tile, 2 or 4, that should suit an output of height × width best; 2 with stride 2.
int64_t winograd_tile(int64_t height, int64_t width, int64_t channels, int64_t outputs,
                      int64_t stride = 1);

// A weight as winograd_convolution reads it.
at::Tensor pack_winograd(const at::Tensor& weight, int64_t tile, int64_t stride = 1);

// Of an input [B, C, H, W] and a weight that pack_winograd made for the same `tile` and `stride`, of
// `outputs` outputs: the convolution + bias [outputs] + `other` (expanded), then max(0, ·) if
// `relu`: [B, outputs, winograd_size(H, …), winograd_size(W, …)].
at::Tensor winograd_convolution(const at::Tensor& input, const at::Tensor& packed,
                                const std::optional<at::Tensor>& bias,
                                const std::optional<at::Tensor>& other, bool relu,
                                at::IntArrayRef padding, int64_t tile, int64_t outputs,
                                int64_t stride = 1);

// The same, to the bit, by a weight as it lies: for weights that are used once.
at::Tensor winograd_conv2d(const at::Tensor& input, const at::Tensor& weight,
                           const std::optional<at::Tensor>& bias, bool relu,
                           at::IntArrayRef padding, int64_t tile, int64_t stride = 1);

// The gradient of such a convolution by its input, [B, C, *size]; `grad_output` is of the output's
// shape. Padding is at most 2, with stride 2 it is 1.
at::Tensor winograd_input_gradient(const at::Tensor& grad_output, const at::Tensor& weight,
                                   at::IntArrayRef size, at::IntArrayRef padding, int64_t tile,
                                   int64_t stride = 1);

// The gradient by the weight, of which only shape and layout are asked for, and which the result
// has.
at::Tensor winograd_weight_gradient(const at::Tensor& grad_output, const at::Tensor& input,
                                    const at::Tensor& weight, at::IntArrayRef padding,
                                    int64_t tile, int64_t stride = 1);

}  // namespace potstill::ops
