#pragma once

#include <ATen/core/Tensor.h>

#include "ops/cpu/pairs.h"
#include "ops/sample_rows.h"

namespace potstill::ops {

// The kernels of this CPU.
PairKernels pair_kernels(ElementType type, bool wide);

// Inner products of all pairs of samples, both triangles.
SquareMatrix inner_products(const SampleRows& samples, bool wide, bool center);

// Writes coefficients · X, X less its mean if `center`, in the type of `gradient`, which is that of
// the student (float for float16) or, if `wide`, any.
void combine_samples(const SampleRows& samples, const SquareMatrix& coefficients, bool wide,
                     bool center, at::Tensor& gradient);

}  // namespace potstill::ops
