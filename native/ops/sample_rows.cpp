#include "ops/sample_rows.h"

#include <ATen/ops/as_strided.h>
#include <ATen/ops/empty_strided.h>

#include <vector>

namespace potstill::ops {

SampleRows::SampleRows(const at::Tensor& feature) : feature_(feature) {
  if (feature.numel() == 0) return;
  const at::Tensor sample = feature.select(0, 0);
  if (!sample.is_non_overlapping_and_dense()) feature_ = feature.contiguous();
}

int64_t SampleRows::features() const {
  return samples() == 0 ? 0 : feature_.numel() / samples();
}

at::Tensor SampleRows::matrix() const {
  return at::as_strided(feature_, {samples(), features()}, {feature_.stride(0), 1});
}

at::Tensor SampleRows::gradient(at::ScalarType type) const {
  std::vector<int64_t> strides = feature_.strides().vec();
  strides[0] = features();
  return at::empty_strided(feature_.sizes(), strides, feature_.options().dtype(type));
}

}  // namespace potstill::ops
