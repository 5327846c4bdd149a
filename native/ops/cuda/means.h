#pragma once

// Counts and means that stay on the device.

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace potstill::ops::cuda {

// How many of `entries` a mask leaves in, or (without a mask) have another label than
// `ignore_index`: a scalar of float64.
at::Tensor count_entries(const bool* mask, const int64_t* labels, int64_t entries,
                         int64_t ignore_index, const at::TensorOptions& options);

// The sum of the values, float64, over `divisor`, or over `divisor` times `counted`: a scalar of
// `type`, float64 or float32. 0 where that is 0. The order of the sum depends on nothing but the
// number of values.
at::Tensor mean_of(const at::Tensor& values, const at::Tensor& counted, double divisor,
                   at::ScalarType type);

}  // namespace potstill::ops::cuda
