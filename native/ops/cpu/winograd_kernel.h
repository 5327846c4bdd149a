#pragma once

// Compiled by cpu/winograd_{default,avx2,avx512}.cpp.
//
// A group of tiles goes through three passes, whose results stay in the second cache: the input's
// transform, with a vector of channels in each step; for each of the tile's positions a product of
// [tiles, channels] and [channels, outputs], with a block of sums in registers; and the output's
// transform, with a vector of outputs in each step. Sums over channels are in their order, so that
// the bits do not depend on how tiles are grouped.

#include <utility>

#include "ops/cpu/simd.h"
#include "ops/cpu/winograd.h"
#include "ops/cpu/winograd_transforms.h"

namespace potstill::ops::POTSTILL_SIMD {

constexpr int winograd_lanes = Simd<float>::width;
constexpr int winograd_vectors = 2;
constexpr int winograd_strip = winograd_vectors * winograd_lanes;

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
  int64_t image, row, column;  // of its first output
};

template <int m>
POTSTILL_INLINE TilePlace place_of(const WinogradJob& job, int64_t tile) {
  const int64_t column = tile % job.tile_columns;
  const int64_t rest = tile / job.tile_columns;
  return {rest / job.tile_rows, rest % job.tile_rows * m, column * m};
}

POTSTILL_INLINE int64_t padded(int64_t channels) {
  return (channels + winograd_lanes - 1) / winograd_lanes * winograd_lanes;
}

// Where each of a tile's inputs lies; those outside of the image in `zeros`.
template <int n>
POTSTILL_INLINE void find_inputs(const WinogradJob& job, const TilePlace& place,
                                 const float* zeros, const float* (&from)[n][n]) {
  const float* image = job.input + place.image * job.height * job.width * job.channels;
  for (int y = 0; y < n; ++y) {
    const int64_t row = place.row - job.padding_top + y;
    for (int x = 0; x < n; ++x) {
      const int64_t column = place.column - job.padding_left + x;
      const bool inside = row >= 0 && row < job.height && column >= 0 && column < job.width;
      from[y][x] = inside ? image + (row * job.width + column) * job.channels : zeros;
    }
  }
}

// One tile to [positions][tiles][channels], of which `to` is its row of the first position.
template <int m>
POTSTILL_INLINE void transform_input(const WinogradJob& job, const TilePlace& place,
                                     const float* zeros, float* to, int64_t position) {
  constexpr int n = Filtering<m>::inputs;
  const float* from[n][n];
  find_inputs<n>(job, place, zeros, from);
  for (int64_t c = 0; c < job.channels; c += winograd_lanes) {
    const int64_t left_over = job.channels - c;
    const auto read = [&](const float* address) POTSTILL_LAMBDA_INLINE {
      return left_over >= winograd_lanes
                 ? load(address + c)
                 : load_partial(address + c, static_cast<int>(left_over), 0.0f);
    };
    FloatVec half[n][n];
#pragma GCC unroll 6
    for (int x = 0; x < n; ++x) {
      FloatVec line[n];
#pragma GCC unroll 6
      for (int y = 0; y < n; ++y) line[y] = read(from[y][x]);
      Filtering<m>::input(line);
#pragma GCC unroll 6
      for (int y = 0; y < n; ++y) half[y][x] = line[y];
    }
#pragma GCC unroll 6
    for (int y = 0; y < n; ++y) {
      Filtering<m>::input(half[y]);
#pragma GCC unroll 6
      for (int x = 0; x < n; ++x) store(to + (y * n + x) * position + c, half[y][x]);
    }
  }
}

// to [rows, strip] = left [rows, depth] · right [depth, strip]
template <int rows>
void multiply_rows(const float* left, int64_t left_stride, const float* right, int64_t depth,
                   float* to) {
  FloatVec sums[rows][winograd_vectors] = {};
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
#pragma GCC unroll 16
  for (int r = 0; r < rows; ++r)
#pragma GCC unroll 2
    for (int v = 0; v < winograd_vectors; ++v)
      store(to + r * winograd_strip + v * winograd_lanes, sums[r][v]);
}

