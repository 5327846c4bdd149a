#include "ops/cpu/feature_tensors.h"

#include "ops/cpu/capability.h"
#include "ops/loss_types.h"

namespace potstill::ops {

FeatureKernels feature_kernels(const at::Tensor& student, const at::Tensor& teacher) {
  const ElementType a = element_type(student), b = element_type(teacher);
#if defined(__x86_64__)
  switch (cpu_capability()) {
    case CpuCapability::Avx512:
      return feature_kernels_avx512(a, b);
    case CpuCapability::Avx2:
      return feature_kernels_avx2(a, b);
    case CpuCapability::Default:
      break;
  }
#endif
  return feature_kernels_default(a, b);
}

at::Tensor feature_loss_value(double value, const at::Tensor& student, const at::Tensor& teacher) {
  return scalar_loss(value, student.options().dtype(loss_type_of(student, teacher)));
}

}  // namespace potstill::ops
