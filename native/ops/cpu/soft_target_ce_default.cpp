#include "ops/cpu/soft_target_ce_kernel.h"

namespace potstill::ops {

SoftTargetCeKernel soft_target_ce_kernel_default(ElementType student, ElementType teacher) {
  return POTSTILL_SIMD::find_kernel(student, teacher);
}

}  // namespace potstill::ops
