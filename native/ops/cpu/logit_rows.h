#pragma once

// Rows of logits as the kernels on several kinds of divergences take them: converted once into the
// scalar that is computed with, and padded with -infinity to whole vectors, which adds nothing to
// any sum. Include it only where simd.h may be included.

#include "ops/cpu/simd.h"
#include "ops/cpu/soft_target_ce.h"

namespace potstill::ops::POTSTILL_SIMD {

// Of padded rows.
template <typename Scalar>
POTSTILL_INLINE Scalar largest_of(const Scalar* row, int64_t padded) {
  constexpr int width = Simd<Scalar>::width;
  auto a = load(row);
  for (int64_t i = width; i < padded; i += width) a = larger(a, load(row + i));
  return largest(a);
}

// Copies and returns the largest.
template <typename Scalar, typename Element>
POTSTILL_INLINE Scalar copy_row(const Element* from, Scalar* to, int64_t classes) {
  using Vec = typename Simd<Scalar>::Vec;
  constexpr int width = Simd<Scalar>::width;
  constexpr Scalar lowest = -std::numeric_limits<Scalar>::infinity();
  // Four at a time: one maximum would wait for the last one.
  Vec most[4] = {broadcast(lowest), broadcast(lowest), broadcast(lowest), broadcast(lowest)};
  const auto copy = [&](int64_t i, Vec& max) POTSTILL_LAMBDA_INLINE {
    const Vec value = load(from + i);
    store(to + i, value);
    max = larger(value, max);
  };
  const int64_t whole = classes / width * width;
  int64_t i = 0;
  for (; i + 4 * width <= whole; i += 4 * width) {
    copy(i, most[0]);
    copy(i + width, most[1]);
    copy(i + 2 * width, most[2]);
    copy(i + 3 * width, most[3]);
  }
  for (; i < whole; i += width) copy(i, most[0]);
  if (whole != classes) {
    const Vec value = load_partial(from + whole, static_cast<int>(classes - whole), lowest);
    store(to + whole, value);
    most[1] = larger(value, most[1]);
  }
  return largest(larger(larger(most[0], most[1]), larger(most[2], most[3])));
}

// Row `index` of one side; returns the largest.
template <typename Scalar>
POTSTILL_INLINE Scalar load_row(const LogitSide& side, int64_t index, Scalar* to,
                                int64_t classes) {
  const int64_t offset = index * side.stride;
  if constexpr (sizeof(Scalar) == sizeof(double)) {
    return copy_row(static_cast<const double*>(side.data) + offset, to, classes);
  } else {
    switch (side.type) {
      case ElementType::BFloat16:
        return copy_row(static_cast<const BFloat16*>(side.data) + offset, to, classes);
      case ElementType::Float16:
        return copy_row(static_cast<const Float16*>(side.data) + offset, to, classes);
      default:
        return copy_row(static_cast<const float*>(side.data) + offset, to, classes);
    }
  }
}

// Row `index` of the gradient, `of(i)` being the vector that starts at class i.
template <typename Element, typename Of>
POTSTILL_INLINE void write_row(Element* to, int64_t classes, int width, Of of) {
  const int64_t whole = classes / width * width;
  for (int64_t i = 0; i < whole; i += width) store(to + i, of(i));
  if (whole != classes) store_partial(to + whole, of(whole), static_cast<int>(classes - whole));
}

template <typename Scalar, typename Of>
POTSTILL_INLINE void write_gradient_row(ElementType type, void* gradient, int64_t index,
                                        int64_t classes, Of of) {
  constexpr int width = Simd<Scalar>::width;
  const int64_t offset = index * classes;
  if constexpr (sizeof(Scalar) == sizeof(double)) {
    write_row(static_cast<double*>(gradient) + offset, classes, width, of);
  } else {
    // Small gradients of a mean would be lost among the subnormals of float16: those are float.
    if (type == ElementType::BFloat16)
      write_row(static_cast<BFloat16*>(gradient) + offset, classes, width, of);
    else
      write_row(static_cast<float*>(gradient) + offset, classes, width, of);
  }
}

// Sums over a row: `body(i, part)` adds to `part` what the vector that starts at i brings. Partial
// sums are added up after so many vectors, which keeps rounding errors of long rows low.
template <typename Scalar, int count, typename Body>
POTSTILL_INLINE void sum_row(int64_t padded, Scalar (&totals)[count], Body body) {
  using Vec = typename Simd<Scalar>::Vec;
  constexpr int width = Simd<Scalar>::width;
  constexpr int64_t block = 64 * width;
  Vec total[count] = {};
  for (int64_t i = 0; i < padded;) {
    const int64_t end = i + block < padded ? i + block : padded;
    Vec part[count] = {};
    for (; i < end; i += width) body(i, part);
    for (int k = 0; k < count; ++k) total[k] += part[k];
  }
  for (int k = 0; k < count; ++k) totals[k] = sum(total[k]);
}

}  // namespace potstill::ops::POTSTILL_SIMD
