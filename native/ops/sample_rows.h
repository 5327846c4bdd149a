#pragma once

#include <ATen/core/Tensor.h>

namespace potstill::ops {

// The samples of a feature [B, …] as rows. The order of the features within a sample does not
// matter to who uses this, so any dense order is taken as it lies; anything else is copied.
class SampleRows {
 public:
  explicit SampleRows(const at::Tensor& feature);

  const at::Tensor& feature() const { return feature_; }
  int64_t samples() const { return feature_.size(0); }
  // Of a sample; 0 without samples.
  int64_t features() const;
  // As [samples, features].
  at::Tensor matrix() const;
  // Without elements yet, each sample in the order of this one's, rows one behind the other.
  at::Tensor gradient(at::ScalarType type) const;

 private:
  at::Tensor feature_;
};

}  // namespace potstill::ops
