#include "ops/cpu/divergences.h"

#if defined(__x86_64__)
#include "ops/cpu/divergences_kernel.h"

namespace potstill::ops {

DivergenceKernel divergence_kernel_avx512(RowDivergence kind, bool wide) {
  return POTSTILL_SIMD::find_divergence(kind, wide);
}

}  // namespace potstill::ops
#endif
