#include "ops/cpu/features.h"

#if defined(__x86_64__)
#include "ops/cpu/nst_kernel.h"

namespace potstill::ops {

FeatureKernels feature_kernels_avx2(ElementType student, ElementType teacher) {
  return POTSTILL_SIMD::find_feature_kernels(student, teacher);
}

PairKernels pair_kernels_avx2(ElementType type, bool wide) {
  return POTSTILL_SIMD::find_pair_kernels(type, wide);
}

NstKernels nst_kernels_avx2(ElementType type) {
  return POTSTILL_SIMD::find_nst_kernels(type);
}

}  // namespace potstill::ops
#endif
