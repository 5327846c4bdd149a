#pragma once

// Compiled by cpu/int16_convolution_{default,avx2,avx512}.cpp.
//
// A tile of the output, a few pixels by a strip of channels, stays in registers over the whole
// depth. What a row of the kernel reads lies in one run where channels come last, so that the input
// is read where it is; the weights lie in the order in which they are read. Two products of 16 bits
// are summed in 32 by one instruction. Sums are exact, so they depend on nothing.

#include <algorithm>
#include <cmath>
#include <utility>

#include "ops/cpu/int16_convolution.h"
#include "ops/cpu/simd.h"

namespace potstill::ops::POTSTILL_SIMD {

using IntVec = Simd<float>::Int;
typedef int16_t ShortVec __attribute__((vector_size(POTSTILL_SIMD_BYTES / 2)));

constexpr int int16_lanes = Simd<float>::width;
constexpr int int16_vectors = int16_strip / int16_lanes;

// As many pixels as the registers hold sums of.
#if defined(__AVX512F__)
constexpr int int16_pixels = 12;
#elif defined(__AVX2__)
constexpr int int16_pixels = 6;
#else
constexpr int int16_pixels = 3;
#endif

// Numbers of the input for a block of pixels that are read once for each strip; half of them fit
// into the second cache.
constexpr int64_t int16_block = 128 * 1024;

POTSTILL_INLINE IntVec load_pairs(const int16_t* from) {
  IntVec v;
  std::memcpy(&v, from, sizeof(v));
  return v;
}

POTSTILL_INLINE IntVec broadcast_pair(const int16_t* from) {
  int32_t pair;
  std::memcpy(&pair, from, sizeof(pair));
  return pair - IntVec{};
}

// Sums of the two products in each lane.
POTSTILL_INLINE IntVec multiply_pairs(IntVec a, IntVec b) {
#if defined(__AVX512F__)
  return (IntVec)_mm512_madd_epi16((__m512i)a, (__m512i)b);
#elif defined(__AVX2__)
  return (IntVec)_mm256_madd_epi16((__m256i)a, (__m256i)b);
#elif defined(__x86_64__)
  return (IntVec)_mm_madd_epi16((__m128i)a, (__m128i)b);
#else
  return ((a << 16) >> 16) * ((b << 16) >> 16) + (a >> 16) * (b >> 16);
#endif
}

// ── Quantizing ──────────────────────────────────────────────────────────────────────────────────

// The bits of the largest magnitude: those of infinity or above where a value is not finite.
POTSTILL_INLINE int32_t largest_bits(const float* from, int64_t count) {
  IntVec most{};
  int64_t i = 0;
  for (; i + int16_lanes <= count; i += int16_lanes) {
    const IntVec bits = (IntVec)load(from + i) & 0x7fffffff;
    most = bits > most ? bits : most;
  }
  if (i < count) {
    const IntVec bits =
        (IntVec)load_partial(from + i, static_cast<int>(count - i), 0.0f) & 0x7fffffff;
    most = bits > most ? bits : most;
  }
  return largest(most);
}

POTSTILL_INLINE void quantize_run(const float* from, int64_t count, float factor, int16_t* to) {
  // Adding this leaves the nearest integer in the low bits.
  const FloatVec magic = broadcast(0x1.8p23f);
  int64_t i = 0;
  for (; i + int16_lanes <= count; i += int16_lanes) {
    const IntVec bits = (IntVec)(load(from + i) * factor + magic) << 16 >> 16;
    const ShortVec narrow = __builtin_convertvector(bits, ShortVec);
    std::memcpy(to + i, &narrow, sizeof(narrow));
  }
  for (; i < count; ++i) to[i] = static_cast<int16_t>(std::lrint(from[i] * factor));
}

inline void int16_quantize(const Int16QuantizeJob& job, int64_t first_image, int64_t last_image) {
  const int64_t row = job.width * job.channels;
  const int64_t side = job.padding_width * job.channels;
  const int64_t edge = job.padding_height * (row + 2 * side);
  for (int64_t image = first_image; image < last_image; ++image) {
    const float* from = job.input + image * job.height * row;
    int16_t* to = job.output + image * (job.height * (row + 2 * side) + 2 * edge);
    const int32_t bits = largest_bits(from, job.height * row);
    float most;
    std::memcpy(&most, &bits, sizeof(most));
    const bool finite = bits < 0x7f800000;
    // Of what is all zero, or nearly, the factor would be infinite.
    const bool some = finite && most > 0x1p-100f;
    const float factor = some ? int16_most_input / most : 0.0f;
    job.scales[image] = finite ? most / int16_most_input : std::numeric_limits<float>::quiet_NaN();
    std::fill_n(to, edge, int16_t{0});
    to += edge;
    for (int64_t y = 0; y < job.height; ++y, from += row) {
      std::fill_n(to, side, int16_t{0});
      if (finite)
        quantize_run(from, row, factor, to + side);
      else
        std::fill_n(to + side, row, int16_t{0});
      std::fill_n(to + side + row, side, int16_t{0});
      to += row + 2 * side;
    }
    std::fill_n(to, edge, int16_t{0});
  }
}

// ── Multiplying ─────────────────────────────────────────────────────────────────────────────────

template <int pixels>
void int16_tile(const Int16ConvolutionJob& job, int64_t first, int64_t strip) {
  const int16_t* input[pixels];
  float scales[pixels];
  const int64_t row = job.width * job.channels;
  int64_t x = first % job.output_width;
  int64_t y = first / job.output_width % job.output_height;
  int64_t image = first / job.output_width / job.output_height;
  for (int p = 0; p < pixels; ++p) {
    input[p] = job.input + (image * job.height + y * job.stride_height) * row +
               x * job.stride_width * job.channels;
    scales[p] = job.input_scales[image];
    if (++x < job.output_width) continue;
    x = 0;
    if (++y < job.output_height) continue;
    y = 0;
    ++image;
  }
  const int16_t* weight = job.weight + strip * job.kernel_height * job.run * int16_strip;
  IntVec sums[pixels][int16_vectors] = {};
  for (int64_t y = 0; y < job.kernel_height; ++y) {
    const int64_t begin = y * row;
    for (int64_t i = begin; i < begin + job.run; i += 2) {
      IntVec right[int16_vectors];
#pragma GCC unroll 4
      for (int v = 0; v < int16_vectors; ++v) right[v] = load_pairs(weight + v * 2 * int16_lanes);
#pragma GCC unroll 16
      for (int p = 0; p < pixels; ++p) {
        const IntVec left = broadcast_pair(input[p] + i);
#pragma GCC unroll 4
        for (int v = 0; v < int16_vectors; ++v) sums[p][v] += multiply_pairs(left, right[v]);
      }
      weight += 2 * int16_strip;
    }
  }
#pragma GCC unroll 4
  for (int v = 0; v < int16_vectors; ++v) {
    const int64_t column = strip * int16_strip + v * int16_lanes;
    const int count = static_cast<int>(std::min<int64_t>(job.outputs - column, int16_lanes));
    if (count <= 0) break;
    const bool whole = count == int16_lanes;
    const auto read = [&](const float* from) POTSTILL_LAMBDA_INLINE {
      return whole ? load(from) : load_partial(from, count, 0.0f);
    };
    const FloatVec scale = read(job.weight_scales + column);
    const FloatVec bias = job.bias == nullptr ? FloatVec{} : read(job.bias + column);
#pragma GCC unroll 16
    for (int p = 0; p < pixels; ++p) {
      const int64_t at = (first + p) * job.outputs + column;
      FloatVec value =
          __builtin_convertvector(sums[p][v], FloatVec) * (scale * scales[p]) + bias;
      if (job.other != nullptr) value += read(job.other + at);
      if (job.relu) value = select(value <= FloatVec{}, FloatVec{}, value);  // NaN stays
      if (whole)
        store(job.output + at, value);
      else
        store_partial(job.output + at, value, count);
    }
  }
}

template <size_t... pixel>
POTSTILL_INLINE void int16_tile(const Int16ConvolutionJob& job, int64_t first, int pixels,
                                int64_t strip, std::index_sequence<pixel...>) {
  static constexpr void (*by_pixels[])(const Int16ConvolutionJob&, int64_t, int64_t) = {
      int16_tile<pixel + 1>...};
  by_pixels[pixels - 1](job, first, strip);
}

inline void int16_convolution(const Int16ConvolutionJob& job, const Int16Part& part) {
  const int64_t read = job.channels * job.stride_height * job.stride_width;
  const int64_t most = std::max<int64_t>(4, int16_block / read / int16_pixels) * int16_pixels;
  for (int64_t begin = part.first_pixel; begin < part.last_pixel; begin += most) {
    const int64_t end = std::min(part.last_pixel, begin + most);
    for (int64_t strip = part.first_strip; strip < part.last_strip; ++strip)
      for (int64_t first = begin; first < end; first += int16_pixels)
        int16_tile(job, first, static_cast<int>(std::min<int64_t>(int16_pixels, end - first)),
                   strip, std::make_index_sequence<int16_pixels>());
  }
}

}  // namespace potstill::ops::POTSTILL_SIMD
