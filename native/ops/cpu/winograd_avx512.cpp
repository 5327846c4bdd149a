#include "ops/cpu/winograd.h"

#if defined(__x86_64__)
#include "ops/cpu/winograd_kernel.h"

namespace potstill::ops {

WinogradKernels winograd_avx512(WinogradTiles tiles) { return POTSTILL_SIMD::winograd_kernels(tiles); }

}  // namespace potstill::ops
#endif
