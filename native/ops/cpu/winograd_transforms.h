#pragma once

// The transforms of a line of a tile, for winograd_kernel.h.

#include "ops/cpu/simd.h"

namespace potstill::ops::POTSTILL_SIMD {

// One dimension of a tile of `outputs`, made of `inputs`, of which those of the next tile begin
// `step` further. Each has `positions`, where a transformed input meets a transformed weight.

// F(2, 3)
struct Tiles2 {
  static constexpr int outputs = 2, inputs = 4, step = 2, positions = 4;

  static POTSTILL_INLINE void weight(const FloatVec (&g)[3], FloatVec (&u)[4]) {
    const FloatVec ends = 0.5f * (g[0] + g[2]), middle = 0.5f * g[1];
    u[0] = g[0];
    u[1] = ends + middle;
    u[2] = ends - middle;
    u[3] = g[2];
  }

  static POTSTILL_INLINE void input(const FloatVec (&d)[4], FloatVec (&v)[4]) {
    v[0] = d[0] - d[2];
    v[1] = d[1] + d[2];
    v[2] = d[2] - d[1];
    v[3] = d[1] - d[3];
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

// F(4, 3) at 0, ±√½, ±√2 and ∞: the powers of the usual points, 0, ±1, ±2 and ∞, are further apart,
// and four times as much is lost to rounding.
struct Tiles4 {
  static constexpr int outputs = 4, inputs = 6, step = 4, positions = 6;
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

  static POTSTILL_INLINE void input(const FloatVec (&d)[6], FloatVec (&v)[6]) {
    const FloatVec near_even = d[4] - 2.0f * d[2], near_odd = near * (d[3] - 2.0f * d[1]);
    const FloatVec far_even = d[4] - 0.5f * d[2], far_odd = far * (d[3] - 0.5f * d[1]);
    v[0] = d[0] + (d[4] - 2.5f * d[2]);
    v[1] = near_even + near_odd;
    v[2] = near_even - near_odd;
    v[3] = far_even + far_odd;
    v[4] = far_even - far_odd;
    v[5] = d[5] + (d[1] - 2.5f * d[3]);
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

// With a stride of 2 the filter's ends meet every other input, F(2, 2), and its middle the inputs
// between them, at positions of their own.
struct StridedTiles {
  static constexpr int outputs = 2, inputs = 5, step = 4, positions = 5;

  static POTSTILL_INLINE void weight(const FloatVec (&g)[3], FloatVec (&u)[5]) {
    u[0] = g[0];
    u[1] = g[0] + g[2];
    u[2] = g[2];
    u[3] = u[4] = g[1];
  }

  static POTSTILL_INLINE void input(const FloatVec (&d)[5], FloatVec (&v)[5]) {
    v[0] = d[0] - d[2];
    v[1] = d[2];
    v[2] = d[4] - d[2];
    v[3] = d[1];
    v[4] = d[3];
  }

  static POTSTILL_INLINE void output(const FloatVec (&p)[5], FloatVec (&y)[2]) {
    y[0] = p[0] + p[1] + p[3];
    y[1] = p[1] + p[2] + p[4];
  }

  static POTSTILL_INLINE void grad_output(const FloatVec (&y)[2], FloatVec (&p)[5]) {
    p[0] = p[3] = y[0];
    p[1] = y[0] + y[1];
    p[2] = p[4] = y[1];
  }

  static POTSTILL_INLINE void grad_weight(const FloatVec (&u)[5], FloatVec (&g)[3]) {
    g[0] = u[0] + u[1];
    g[1] = u[3] + u[4];
    g[2] = u[1] + u[2];
  }
};

// The gradient of such a convolution with padding 1 by its input, by the weight turned round: the
// filter's middle makes every other output, its ends those between, from the gradients on either
// side.
struct StridedGradientTiles {
  static constexpr int outputs = 4, inputs = 3, step = 2, positions = 5;

  static POTSTILL_INLINE void weight(const FloatVec (&g)[3], FloatVec (&u)[5]) {
    StridedTiles::weight(g, u);
  }

  static POTSTILL_INLINE void input(const FloatVec (&d)[3], FloatVec (&v)[5]) {
    v[0] = d[0] - d[1];
    v[1] = d[1];
    v[2] = d[2] - d[1];
    v[3] = d[0];
    v[4] = d[1];
  }

  static POTSTILL_INLINE void output(const FloatVec (&p)[5], FloatVec (&y)[4]) {
    y[0] = p[3];
    y[1] = p[0] + p[1];
    y[2] = p[4];
    y[3] = p[1] + p[2];
  }
};

}  // namespace potstill::ops::POTSTILL_SIMD
