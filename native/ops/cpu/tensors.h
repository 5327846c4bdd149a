#pragma once

// Between tensors and what the CPU's kernels take and give.

#include <ATen/core/Tensor.h>

#include <vector>

#include "ops/cpu/element_type.h"

namespace potstill::ops {

ElementType element_type(const at::Tensor& tensor);

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
