#pragma once

// The kernels of nst, compiled by cpu/features_{default,avx2,avx512}.cpp.
//
// Inner products of columns, of positions or of channels, whichever are fewer, and the gradient as
// the product of the maps with what these leave. Matrices lie in strips: two vectors of columns of
// all rows, one row behind the other, with zeros behind the last column. So both products read
// strips from the first cache and a few elements of others, which they broadcast; the matrix of
// inner products never leaves the second one.

#include "ops/cpu/nst.h"
#include "ops/cpu/pairs_kernel.h"

namespace potstill::ops::POTSTILL_SIMD {

template <typename Element>
class Nst {
  using Scalar = typename ElementTypes<Element>::Scalar;
  using Gradient = typename ElementTypes<Element>::Gradient;
  using Vec = typename Simd<Scalar>::Vec;
  static constexpr int width = Simd<Scalar>::width;
  static constexpr int vectors = 2;
  static constexpr int strip = vectors * width;
  // As many sums as hide the latency of multiply-adds.
  static constexpr int tile_rows = POTSTILL_SIMD_BYTES == 64 ? 8 : 4;
  using Tile = Vec[tile_rows][vectors];
  // Inner products are summed up in parts of so many terms.
  static constexpr int64_t block = 256;
  // Rows that are transposed together.
  static constexpr int64_t band = strip < nst_band ? strip : nst_band;
  // Of torch.nn.functional.normalize.
  static constexpr double least_norm = 1e-12;

  static_assert(strip <= most_nst_strip && strip % tile_rows == 0 && nst_band % tile_rows == 0);

  static constexpr int64_t padded(int64_t n) { return (n + strip - 1) / strip * strip; }
  static constexpr int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

  struct Space {
    bool by_position;
    int64_t depth;  // rows of the maps: channels, or positions
    int64_t size;   // columns: positions, or channels of both sides, each padded
    double* norms;
    Scalar *factors, *maps, *theirs, *products, *rows;

    Space(const NstJob& job, void* scratch) : by_position(job.by_position()) {
      depth = by_position ? job.student : job.positions;
      size = by_position ? padded(job.positions) : padded(job.student) + padded(job.teacher);
      const int64_t channels = padded(job.student > job.teacher ? job.student : job.teacher);
      norms = static_cast<double*>(scratch);
      factors = reinterpret_cast<Scalar*>(norms + channels);
      maps = factors + channels;
      theirs = maps + depth * (by_position ? size : padded(job.student));
      // Behind the maps, as tiles of their last rows read a bit beyond.
      products = maps + (by_position ? job.student + job.teacher : depth) * size;
      rows = products + size * size;
    }
  };

 public:
  static void read(const NstJob& job, const SampleFeature& sample, bool teacher, void* scratch) {
    const Space space(job, scratch);
    find_norms(sample, space);
    Scalar* const to = teacher ? space.theirs : space.maps;
    const int64_t given = sample.channels_last ? sample.positions : sample.channels;
    const int64_t each = sample.channels_last ? sample.channels : sample.positions;
    if (sample.channels_last != space.by_position) {
      for (int64_t i = 0; i < given; ++i) {
        take_row(sample, i, each, space.factors, space.rows);
        for (int64_t j = 0; j < each; j += strip)
          std::memcpy(to + j * given + i * strip, space.rows + j, strip * sizeof(Scalar));
      }
      return;
    }
    const int64_t stride = padded(each);
    for (int64_t j = 0; j < padded(given); j += band) {
      for (int64_t k = 0; k < band; ++k) {
        Scalar* const row = space.rows + k * stride;
        if (j + k < given)
          take_row(sample, j + k, each, space.factors, row);
        else
          std::memset(row, 0, each * sizeof(Scalar));
      }
      Scalar* const columns = to + j / strip * strip * each + j % strip;
      for (int64_t i = 0; i < each; ++i)
        for (int64_t k = 0; k < band; ++k) columns[i * strip + k] = space.rows[k * stride + i];
    }
  }

