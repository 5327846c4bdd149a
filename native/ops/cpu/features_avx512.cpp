#include "ops/cpu/features.h"

#if defined(__x86_64__)
#include "ops/cpu/features_kernel.h"

namespace potstill::ops {

FeatureKernels feature_kernels_avx512(ElementType student, ElementType teacher) {
  return POTSTILL_SIMD::find_feature_kernels(student, teacher);
}

}  // namespace potstill::ops
#endif
