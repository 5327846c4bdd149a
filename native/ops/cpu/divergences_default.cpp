#include "ops/cpu/divergences_kernel.h"

namespace potstill::ops {

DivergenceKernel divergence_kernel_default(RowDivergence kind, bool wide) {
  return POTSTILL_SIMD::find_divergence(kind, wide);
}

}  // namespace potstill::ops
