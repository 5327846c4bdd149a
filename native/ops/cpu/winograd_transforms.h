#pragma once

// The transforms of a line of a tile, for winograd_kernel.h.

#include "ops/cpu/simd.h"

namespace potstill::ops::POTSTILL_SIMD {

// F(m, 3): m outputs from m + 2 inputs.
template <int m>
struct Filtering;

template <>
struct Filtering<2> {
  static constexpr int outputs = 2;
  static constexpr int inputs = 4;

  static POTSTILL_INLINE void weight(const FloatVec (&g)[3], FloatVec (&u)[4]) {
    const FloatVec ends = 0.5f * (g[0] + g[2]), middle = 0.5f * g[1];
    u[0] = g[0];
    u[1] = ends + middle;
    u[2] = ends - middle;
    u[3] = g[2];
  }

  static POTSTILL_INLINE void input(FloatVec (&d)[4]) {
    const FloatVec d1 = d[1];
    d[0] -= d[2];
    d[1] = d1 + d[2];
    d[2] -= d1;
    d[3] = d1 - d[3];
  }

  static POTSTILL_INLINE void output(const FloatVec (&p)[4], FloatVec (&y)[2]) {
    y[0] = p[0] + p[1] + p[2];
    y[1] = p[1] - p[2] - p[3];
  }

  // Those of the gradient, which are transposes: of the output's and of the weight's.
  static POTSTILL_INLINE void grad_output(const FloatVec (&y)[2], FloatVec (&p)[4]) {
    p[0] = y[0];
    p[1] = y[0] + y[1];
    p[2] = y[0] - y[1];
    p[3] = -y[1];
  }

  static POTSTILL_INLINE void grad_weight(const FloatVec (&u)[4], FloatVec (&g)[3]) {
    const FloatVec sum = 0.5f * (u[1] + u[2]);
    g[0] = u[0] + sum;
    g[1] = 0.5f * (u[1] - u[2]);
    g[2] = sum + u[3];
  }
};

// At 0, ±√½, ±√2 and ∞: the powers of the usual points, 0, ±1, ±2 and ∞, are further apart, and
// four times as much is lost to rounding.
template <>
struct Filtering<4> {
  static constexpr int outputs = 4;
  static constexpr int inputs = 6;
  static constexpr float near = 0.70710678118654752f;
  static constexpr float far = 1.41421356237309505f;

  static POTSTILL_INLINE void weight(const FloatVec (&g)[3], FloatVec (&u)[6]) {
    const FloatVec near_ends = (g[0] + 0.5f * g[2]) / -1.5f, near_middle = near / -1.5f * g[1];
    const FloatVec far_ends = (g[0] + 2.0f * g[2]) / 6.0f, far_middle = far / 6.0f * g[1];
    u[0] = g[0];
    u[1] = near_ends + near_middle;
    u[2] = near_ends - near_middle;
    u[3] = far_ends + far_middle;
    u[4] = far_ends - far_middle;
    u[5] = g[2];
  }

  static POTSTILL_INLINE void input(FloatVec (&d)[6]) {
    const FloatVec near_even = d[4] - 2.0f * d[2], near_odd = near * (d[3] - 2.0f * d[1]);
    const FloatVec far_even = d[4] - 0.5f * d[2], far_odd = far * (d[3] - 0.5f * d[1]);
    d[0] += d[4] - 2.5f * d[2];
    d[5] += d[1] - 2.5f * d[3];
    d[1] = near_even + near_odd;
    d[2] = near_even - near_odd;
    d[3] = far_even + far_odd;
    d[4] = far_even - far_odd;
  }

  static POTSTILL_INLINE void output(const FloatVec (&p)[6], FloatVec (&y)[4]) {
    const FloatVec near_sum = p[1] + p[2], near_difference = near * (p[1] - p[2]);
    const FloatVec far_sum = p[3] + p[4], far_difference = far * (p[3] - p[4]);
    y[0] = p[0] + near_sum + far_sum;
    y[1] = near_difference + far_difference;
    y[2] = 0.5f * near_sum + 2.0f * far_sum;
    y[3] = 0.5f * near_difference + 2.0f * far_difference + p[5];
  }

  static POTSTILL_INLINE void grad_output(const FloatVec (&y)[4], FloatVec (&p)[6]) {
    const FloatVec near_even = y[0] + 0.5f * y[2], near_odd = near * (y[1] + 0.5f * y[3]);
    const FloatVec far_even = y[0] + 2.0f * y[2], far_odd = far * (y[1] + 2.0f * y[3]);
    p[0] = y[0];
    p[1] = near_even + near_odd;
    p[2] = near_even - near_odd;
    p[3] = far_even + far_odd;
    p[4] = far_even - far_odd;
    p[5] = y[3];
  }

  static POTSTILL_INLINE void grad_weight(const FloatVec (&u)[6], FloatVec (&g)[3]) {
    const FloatVec near_sum = (u[1] + u[2]) / -1.5f, far_sum = (u[3] + u[4]) / 6.0f;
    g[0] = u[0] + near_sum + far_sum;
    g[1] = near / -1.5f * (u[1] - u[2]) + far / 6.0f * (u[3] - u[4]);
    g[2] = 0.5f * near_sum + 2.0f * far_sum + u[5];
  }
};

}  // namespace potstill::ops::POTSTILL_SIMD
