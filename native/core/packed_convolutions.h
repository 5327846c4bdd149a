#pragma once

#include <ATen/core/Tensor.h>
#include <torch/csrc/jit/api/module.h>

#include <cstdint>
#include <vector>

namespace potstill {

// Rewrites the 2-d convolutions of a frozen forward to oneDNN's, with weights packed for the shapes
// that `inputs` lead to, and with a ReLU, an addition, or an addition and then a ReLU that alone
// read the result done in the same pass. Other shapes are computed too, but repack the weights.
// `winograd`: those of 3×3 with stride 1 in float32 go to ops/winograd.h. Returns the number of
// convolutions rewritten; 0 also where Winograd's is wanted and there is none for it.
int64_t pack_convolutions(const torch::jit::Module& module,
                          const std::vector<at::Tensor>& inputs, bool winograd);

}  // namespace potstill
