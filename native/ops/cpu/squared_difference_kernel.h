#pragma once

// Squared differences of elements with their gradient, read and written once. Include it only where
// simd.h may be included.

#include "ops/cpu/features.h"
#include "ops/cpu/simd.h"

namespace potstill::ops::POTSTILL_SIMD {

template <typename Student, typename Teacher>
class SquaredDifference {
  using Scalar = typename ElementTypes<Student>::Scalar;
  using Gradient = typename ElementTypes<Student>::Gradient;
  using Vec = typename Simd<Scalar>::Vec;
  static constexpr int width = Simd<Scalar>::width;
  // Partial sums are added up in double after so many vectors.
  static constexpr int64_t block = 64 * width;

 public:
  // Of elements one behind the other; gradient = scale * (student - teacher), if it is not null.
  // With `cancel` the same infinity on both sides is no difference, and not NaN.
  template <bool cancel>
  static double row(const Student* s, const Teacher* t, Gradient* gradient, double scale,
                    int64_t count, bool stream) {
    const auto factor = static_cast<Scalar>(scale);
    if (gradient == nullptr) return sweep<0, cancel>(s, t, nullptr, factor, count);
    return stream ? sweep<2, cancel>(s, t, gradient, factor, count)
                  : sweep<1, cancel>(s, t, gradient, factor, count);
  }

  static double run(const SquaredDifferenceJob& job, int64_t begin, int64_t end) {
    double total = 0;
    if (job.mask == nullptr) {
      total = part(job, begin, end);
    } else {
      while (begin < end) {
        const int64_t row = begin / job.inner;
        const int64_t stop = (row + 1) * job.inner < end ? (row + 1) * job.inner : end;
        if (job.mask[row])
          total += part(job, begin, stop);
        else if (job.gradient != nullptr)
          std::memset(static_cast<Gradient*>(job.gradient) + begin, 0,
                      (stop - begin) * sizeof(Gradient));
        begin = stop;
      }
    }
    if (job.stream) stream_fence();
    return total;
  }

 private:
  static double part(const SquaredDifferenceJob& job, int64_t begin, int64_t end) {
    const auto* s = static_cast<const Student*>(job.student) + begin;
    const auto* t = static_cast<const Teacher*>(job.teacher) + begin;
    auto* gradient = job.gradient == nullptr ? nullptr : static_cast<Gradient*>(job.gradient) + begin;
    return row<false>(s, t, gradient, job.scale, end - begin, job.stream);
  }

  // `writes`: 0 no gradient, 1 a gradient, 2 one past the caches.
  template <int writes, bool cancel>
  static double sweep(const Student* s, const Teacher* t, Gradient* gradient, Scalar scale,
                      int64_t count) {
    double total = 0;
    const int64_t whole = count / width * width;
    int64_t i = 0;
    while (i < whole) {
      const int64_t stop = i + block < whole ? i + block : whole;
      Vec a{}, b{};
      for (; i + 2 * width <= stop; i += 2 * width) {
        a += squared<writes, cancel>(s, t, gradient, scale, i);
        b += squared<writes, cancel>(s, t, gradient, scale, i + width);
      }
      if (i < stop) {
        a += squared<writes, cancel>(s, t, gradient, scale, i);
        i += width;
      }
      total += static_cast<double>(sum(a + b));
    }
    if (whole < count) {
      const int rest = static_cast<int>(count - whole);
      const Vec d = difference<cancel>(load_partial(s + whole, rest, Scalar{0}),
                                       load_partial(t + whole, rest, Scalar{0}));
      if constexpr (writes != 0) store_partial(gradient + whole, d * scale, rest);
      total += static_cast<double>(sum(d * d));
    }
    return total;
  }

  template <bool cancel>
  static POTSTILL_INLINE Vec difference(Vec s, Vec t) {
    if constexpr (cancel) return select(s == t, Vec{}, s - t);
    return s - t;
  }

  template <int writes, bool cancel>
  static POTSTILL_INLINE Vec squared(const Student* s, const Teacher* t, Gradient* gradient,
                                     Scalar scale, int64_t i) {
    const Vec d = difference<cancel>(load(s + i), load(t + i));
    if constexpr (writes == 1) store(gradient + i, d * scale);
    if constexpr (writes == 2) stream(gradient + i, d * scale);
    return d * d;
  }
};

}  // namespace potstill::ops::POTSTILL_SIMD
