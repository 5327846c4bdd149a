#pragma once

// The maps of nst, read and written, compiled by cpu/features_{default,avx2,avx512}.cpp.

#include "ops/cpu/pairs_kernel.h"

namespace potstill::ops::POTSTILL_SIMD {

template <typename Element>
class ChannelMaps {
  using Scalar = typename ElementTypes<Element>::Scalar;
  using Gradient = typename ElementTypes<Element>::Gradient;
  using Vec = typename Simd<Scalar>::Vec;
  static constexpr int width = Simd<Scalar>::width;
  // Rows that are transposed together.
  static constexpr int64_t band = 16;

 public:
  static void read(const SampleFeature& sample, bool by_position, double least, double* norms,
                   void* maps, void* scratch) {
    const auto* x = static_cast<const Element*>(sample.data);
    const int64_t rows = sample.channels_last ? sample.positions : sample.channels;
    const int64_t columns = sample.channels_last ? sample.channels : sample.positions;
    auto* to = static_cast<Scalar*>(maps);
    auto* const factors = static_cast<Scalar*>(scratch);
    auto* const rest = factors + sample.channels + 16;
    norms_of(sample, norms, rest);
    for (int64_t c = 0; c < sample.channels; ++c)
      factors[c] = static_cast<Scalar>(1 / (norms[c] < least ? least : norms[c]));
    if (sample.channels_last == by_position) {
      for (int64_t i = 0; i < rows; ++i, x += columns, to += columns) {
        convert(x, to, columns);
        scale_row(to, columns, factors, i, sample.channels_last);
      }
      return;
    }
    for (int64_t i = 0; i < rows; i += band) {
      const int64_t count = rows - i < band ? rows - i : band;
      for (int64_t k = 0; k < count; ++k) {
        convert(x + (i + k) * columns, rest + k * columns, columns);
        scale_row(rest + k * columns, columns, factors, i + k, sample.channels_last);
      }
      for (int64_t j = 0; j < columns; ++j)
        for (int64_t k = 0; k < count; ++k) to[j * rows + i + k] = rest[k * columns + j];
    }
  }

  static void write(const SampleFeature& sample, bool by_position, double least,
                    const double* norms, const void* maps, void* by_maps, void* gradient,
                    void* scratch) {
    const int64_t rows = by_position ? sample.positions : sample.channels;
    const int64_t columns = by_position ? sample.channels : sample.positions;
    const auto* s = static_cast<const Scalar*>(maps);
    auto* g = static_cast<Scalar*>(by_maps);
    auto* const factors = static_cast<Scalar*>(scratch);
    auto* const along = factors + sample.channels + 16;
    auto* const rest = along + sample.channels + 16;
    for (int64_t c = 0; c < sample.channels; ++c) {
      factors[c] = static_cast<Scalar>(1 / (norms[c] < least ? least : norms[c]));
      along[c] = 0;
    }
    for (int64_t i = 0; i < rows; ++i) {
      if (by_position)
        for (int64_t j = 0; j < columns; ++j) along[j] += s[i * columns + j] * g[i * columns + j];
      else
        along[i] = dot(s + i * columns, g + i * columns, columns);
    }
    for (int64_t c = 0; c < sample.channels; ++c)
      if (norms[c] < least) along[c] = 0;
    for (int64_t i = 0; i < rows; ++i) {
      Scalar* const row = g + i * columns;
      const Scalar* const mine = s + i * columns;
      if (by_position) {
        for (int64_t j = 0; j < columns; ++j) row[j] = (row[j] - mine[j] * along[j]) * factors[j];
      } else {
        const Scalar pull = along[i], factor = factors[i];
        for (int64_t j = 0; j < columns; ++j) row[j] = (row[j] - mine[j] * pull) * factor;
      }
    }
    auto* out = static_cast<Gradient*>(gradient);
    if (sample.channels_last == by_position) {
      put(g, out, rows * columns);
      return;
    }
    for (int64_t j = 0; j < columns; j += band) {
      const int64_t count = columns - j < band ? columns - j : band;
      for (int64_t i = 0; i < rows; ++i)
        for (int64_t k = 0; k < count; ++k) rest[k * rows + i] = g[i * columns + j + k];
      put(rest, out + j * rows, count * rows);
    }
  }

