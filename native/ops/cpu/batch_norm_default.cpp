#include "ops/cpu/batch_norm.h"

#include "ops/cpu/batch_norm_kernel.h"

namespace potstill::ops {

const BatchNormKernels batch_norm_default = POTSTILL_SIMD::batch_norm_kernels;

}  // namespace potstill::ops
