#include "ops/cpu/winograd.h"

#include "ops/cpu/winograd_kernel.h"

namespace potstill::ops {

WinogradKernels winograd_default(int64_t tile) { return POTSTILL_SIMD::winograd_kernels(tile); }

}  // namespace potstill::ops
