#pragma once

#include <ATen/core/Tensor.h>
#include <torch/csrc/jit/api/module.h>

#include <cstdint>
#include <vector>

namespace potstill {

struct Convolution;

enum class ConvolutionsBy {
  OneDnn,
  Winograd,  // those of 3×3 with stride 1 or 2 in float32 by ops/winograd.h, but for those of few
             // channels; the others by oneDNN
  Own,       // so, and those of one pixel with stride 1 in float32 by ops/pointwise_convolution.h
};

// Whether Winograd's algorithm saves more than half of the multiplications: those with stride 1.
bool suits_winograd(const Convolution& convolution);

// Rewrites the 2-d convolutions of a frozen forward, with weights packed for the shapes that
// `inputs` lead to, and with a ReLU, an addition, or an addition and then a ReLU that alone read the
// result done in the same pass. Other shapes are computed too, but oneDNN repacks the weights.
// Returns the number of convolutions rewritten; 0 also where there is none of those that make the
// difference to the way before.
int64_t pack_convolutions(const torch::jit::Module& module,
                          const std::vector<at::Tensor>& inputs, ConvolutionsBy by);

}  // namespace potstill
