#pragma once

#include <torch/csrc/jit/api/module.h>

#include <string>

namespace potstill {

// Error(Config) for a module whose weights lie channels-last on the CPU and that must not be
// trained so: in backward of a convolution of one pixel with a stride and fewer input channels than
// a vector holds, libtorch's oneDNN writes beyond its memory (its issue 6035). `who` names the
// module.
void check_channels_last(const torch::jit::Module& module, const std::string& who);

}  // namespace potstill
