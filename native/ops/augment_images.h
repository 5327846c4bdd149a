#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>

namespace potstill::ops {

// Gathers, augments and normalizes a batch of images in one pass.
//
//   images   uint8 or float32, [N, H, W] (one channel) or [N, C, H, W]
//   indices  int64 [B], rows of `images` in any order, repeats allowed
//   mean,std empty, or one entry for all channels, or one per channel; std above 0
//   ids      int64 [B], what names a sample to the random numbers; default: `indices`
//   returns  float32 [B, C, H, W], contiguous
//
// Values: uint8 pixels become (value / 255 - mean) / std, float32 pixels (value - mean) / std; with
// no mean and std, value / 255 and value. A NaN stays one.
//
// With `augment`, in this order:
//   crop_padding p  the image padded by p pixels of raw value 0 on each side, cropped back to H x W
//                   at a random place
//   shift n         moved by a whole number of pixels in [-n, n] in each direction; what comes in
//   has
//                   the raw value 0
//   flip            mirrored left to right with probability 1/2
//   cutout s        a square of side s, its center anywhere in the image and clipped at the border,
//                   set to 0 after normalization, the mean color (arXiv:1708.04552)
//
// Every choice is a function of (seed, epoch, id, purpose) alone: the same sample in the same epoch
// looks the same in any batch, on any number of threads. 0 <= epoch < 2^32.
//
// Not differentiable: images are data.
at::Tensor augment_images_cpu(const at::Tensor& images, const at::Tensor& indices,
                              at::ArrayRef<double> mean, at::ArrayRef<double> std, bool augment,
                              int64_t shift, bool flip, int64_t crop_padding, int64_t cutout,
                              int64_t seed, int64_t epoch, const std::optional<at::Tensor>& ids);

}  // namespace potstill::ops
