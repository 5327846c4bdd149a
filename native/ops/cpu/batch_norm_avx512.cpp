#include "ops/cpu/batch_norm.h"

#if defined(__x86_64__)
#include "ops/cpu/batch_norm_kernel.h"

namespace potstill::ops {

const BatchNormKernels batch_norm_avx512 = POTSTILL_SIMD::batch_norm_kernels;

}  // namespace potstill::ops
#endif
