#include "ops/cpu/dist.h"

#if defined(__x86_64__)
#include "ops/cpu/dist_kernel.h"

namespace potstill::ops {

DistKernels dist_kernels_avx512(bool wide) { return POTSTILL_SIMD::find_dist(wide); }

}  // namespace potstill::ops
#endif
