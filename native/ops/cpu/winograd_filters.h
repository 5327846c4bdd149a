#pragma once

// Filters of any strides and their transforms, for winograd_kernel.h: read and written as blocks of
// a vector of channels by a vector of outputs, which lie in memory as [taps][channels][outputs].

#include "ops/cpu/simd.h"
#include "ops/cpu/transpose.h"
#include "ops/cpu/winograd.h"
#include "ops/cpu/winograd_transforms.h"

namespace potstill::ops::POTSTILL_SIMD {

constexpr int winograd_lanes = Simd<float>::width;
constexpr int winograd_vectors = 2;
constexpr int winograd_strip = winograd_vectors * winograd_lanes;

constexpr int filter_taps = 9;
constexpr int filter_tap = winograd_lanes * winograd_lanes;  // from one tap to the next
struct alignas(64) FilterBlock {
  float values[filter_taps * filter_tap];
};

POTSTILL_INLINE int64_t offset_of(const WinogradWeight& weight, int tap) {
  return tap / 3 * weight.row_stride + tap % 3 * weight.column_stride;
}

// As many of `all` as are left at `first`, up to a vector.
POTSTILL_INLINE int lanes_left(int64_t all, int64_t first) {
  const int64_t left = all - first;
  return left <= 0 ? 0 : left < winograd_lanes ? static_cast<int>(left) : winograd_lanes;
}

// The filters from (output, channel) on; of those that are not there, 0.
POTSTILL_INLINE void read_filters(const WinogradWeight& weight, int64_t output, int64_t channel,
                                  FilterBlock& block) {
  const int outputs = lanes_left(weight.outputs, output);
  const int channels = lanes_left(weight.channels, channel);
  const bool whole = outputs == winograd_lanes && channels == winograd_lanes;
  const float* const from =
      weight.data + output * weight.output_stride + channel * weight.channel_stride;
  if (whole && weight.output_stride == 1) {
    for (int tap = 0; tap < filter_taps; ++tap)
      for (int c = 0; c < winograd_lanes; ++c)
        store(block.values + tap * filter_tap + c * winograd_lanes,
              load(from + offset_of(weight, tap) + c * weight.channel_stride));
  } else if (whole && weight.channel_stride == 1) {
    for (int tap = 0; tap < filter_taps; ++tap) {
      FloatVec square[winograd_lanes];
#pragma GCC unroll 16
      for (int o = 0; o < winograd_lanes; ++o)
        square[o] = load(from + offset_of(weight, tap) + o * weight.output_stride);
      transpose(square);
#pragma GCC unroll 16
      for (int c = 0; c < winograd_lanes; ++c)
        store(block.values + tap * filter_tap + c * winograd_lanes, square[c]);
    }
  } else {
    if (!whole) block = {};
    for (int o = 0; o < outputs; ++o)
      for (int c = 0; c < channels; ++c)
        for (int tap = 0; tap < filter_taps; ++tap)
          block.values[tap * filter_tap + c * winograd_lanes + o] =
              from[o * weight.output_stride + c * weight.channel_stride + offset_of(weight, tap)];
  }
}

// The other way round, to `data`, whose shape and strides are those of `weight`.
POTSTILL_INLINE void write_filters(const WinogradWeight& weight, const FilterBlock& block,
                                   int64_t output, int64_t channel, float* data) {
  const int outputs = lanes_left(weight.outputs, output);
  const int channels = lanes_left(weight.channels, channel);
  float* const to = data + output * weight.output_stride + channel * weight.channel_stride;
  if (outputs == winograd_lanes && channels == winograd_lanes && weight.channel_stride == 1) {
    for (int tap = 0; tap < filter_taps; ++tap) {
      FloatVec square[winograd_lanes];
#pragma GCC unroll 16
      for (int c = 0; c < winograd_lanes; ++c)
        square[c] = load(block.values + tap * filter_tap + c * winograd_lanes);
      transpose(square);
#pragma GCC unroll 16
      for (int o = 0; o < winograd_lanes; ++o)
        store(to + offset_of(weight, tap) + o * weight.output_stride, square[o]);
    }
  } else {
    for (int o = 0; o < outputs; ++o)
      for (int c = 0; c < channels; ++c)
        for (int tap = 0; tap < filter_taps; ++tap)
          to[o * weight.output_stride + c * weight.channel_stride + offset_of(weight, tap)] =
              block.values[tap * filter_tap + c * winograd_lanes + o];
  }
}

// One channel's vector of outputs, `from` its first tap, to positions that are `position` apart.
template <typename Tiles>
POTSTILL_INLINE void transform_filters(const float* from, float* to, int64_t position) {
  constexpr int n = Tiles::positions;
  FloatVec half[3][n];
#pragma GCC unroll 3
  for (int x = 0; x < 3; ++x) {
    FloatVec line[3];
    for (int y = 0; y < 3; ++y) line[y] = load(from + (y * 3 + x) * filter_tap);
    Tiles::weight(line, half[x]);
  }
#pragma GCC unroll 6
  for (int y = 0; y < n; ++y) {
    const FloatVec line[3] = {half[0][y], half[1][y], half[2][y]};
    FloatVec made[n];
    Tiles::weight(line, made);
#pragma GCC unroll 6
    for (int x = 0; x < n; ++x) store(to + (y * n + x) * position, made[x]);
  }
}

// Channels [first, last) of a strip, to [positions][channels][strip] with positions `position`
// apart.
template <typename Tiles>
void pack_channels(const WinogradWeight& weight, int64_t strip, int64_t first, int64_t last,
                   float* to, int64_t position) {
  FilterBlock block;
  for (int64_t c = first; c < last; c += winograd_lanes)
    for (int v = 0; v < winograd_strip; v += winograd_lanes) {
      read_filters(weight, strip * winograd_strip + v, c, block);
      for (int i = 0; i < winograd_lanes && c + i < last; ++i)
        transform_filters<Tiles>(block.values + i * winograd_lanes,
                                 to + (c - first + i) * winograd_strip + v, position);
    }
}

// Sums of the transform of a gradient by weights, in parts, each [positions][channels][outputs].
struct GradientSums {
  const float* data;  // of the first channel and output that are asked for
  int64_t parts, part_stride, position_stride, channel_stride;
};

// The gradient of a block of filters from (output, channel) on, to `data` like `weight`.
template <typename Tiles>
void finish_filters(const WinogradWeight& weight, const GradientSums& sums, int64_t output,
                    int64_t channel, float* data) {
  constexpr int n = Tiles::positions;
  FilterBlock block;
  for (int c = 0; c < lanes_left(weight.channels, channel); ++c) {
    const float* from = sums.data + c * sums.channel_stride;
    FloatVec half[n][3];
#pragma GCC unroll 6
    for (int y = 0; y < n; ++y) {
      FloatVec line[n] = {};
      for (int64_t part = 0; part < sums.parts; ++part)
#pragma GCC unroll 6
        for (int x = 0; x < n; ++x)
          line[x] += load(from + part * sums.part_stride + (y * n + x) * sums.position_stride);
      Tiles::grad_weight(line, half[y]);
    }
#pragma GCC unroll 3
    for (int x = 0; x < 3; ++x) {
      FloatVec line[n], made[3];
#pragma GCC unroll 6
      for (int y = 0; y < n; ++y) line[y] = half[y][x];
      Tiles::grad_weight(line, made);
      for (int y = 0; y < 3; ++y)
        store(block.values + (y * 3 + x) * filter_tap + c * winograd_lanes, made[y]);
    }
  }
  write_filters(weight, block, output, channel, data);
}

}  // namespace potstill::ops::POTSTILL_SIMD