template <size_t... row>
POTSTILL_INLINE void multiply_rows(int rows, const float* left, int64_t left_stride,
                                   const float* right, int64_t depth, float* to,
                                   std::index_sequence<row...>) {
  static constexpr void (*by_rows[])(const float*, int64_t, const float*, int64_t,
                                     float*) = {multiply_rows<row + 1>...};
  by_rows[rows - 1](left, left_stride, right, depth, to);
}

// One tile of a strip from [positions][tiles][strip], of which `from` is its row of the first.
template <int m>
POTSTILL_INLINE void transform_output(const WinogradJob& job, const TilePlace& place,
                                      int64_t column, const float* from, int64_t position) {
  constexpr int n = Filtering<m>::inputs;
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
      Filtering<m>::output(line, made);
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
      Filtering<m>::output(half[y], made);
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

// ── Weights ─────────────────────────────────────────────────────────────────────────────────────

// A vector of outputs and one channel, to [positions][channels][strip].
template <int m>
POTSTILL_INLINE void pack_filters(const WinogradWeight& weight, const float* from, int count,
                                  float* to) {
  constexpr int n = Filtering<m>::inputs;
  FloatVec half[3][n];
  for (int x = 0; x < 3; ++x) {
    FloatVec line[3] = {}, made[n];
    for (int y = 0; y < 3; ++y) {
      const float* tap = from + y * weight.row_stride + x * weight.column_stride;
      for (int o = 0; o < count; ++o) line[y][o] = tap[o * weight.output_stride];
    }
    Filtering<m>::weight(line, made);
    for (int y = 0; y < n; ++y) half[x][y] = made[y];
  }
  const int64_t position = weight.channels * winograd_strip;
  for (int y = 0; y < n; ++y) {
    const FloatVec line[3] = {half[0][y], half[1][y], half[2][y]};
    FloatVec made[n];
    Filtering<m>::weight(line, made);
    for (int x = 0; x < n; ++x) store(to + (y * n + x) * position, made[x]);
  }
}

template <int m>
void pack_winograd(const WinogradWeight& weight, int64_t first, int64_t last, float* to) {
  constexpr int n = Filtering<m>::inputs;
  for (int64_t strip = first; strip < last; ++strip) {
    float* start = to + strip * n * n * weight.channels * winograd_strip;
    for (int64_t c = 0; c < weight.channels; ++c)
      for (int v = 0; v < winograd_strip; v += winograd_lanes) {
        const int64_t output = strip * winograd_strip + v;
        const int64_t left_over = weight.outputs - output;
        const int count = left_over < 0                ? 0
                          : left_over < winograd_lanes ? static_cast<int>(left_over)
                                                       : winograd_lanes;
        pack_filters<m>(weight,
                        weight.data + output * weight.output_stride + c * weight.channel_stride,
                        count, start + c * winograd_strip + v);
      }
  }
}

// ── All of it ───────────────────────────────────────────────────────────────────────────────────

template <int m>
int64_t winograd_scratch(const WinogradJob& job, int64_t tiles) {
  constexpr int64_t positions = Filtering<m>::inputs * Filtering<m>::inputs;
  return padded(job.channels) + positions * tiles * (padded(job.channels) + winograd_strip);
}

template <int m>
void run_winograd(const WinogradJob& job, int64_t first, int64_t last, float* scratch) {
  constexpr int64_t positions = Filtering<m>::inputs * Filtering<m>::inputs;
  const int64_t tiles = last - first;
  const int64_t stride = padded(job.channels);
  float* const zeros = scratch;
  float* const inputs = zeros + stride;                   // [positions][tiles][stride]
  float* const sums = inputs + positions * tiles * stride;  // [positions][tiles][strip]
  std::memset(zeros, 0, stride * sizeof(float));
  for (int64_t i = 0; i < tiles; ++i)
    transform_input<m>(job, place_of<m>(job, first + i), zeros, inputs + i * stride,
                       tiles * stride);
  const float* weight = job.weight;
  for (int64_t column = 0; column < job.outputs; column += winograd_strip) {
    for (int64_t p = 0; p < positions; ++p, weight += job.channels * winograd_strip)
      for (int64_t i = 0; i < tiles; i += winograd_rows)
        multiply_rows(static_cast<int>(tiles - i < winograd_rows ? tiles - i : winograd_rows),
                      inputs + (p * tiles + i) * stride, stride, weight, job.channels,
                      sums + (p * tiles + i) * winograd_strip,
                      std::make_index_sequence<winograd_rows>());
    for (int64_t i = 0; i < tiles; ++i)
      transform_output<m>(job, place_of<m>(job, first + i), column, sums + i * winograd_strip,
                          tiles * winograd_strip);
  }
}

// ── The gradient by the weight ──────────────────────────────────────────────────────────────────
//
// A transform each of the input's tiles and of the gradient's; for each position the sum over tiles
// of their outer products; and at the end the transform of these sums.

POTSTILL_INLINE int64_t in_strips(int64_t outputs) {
  return (outputs + winograd_strip - 1) / winograd_strip * winograd_strip;
}

// One tile of the gradient, like transform_input; what is beyond the last output is 0.
template <int m>
POTSTILL_INLINE void transform_gradient(const WinogradJob& job, const TilePlace& place,
                                        const float* zeros, float* to, int64_t position) {
  constexpr int n = Filtering<m>::inputs;
  const float* from[m][m];
  for (int y = 0; y < m; ++y)
    for (int x = 0; x < m; ++x) {
      const int64_t row = place.row + y, column = place.column + x;
      const bool inside = row < job.output_height && column < job.output_width;
      from[y][x] = inside ? job.grad_output + ((place.image * job.output_height + row) *
                                                   job.output_width +
                                               column) *
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
      Filtering<m>::grad_output(line, made);
#pragma GCC unroll 6
      for (int y = 0; y < n; ++y) half[y][x] = made[y];
    }
#pragma GCC unroll 6
    for (int y = 0; y < n; ++y) {
      FloatVec made[n];
      Filtering<m>::grad_output(half[y], made);
#pragma GCC unroll 6
      for (int x = 0; x < n; ++x) store(to + (y * n + x) * position + o, made[x]);
    }
  }
}

