#include "ops/cpu/tensors.h"

#include <ATen/ops/empty.h>

namespace potstill::ops {

ElementType element_type(const at::Tensor& tensor) {
  switch (tensor.scalar_type()) {
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

at::Tensor scalar_loss(double value, const at::TensorOptions& options) {
  at::Tensor loss = at::empty({}, options);
  if (loss.scalar_type() == at::kDouble)
    *loss.mutable_data_ptr<double>() = value;
  else
    *loss.mutable_data_ptr<float>() = static_cast<float>(value);
  return loss;
}

}  // namespace potstill::ops
