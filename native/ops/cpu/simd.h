#pragma once

// A small vector of floats or doubles on the compiler's vector extensions, for code that is
// written once and compiled once per instruction set. Include it only from a file whose flags
// choose the set (`*_default.cpp`, `*_avx2.cpp`, `*_avx512.cpp`). Everything lives in a namespace
// named after the set, and such files include nothing of ATen or c10: an inline function of a
// shared header, compiled here with wider instructions, could be the copy that the linker keeps.

#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>

#if defined(__AVX512F__)
#define POTSTILL_SIMD avx512
#define POTSTILL_SIMD_BYTES 64
#elif defined(__AVX2__)
#define POTSTILL_SIMD avx2
#define POTSTILL_SIMD_BYTES 32
#else
#define POTSTILL_SIMD baseline
#define POTSTILL_SIMD_BYTES 16
#endif

#if defined(__x86_64__)
// GCC 12 takes the undefined operands inside its own AVX-512 intrinsics for mistakes (bug 105593).
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif
#include <immintrin.h>
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif
#endif

#define POTSTILL_INLINE __attribute__((always_inline)) inline
#define POTSTILL_LAMBDA_INLINE __attribute__((always_inline))

namespace potstill::ops::POTSTILL_SIMD {

// Half types as they lie in memory.
struct BFloat16 {
  uint16_t bits;
};
struct Float16 {
  uint16_t bits;
};

// What elements of a type are computed in, and the type of the gradient of a tensor of them.
template <typename Element>
struct ElementTypes {
  using Scalar = float;
  using Gradient = Element;
};
template <>
struct ElementTypes<double> {
  using Scalar = double;
  using Gradient = double;
};
// Small gradients of a mean would be lost among the subnormals of float16.
template <>
struct ElementTypes<Float16> {
  using Scalar = float;
  using Gradient = float;
};

template <typename Scalar>
struct Simd;

template <>
struct Simd<float> {
  typedef float Vec __attribute__((vector_size(POTSTILL_SIMD_BYTES)));
  typedef int32_t Int __attribute__((vector_size(POTSTILL_SIMD_BYTES)));
  typedef uint16_t Half __attribute__((vector_size(POTSTILL_SIMD_BYTES / 2)));
  static constexpr int width = POTSTILL_SIMD_BYTES / sizeof(float);
};

template <>
struct Simd<double> {
  typedef double Vec __attribute__((vector_size(POTSTILL_SIMD_BYTES)));
  typedef int64_t Int __attribute__((vector_size(POTSTILL_SIMD_BYTES)));
  static constexpr int width = POTSTILL_SIMD_BYTES / sizeof(double);
};

using FloatVec = Simd<float>::Vec;
using DoubleVec = Simd<double>::Vec;

template <typename Scalar>
POTSTILL_INLINE typename Simd<Scalar>::Vec broadcast(Scalar value) {
  return value - typename Simd<Scalar>::Vec{};
}

// ── Whole vectors from and to memory, of any alignment ──────────────────────────────────────────

POTSTILL_INLINE FloatVec load(const float* from) {
  FloatVec v;
  std::memcpy(&v, from, sizeof(v));
  return v;
}

POTSTILL_INLINE DoubleVec load(const double* from) {
  DoubleVec v;
  std::memcpy(&v, from, sizeof(v));
  return v;
}

POTSTILL_INLINE FloatVec load(const BFloat16* from) {
  Simd<float>::Half half;
  std::memcpy(&half, from, sizeof(half));
  return (FloatVec)(__builtin_convertvector(half, Simd<float>::Int) << 16);
}

// Exact for every bit pattern, subnormals included.
POTSTILL_INLINE float to_float(Float16 half) {
  const uint32_t sign = static_cast<uint32_t>(half.bits & 0x8000) << 16;
  const uint32_t rest = half.bits & 0x7fff;
  float magnitude;
  if (rest >= 0x7c00) {  // infinity, NaN
    const uint32_t bits = 0x7f800000 | ((rest & 0x3ff) << 13);
    std::memcpy(&magnitude, &bits, sizeof(bits));
  } else if (rest >= 0x400) {
    const uint32_t bits = (rest << 13) + (112u << 23);
    std::memcpy(&magnitude, &bits, sizeof(bits));
  } else {
    magnitude = static_cast<float>(rest) * 0x1p-24f;
  }
  uint32_t bits;
  std::memcpy(&bits, &magnitude, sizeof(bits));
  bits |= sign;
  std::memcpy(&magnitude, &bits, sizeof(bits));
  return magnitude;
}

POTSTILL_INLINE FloatVec load(const Float16* from) {
#if defined(__AVX512F__)
  return (FloatVec)_mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)));