// to [rows, strip] += left [depth, rows]ᵀ · right [depth, strip]
template <int rows>
void add_outer_products(const float* left, int64_t left_stride, const float* right,
                        int64_t right_stride, int64_t depth, float* to) {
  FloatVec sums[rows][winograd_vectors];
#pragma GCC unroll 16
  for (int r = 0; r < rows; ++r)
#pragma GCC unroll 2
    for (int v = 0; v < winograd_vectors; ++v)
      sums[r][v] = load(to + r * right_stride + v * winograd_lanes);
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
#pragma GCC unroll 16
  for (int r = 0; r < rows; ++r)
#pragma GCC unroll 2
    for (int v = 0; v < winograd_vectors; ++v)
      store(to + r * right_stride + v * winograd_lanes, sums[r][v]);
}

template <size_t... row>
POTSTILL_INLINE void add_outer_products(int rows, const float* left, int64_t left_stride,
                                        const float* right, int64_t right_stride, int64_t depth,
                                        float* to, std::index_sequence<row...>) {
  static constexpr void (*by_rows[])(const float*, int64_t, const float*, int64_t, int64_t,
                                     float*) = {add_outer_products<row + 1>...};
  by_rows[rows - 1](left, left_stride, right, right_stride, depth, to);
}

template <int m>
int64_t winograd_gradient_scratch(const WinogradJob& job, int64_t tiles) {
  constexpr int64_t positions = Filtering<m>::inputs * Filtering<m>::inputs;
  const int64_t channels = padded(job.channels), outputs = in_strips(job.outputs);
  return (channels > outputs ? channels : outputs) + positions * tiles * (channels + outputs);
}