 private:
  static POTSTILL_INLINE void norms_of(const SampleFeature& sample, double* norms, Scalar* row) {
    const auto* x = static_cast<const Element*>(sample.data);
    if (!sample.channels_last) {
      for (int64_t c = 0; c < sample.channels; ++c)
        norms[c] = square_root(
            PositionMaps<Element>::sum_of_squares(x + c * sample.positions, sample.positions));
      return;
    }
    for (int64_t c = 0; c < sample.channels; ++c) norms[c] = 0;
    // In pieces of what `row` holds.
    for (int64_t n = 0; n < sample.positions; ++n)
      for (int64_t c = 0; c < sample.channels; c += band) {
        const int64_t count = sample.channels - c < band ? sample.channels - c : band;
        convert(x + n * sample.channels + c, row, count);
        for (int64_t k = 0; k < count; ++k)
          norms[c + k] += static_cast<double>(row[k]) * static_cast<double>(row[k]);
      }
    for (int64_t c = 0; c < sample.channels; ++c) norms[c] = square_root(norms[c]);
  }

  static POTSTILL_INLINE void scale_row(Scalar* row, int64_t count, const Scalar* factors,
                                        int64_t index, bool by_column) {
    if (by_column) {
      for (int64_t j = 0; j < count; ++j) row[j] *= factors[j];
    } else {
      const Scalar factor = factors[index];
      for (int64_t j = 0; j < count; ++j) row[j] *= factor;
    }
  }

  static POTSTILL_INLINE Scalar dot(const Scalar* a, const Scalar* b, int64_t count) {
    Vec total{};
    int64_t i = 0;
    for (; i + width <= count; i += width) total += load(a + i) * load(b + i);
    if (i < count) {
      const int rest = static_cast<int>(count - i);
      total += load_partial(a + i, rest, Scalar{0}) * load_partial(b + i, rest, Scalar{0});
    }
    return sum(total);
  }

  static POTSTILL_INLINE void put(const Scalar* from, Gradient* to, int64_t count) {
    int64_t i = 0;
    for (; i + width <= count; i += width) store(to + i, load(from + i));
    if (i == count) return;
    const int rest = static_cast<int>(count - i);
    store_partial(to + i, load_partial(from + i, rest, Scalar{0}), rest);
  }
};

inline double difference(SquareMatrix& a, double a_scale, const SquareMatrix& b, double b_scale) {
  double* const x = a.values.data();
  const double* const y = b.values.data();
  // In this form equal matrices on equal scales give exactly 0, fused multiply-adds or not.
  const double ratio = b_scale / a_scale;
  double total = 0;
  for (int64_t i = 0; i < a.size; ++i) {
    double* const row = x + i * a.stride;
    const double* const other = y + i * b.stride;
    for (int64_t j = 0; j <= i; ++j) row[j] = (row[j] - other[j] * ratio) * a_scale;
    DoubleVec squares{};
    int64_t j = 0;
    for (; j + Simd<double>::width <= i; j += Simd<double>::width)
      squares += load(row + j) * load(row + j);
    double below = sum(squares);
    for (; j < i; ++j) below += row[j] * row[j];
    total += 2 * below + row[i] * row[i];
    for (j = 0; j < i; ++j) x[j * a.stride + i] = row[j];
  }
  return total;
}

template <typename Element>
ChannelMapKernels channel_map_kernels_of() {
  return {ChannelMaps<Element>::read, ChannelMaps<Element>::write, difference};
}

inline ChannelMapKernels find_channel_map_kernels(ElementType type) {
  switch (type) {
    case ElementType::Float64:
      return channel_map_kernels_of<double>();
    case ElementType::BFloat16:
      return channel_map_kernels_of<BFloat16>();
    case ElementType::Float16:
      return channel_map_kernels_of<Float16>();
    default:
      return channel_map_kernels_of<float>();
  }
}

}  // namespace potstill::ops::POTSTILL_SIMD
