#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "ops/cpu/features.h"

namespace potstill::ops {

// What the CPU's losses on features share.

ElementType element_type(const at::Tensor& feature);

// The kernels of this CPU for a pair of features.
FeatureKernels feature_kernels(const at::Tensor& student, const at::Tensor& teacher);

// A scalar of feature_loss_type.
at::Tensor feature_loss_value(double value, const at::Tensor& student, const at::Tensor& teacher);

// What several threads made of fixed parts, in the order of the parts, so that the number of
// threads changes nothing.
inline double total_of(const std::vector<double>& parts) {
  double total = 0;
  for (const double part : parts) total += part;
  return total;
}

}  // namespace potstill::ops
