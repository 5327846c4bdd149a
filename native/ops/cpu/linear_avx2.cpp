#include "ops/cpu/linear.h"

#if defined(__x86_64__)
#include "ops/cpu/linear_kernel.h"

namespace potstill::ops {

const LinearKernels linear_avx2 = POTSTILL_SIMD::linear_kernels;

}  // namespace potstill::ops
#endif