#elif defined(__F16C__)
  return (FloatVec)_mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
#else
  FloatVec v;
  for (int i = 0; i < Simd<float>::width; ++i) v[i] = to_float(from[i]);
  return v;
#endif
}

POTSTILL_INLINE void store(float* to, FloatVec v) {
  std::memcpy(to, &v, sizeof(v));
}

POTSTILL_INLINE void store(double* to, DoubleVec v) {
  std::memcpy(to, &v, sizeof(v));
}

// Rounds to nearest even; NaN stays NaN.
POTSTILL_INLINE void store(BFloat16* to, FloatVec v) {
  using Int = Simd<float>::Int;
  typedef uint32_t Bits __attribute__((vector_size(POTSTILL_SIMD_BYTES)));
  const Bits bits = (Bits)v;
  const Bits rounded = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
  const Int is_nan = v != v;
  const Bits result = (Bits)(((Int)rounded & ~is_nan) | (is_nan & 0x7fc0));
  const auto half = __builtin_convertvector(result, Simd<float>::Half);
  std::memcpy(to, &half, sizeof(half));
}

// Past the caches, for results that are not read again soon. `to` is aligned to the vector.
template <typename Element, typename Vec>
POTSTILL_INLINE void stream(Element* to, Vec v) {
  store(to, v);
}
#if defined(__AVX512F__)
POTSTILL_INLINE void stream(float* to, FloatVec v) { _mm512_stream_ps(to, (__m512)v); }
POTSTILL_INLINE void stream(double* to, DoubleVec v) { _mm512_stream_pd(to, (__m512d)v); }
#elif defined(__AVX2__)
POTSTILL_INLINE void stream(float* to, FloatVec v) { _mm256_stream_ps(to, (__m256)v); }
POTSTILL_INLINE void stream(double* to, DoubleVec v) { _mm256_stream_pd(to, (__m256d)v); }
#elif defined(__x86_64__)
POTSTILL_INLINE void stream(float* to, FloatVec v) { _mm_stream_ps(to, (__m128)v); }
POTSTILL_INLINE void stream(double* to, DoubleVec v) { _mm_stream_pd(to, (__m128d)v); }
#endif

// Makes streamed stores visible before the caller goes on.
POTSTILL_INLINE void stream_fence() {
#if defined(__x86_64__)
  _mm_sfence();
#endif
}

// ── The first `count` lanes, 0 < count < width ──────────────────────────────────────────────────

template <typename Scalar, typename Element>
POTSTILL_INLINE typename Simd<Scalar>::Vec load_partial(const Element* from, int count,
                                                        Scalar fill) {
  Element lanes[Simd<Scalar>::width] = {};
  for (int i = 0; i < count; ++i) lanes[i] = from[i];
  auto v = load(lanes);
  for (int i = count; i < Simd<Scalar>::width; ++i) v[i] = fill;
  return v;
}

template <typename Element, typename Vec>
POTSTILL_INLINE void store_partial(Element* to, Vec v, int count) {
  Element lanes[sizeof(Vec) / sizeof(v[0])];
  store(lanes, v);
  for (int i = 0; i < count; ++i) to[i] = lanes[i];
}

