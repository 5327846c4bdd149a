#include "ops/cpu/feature_tensors.h"

#include "ops/cpu/capability.h"
#include "ops/loss_types.h"

namespace potstill::ops {

FeatureKernels feature_kernels(const at::Tensor& student, const at::Tensor& teacher) {
  const ElementType a = element_type(student), b = element_type(teacher);
  return POTSTILL_FOR_CPU(feature_kernels)(a, b);
}

at::Tensor feature_loss_value(double value, const at::Tensor& student, const at::Tensor& teacher) {
  return scalar_loss(value, student.options().dtype(loss_type_of(student, teacher)));
}

}  // namespace potstill::ops
