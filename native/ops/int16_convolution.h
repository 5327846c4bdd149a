#pragma once

#include <ATen/core/Tensor.h>

#include <optional>
#include <tuple>

namespace potstill::ops {

// Convolutions and linear layers of a teacher in integers of 16 bits, for inference: two products
// an instruction and lane where float32 has one, which every CPU since SSE2 can do, and with digits
// to spare beside int8, which costs the same where the CPU has no instruction of its own for it.
//
// The input of a convolution is quantized image by image, that of a linear layer row by row, each
// by its own largest magnitude (2047 steps to either side), so that a result does not depend on
// what else is in the batch. A weight is quantized channel by channel, as finely as 32 bits hold
// every sum. Sums are exact, so the bits depend neither on threads nor on tiles. An image or row
// that holds NaN or an infinity gives NaN throughout.

// weight [outputs, channels, height, width] (a linear layer's: 1 by 1), float32 and finite, as the
// operators below read it, and what a step of each output's numbers stands for: packed
// [strips, height, run / 2, 16, 2] in int16, where run = width · channels and a zero if that is
// odd, and scales [outputs] in float32.
std::tuple<at::Tensor, at::Tensor> pack_int16_weight(const at::Tensor& weight);

// Convolution of input [images, channels, height, width] + bias [outputs] + other, then max(0, ·)
// if `relu`; all float32 on the CPU. `other` is added in the same pass where it has the shape of
// the result, and else as `at::add` does it. `kernel` is the size of the weight that was packed.
// Returns [images, outputs, …], channels last.
at::Tensor int16_convolution(const at::Tensor& input, const at::Tensor& packed,
                             const at::Tensor& scales, const std::optional<at::Tensor>& bias,
                             const std::optional<at::Tensor>& other, at::IntArrayRef kernel,
                             at::IntArrayRef stride, at::IntArrayRef padding, bool relu);

// input [*, k] · weightᵀ + bias [outputs], then max(0, ·) if `relu`. Returns [*, outputs].
at::Tensor int16_linear(const at::Tensor& input, const at::Tensor& packed,
                        const at::Tensor& scales, const std::optional<at::Tensor>& bias,
                        bool relu);

}  // namespace potstill::ops