#if defined(__AVX512F__)
template <>
POTSTILL_INLINE FloatVec load_partial<float, float>(const float* from, int count, float fill) {
  const auto mask = static_cast<__mmask16>((1u << count) - 1);
  return (FloatVec)_mm512_mask_loadu_ps(_mm512_set1_ps(fill), mask, from);
}
template <>
POTSTILL_INLINE DoubleVec load_partial<double, double>(const double* from, int count,
                                                       double fill) {
  const auto mask = static_cast<__mmask8>((1u << count) - 1);
  return (DoubleVec)_mm512_mask_loadu_pd(_mm512_set1_pd(fill), mask, from);
}
template <>
POTSTILL_INLINE FloatVec load_partial<float, BFloat16>(const BFloat16* from, int count,
                                                       float fill) {
  const auto mask = static_cast<__mmask16>((1u << count) - 1);
  const __m512i wide =
      _mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(mask, from)), 16);
  return (FloatVec)_mm512_mask_mov_ps(_mm512_set1_ps(fill), mask, _mm512_castsi512_ps(wide));
}
template <>
POTSTILL_INLINE FloatVec load_partial<float, Float16>(const Float16* from, int count, float fill) {
  const auto mask = static_cast<__mmask16>((1u << count) - 1);
  return (FloatVec)_mm512_mask_cvtph_ps(_mm512_set1_ps(fill), mask,
                                        _mm256_maskz_loadu_epi16(mask, from));
}
template <>
POTSTILL_INLINE void store_partial<float, FloatVec>(float* to, FloatVec v, int count) {
  _mm512_mask_storeu_ps(to, static_cast<__mmask16>((1u << count) - 1), (__m512)v);
}
template <>
POTSTILL_INLINE void store_partial<double, DoubleVec>(double* to, DoubleVec v, int count) {
  _mm512_mask_storeu_pd(to, static_cast<__mmask8>((1u << count) - 1), (__m512d)v);
}
template <>
POTSTILL_INLINE void store_partial<BFloat16, FloatVec>(BFloat16* to, FloatVec v, int count) {
  BFloat16 lanes[16];
  store(lanes, v);
  _mm256_mask_storeu_epi16(to, static_cast<__mmask16>((1u << count) - 1),
                           _mm256_loadu_si256(reinterpret_cast<const __m256i*>(lanes)));
}
#elif defined(__AVX2__)
POTSTILL_INLINE __m256i first_lanes(int count) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(count), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
template <>
POTSTILL_INLINE FloatVec load_partial<float, float>(const float* from, int count, float fill) {
  const __m256i mask = first_lanes(count);
  return (FloatVec)_mm256_blendv_ps(_mm256_set1_ps(fill), _mm256_maskload_ps(from, mask),
                                    _mm256_castsi256_ps(mask));
}
template <>
POTSTILL_INLINE void store_partial<float, FloatVec>(float* to, FloatVec v, int count) {
  // By halves: masked stores are slow on AMD's processors up to Zen 3.
  __m128 half = _mm256_castps256_ps128((__m256)v);
  if (count & 4) {
    _mm_storeu_ps(to, half);
    half = _mm256_extractf128_ps((__m256)v, 1);
    to += 4;
  }
  if (count & 2) {
    _mm_storel_pi(reinterpret_cast<__m64*>(to), half);
    half = _mm_movehl_ps(half, half);
    to += 2;
  }
  if (count & 1) _mm_store_ss(to, half);
}
#endif

// ── Arithmetic ──────────────────────────────────────────────────────────────────────────────────

// Where the mask is set a, else b. A comparison of vectors gives such a mask.
template <typename Vec, typename Int>
POTSTILL_INLINE Vec select(Int mask, Vec a, Vec b) {
  return mask ? a : b;
}

// The larger of the two, b where either is NaN.
template <typename Vec>
POTSTILL_INLINE Vec larger(Vec a, Vec b) {
  return a > b ? a : b;
}
#if defined(__AVX512F__)
POTSTILL_INLINE FloatVec larger(FloatVec a, FloatVec b) {
  return (FloatVec)_mm512_max_ps((__m512)a, (__m512)b);
}
POTSTILL_INLINE DoubleVec larger(DoubleVec a, DoubleVec b) {
  return (DoubleVec)_mm512_max_pd((__m512d)a, (__m512d)b);
}
#elif defined(__AVX2__)
POTSTILL_INLINE FloatVec larger(FloatVec a, FloatVec b) {
  return (FloatVec)_mm256_max_ps((__m256)a, (__m256)b);
}
POTSTILL_INLINE DoubleVec larger(DoubleVec a, DoubleVec b) {
  return (DoubleVec)_mm256_max_pd((__m256d)a, (__m256d)b);
}
#elif defined(__x86_64__)
POTSTILL_INLINE FloatVec larger(FloatVec a, FloatVec b) {
  return (FloatVec)_mm_max_ps((__m128)a, (__m128)b);
}
POTSTILL_INLINE DoubleVec larger(DoubleVec a, DoubleVec b) {
  return (DoubleVec)_mm_max_pd((__m128d)a, (__m128d)b);
}
#endif

