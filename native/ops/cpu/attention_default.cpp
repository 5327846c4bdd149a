#include "ops/cpu/attention_kernel.h"

namespace potstill::ops {

const AttentionKernels attention_default = POTSTILL_SIMD::attention_kernels;

}  // namespace potstill::ops
