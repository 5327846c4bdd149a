#pragma once

// The matrix products of the losses that relate samples, and the triplets of rkd, compiled by
// cpu/features_{default,avx2,avx512}.cpp.
//
// Products of rows with each other are dots of long rows: small tiles of pairs, so that every load
// serves several of them. Combinations of rows are tiles of rows by columns with the coefficients
// broadcast. Both pack what they read once more, converted and centered, so that it lies in the
// second level cache.

#include "ops/cpu/features_kernel.h"
#include "ops/cpu/pairs.h"

namespace potstill::ops::POTSTILL_SIMD {

template <typename Scalar, typename Element>
POTSTILL_INLINE void convert(const Element* from, Scalar* to, int64_t count) {
  if constexpr (std::is_same_v<Scalar, Element>) {
    std::memcpy(to, from, count * sizeof(Scalar));
  } else if constexpr (std::is_same_v<Element, float>) {
    for (int64_t i = 0; i < count; ++i) to[i] = from[i];
  } else {
    constexpr int width = Simd<float>::width;
    int64_t i = 0;
    for (; i + width <= count; i += width) {
      const FloatVec v = load(from + i);
      if constexpr (std::is_same_v<Scalar, float>)
        store(to + i, v);
      else
        for (int lane = 0; lane < width; ++lane) to[i + lane] = v[lane];
    }
    if (i == count) return;
    const int rest = static_cast<int>(count - i);
    const FloatVec v = load_partial(from + i, rest, 0.0f);
    for (int lane = 0; lane < rest; ++lane) to[i + lane] = v[lane];
  }
}

// Takes the mean of the first `rows` rows from each; `columns` in whole vectors.
template <typename Scalar>
POTSTILL_INLINE void center_rows(Scalar* x, int64_t rows, int64_t stride, int64_t columns) {
  constexpr int width = Simd<Scalar>::width;
  const Scalar share = 1 / static_cast<Scalar>(rows);
  for (int64_t d = 0; d < columns; d += width) {
    typename Simd<Scalar>::Vec mean{};
    for (int64_t i = 0; i < rows; ++i) mean += load(x + i * stride + d);
    mean *= share;
    for (int64_t i = 0; i < rows; ++i) store(x + i * stride + d, load(x + i * stride + d) - mean);
  }
}

template <typename Element, typename Scalar>
class RowProducts {
  using Vec = typename Simd<Scalar>::Vec;
  using Gradient = std::conditional_t<std::is_same_v<Scalar, double>, double,
                                      typename ElementTypes<Element>::Gradient>;
  static constexpr int width = Simd<Scalar>::width;
  // As many accumulators as there are registers for.
  static constexpr int tile_rows = 4;
  static constexpr int tile_columns = POTSTILL_SIMD_BYTES == 64 ? 4 : 2;
  static constexpr int block_rows = 6;
  static constexpr int block_vectors = POTSTILL_SIMD_BYTES == 64 ? 4 : 2;
  static constexpr int block_columns = block_vectors * width;

 public:
  static void inner_products(const FeatureRows& x, int64_t begin, int64_t end, bool center,
                             SquareMatrix& products, void* scratch) {
    auto* packed = static_cast<Scalar*>(scratch);
    constexpr int64_t stride = pair_chunk + 64 / sizeof(Scalar);
    const int64_t padded = (x.rows + tile_rows - 1) / tile_rows * tile_rows;
    for (int64_t d = begin; d < end; d += pair_chunk) {
      const int64_t count = end - d < pair_chunk ? end - d : pair_chunk;
      const int64_t whole = (count + width - 1) / width * width;
      for (int64_t i = 0; i < padded; ++i) {
        Scalar* row = packed + i * stride;
        const int64_t filled = i < x.rows ? count : 0;
        if (filled != 0)
          convert(static_cast<const Element*>(x.data) + i * x.stride + d, row, filled);
        std::memset(row + filled, 0, (whole - filled) * sizeof(Scalar));
      }
      if (center) center_rows(packed, x.rows, stride, whole);
      for (int64_t i = 0; i < x.rows; i += tile_rows)
        for (int64_t j = 0; j < i + tile_rows; j += tile_columns)
          add_tile(packed + i * stride, packed + j * stride, stride, whole, i, j, products);
    }
  }

  static void pack_coefficients(const SquareMatrix& coefficients, void* packed) {
    auto* to = static_cast<Scalar*>(packed);
    const double* const values = coefficients.values.data();
    for (int64_t i = 0; i < coefficients.size; i += block_rows)
      for (int64_t j = 0; j < coefficients.size; ++j)
        for (int64_t row = i; row < i + block_rows; ++row)
          *to++ = row < coefficients.size
                      ? static_cast<Scalar>(values[row * coefficients.stride + j])
                      : 0;
  }

  static void combine(const FeatureRows& x, const void* coefficients, int64_t begin, int64_t end,
                      bool center, void* out, int64_t out_stride, void* scratch) {
    const auto* factors = static_cast<const Scalar*>(coefficients);
    auto* packed = static_cast<Scalar*>(scratch);
    for (int64_t d = begin; d < end; d += block_columns) {
      const int64_t count = end - d < block_columns ? end - d : block_columns;
      Scalar* block = packed + (d - begin) * x.rows;
      for (int64_t j = 0; j < x.rows; ++j) {
        Scalar* row = block + j * block_columns;
        convert(static_cast<const Element*>(x.data) + j * x.stride + d, row, count);
        std::memset(row + count, 0, (block_columns - count) * sizeof(Scalar));
      }
      if (center) center_rows(block, x.rows, block_columns, block_columns);
    }
    auto* gradient = static_cast<Gradient*>(out);
    for (int64_t i = 0; i < x.rows; i += block_rows) {
      const int64_t filled = x.rows - i < block_rows ? x.rows - i : block_rows;
      for (int64_t d = begin; d < end; d += block_columns) {
        Vec sums[block_rows][block_vectors] = {};
        multiply(factors + i * x.rows, packed + (d - begin) * x.rows, x.rows, sums);
        for (int row = 0; row < block_rows; ++row)
          if (row < filled) put(gradient + (i + row) * out_stride + d, sums[row], end - d);
      }
    }
  }

