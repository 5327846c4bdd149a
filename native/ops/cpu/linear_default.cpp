#include "ops/cpu/linear_kernel.h"

namespace potstill::ops {

const LinearKernels linear_default = POTSTILL_SIMD::linear_kernels;

}  // namespace potstill::ops
