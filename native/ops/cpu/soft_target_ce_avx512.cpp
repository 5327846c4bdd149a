#include "ops/cpu/soft_target_ce.h"

#if defined(__x86_64__)
#include "ops/cpu/soft_target_ce_kernel.h"

namespace potstill::ops {

SoftTargetCeKernel soft_target_ce_kernel_avx512(ElementType student, ElementType teacher) {
  return POTSTILL_SIMD::find_kernel(student, teacher);
}

}  // namespace potstill::ops
#endif
