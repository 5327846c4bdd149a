#pragma once

// Activations and their derivatives over vectors, for kernels that include this.
//
// GELU is x·Φ(x). For x <= 0 the normal distribution's Φ is ½·erfc(|x|/√2), which is a polynomial in
// 1 / (1 + p·|x|) times exp(-x²/2) to 7.5e-8 (Abramowitz and Stegun, 7.1.26); for x > 0 it is
// 1 - Φ(-x). The form by tanh is x·σ(2u), u = √(2/π)·(x + 0.044715·x³).

#include "ops/activation.h"
#include "ops/cpu/simd.h"

namespace potstill::ops::POTSTILL_SIMD {

POTSTILL_INLINE FloatVec magnitude(FloatVec x) {
  return (FloatVec)((Simd<float>::Int)x & 0x7fffffff);
}

POTSTILL_INLINE FloatVec relu(FloatVec x) {
  return select(x <= FloatVec{}, FloatVec{}, x);  // NaN stays
}

// Φ(x), and exp(-x²/2).
POTSTILL_INLINE FloatVec normal_distribution(FloatVec x, FloatVec& bell) {
  const FloatVec t = 1.0f / (1.0f + 0.23164189f * magnitude(x));  // p / √2
  bell = exp2_nonpositive(x * x * -0.72134752f);                  // -log2(e) / 2
  FloatVec tail = t * 0.53070271f - 0.72657601f;                  // half of the book's factors
  tail = tail * t + 0.71070687f;
  tail = tail * t - 0.14224837f;
  tail = tail * t + 0.12741480f;
  tail = tail * t * bell;
  return select(x > FloatVec{}, 1.0f - tail, tail);
}

constexpr float tanh_scale = 0.79788456f;  // √(2/π)
constexpr float tanh_cubic = 0.044715f;

// σ(2u) of x.
POTSTILL_INLINE FloatVec tanh_gate(FloatVec x) {
  const FloatVec u = tanh_scale * (x + tanh_cubic * x * x * x);
  const FloatVec e = exp2_nonpositive(magnitude(u) * -2.8853901f);  // -2·log2(e)
  const FloatVec small = e / (1.0f + e);
  return select(u > FloatVec{}, 1.0f - small, small);
}

template <Activation activation>
POTSTILL_INLINE FloatVec activated(FloatVec x) {
  FloatVec bell;
  if constexpr (activation == Activation::Relu) return relu(x);
  if constexpr (activation == Activation::Gelu) return x * normal_distribution(x, bell);
  if constexpr (activation == Activation::GeluTanh) return x * tanh_gate(x);
  return x;
}

// The derivative times `gradient`, of what a GELU was given or of what ReLU gave.
template <Activation activation>
POTSTILL_INLINE FloatVec times_derivative(FloatVec gradient, FloatVec x) {
  if constexpr (activation == Activation::Relu) return select(x <= FloatVec{}, FloatVec{}, gradient);
  if constexpr (activation == Activation::Gelu) {
    FloatVec bell;
    const FloatVec distribution = normal_distribution(x, bell);
    return gradient * (distribution + x * bell * 0.39894228f);  // 1 / √(2π)
  }
  if constexpr (activation == Activation::GeluTanh) {
    const FloatVec gate = tanh_gate(x);
    const FloatVec slope = (2 * tanh_scale) * (1.0f + (3 * tanh_cubic) * x * x);
    return gradient * (gate + x * gate * (1.0f - gate) * slope);
  }
  return gradient;
}

template <Activation activation>
POTSTILL_INLINE void activate(const float* from, float* to, int64_t count) {
  constexpr int width = Simd<float>::width;
  int64_t i = 0;
  for (; i + width <= count; i += width) store(to + i, activated<activation>(load(from + i)));
  if (i < count) {
    const int rest = static_cast<int>(count - i);
    store_partial(to + i, activated<activation>(load_partial(from + i, rest, 0.0f)), rest);
  }
}

// `from` may be `to`.
inline void activate(Activation activation, const float* from, float* to, int64_t count) {
  switch (activation) {
    case Activation::None: return activate<Activation::None>(from, to, count);
    case Activation::Relu: return activate<Activation::Relu>(from, to, count);
    case Activation::Gelu: return activate<Activation::Gelu>(from, to, count);
    case Activation::GeluTanh: return activate<Activation::GeluTanh>(from, to, count);
  }
}

}  // namespace potstill::ops::POTSTILL_SIMD