// Over the lanes of a vector, by halves.
template <typename Vec, typename Join>
POTSTILL_INLINE auto reduce(Vec v, Join join) {
  using Scalar = std::remove_reference_t<decltype(v[0])>;
  constexpr int width = sizeof(Vec) / sizeof(Scalar);
  if constexpr (width == 2) {
    return join(v, __builtin_shufflevector(v, v, 1, 0))[0];
  } else if constexpr (width == 4) {
    v = join(v, __builtin_shufflevector(v, v, 2, 3, 0, 1));
    return join(v, __builtin_shufflevector(v, v, 1, 0, 3, 2))[0];
  } else if constexpr (width == 8) {
    return reduce(join(__builtin_shufflevector(v, v, 0, 1, 2, 3),
                       __builtin_shufflevector(v, v, 4, 5, 6, 7)),
                  join);
  } else {
    return reduce(join(__builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7),
                       __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15)),
                  join);
  }
}

template <typename Vec>
POTSTILL_INLINE auto sum(Vec v) {
  return reduce(v, [](auto a, auto b) POTSTILL_LAMBDA_INLINE { return a + b; });
}

template <typename Vec>
POTSTILL_INLINE auto largest(Vec v) {
  return reduce(v, [](auto a, auto b) POTSTILL_LAMBDA_INLINE { return a > b ? a : b; });
}

// 2^r for -1/2 <= r <= 1/2: polynomials of least relative error with p(0) = 1.
POTSTILL_INLINE FloatVec exp2_fraction(FloatVec r) {
  FloatVec p = broadcast(0x1.470b4a7656448p-13f);
  p = p * r + 0x1.5f7276d809020p-10f;
  p = p * r + 0x1.3b270e6417bb2p-7f;
  p = p * r + 0x1.c6ae72dfc2656p-5f;
  p = p * r + 0x1.ebfbe2c540d82p-3f;
  p = p * r + 0x1.62e4311733cb7p-1f;
  return p * r + 1.0f;
}

POTSTILL_INLINE DoubleVec exp2_fraction(DoubleVec r) {
  DoubleVec p = broadcast(0x1.c0638527edf34p-32);
  p = p * r + 0x1.e605f979c7a5dp-28;
  p = p * r + 0x1.b54167a0b9061p-24;
  p = p * r + 0x1.62bfd49ed0adfp-20;
  p = p * r + 0x1.ffcbee3b0af8cp-17;
  p = p * r + 0x1.4309130961163p-13;
  p = p * r + 0x1.5d87fe7bbbe07p-10;
  p = p * r + 0x1.3b2ab6fba1e1cp-7;
  p = p * r + 0x1.c6b08d7048f31p-5;
  p = p * r + 0x1.ebfbdff82c598p-3;
  p = p * r + 0x1.62e42fefa39f3p-1;
  return p * r + 1.0;
}

