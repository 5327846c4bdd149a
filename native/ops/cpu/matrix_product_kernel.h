#pragma once

// Compiled by cpu/matrix_product_{default,avx2,avx512}.cpp.
//
// The scheme is Goto's (ACM TOMS 34(3), 2008), for the sizes of a training step: a block of the
// left matrix is packed for the second cache, a strip of the right one for the first, and a tile of
// the output stays in registers over the depth of a block. Every element is summed in the order of
// k within blocks whose depth follows from k alone, so that the bits depend neither on the tile nor
// on the number of threads.

#include <utility>

#include "ops/cpu/activation_kernel.h"
#include "ops/cpu/matrix_product.h"
#include "ops/cpu/simd.h"
#include "ops/cpu/transpose.h"

namespace potstill::ops::POTSTILL_SIMD {

constexpr int product_lanes = Simd<float>::width;
constexpr int strip_vectors = 2;
constexpr int strip_width = strip_vectors * product_lanes;

// With two vectors each, and those of the right matrix, as many rows as the registers hold.
#if defined(__AVX512F__)
constexpr int tile_rows = 14;
#elif defined(__AVX2__)
constexpr int tile_rows = 6;
#else
constexpr int tile_rows = 4;
#endif

// A strip of it fits into the first cache.
#if defined(__AVX512F__)
constexpr int64_t most_depth = 320;
#else
constexpr int64_t most_depth = 384;
#endif
constexpr int64_t most_packed = 52 * 1024;  // floats of a block, which fits into the second

static_assert(most_packed + product_lanes + strip_width * most_depth <= matrix_product_scratch);
static_assert(product_lanes <= packed_left_slack);

// `count` things in `parts` as equal parts as can be: where part `i` begins.
POTSTILL_INLINE int64_t part_begin(int64_t count, int64_t parts, int64_t i) {
  return count / parts * i + (count % parts < i ? count % parts : i);
}

POTSTILL_INLINE int64_t parts_of(int64_t count, int64_t most) { return (count + most - 1) / most; }

// ── Packing ─────────────────────────────────────────────────────────────────────────────────────

// `lines` (at most a vector of them) lie `stride` apart, each with `depth` elements in a row. Puts
// their elements of one depth side by side, a vector of them every `width` floats; what is beyond
// the last line is 0.
POTSTILL_INLINE void pack_transposed(const float* from, int64_t stride, int lines, int64_t depth,
                                     float* to, int64_t width) {
  int64_t p = 0;
  for (; p + product_lanes <= depth; p += product_lanes) {
    FloatVec square[product_lanes];
#pragma GCC unroll 16
    for (int i = 0; i < product_lanes; ++i)
      square[i] = i < lines ? load(from + i * stride + p) : FloatVec{};
    transpose(square);
#pragma GCC unroll 16
    for (int i = 0; i < product_lanes; ++i) store(to + (p + i) * width, square[i]);
  }
  for (; p < depth; ++p) {
    FloatVec v{};
    for (int i = 0; i < lines; ++i) v[i] = from[i * stride + p];
    store(to + p * width, v);
  }
}

// Rows [row, row + rows) and depths [p0, p1) of the left matrix as [depth][rows]. May write up to a
// vector beyond, which the next panel overwrites.
POTSTILL_INLINE void pack_panel(const MatrixView& left, int64_t row, int rows, int64_t p0,
                                int64_t p1, float* to) {
  const float* from = left.data + row * left.row_stride + p0 * left.column_stride;
  if (left.column_stride == 1) {
    pack_transposed(from, left.row_stride, rows, p1 - p0, to, rows);
    return;
  }
  for (int64_t p = p0; p < p1; ++p, from += left.column_stride, to += rows)
    std::memcpy(to, from, rows * sizeof(float));
}

// Depths [p0, p1) and `columns` columns from `column` on of the right matrix as [depth][vectors].
template <int vectors>
POTSTILL_INLINE void pack_strip(const MatrixView& right, int64_t p0, int64_t p1, int64_t column,
                                int columns, float* to) {
  constexpr int width = vectors * product_lanes;
  const float* from = right.data + p0 * right.row_stride + column * right.column_stride;
  if (right.column_stride == 1) {
    const int whole = columns / product_lanes;
    const int rest = columns % product_lanes;
    for (int64_t p = p0; p < p1; ++p, from += right.row_stride, to += width) {
      for (int v = 0; v < whole; ++v) store(to + v * product_lanes, load(from + v * product_lanes));
      if (rest > 0)
        store(to + whole * product_lanes, load_partial(from + whole * product_lanes, rest, 0.0f));
    }
    return;
  }
#pragma GCC unroll 2
  for (int v = 0; v < vectors; ++v) {
    const int left_over = columns - v * product_lanes;
    pack_transposed(from + v * product_lanes * right.column_stride, right.column_stride,
                    left_over < product_lanes ? left_over : product_lanes, p1 - p0,
                    to + v * product_lanes, width);
  }
}

// ── A tile ──────────────────────────────────────────────────────────────────────────────────────

struct Tile {
  const float* panel;  // [depth][rows]
  const float* strip;  // [depth][vectors]
  int64_t depth;
  float* output;
  int64_t output_stride;
  int columns;         // of the strip, that are written
  bool first, last;    // of the blocks of depth
  const float* bias;   // of the strip's first column, or null
  const float* other;  // added in rows like the output's, or null
  Activation activation;
};

template <int rows, int vectors>
void compute_tile(const Tile& tile) {
  FloatVec sums[rows][vectors] = {};
  const float* panel = tile.panel;
  const float* strip = tile.strip;
  for (int64_t p = 0; p < tile.depth; ++p) {
    FloatVec right[vectors];
#pragma GCC unroll 2
    for (int v = 0; v < vectors; ++v) right[v] = load(strip + v * product_lanes);
#pragma GCC unroll 16
    for (int r = 0; r < rows; ++r) {
      const FloatVec left = broadcast(panel[r]);
#pragma GCC unroll 2
      for (int v = 0; v < vectors; ++v) sums[r][v] += left * right[v];
    }
    panel += rows;
    strip += vectors * product_lanes;
  }
#pragma GCC unroll 2
  for (int v = 0; v < vectors; ++v) {
    const int begin = v * product_lanes;
    const int count = tile.columns - begin;
    const bool whole = count >= product_lanes;
    FloatVec bias{};
    if (tile.last && tile.bias != nullptr)
      bias = whole ? load(tile.bias + begin) : load_partial(tile.bias + begin, count, 0.0f);
#pragma GCC unroll 16
    for (int r = 0; r < rows; ++r) {
      float* to = tile.output + r * tile.output_stride + begin;
      FloatVec value = sums[r][v];
      if (!tile.first) value += whole ? load(to) : load_partial(to, count, 0.0f);
      if (tile.last) {
        value += bias;
        if (tile.other != nullptr) {
          const float* from = tile.other + r * tile.output_stride + begin;
          value += whole ? load(from) : load_partial(from, count, 0.0f);
        }
        if (tile.activation == Activation::Relu) value = relu(value);
      }
      if (whole)
        store(to, value);
      else
        store_partial(to, value, count);
    }
  }
}

// What takes more than an instruction is done on the tile as it was written, out of the loop above.
inline void activate_tile(int rows, const Tile& tile) {
  for (int r = 0; r < rows; ++r) {
    float* row = tile.output + r * tile.output_stride;
    activate(tile.activation, row, row, tile.columns);
  }
}

template <int vectors, size_t... row>
POTSTILL_INLINE void compute_tile(int rows, const Tile& tile, std::index_sequence<row...>) {
  static constexpr void (*by_rows[])(const Tile&) = {compute_tile<row + 1, vectors>...};
  by_rows[rows - 1](tile);
  if (tile.last && is_gelu(tile.activation)) activate_tile(rows, tile);
}

// ── The product ─────────────────────────────────────────────────────────────────────────────────

struct ProductBlock {
  int64_t first_row, last_row;
  int64_t first_depth, last_depth;
};

template <int vectors>
POTSTILL_INLINE void multiply_strip(const MatrixProductJob& job, const ProductBlock& block,
                                    int64_t column, int columns, const float* panels,
                                    float* strip) {
  constexpr int width = vectors * product_lanes;
  const float* packed = strip;
  if (job.packed_right != nullptr)
    packed = job.packed_right + column * job.k + block.first_depth * width;
  else
    pack_strip<vectors>(job.right, block.first_depth, block.last_depth, column, columns, strip);
  const int64_t depth = block.last_depth - block.first_depth;
  const int64_t rows = block.last_row - block.first_row;
  const int64_t count = parts_of(rows, tile_rows);
  Tile tile{};
  tile.strip = packed;
  tile.depth = depth;
  tile.output_stride = job.output_stride;
  tile.columns = columns;
  tile.first = block.first_depth == 0 && !job.accumulate;
  tile.last = block.last_depth == job.k;
  tile.bias = job.bias == nullptr ? nullptr : job.bias + column;
  tile.activation = job.activation;
  for (int64_t i = 0; i < count; ++i) {
    const int64_t begin = part_begin(rows, count, i);
    tile.panel = panels + begin * depth;
    const int64_t at = (block.first_row + begin) * job.output_stride + column;
    tile.output = job.output + at;
    tile.other = job.other == nullptr ? nullptr : job.other + at;
    compute_tile<vectors>(static_cast<int>(part_begin(rows, count, i + 1) - begin), tile,
                          std::make_index_sequence<tile_rows>());
  }
}

// Block by block: all depths of a block of rows before the next, while its outputs are in the
// second cache.
template <typename Use>
POTSTILL_INLINE void each_block(int64_t k, int64_t first, int64_t last, const Use& use) {
  const int64_t depths = parts_of(k, most_depth);
  const int64_t rows = last - first;
  const int64_t blocks = parts_of(rows, most_packed / parts_of(k, depths));
  for (int64_t b = 0; b < blocks; ++b)
    for (int64_t d = 0; d < depths; ++d)
      use(ProductBlock{first + part_begin(rows, blocks, b), first + part_begin(rows, blocks, b + 1),
                       part_begin(k, depths, d), part_begin(k, depths, d + 1)});
}

POTSTILL_INLINE void pack_block(const MatrixView& left, const ProductBlock& block, float* to) {
  const int64_t rows = block.last_row - block.first_row;
  const int64_t depth = block.last_depth - block.first_depth;
  const int64_t count = parts_of(rows, tile_rows);
  for (int64_t i = 0; i < count; ++i) {
    const int64_t begin = part_begin(rows, count, i);
    pack_panel(left, block.first_row + begin,
               static_cast<int>(part_begin(rows, count, i + 1) - begin), block.first_depth,
               block.last_depth, to + begin * depth);
  }
}

POTSTILL_INLINE int64_t floats_before(const ProductBlock& block, int64_t first_row, int64_t k) {
  const int64_t rows = block.last_row - block.first_row;
  return (block.first_row - first_row) * k + rows * block.first_depth;
}

inline void pack_left(const MatrixProductJob& job, int64_t first, int64_t last, float* to) {
  each_block(job.k, first, last, [&](const ProductBlock& block) POTSTILL_LAMBDA_INLINE {
    pack_block(job.left, block, to + floats_before(block, first, job.k));
  });
}

inline void matrix_product(const MatrixProductJob& job, const MatrixProductPart& part,
                           float* scratch) {
  float* strip = scratch;  // first, as it is to be aligned
  float* own_panels = scratch + strip_width * most_depth;
  each_block(job.k, part.first_row, part.last_row, [&](const ProductBlock& block) {
    const float* panels = own_panels;
    if (job.packed_left != nullptr)
      panels = job.packed_left + floats_before(block, part.first_row, job.k);
    else
      pack_block(job.left, block, own_panels);
    for (int64_t column = part.first_column; column < part.last_column; column += strip_width) {
      const int64_t columns = part.last_column - column;
      if (columns <= product_lanes)
        multiply_strip<1>(job, block, column, static_cast<int>(columns), panels, strip);
      else
        multiply_strip<strip_vectors>(
            job, block, column, columns < strip_width ? static_cast<int>(columns) : strip_width,
            panels, strip);
    }
  });
}

inline void pack_right(const MatrixProductJob& job, float* to) {
  for (int64_t column = 0; column < job.n; column += strip_width) {
    const int64_t columns = job.n - column;
    if (columns <= product_lanes)
      pack_strip<1>(job.right, 0, job.k, column, static_cast<int>(columns), to + column * job.k);
    else
      pack_strip<strip_vectors>(job.right, 0, job.k, column,
                                columns < strip_width ? static_cast<int>(columns) : strip_width,
                                to + column * job.k);
  }
}

constexpr MatrixProductKernels matrix_product_kernels = {tile_rows, strip_width, pack_left,
                                                         pack_right, matrix_product};

}  // namespace potstill::ops::POTSTILL_SIMD