  static double compare(const NstJob& job, void* scratch) {
    const Space space(job, scratch);
    // In this form equal maps give exactly 0, fused multiply-adds or not.
    const auto share = static_cast<Scalar>(1.0 / static_cast<double>(job.student));
    const auto ratio =
        static_cast<Scalar>(static_cast<double>(job.student) / static_cast<double>(job.teacher));
    double total = 0;
    for (int64_t j = 0; j < space.size; j += strip)
      for (int64_t i = j; i < space.size; i += strip) {
        Scalar* const products = space.products + j * space.size + i * strip;
        Vec squares{};
        for (int row = 0; row < strip; row += tile_rows) {
          Tile sums = {}, others = {};
          multiply_columns(space.maps, space.depth, i, j, row, sums);
          if (space.by_position) multiply_columns(space.theirs, job.teacher, i, j, row, others);
          for (int r = 0; r < tile_rows; ++r)
            for (int v = 0; v < vectors; ++v) {
              if (space.by_position) {
                sums[r][v] = (sums[r][v] - others[r][v] * ratio) * share;
                squares += sums[r][v] * sums[r][v];
              }
              store(products + (row + r) * strip + v * width, sums[r][v]);
            }
        }
        total += (i == j ? 1 : 2) * static_cast<double>(sum(squares));
        if (i == j) continue;
        Scalar* const mirrored = space.products + i * space.size + j * strip;
        for (int row = 0; row < strip; ++row)
          for (int column = 0; column < strip; ++column)
            mirrored[column * strip + row] = products[row * strip + column];
      }
    if (space.by_position) return total;
    const int64_t mine = job.student, other = job.teacher, start = padded(mine);
    return mean_square(space, start, other, start, other) + mean_square(space, 0, mine, 0, mine) -
           2 * mean_square(space, start, other, 0, mine);
  }

  static void write(const NstJob& job, bool channels_last, void* gradient, void* scratch) {
    const Space space(job, scratch);
    if (!space.by_position) make_coefficients(job, space);
    auto* const out = static_cast<Gradient*>(gradient);
    const int64_t columns = space.by_position ? job.positions : job.student;
    const int64_t stride = padded(columns);
    for (int64_t i = 0; i < space.depth; i += nst_band) {
      const int64_t count = smaller(nst_band, space.depth - i);
      for (int64_t j = 0; j < columns; j += strip)
        for (int64_t row = 0; row < count; row += tile_rows) {
          Tile sums = {};
          for (int64_t d = 0; d < space.size; d += strip)
            accumulate<1, strip>(space.maps + d * space.depth + (i + row) * strip,
                                 space.products + j * space.size + d * strip, strip, sums);
          for (int r = 0; r < tile_rows; ++r)
            for (int v = 0; v < vectors; ++v)
              store(space.rows + (row + r) * stride + j + v * width, sums[r][v]);
        }
      if (space.by_position)
        for (int64_t row = 0; row < count; ++row)
          through_norm(job, space, i + row, space.rows + row * stride);
      if (channels_last != space.by_position) {
        for (int64_t row = 0; row < count; ++row)
          put(space.rows + row * stride, out + (i + row) * columns, columns);
        continue;
      }
      for (int64_t j = 0; j < columns; ++j) {
        Scalar column[nst_band];
        for (int64_t row = 0; row < count; ++row) column[row] = space.rows[row * stride + j];
        put(column, out + j * space.depth + i, count);
      }
    }
  }

 private:
  // The norms of the channels, and what normalizes them; 0 behind the last.
  static void find_norms(const SampleFeature& sample, const Space& space) {
    const auto* x = static_cast<const Element*>(sample.data);
    const int64_t channels = sample.channels;
    if (sample.channels_last) {
      std::memset(space.norms, 0, channels * sizeof(double));
      for (int64_t n = 0; n < sample.positions; ++n) {
        convert(x + n * channels, space.rows, channels);
        for (int64_t c = 0; c < channels; ++c)
          space.norms[c] += static_cast<double>(space.rows[c]) * space.rows[c];
      }
    } else {
      for (int64_t c = 0; c < channels; ++c)
        space.norms[c] =
            PositionMaps<Element>::sum_of_squares(x + c * sample.positions, sample.positions);
    }
    for (int64_t c = 0; c < channels; ++c) {
      const double norm = square_root(space.norms[c]);
      space.norms[c] = norm;
      space.factors[c] = static_cast<Scalar>(1 / (norm < least_norm ? least_norm : norm));
    }
    std::memset(space.factors + channels, 0, (padded(channels) - channels) * sizeof(Scalar));
  }

  // A row of the sample as it lies, normalized, with zeros up to the end of a strip.
  static POTSTILL_INLINE void take_row(const SampleFeature& sample, int64_t row,
                                                   int64_t count, const Scalar* factors,
                                                   Scalar* to) {
    const auto* x = static_cast<const Element*>(sample.data) + row * count;
    for (int64_t i = 0; i < padded(count); i += width) {
      Vec v{};
      if (i + width <= count)
        v = load(x + i);
      else if (i < count)
        v = load_partial(x + i, static_cast<int>(count - i), Scalar{0});
      store(to + i, v * (sample.channels_last ? load(factors + i) : broadcast(factors[row])));
    }
  }

