#pragma once

// The gradient by the weight, for winograd_kernel.h.
//
// A transform each of the input's tiles and of the gradient's; for each position the sum over tiles
// of their outer products; and at the end the transform of these sums.

#include "ops/cpu/winograd_passes.h"

namespace potstill::ops::POTSTILL_SIMD {

POTSTILL_INLINE int64_t in_strips(int64_t outputs) {
  return (outputs + winograd_strip - 1) / winograd_strip * winograd_strip;
}

// One tile of the gradient, like transform_input; what is beyond the last output is 0.
template <typename Tiles>
POTSTILL_INLINE void transform_gradient(const WinogradJob& job, const TilePlace& place,
                                        const float* zeros, float* to, int64_t position) {
  constexpr int n = Tiles::positions, m = Tiles::outputs;
  const float* from[m][m];
  for (int y = 0; y < m; ++y)
    for (int x = 0; x < m; ++x) {
      const int64_t row = place.row + y, column = place.column + x;
      const bool inside = row < job.output_height && column < job.output_width;
      from[y][x] = inside
                       ? job.grad_output +
                             ((place.image * job.output_height + row) * job.output_width + column) *
                                 job.outputs
                       : zeros;
    }
  for (int64_t o = 0; o < in_strips(job.outputs); o += winograd_lanes) {
    const int64_t left_over = job.outputs - o;
    const auto read = [&](const float* address) POTSTILL_LAMBDA_INLINE {
      if (left_over >= winograd_lanes) return load(address + o);
      return left_over <= 0 ? FloatVec{}
                            : load_partial(address + o, static_cast<int>(left_over), 0.0f);
    };
    FloatVec half[n][m];
#pragma GCC unroll 4
    for (int x = 0; x < m; ++x) {
      FloatVec line[m], made[n];
#pragma GCC unroll 4
      for (int y = 0; y < m; ++y) line[y] = read(from[y][x]);
      Tiles::grad_output(line, made);
#pragma GCC unroll 6
      for (int y = 0; y < n; ++y) half[y][x] = made[y];
    }
#pragma GCC unroll 6
    for (int y = 0; y < n; ++y) {
      FloatVec made[n];
      Tiles::grad_output(half[y], made);
#pragma GCC unroll 6
      for (int x = 0; x < n; ++x) store(to + (y * n + x) * position + o, made[x]);
    }
  }
}

// to [rows, strip] = left [depth, rows]ᵀ · right [depth, strip], or += that if it `adds`.
template <int rows>
void outer_products(const float* left, int64_t left_stride, const float* right,
                    int64_t right_stride, int64_t depth, bool adds, float* to, int64_t to_stride) {
  FloatVec sums[rows][winograd_vectors];
  begin_sums<rows>(sums, adds, to, to_stride);
  for (int64_t p = 0; p < depth; ++p, left += left_stride, right += right_stride) {
    FloatVec values[winograd_vectors];
#pragma GCC unroll 2
    for (int v = 0; v < winograd_vectors; ++v) values[v] = load(right + v * winograd_lanes);
#pragma GCC unroll 16
    for (int r = 0; r < rows; ++r) {
      const FloatVec value = broadcast(left[r]);
#pragma GCC unroll 2
      for (int v = 0; v < winograd_vectors; ++v) sums[r][v] += value * values[v];
    }
  }
  end_sums<rows>(sums, to, to_stride);
}

template <size_t... row>
POTSTILL_INLINE void outer_products(int rows, const float* left, int64_t left_stride,
                                    const float* right, int64_t right_stride, int64_t depth,
                                    bool adds, float* to, int64_t to_stride,
                                    std::index_sequence<row...>) {
  static constexpr void (*by_rows[])(const float*, int64_t, const float*, int64_t, int64_t, bool,
                                     float*, int64_t) = {outer_products<row + 1>...};
  by_rows[rows - 1](left, left_stride, right, right_stride, depth, adds, to, to_stride);
}

// sums [channels, strip] = or += inputs [tiles, channels]ᵀ · gradients [tiles, strip]
POTSTILL_INLINE void sum_over_tiles(const float* inputs, int64_t input_stride, int64_t channels,
                                    const float* gradients, int64_t gradient_stride, int64_t tiles,
                                    bool adds, float* sums, int64_t sum_stride) {
  for (int64_t c = 0; c < channels; c += winograd_rows)
    outer_products(static_cast<int>(channels - c < winograd_rows ? channels - c : winograd_rows),
                   inputs + c, input_stride, gradients, gradient_stride, tiles, adds,
                   sums + c * sum_stride, sum_stride, std::make_index_sequence<winograd_rows>());
}

// Tiles [first, last), as transform_inputs.
template <typename Tiles>
POTSTILL_INLINE void transform_gradients(const WinogradJob& job, int64_t first, int64_t last,
                                         float* zeros, float* to, int64_t position) {
  const int64_t stride = in_strips(job.outputs);
  std::memset(zeros, 0, stride * sizeof(float));
  for (int64_t i = first; i < last; ++i)
    transform_gradient<Tiles>(job, place_of<Tiles>(job, i), zeros, to + (i - first) * stride,
                              position);
}

template <typename Tiles>
int64_t winograd_gradient_scratch(const WinogradJob& job, int64_t tiles) {
  constexpr int64_t positions = Tiles::positions * Tiles::positions;
  const int64_t channels = padded(job.channels), outputs = in_strips(job.outputs);
  return (channels > outputs ? channels : outputs) + positions * tiles * (channels + outputs);
}

template <typename Tiles>
void add_winograd_gradient(const WinogradJob& job, int64_t first, int64_t last, float* sums,
                           float* scratch) {
  constexpr int64_t positions = Tiles::positions * Tiles::positions;
  const int64_t tiles = last - first;
  const int64_t channels = padded(job.channels), outputs = in_strips(job.outputs);
  float* const inputs = scratch + (channels > outputs ? channels : outputs);
  float* const gradients = inputs + positions * tiles * channels;
  transform_inputs<Tiles>(job, first, last, scratch, inputs, tiles * channels);
  transform_gradients<Tiles>(job, first, last, scratch, gradients, tiles * outputs);
  for (int64_t p = 0; p < positions; ++p)
    for (int64_t column = 0; column < outputs; column += winograd_strip)
      sum_over_tiles(inputs + p * tiles * channels, channels, job.channels,
                     gradients + p * tiles * outputs + column, outputs, tiles, /*adds=*/true,
                     sums + p * job.channels * outputs + column, outputs);
}

template <typename Tiles>
void finish_winograd_gradient(const WinogradWeight& weight, const float* sums, int64_t parts,
                              int64_t first, int64_t last, float* to) {
  constexpr int64_t positions = Tiles::positions * Tiles::positions;
  const int64_t outputs = in_strips(weight.outputs);
  const int64_t position = weight.channels * outputs;
  for (int64_t block = first; block < last; ++block)
    for (int64_t o = 0; o < weight.outputs; o += winograd_lanes) {
      const int64_t c = block * winograd_lanes;
      finish_filters<Tiles>(
          weight, {sums + c * outputs + o, parts, positions * position, position, outputs}, o, c,
          to);
    }
}

// Few tiles: a block of channels and a strip of outputs is summed over all tiles and finished.

constexpr int64_t gradient_channels = 3 * winograd_lanes;
// As packed_position.
constexpr int64_t sums_position = (gradient_channels + 1) * winograd_strip;

template <typename Tiles>
void transform_all_gradients(const WinogradJob& job, int64_t first, int64_t last, float* to,
                             float* scratch) {
  const int64_t stride = in_strips(job.outputs);
  transform_gradients<Tiles>(job, first, last, scratch, to + first * stride, job.tiles * stride);
}

POTSTILL_INLINE int64_t blocks_of_channels(int64_t channels) {
  return (channels + gradient_channels - 1) / gradient_channels;
}

inline int64_t winograd_gradient_blocks(const WinogradJob& job) {
  return blocks_of_channels(job.channels) * (in_strips(job.outputs) / winograd_strip);
}

template <typename Tiles>
void run_winograd_gradient_blocks(const WinogradJob& job, const WinogradWeight& weight,
                                  const float* inputs, const float* gradients, int64_t first,
                                  int64_t last, float* to, float* scratch) {
  constexpr int64_t positions = Tiles::positions * Tiles::positions;
  const int64_t channels = padded(job.channels), outputs = in_strips(job.outputs);
  const int64_t blocks = blocks_of_channels(job.channels);
  for (int64_t block = first; block < last; ++block) {
    const int64_t column = block / blocks * winograd_strip;
    const int64_t channel = block % blocks * gradient_channels;
    const int64_t left_over = job.channels - channel;
    const int64_t count = left_over < gradient_channels ? left_over : gradient_channels;
    for (int64_t p = 0; p < positions; ++p)
      sum_over_tiles(inputs + p * job.tiles * channels + channel, channels, count,
                     gradients + p * job.tiles * outputs + column, outputs, job.tiles,
                     /*adds=*/false, scratch + p * sums_position, winograd_strip);
    for (int64_t v = 0; v < winograd_strip && column + v < job.outputs; v += winograd_lanes)
      for (int64_t c = 0; c < count; c += winograd_lanes)
        finish_filters<Tiles>(
            weight, {scratch + c * winograd_strip + v, 1, 0, sums_position, winograd_strip},
            column + v, channel + c, to);
  }
}

}  // namespace potstill::ops::POTSTILL_SIMD