// 2^x for x <= 0 (a little above is fine), within 1 ulp of its type. What is below 2^-125 or
// 2^-1020 may be 0 or exact; -infinity gives 0 and NaN gives NaN.
//
// x = n + r with n the nearest integer; 2^r is a polynomial and n is added to its exponent.
#if defined(__AVX512F__)
POTSTILL_INLINE FloatVec exp2_nonpositive(FloatVec x) {
  const __m512 clamped = _mm512_max_ps(_mm512_set1_ps(-200.0f), (__m512)x);
  const __m512 n = _mm512_roundscale_ps(clamped, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  return (FloatVec)_mm512_scalef_ps((__m512)exp2_fraction((FloatVec)(clamped - n)), n);
}

POTSTILL_INLINE DoubleVec exp2_nonpositive(DoubleVec x) {
  const __m512d clamped = _mm512_max_pd(_mm512_set1_pd(-1200.0), (__m512d)x);
  const __m512d n = _mm512_roundscale_pd(clamped, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  return (DoubleVec)_mm512_scalef_pd((__m512d)exp2_fraction((DoubleVec)(clamped - n)), n);
}
#else
// n by adding 1.5 * 2^(mantissa bits), which leaves it in the low bits of the sum.
template <typename Vec, typename Scalar, typename Int, int mantissa>
POTSTILL_INLINE Vec exp2_by_bits(Vec x, Scalar lowest, Scalar magic) {
  const Vec low = broadcast(lowest);
  const Vec clamped = larger(low, x);
  const Vec shifted = clamped + magic;
  const Vec p = exp2_fraction(clamped - (shifted - magic));
  const Vec scaled = (Vec)((Int)p + ((Int)shifted << mantissa));
  return select(x < low, Vec{}, scaled);
}

POTSTILL_INLINE FloatVec exp2_nonpositive(FloatVec x) {
  return exp2_by_bits<FloatVec, float, Simd<float>::Int, 23>(x, -125.0f, 0x1.8p23f);
}

POTSTILL_INLINE DoubleVec exp2_nonpositive(DoubleVec x) {
  return exp2_by_bits<DoubleVec, double, Simd<double>::Int, 52>(x, -1020.0, 0x1.8p52);
}
#endif

// log2((1 + s) / (1 - s)) / s of w = s^2, for |s| <= (sqrt(2) - 1) / (sqrt(2) + 1): polynomials of
// least relative error.
POTSTILL_INLINE FloatVec log2_ratio(FloatVec w) {
  FloatVec p = broadcast(0x1.ba1b9ep-2f);
  p = p * w + 0x1.27470fp-1f;
  p = p * w + 0x1.ec70e6p-1f;
  return p * w + 0x1.715476p+1f;
}

POTSTILL_INLINE DoubleVec log2_ratio(DoubleVec w) {
  DoubleVec p = broadcast(0x1.b59efb16f0979p-3);
  p = p * w + 0x1.c46cdeeac2d6cp-3;
  p = p * w + 0x1.0ca1666ae1c1cp-2;
  p = p * w + 0x1.484afb5c93fc4p-2;
  p = p * w + 0x1.a61762d6df256p-2;
  p = p * w + 0x1.2776c50ee3704p-1;
  p = p * w + 0x1.ec709dc3a047ep-1;
  return p * w + 0x1.71547652b82fep+1;
}

// log2(x) for positive normal x, within 2 ulp of its type: 0 for 1 exactly. Other arguments give
// numbers without meaning.
//
// x = 2^n m with sqrt(1/2) <= m < sqrt(2), both from the bits; with s = (m - 1) / (m + 1) the
// logarithm of m is an odd function of s.
template <typename Vec, typename Int, int mantissa>
POTSTILL_INLINE Vec log2_by_bits(Vec x, Int root_half) {
  const Int n = ((Int)x - root_half) >> mantissa;
  const Vec m = (Vec)((Int)x - (n << mantissa));
  const Vec f = m - 1;
  const Vec s = f / (f + 2);
  return __builtin_convertvector(n, Vec) + s * log2_ratio(s * s);
}

// log2(x), and sets quotient = a / x by the division that the logarithm needs anyway.
template <typename Vec, typename Int, int mantissa>
POTSTILL_INLINE Vec log2_and_quotient_by_bits(Vec x, Vec a, Int root_half, Vec& quotient) {
  const Int n = ((Int)x - root_half) >> mantissa;
  const Vec m = (Vec)((Int)x - (n << mantissa));
  const Vec f = m - 1;
  const Vec g = f + 2;
  const Vec inverse = 1 / (x * g);
  quotient = a * (g * inverse);
  const Vec s = f * (x * inverse);
  return __builtin_convertvector(n, Vec) + s * log2_ratio(s * s);
}

POTSTILL_INLINE FloatVec log2_and_quotient(FloatVec x, FloatVec a, FloatVec& quotient) {
  using Int = Simd<float>::Int;
  return log2_and_quotient_by_bits<FloatVec, Int, 23>(x, a, Int{} + 0x3f3504f3, quotient);
}

POTSTILL_INLINE DoubleVec log2_and_quotient(DoubleVec x, DoubleVec a, DoubleVec& quotient) {
  using Int = Simd<double>::Int;
  return log2_and_quotient_by_bits<DoubleVec, Int, 52>(x, a, Int{} + 0x3fe6a09e667f3bcd, quotient);
}

POTSTILL_INLINE FloatVec log2_positive(FloatVec x) {
  using Int = Simd<float>::Int;
  return log2_by_bits<FloatVec, Int, 23>(x, Int{} + 0x3f3504f3);
}

POTSTILL_INLINE DoubleVec log2_positive(DoubleVec x) {
  using Int = Simd<double>::Int;
  return log2_by_bits<DoubleVec, Int, 52>(x, Int{} + 0x3fe6a09e667f3bcd);
}

}  // namespace potstill::ops::POTSTILL_SIMD
