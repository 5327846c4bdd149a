#pragma once

#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>

#include <algorithm>
#include <vector>

#include "ops/sample_feature.h"

namespace potstill::ops {

// Features [B, C, …] whose samples lie as SampleFeature has them, a fixed step apart; copied only
// where they do not.
class SampleMaps {
 public:
  int64_t channels, positions;
  bool channels_last;
  at::Tensor feature;

  explicit SampleMaps(const at::Tensor& given) : feature(given) {
    channels = given.size(1);
    positions = 1;
    for (int64_t d = 2; d < given.dim(); ++d) positions *= given.size(d);
    channels_last = !lies(positions, 1);
    if (!channels_last || lies(1, channels)) return;
    feature = given.contiguous();
    channels_last = false;
  }

  SampleFeature at(int64_t sample) const {
    const auto* data = static_cast<const char*>(feature.const_data_ptr());
    return {data + sample * feature.stride(0) * feature.element_size(), channels, positions,
            channels_last};
  }

  // Of the same shape, without elements yet, each sample in the order of these.
  at::Tensor gradient(at::ScalarType type) const {
    const auto options = feature.options().dtype(type);
    if (!channels_last) return at::empty(feature.sizes(), options);
    std::vector<int64_t> sizes = feature.sizes().vec(), order = {0, feature.dim() - 1};
    std::rotate(sizes.begin() + 1, sizes.begin() + 2, sizes.end());
    for (int64_t d = 1; d < feature.dim() - 1; ++d) order.push_back(d);
    return at::empty(sizes, options).permute(order);
  }

 private:
  bool lies(int64_t channel_step, int64_t position_step) const {
    if (channels != 1 && feature.stride(1) != channel_step) return false;
    int64_t expected = position_step;
    for (int64_t d = feature.dim() - 1; d >= 2; --d) {
      if (feature.size(d) != 1 && feature.stride(d) != expected) return false;
      expected *= feature.size(d);
    }
    return true;
  }
};

}  // namespace potstill::ops
