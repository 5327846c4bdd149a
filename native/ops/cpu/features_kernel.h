#pragma once

// The element-wise and reducing parts of the losses on features, compiled by
// cpu/features_{default,avx2,avx512}.cpp.

#include "ops/cpu/features.h"
#include "ops/cpu/squared_difference_kernel.h"

namespace potstill::ops::POTSTILL_SIMD {

template <typename Element>
class PositionMaps {
  using Scalar = typename ElementTypes<Element>::Scalar;
  using Gradient = typename ElementTypes<Element>::Gradient;
  using Vec = typename Simd<Scalar>::Vec;
  static constexpr int width = Simd<Scalar>::width;
  // Squares are added up in the type of the feature over so many channels, in double over all.
  static constexpr int64_t block = 64;

 public:
  static POTSTILL_INLINE double sum_of_squares(const Element* x, int64_t count) {
    double total = 0;
    const int64_t whole = count / width * width;
    int64_t i = 0;
    while (i < whole) {
      const int64_t stop = i + block * width < whole ? i + block * width : whole;
      Vec a{}, b{};
      for (; i + 2 * width <= stop; i += 2 * width) {
        const Vec u = load(x + i), v = load(x + i + width);
        a += u * u;
        b += v * v;
      }
      if (i < stop) {
        const Vec u = load(x + i);
        a += u * u;
        i += width;
      }
      total += static_cast<double>(sum(a + b));
    }
    if (whole < count) {
      const Vec u = load_partial(x + whole, static_cast<int>(count - whole), Scalar{0});
      total += static_cast<double>(sum(u * u));
    }
    return total;
  }

  static void square_map(const SampleFeature& feature, double* map, void* scratch) {
    const auto* x = static_cast<const Element*>(feature.data);
    if (feature.channels_last) {
      for (int64_t n = 0; n < feature.positions; ++n, x += feature.channels)
        map[n] = sum_of_squares(x, feature.channels);
      return;
    }
    auto* part = static_cast<Scalar*>(scratch);
    for (int64_t n = 0; n < feature.positions; ++n) map[n] = 0;
    for (int64_t c = 0; c < feature.channels; c += block) {
      const int64_t stop = c + block < feature.channels ? c + block : feature.channels;
      std::memset(part, 0, feature.positions * sizeof(Scalar));
      int64_t i = c;
      for (; i + 4 <= stop; i += 4)
        add_squares<4>(x + i * feature.positions, part, feature.positions);
      for (; i < stop; ++i) add_squares<1>(x + i * feature.positions, part, feature.positions);
      for (int64_t n = 0; n < feature.positions; ++n) map[n] += static_cast<double>(part[n]);
    }
  }

  static void scale_by_map(const SampleFeature& feature, const double* factors, void* gradient,
                           void* scratch, bool streamed) {
    const auto* x = static_cast<const Element*>(feature.data);
    auto* out = static_cast<Gradient*>(gradient);
    if (feature.channels_last) {
      for (int64_t n = 0; n < feature.positions; ++n) {
        const Vec factor = broadcast(static_cast<Scalar>(factors[n]));
        scale<false>(x, out, feature.channels,
                     [&](int64_t) POTSTILL_LAMBDA_INLINE { return factor; });
        x += feature.channels;
        out += feature.channels;
      }
      return;
    }
    // The factors of so many channels as fill whole vectors: no channel has a rest then, and
    // streaming, which wants aligned addresses, does not stumble over channels of odd sizes.
    int64_t group = 1;
    while (group * feature.positions % width != 0) ++group;
    const int64_t period = group * feature.positions;
    auto* repeated = static_cast<Scalar*>(scratch);
    for (int64_t i = 0; i < period; i += feature.positions)
      for (int64_t n = 0; n < feature.positions; ++n)
        repeated[i + n] = static_cast<Scalar>(factors[n]);
    const auto factor = [&](int64_t i) POTSTILL_LAMBDA_INLINE { return load(repeated + i); };
    const bool aligned = reinterpret_cast<uintptr_t>(out) % sizeof(Vec) == 0;
    const int64_t count = feature.channels * feature.positions;
    for (int64_t i = 0; i < count; i += period) {
      const int64_t length = count - i < period ? count - i : period;
      if (streamed && aligned)
        scale<true>(x + i, out + i, length, factor);
      else
        scale<false>(x + i, out + i, length, factor);
    }
    if (streamed && aligned) stream_fence();
  }

