#include "ops/cpu/feature_tensors.h"

#include <ATen/ops/empty.h>

#include "ops/cpu/capability.h"
#include "ops/feature_loss.h"

namespace potstill::ops {

ElementType element_type(const at::Tensor& feature) {
  switch (feature.scalar_type()) {
    case at::kDouble:
      return ElementType::Float64;
    case at::kBFloat16:
      return ElementType::BFloat16;
    case at::kHalf:
      return ElementType::Float16;
    default:
      return ElementType::Float32;
  }
}

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
  const at::ScalarType type = feature_loss_type(student, teacher);
  at::Tensor loss = at::empty({}, student.options().dtype(type));
  if (type == at::kDouble)
    *loss.mutable_data_ptr<double>() = value;
  else
    *loss.mutable_data_ptr<float>() = static_cast<float>(value);
  return loss;
}

}  // namespace potstill::ops
