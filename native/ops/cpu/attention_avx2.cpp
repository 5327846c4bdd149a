#include "ops/cpu/attention.h"

#if defined(__x86_64__)
#include "ops/cpu/attention_kernel.h"

namespace potstill::ops {

const AttentionKernels attention_avx2 = POTSTILL_SIMD::attention_kernels;

}  // namespace potstill::ops
#endif