 private:
  static POTSTILL_INLINE void add_tile(const Scalar* a, const Scalar* b, int64_t stride,
                                       int64_t count, int64_t i, int64_t j,
                                       SquareMatrix& products) {
    Vec sums[tile_rows][tile_columns] = {};
    for (int64_t d = 0; d < count; d += width) {
      Vec right[tile_columns];
#pragma GCC unroll 4
      for (int column = 0; column < tile_columns; ++column)
        right[column] = load(b + column * stride + d);
#pragma GCC unroll 4
      for (int row = 0; row < tile_rows; ++row) {
        const Vec left = load(a + row * stride + d);
#pragma GCC unroll 4
        for (int column = 0; column < tile_columns; ++column)
          sums[row][column] += left * right[column];
      }
    }
    double* const values = products.values.data();
    for (int row = 0; row < tile_rows && i + row < products.size; ++row)
      for (int column = 0; column < tile_columns && j + column <= i + row; ++column)
        values[(i + row) * products.stride + j + column] +=
            static_cast<double>(sum(sums[row][column]));
  }

  static POTSTILL_INLINE void multiply(const Scalar* factors, const Scalar* block, int64_t rows,
                                       Vec (&sums)[block_rows][block_vectors]) {
    for (int64_t j = 0; j < rows; ++j, factors += block_rows, block += block_columns) {
      Vec right[block_vectors];
#pragma GCC unroll 4
      for (int v = 0; v < block_vectors; ++v) right[v] = load(block + v * width);
#pragma GCC unroll 6
      for (int row = 0; row < block_rows; ++row) {
        const Vec factor = broadcast(factors[row]);
#pragma GCC unroll 4
        for (int v = 0; v < block_vectors; ++v) sums[row][v] += factor * right[v];
      }
    }
  }

  static POTSTILL_INLINE void put(Gradient* to, const Vec (&values)[block_vectors], int64_t count) {
    for (int v = 0; v < block_vectors && count > 0; ++v, to += width, count -= width) {
      if (count >= width)
        store(to, values[v]);
      else
        store_partial(to, values[v], static_cast<int>(count));
    }
  }
};

// NaN stays NaN.
POTSTILL_INLINE DoubleVec clamp_to_one(DoubleVec x) {
  const DoubleVec one = broadcast(1.0);
  const DoubleVec above = select(x > one, one, x);
  return select(above < -one, -one, above);
}

inline double angles(const AngleJob& job, int64_t i, double* products, double* sums,
                     double* along) {
  constexpr int width = Simd<double>::width;
  const int64_t stride = job.student->stride;
  const double* const s = job.student->values.data();
  const double* const t = job.teacher->values.data();
  const double* const inverse_s = job.student_inverse->values.data();
  const double* const inverse_t = job.teacher_inverse->values.data();
  const double *s_i = s + i * stride, *t_i = t + i * stride;
  DoubleVec value{};
  for (int64_t j = 0; j < job.student->size; ++j) {
    const double *s_j = s + j * stride, *t_j = t + j * stride;
    // What of (x_i - x_j)·(x_k - x_j) does not depend on k. In this order equal samples give 0.
    const double s_rest = s_i[j] - s_j[j], t_rest = t_i[j] - t_j[j];
    const double s_scale = inverse_s[i * stride + j], t_scale = inverse_t[i * stride + j];
    DoubleVec sum_q{}, sum_wc{};
    for (int64_t k = 0; k < stride; k += width) {
      const DoubleVec s_both = load(inverse_s + j * stride + k) * s_scale;
      const DoubleVec t_both = load(inverse_t + j * stride + k) * t_scale;
      // Kept within what cosines are; so rounding errors stay small where distances are, and no
      // product is fused with the difference, which is exactly 0 for equal features.
      const DoubleVec c = clamp_to_one(((load(s_i + k) - load(s_j + k)) - s_rest) * s_both);
      const DoubleVec other = clamp_to_one(((load(t_i + k) - load(t_j + k)) - t_rest) * t_both);
      const DoubleVec difference = c - other;
      const DoubleVec w = clamp_to_one(difference);
      value += w * (difference - w * 0.5);
      const DoubleVec q = w * s_both;
      store(products + k, load(products + k) + q);
      sum_q += q;
      sum_wc += w * c;
    }
    sums[j] = sum(sum_q);
    along[j] = sum(sum_wc);
  }
  return sum(value);
}

template <typename Element, typename Scalar>
PairKernels pair_kernels_of() {
  using Kernels = RowProducts<Element, Scalar>;
  return {Kernels::inner_products, Kernels::combine, Kernels::pack_coefficients, angles};
}

template <typename Element>
PairKernels pair_kernels_of(bool wide) {
  return wide ? pair_kernels_of<Element, double>() : pair_kernels_of<Element, float>();
}

inline PairKernels find_pair_kernels(ElementType type, bool wide) {
  switch (type) {
    case ElementType::Float64:
      return pair_kernels_of<double, double>();
    case ElementType::BFloat16:
      return pair_kernels_of<BFloat16>(wide);
    case ElementType::Float16:
      return pair_kernels_of<Float16>(wide);
    default:
      return pair_kernels_of<float>(wide);
  }
}

}  // namespace potstill::ops::POTSTILL_SIMD