  // sums[r] += sum over d < depth of left[d, r] * right[d], with these steps between the elements
  // of `left`.
  template <int64_t depth_step, int64_t row_step>
  static POTSTILL_INLINE void accumulate(const Scalar* left, const Scalar* right, int64_t depth,
                                         Tile& sums) {
    for (int64_t d = 0; d < depth; ++d, left += depth_step, right += strip) {
      Vec columns[vectors];
#pragma GCC unroll 2
      for (int v = 0; v < vectors; ++v) columns[v] = load(right + v * width);
#pragma GCC unroll 8
      for (int r = 0; r < tile_rows; ++r) {
        const Vec factor = broadcast(left[r * row_step]);
#pragma GCC unroll 2
        for (int v = 0; v < vectors; ++v) sums[r][v] += factor * columns[v];
      }
    }
  }

  // The inner products of columns i + row … with those of the strip from j on.
  static POTSTILL_INLINE void multiply_columns(const Scalar* maps, int64_t depth, int64_t i,
                                               int64_t j, int64_t row, Tile& sums) {
    for (int64_t d = 0; d < depth; d += block) {
      Tile part = {};
      accumulate<strip, 1>(maps + i * depth + d * strip + row, maps + j * depth + d * strip,
                           smaller(block, depth - d), part);
      for (int r = 0; r < tile_rows; ++r)
        for (int v = 0; v < vectors; ++v) sums[r][v] += part[r][v];
    }
  }

  // Of a part of the products. In one order for all parts, so that equal ones give the same.
  static double mean_square(const Space& space, int64_t row, int64_t rows, int64_t column,
                            int64_t columns) {
    double total = 0;
    for (int64_t j = column; j < column + columns; ++j) {
      const Scalar* const products = space.products + j / strip * strip * space.size + j % strip;
      for (int64_t i = row; i < row + rows; ++i) {
        const auto product = static_cast<double>(products[i * strip]);
        total += product * product;
      }
    }
    return total / static_cast<double>(rows * columns);
  }

  // Makes of the products of channels what the maps are multiplied with for the gradient. That of
  // a normalized map goes through its norm here, as its product with the map is one of sums of
  // products that are there.
  static void make_coefficients(const NstJob& job, const Space& space) {
    const auto mine = static_cast<Scalar>(1.0 / static_cast<double>(job.student));
    const auto other = static_cast<Scalar>(-1.0 / static_cast<double>(job.teacher));
    for (int64_t c = 0; c < job.student; c += strip) {
      Scalar* const products = space.products + c * space.size;
      for (int v = 0; v < vectors; ++v) {
        Vec along{};
        for (int64_t j = 0; j < space.size; ++j) {
          Scalar* const at = products + j * strip + v * width;
          const Vec product = load(at);
          const Vec coefficient = product * (j < padded(job.student) ? mine : other);
          along += coefficient * product;
          store(at, coefficient);
        }
        for (int lane = 0; lane < width; ++lane) {
          const int64_t channel = c + v * width + lane;
          if (channel < job.student && space.norms[channel] >= least_norm)
            products[channel * strip + v * width + lane] -= along[lane];
        }
        const Vec factor = load(space.factors + c + v * width) * static_cast<Scalar>(job.scale);
        for (int64_t j = 0; j < space.size; ++j) {
          Scalar* const at = products + j * strip + v * width;
          store(at, load(at) * factor);
        }
      }
    }
  }

  // The gradient by a normalized map, made that by the map itself.
  static POTSTILL_INLINE void through_norm(const NstJob& job, const Space& space, int64_t channel,
                                           Scalar* gradient) {
    const Scalar* const map = space.maps + channel * strip;
    const auto at = [&](int64_t i) POTSTILL_LAMBDA_INLINE {
      return load(map + i / strip * strip * space.depth + i % strip);
    };
    Vec along{};
    for (int64_t i = 0; i < space.size; i += width) along += load(gradient + i) * at(i);
    const Scalar pull = space.norms[channel] < least_norm ? 0 : sum(along);
    const Scalar factor = space.factors[channel] * static_cast<Scalar>(job.scale);
    for (int64_t i = 0; i < space.size; i += width)
      store(gradient + i, (load(gradient + i) - at(i) * pull) * factor);
  }

  static POTSTILL_INLINE void put(const Scalar* from, Gradient* to, int64_t count) {
    int64_t i = 0;
    for (; i + width <= count; i += width) store(to + i, load(from + i));
    if (i == count) return;
    const int rest = static_cast<int>(count - i);
    store_partial(to + i, load_partial(from + i, rest, Scalar{0}), rest);
  }
};

template <typename Element>
NstKernels nst_kernels_of() {
  return {Nst<Element>::read, Nst<Element>::compare, Nst<Element>::write};
}

inline NstKernels find_nst_kernels(ElementType type) {
  switch (type) {
    case ElementType::Float64:
      return nst_kernels_of<double>();
    case ElementType::BFloat16:
      return nst_kernels_of<BFloat16>();
    case ElementType::Float16:
      return nst_kernels_of<Float16>();
    default:
      return nst_kernels_of<float>();
  }
}

}  // namespace potstill::ops::POTSTILL_SIMD
