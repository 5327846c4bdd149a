#include "ops/cpu/dist_kernel.h"

namespace potstill::ops {

DistKernels dist_kernels_default(bool wide) { return POTSTILL_SIMD::find_dist(wide); }

}  // namespace potstill::ops
