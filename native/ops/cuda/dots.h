#pragma once

#include <ATen/core/Tensor.h>

#include "ops/sample_maps.h"

namespace potstill::ops::cuda {

// Inner products of the rows of a and b, [batch, rows, columns] and contiguous, in float64: [batch,
// rows]. b undefined: of a with itself.
at::Tensor row_dots(const at::Tensor& a, const at::Tensor& b);
// Of the columns: [batch, columns].
at::Tensor column_dots(const at::Tensor& a, const at::Tensor& b);

// Sums of squares of maps, of each position over the channels, [batch, positions], or of each
// channel over the positions, [batch, channels]; in float64.
at::Tensor position_squares(const SampleMaps& maps);
at::Tensor channel_squares(const SampleMaps& maps);

}  // namespace potstill::ops::cuda
