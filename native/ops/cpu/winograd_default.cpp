#include "ops/cpu/winograd.h"

#include "ops/cpu/winograd_kernel.h"

namespace potstill::ops {

WinogradKernels winograd_default(WinogradTiles tiles) { return POTSTILL_SIMD::winograd_kernels(tiles); }

}  // namespace potstill::ops
