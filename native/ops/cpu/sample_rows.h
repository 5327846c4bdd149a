#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "ops/cpu/pairs.h"

namespace potstill::ops {

// The samples of a feature [B, …] as rows. The order of the features within a sample does not
// matter to who uses this, so any dense order is taken as it lies; anything else is copied.
class SampleRows {
 public:
  explicit SampleRows(const at::Tensor& feature);

  FeatureRows rows() const;
  const at::Tensor& feature() const { return feature_; }
  // Without elements yet, each sample in the order of this one's, rows one behind the other.
  at::Tensor gradient(at::ScalarType type) const;

 private:
  at::Tensor feature_;
};

// The kernels of this CPU.
PairKernels pair_kernels(ElementType type, bool wide);

// Inner products of all pairs of samples, both triangles.
SquareMatrix inner_products(const SampleRows& samples, bool wide, bool center);

// Writes coefficients · X, X less its mean if `center`, in the type of `gradient`, which is that of
// the student (float for float16) or, if `wide`, any.
void combine_samples(const SampleRows& samples, const SquareMatrix& coefficients, bool wide,
                     bool center, at::Tensor& gradient);

// Scratch of this thread, aligned to 64 bytes.
void* pair_scratch(size_t bytes);

}  // namespace potstill::ops
