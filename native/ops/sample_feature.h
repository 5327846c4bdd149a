#pragma once

#include <cstdint>

namespace potstill::ops {

// The features of one sample: [channels][positions], or [positions][channels] if `channels_last`.
// Plain C++, see cpu/features.h.
struct SampleFeature {
  const void* data;
  int64_t channels;
  int64_t positions;
  bool channels_last;
};

}  // namespace potstill::ops
