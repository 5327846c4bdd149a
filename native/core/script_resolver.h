#pragma once

#include <torch/csrc/jit/frontend/resolver.h>

namespace potstill {

// What names mean in the TorchScript of a module built from TypeScript:
//   torch.<op>, torch.ops.<namespace>.<op>, torch.linalg|special|fft.<op>
//   torch.nn.functional.<f> (also F.<f> and nn.functional.<f>), with Python's argument order
//   torch.float32 … (element types), torch.inf|nan|pi|e, torch.channels_last …
//   math.<f> and math.pi|e|inf|nan|tau
//   ValueError("…") and the like after `raise`
// libtorch's own nativeResolver() knows the first of these only.
torch::jit::ResolverPtr script_resolver();

}  // namespace potstill
