#include "ops/cpu/features.h"

#include "ops/cpu/features_kernel.h"

namespace potstill::ops {

FeatureKernels feature_kernels_default(ElementType student, ElementType teacher) {
  return POTSTILL_SIMD::find_feature_kernels(student, teacher);
}

}  // namespace potstill::ops
