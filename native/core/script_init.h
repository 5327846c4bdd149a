#pragma once

#include <ATen/core/Tensor.h>

#include "core/options.h"

namespace potstill {

// Makes the tensor that a TensorSpec of lib/native/module.ts describes. Random values come from
// the default CPU generator, in the arithmetic and the order of torch.nn.init, so that one seed
// gives the weights that PyTorch's own layers have.
at::Tensor initial_tensor(const Options& spec);

}  // namespace potstill
