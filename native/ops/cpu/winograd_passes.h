#pragma once

// The convolution, for winograd_kernel.h.
//
// A group of tiles goes through three passes, whose results stay in the second cache: the input's
// transform, with a vector of channels in each step; for each of the tile's positions a product of
// [tiles, channels] and [channels, outputs], with a block of sums in registers; and the output's
// transform, with a vector of outputs in each step. Sums over channels are in their order, so that
// the bits do not depend on how tiles are grouped.

#include <utility>

#include "ops/cpu/simd.h"
#include "ops/cpu/winograd.h"
#include "ops/cpu/winograd_filters.h"
#include "ops/cpu/winograd_transforms.h"

namespace potstill::ops::POTSTILL_SIMD {

// As in matrix_product_kernel.h: as many rows as the registers hold beside the weights.
#if defined(__AVX512F__)
constexpr int winograd_rows = 14;
#elif defined(__AVX2__)
constexpr int winograd_rows = 6;
#else
constexpr int winograd_rows = 4;
#endif

// ── Passes ──────────────────────────────────────────────────────────────────────────────────────

struct TilePlace {
  int64_t image, row, column;       // of its first output
  int64_t input_row, input_column;  // of its first input, perhaps outside of the image
};

template <typename Tiles>
POTSTILL_INLINE TilePlace place_of(const WinogradJob& job, int64_t tile) {
  const int64_t column = tile % job.tile_columns;
  const int64_t rest = tile / job.tile_columns;
  const int64_t row = rest % job.tile_rows;
  return {rest / job.tile_rows, row * Tiles::outputs, column * Tiles::outputs,
          row * Tiles::step - job.padding_top, column * Tiles::step - job.padding_left};
}

POTSTILL_INLINE int64_t padded(int64_t channels) {
  return (channels + winograd_lanes - 1) / winograd_lanes * winograd_lanes;
}

// Where each of a tile's inputs lies; those outside of the image in `zeros`.
template <int n>
POTSTILL_INLINE void find_inputs(const WinogradJob& job, const TilePlace& place, const float* zeros,
                                 const float* (&from)[n][n]) {
  const float* image = job.input + place.image * job.height * job.width * job.channels;
  for (int y = 0; y < n; ++y) {
    const int64_t row = place.input_row + y;
    for (int x = 0; x < n; ++x) {
      const int64_t column = place.input_column + x;
      const bool inside = row >= 0 && row < job.height && column >= 0 && column < job.width;
      from[y][x] = inside ? image + (row * job.width + column) * job.channels : zeros;
    }
  }
}

// One tile to [positions][tiles][channels], of which `to` is its row of the first position.
template <typename Tiles>
POTSTILL_INLINE void transform_input(const WinogradJob& job, const TilePlace& place,
                                     const float* zeros, float* to, int64_t position) {
  constexpr int size = Tiles::inputs, n = Tiles::positions;
  const float* from[size][size];
  find_inputs<size>(job, place, zeros, from);
  for (int64_t c = 0; c < job.channels; c += winograd_lanes) {
    const int64_t left_over = job.channels - c;
    const auto read = [&](const float* address) POTSTILL_LAMBDA_INLINE {
      return left_over >= winograd_lanes
                 ? load(address + c)
                 : load_partial(address + c, static_cast<int>(left_over), 0.0f);
    };
    FloatVec half[n][size];
#pragma GCC unroll 6
    for (int x = 0; x < size; ++x) {
      FloatVec line[size], made[n];
#pragma GCC unroll 6
      for (int y = 0; y < size; ++y) line[y] = read(from[y][x]);
      Tiles::input(line, made);
#pragma GCC unroll 6
      for (int y = 0; y < n; ++y) half[y][x] = made[y];
    }
#pragma GCC unroll 6
    for (int y = 0; y < n; ++y) {
      FloatVec made[n];
      Tiles::input(half[y], made);
#pragma GCC unroll 6
      for (int x = 0; x < n; ++x) store(to + (y * n + x) * position + c, made[x]);
    }
  }
}

// A block of sums, 0 or what stands in memory.
template <int rows>
POTSTILL_INLINE void begin_sums(FloatVec (&sums)[rows][winograd_vectors], bool adds,
                                const float* from, int64_t stride) {
#pragma GCC unroll 16
  for (int r = 0; r < rows; ++r)
#pragma GCC unroll 2
    for (int v = 0; v < winograd_vectors; ++v)
      sums[r][v] = adds ? load(from + r * stride + v * winograd_lanes) : FloatVec{};
}

template <int rows>
POTSTILL_INLINE void end_sums(const FloatVec (&sums)[rows][winograd_vectors], float* to,
                              int64_t stride) {
#pragma GCC unroll 16
  for (int r = 0; r < rows; ++r)
#pragma GCC unroll 2
    for (int v = 0; v < winograd_vectors; ++v)
      store(to + r * stride + v * winograd_lanes, sums[r][v]);
}

// to [rows, strip] = left [rows, depth] · right [depth, strip], or += that if it `adds`.
template <int rows>
void multiply_rows(const float* left, int64_t left_stride, const float* right, int64_t depth,
                   bool adds, float* to) {
  FloatVec sums[rows][winograd_vectors];
  begin_sums<rows>(sums, adds, to, winograd_strip);
  for (int64_t p = 0; p < depth; ++p, right += winograd_strip) {
    FloatVec weights[winograd_vectors];
#pragma GCC unroll 2
    for (int v = 0; v < winograd_vectors; ++v) weights[v] = load(right + v * winograd_lanes);
#pragma GCC unroll 16
    for (int r = 0; r < rows; ++r) {
      const FloatVec value = broadcast(left[r * left_stride + p]);
#pragma GCC unroll 2
      for (int v = 0; v < winograd_vectors; ++v) sums[r][v] += value * weights[v];
    }
  }
  end_sums<rows>(sums, to, winograd_strip);
}

template <size_t... row>
POTSTILL_INLINE void multiply_rows(int rows, const float* left, int64_t left_stride,
                                   const float* right, int64_t depth, bool adds, float* to,
                                   std::index_sequence<row...>) {
  static constexpr void (*by_rows[])(const float*, int64_t, const float*, int64_t, bool,
                                     float*) = {multiply_rows<row + 1>...};
  by_rows[rows - 1](left, left_stride, right, depth, adds, to);
}

// One tile of a strip from [positions][tiles][strip], of which `from` is its row of the first.
template <typename Tiles>
POTSTILL_INLINE void transform_output(const WinogradJob& job, const TilePlace& place,
                                      int64_t column, const float* from, int64_t position) {
  constexpr int n = Tiles::positions, m = Tiles::outputs;
  const int64_t height = job.output_height - place.row < m ? job.output_height - place.row : m;
  const int64_t width = job.output_width - place.column < m ? job.output_width - place.column : m;
  const int64_t start =
      ((place.image * job.output_height + place.row) * job.output_width + place.column) *
          job.outputs +
      column;
  for (int64_t v = 0; v < winograd_strip && column + v < job.outputs; v += winograd_lanes) {
    const int64_t left_over = job.outputs - column - v;
    const bool whole = left_over >= winograd_lanes;
    const int count = whole ? winograd_lanes : static_cast<int>(left_over);
    FloatVec half[m][n];
#pragma GCC unroll 6
    for (int x = 0; x < n; ++x) {
      FloatVec line[n], made[m];
#pragma GCC unroll 6
      for (int y = 0; y < n; ++y) line[y] = load(from + (y * n + x) * position + v);
      Tiles::output(line, made);
#pragma GCC unroll 4
      for (int y = 0; y < m; ++y) half[y][x] = made[y];
    }
    FloatVec bias{};
    if (job.bias != nullptr)
      bias = whole ? load(job.bias + column + v) : load_partial(job.bias + column + v, count, 0.0f);
#pragma GCC unroll 4
    for (int y = 0; y < m; ++y) {
      if (y >= height) break;
      FloatVec made[m];
      Tiles::output(half[y], made);
#pragma GCC unroll 4
      for (int x = 0; x < m; ++x) {
        if (x >= width) break;
        const int64_t at = start + (y * job.output_width + x) * job.outputs + v;
        FloatVec value = made[x] + bias;
        if (job.other != nullptr)
          value += whole ? load(job.other + at) : load_partial(job.other + at, count, 0.0f);
        if (job.relu) value = select(value <= FloatVec{}, FloatVec{}, value);  // NaN stays
        if (whole)
          store(job.output + at, value);
        else
          store_partial(job.output + at, value, count);
      }
    }
  }
}

// ── All of it ───────────────────────────────────────────────────────────────────────────────────

// Tiles [first, last) to [positions][tiles][channels], of which `to` is the row of the first in the
// first position and positions are `position` apart. `zeros` takes a line of channels.
template <typename Tiles>
POTSTILL_INLINE void transform_inputs(const WinogradJob& job, int64_t first, int64_t last,
                                      float* zeros, float* to, int64_t position) {
  const int64_t stride = padded(job.channels);
  std::memset(zeros, 0, stride * sizeof(float));
  for (int64_t i = first; i < last; ++i)
    transform_input<Tiles>(job, place_of<Tiles>(job, i), zeros, to + (i - first) * stride,
                           position);
}

// sums [positions][tiles][strip] = or += inputs [positions][tiles][stride] · weights
// [positions][depth][strip], whose positions are `weight_position` apart.
template <typename Tiles>
POTSTILL_INLINE void multiply_tiles(const float* inputs, int64_t tiles, int64_t stride,
                                    const float* weights, int64_t weight_position, int64_t depth,
                                    bool adds, float* sums) {
  constexpr int64_t positions = Tiles::positions * Tiles::positions;
  for (int64_t p = 0; p < positions; ++p)
    for (int64_t i = 0; i < tiles; i += winograd_rows)
      multiply_rows(static_cast<int>(tiles - i < winograd_rows ? tiles - i : winograd_rows),
                    inputs + (p * tiles + i) * stride, stride, weights + p * weight_position, depth,
                    adds, sums + (p * tiles + i) * winograd_strip,
                    std::make_index_sequence<winograd_rows>());
}

template <typename Tiles>
POTSTILL_INLINE void transform_outputs(const WinogradJob& job, int64_t first, int64_t tiles,
                                       int64_t column, const float* sums) {
  for (int64_t i = 0; i < tiles; ++i)
    transform_output<Tiles>(job, place_of<Tiles>(job, first + i), column, sums + i * winograd_strip,
                            tiles * winograd_strip);
}

template <typename Tiles>
int64_t winograd_scratch(const WinogradJob& job, int64_t tiles) {
  constexpr int64_t positions = Tiles::positions * Tiles::positions;
  return padded(job.channels) + positions * tiles * (padded(job.channels) + winograd_strip);
}

template <typename Tiles>
void run_winograd(const WinogradJob& job, int64_t first, int64_t last, float* scratch) {
  constexpr int64_t positions = Tiles::positions * Tiles::positions;
  const int64_t tiles = last - first;
  const int64_t stride = padded(job.channels);
  float* const inputs = scratch + stride;                   // [positions][tiles][stride]
  float* const sums = inputs + positions * tiles * stride;  // [positions][tiles][strip]
  transform_inputs<Tiles>(job, first, last, scratch, inputs, tiles * stride);
  const int64_t weight_position = job.channels * winograd_strip;
  const float* weight = job.weight;
  for (int64_t column = 0; column < job.outputs; column += winograd_strip) {
    multiply_tiles<Tiles>(inputs, tiles, stride, weight, weight_position, job.channels,
                          /*adds=*/false, sums);
    weight += positions * weight_position;
    transform_outputs<Tiles>(job, first, tiles, column, sums);
  }
}

template <typename Tiles>
void pack_winograd(const WinogradWeight& weight, int64_t first, int64_t last, float* to) {
  constexpr int64_t positions = Tiles::positions * Tiles::positions;
  const int64_t position = weight.channels * winograd_strip;
  for (int64_t strip = first; strip < last; ++strip)
    pack_channels<Tiles>(weight, strip, 0, weight.channels, to + strip * positions * position,
                         position);
}

// ── Few tiles ───────────────────────────────────────────────────────────────────────────────────
//
// Where the weight is larger than the images, all tiles are transformed first, and of the weight
// so many channels at a time as the second cache holds are transformed and used at once.

constexpr int64_t channels_at_a_time = 4 * winograd_lanes;
// A line more, so that positions do not fall on the same lines of the first cache.
constexpr int64_t packed_position = (channels_at_a_time + 1) * winograd_strip;

template <typename Tiles>
void transform_all_inputs(const WinogradJob& job, int64_t first, int64_t last, float* to,
                          float* scratch) {
  const int64_t stride = padded(job.channels);
  transform_inputs<Tiles>(job, first, last, scratch, to + first * stride, job.tiles * stride);
}

template <typename Tiles>
int64_t winograd_strip_scratch(const WinogradJob& job) {
  constexpr int64_t positions = Tiles::positions * Tiles::positions;
  return positions * (packed_position + job.tiles * winograd_strip);
}

template <typename Tiles>
void run_winograd_strips(const WinogradJob& job, const WinogradWeight& weight, const float* inputs,
                         int64_t first, int64_t last, float* scratch) {
  constexpr int64_t positions = Tiles::positions * Tiles::positions;
  float* const packed = scratch;
  float* const sums = packed + positions * packed_position;
  const int64_t stride = padded(job.channels);
  for (int64_t strip = first; strip < last; ++strip) {
    for (int64_t c = 0; c < job.channels; c += channels_at_a_time) {
      const int64_t end =
          job.channels - c < channels_at_a_time ? job.channels : c + channels_at_a_time;
      pack_channels<Tiles>(weight, strip, c, end, packed, packed_position);
      multiply_tiles<Tiles>(inputs + c, job.tiles, stride, packed, packed_position, end - c,
                            /*adds=*/c > 0, sums);
    }
    transform_outputs<Tiles>(job, 0, job.tiles, strip * winograd_strip, sums);
  }
}

}  // namespace potstill::ops::POTSTILL_SIMD