 private:
  // Of `rows` channels that lie one behind the other.
  template <int rows>
  static POTSTILL_INLINE void add_squares(const Element* x, Scalar* part, int64_t positions) {
    int64_t n = 0;
    for (; n + width <= positions; n += width) {
      Vec total = load(part + n);
      if constexpr (rows == 4) {
        // In pairs: one sum after the other would wait for the multiplication before.
        const Vec a = load(x + n), b = load(x + positions + n);
        const Vec c = load(x + 2 * positions + n), d = load(x + 3 * positions + n);
        total += (a * a + b * b) + (c * c + d * d);
      } else {
        for (int row = 0; row < rows; ++row) {
          const Vec u = load(x + row * positions + n);
          total += u * u;
        }
      }
      store(part + n, total);
    }
    if (n == positions) return;
    const int rest = static_cast<int>(positions - n);
    Vec total = load_partial(part + n, rest, Scalar{0});
    for (int row = 0; row < rows; ++row) {
      const Vec u = load_partial(x + row * positions + n, rest, Scalar{0});
      total += u * u;
    }
    store_partial(part + n, total, rest);
  }

  template <bool streamed, typename Factor>
  static POTSTILL_INLINE void scale(const Element* x, Gradient* out, int64_t count, Factor factor) {
    int64_t i = 0;
    for (; i + width <= count; i += width) {
      const Vec value = load(x + i) * factor(i);
      if constexpr (streamed)
        stream(out + i, value);
      else
        store(out + i, value);
    }
    if (i == count) return;
    const int rest = static_cast<int>(count - i);
    store_partial(out + i, load_partial(x + i, rest, Scalar{0}) * factor(i), rest);
  }
};

inline double square_root(double value) { return __builtin_sqrt(value); }

// A map to the length 1; returns the length that it had.
inline double normalize_map(double* map, const MapPair& pair, double share) {
  constexpr int width = Simd<double>::width;
  DoubleVec squares{};
  for (int64_t n = 0; n < pair.padded; n += width) {
    const DoubleVec value = load(map + n) * share;
    squares += value * value;
  }
  const double length = square_root(sum(squares));
  const double factor = map_factor(share, length, pair.options.eps);
  for (int64_t n = 0; n < pair.padded; n += width) store(map + n, load(map + n) * factor);
  return length;
}

inline double compare_maps(const MapPair& pair) {
  constexpr int width = Simd<double>::width;
  double *q = pair.student, *other = pair.teacher;
  const double length = normalize_map(q, pair, pair.options.student_share);
  normalize_map(other, pair, pair.options.teacher_share);
  DoubleVec squares{}, along{};
  for (int64_t n = 0; n < pair.padded; n += width) {
    const DoubleVec mine = load(q + n), difference = mine - load(other + n);
    store(other + n, difference);
    squares += difference * difference;
    along += difference * mine;
  }
  const MapRow row = map_row(length, sum(squares), sum(along), pair.options);
  for (int64_t n = 0; n < pair.padded; n += width)
    store(other + n, (load(other + n) - load(q + n) * row.pull) * row.scale);
  return row.value;
}

template <typename Student, typename Teacher>
FeatureKernels feature_kernels_of() {
  return {SquaredDifference<Student, Teacher>::run, PositionMaps<Student>::square_map,
          PositionMaps<Student>::scale_by_map, compare_maps};
}

template <typename Student>
FeatureKernels feature_kernels_for_teacher(ElementType teacher) {
  switch (teacher) {
    case ElementType::BFloat16:
      return feature_kernels_of<Student, BFloat16>();
    case ElementType::Float16:
      return feature_kernels_of<Student, Float16>();
    default:
      return feature_kernels_of<Student, float>();
  }
}

inline FeatureKernels find_feature_kernels(ElementType student, ElementType teacher) {
  switch (student) {
    case ElementType::Float64:
      return feature_kernels_of<double, double>();
    case ElementType::BFloat16:
      return feature_kernels_for_teacher<BFloat16>(teacher);
    case ElementType::Float16:
      return feature_kernels_for_teacher<Float16>(teacher);
    default:
      return feature_kernels_for_teacher<float>(teacher);
  }
}

}  // namespace potstill::ops::POTSTILL_SIMD