template <int m>
void add_winograd_gradient(const WinogradJob& job, int64_t first, int64_t last, float* sums,
                           float* scratch) {
  constexpr int64_t positions = Filtering<m>::inputs * Filtering<m>::inputs;
  const int64_t tiles = last - first;
  const int64_t channels = padded(job.channels), outputs = in_strips(job.outputs);
  const int64_t longest = channels > outputs ? channels : outputs;
  float* const zeros = scratch;
  float* const inputs = zeros + longest;                          // [positions][tiles][channels]
  float* const gradients = inputs + positions * tiles * channels;  // [positions][tiles][outputs]
  std::memset(zeros, 0, longest * sizeof(float));
  for (int64_t i = 0; i < tiles; ++i) {
    const auto place = place_of<m>(job, first + i);
    transform_input<m>(job, place, zeros, inputs + i * channels, tiles * channels);
    transform_gradient<m>(job, place, zeros, gradients + i * outputs, tiles * outputs);
  }
  for (int64_t p = 0; p < positions; ++p)
    for (int64_t column = 0; column < outputs; column += winograd_strip)
      for (int64_t c = 0; c < job.channels; c += winograd_rows) {
        const int64_t left_over = job.channels - c;
        add_outer_products(
            static_cast<int>(left_over < winograd_rows ? left_over : winograd_rows),
            inputs + p * tiles * channels + c, channels, gradients + p * tiles * outputs + column,
            outputs, tiles, sums + (p * job.channels + c) * outputs + column,
            std::make_index_sequence<winograd_rows>());
      }
}

template <int m>
void finish_winograd_gradient(const WinogradWeight& weight, const float* sums, int64_t parts,
                              int64_t first, int64_t last, float* to) {
  constexpr int n = Filtering<m>::inputs;
  const int64_t outputs = in_strips(weight.outputs);
  const int64_t position = weight.channels * outputs;
  for (int64_t c = first; c < last; ++c)
    for (int64_t o = 0; o < weight.outputs; o += winograd_lanes) {
      const float* from = sums + c * outputs + o;
      FloatVec half[n][3];
      for (int y = 0; y < n; ++y) {
        FloatVec line[n] = {};
        for (int64_t part = 0; part < parts; ++part)
          for (int x = 0; x < n; ++x)
            line[x] += load(from + (part * n * n + y * n + x) * position);
        Filtering<m>::grad_weight(line, half[y]);
      }
      const int64_t left_over = weight.outputs - o;
      const int count = left_over < winograd_lanes ? static_cast<int>(left_over) : winograd_lanes;
      for (int x = 0; x < 3; ++x) {
        FloatVec line[n], made[3];
        for (int y = 0; y < n; ++y) line[y] = half[y][x];
        Filtering<m>::grad_weight(line, made);
        for (int y = 0; y < 3; ++y) {
          float* tap = to + o * weight.output_stride + c * weight.channel_stride +
                       y * weight.row_stride + x * weight.column_stride;
          for (int i = 0; i < count; ++i) tap[i * weight.output_stride] = made[y][i];
        }
      }
    }
}

template <int m>
constexpr WinogradKernels winograd_kernels_of = {
    winograd_rows,
    winograd_strip,
    pack_winograd<m>,
    winograd_scratch<m>,
    run_winograd<m>,
    winograd_gradient_scratch<m>,
    add_winograd_gradient<m>,
    finish_winograd_gradient<m>,
};

inline WinogradKernels winograd_kernels(int64_t tile) {
  return tile == 2 ? winograd_kernels_of<2> : winograd_kernels_of<4>;
}

}  // namespace potstill::ops::POTSTILL_SIMD
