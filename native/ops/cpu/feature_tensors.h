#pragma once

#include <ATen/core/Tensor.h>

#include "ops/cpu/features.h"
#include "ops/cpu/tensors.h"

namespace potstill::ops {

// What the CPU's losses on features share.

// The kernels of this CPU for a pair of features.
FeatureKernels feature_kernels(const at::Tensor& student, const at::Tensor& teacher);

// A scalar of the type of the loss.
at::Tensor feature_loss_value(double value, const at::Tensor& student, const at::Tensor& teacher);

}  // namespace potstill::ops
