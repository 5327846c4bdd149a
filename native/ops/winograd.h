#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>

// Convolutions of 3×3 with stride 1 by Winograd's minimal filtering (Lavin and Gray, "Fast
// Algorithms for Convolutional Neural Networks", arXiv 1509.09308): a tile of 4×4 outputs takes 36
// multiplications per pair of channels in place of 144, one of 2×2 takes 16 in place of 36. float32
// on the CPU, without gradients.

namespace potstill::ops {

// The size of tile, 2 or 4, that should suit an output of height × width best.
int64_t winograd_tile(int64_t height, int64_t width, int64_t channels, int64_t outputs);

// A weight [outputs, channels, 3, 3] as winograd_convolution reads it. `transposed`: that of the
// convolution's gradient by its input, whose padding is 2 minus its own.
at::Tensor pack_winograd(const at::Tensor& weight, int64_t tile, bool transposed = false);

// Of an input [B, C, H, W] and a weight that pack_winograd made for `tile`, of `outputs` outputs:
// the convolution with stride 1 + bias [outputs] + `other` (expanded), then max(0, ·) if `relu`:
// [B, outputs, H + 2·padding[0] − 2, W + 2·padding[1] − 2], channels-last.
at::Tensor winograd_convolution(const at::Tensor& input, const at::Tensor& packed,
                                const std::optional<at::Tensor>& bias,
                                const std::optional<at::Tensor>& other, bool relu,
                                at::IntArrayRef padding, int64_t tile, int64_t outputs);

// The gradient of such a convolution by its weight [outputs, C, 3, 3], of which only shape and
// layout are asked for; `grad_output` is of the output's shape. The bits do not depend on the number
// of threads.
at::Tensor winograd_weight_gradient(const at::Tensor& grad_output, const at::Tensor& input,
                                    const at::Tensor& weight, at::IntArrayRef padding,
                                    int64_t tile);

}  // namespace potstill::ops
