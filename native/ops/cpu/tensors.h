#pragma once

// Between tensors and what the CPU's kernels take and give.

#include <ATen/core/Tensor.h>

#include <optional>
#include <vector>

#include "ops/cpu/element_type.h"
#include "ops/optional_tensor.h"

namespace potstill::ops {

ElementType element_type(const at::Tensor& tensor);

// Null where the tensor is absent.
inline const float* data_of(const std::optional<at::Tensor>& t) {
  return is_present(t) ? t->const_data_ptr<float>() : nullptr;
}

// A scalar of the options' type, float64 or float32.
at::Tensor scalar_loss(double value, const at::TensorOptions& options);

// What several threads made of fixed parts, in the order of the parts, so that the number of
// threads changes nothing.
inline double total_of(const std::vector<double>& parts) {
  double total = 0;
  for (const double part : parts) total += part;
  return total;
}

}  // namespace potstill::ops
