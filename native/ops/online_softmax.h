#pragma once

// Softmax sums of a row of student and teacher that are taken in one pass, in any order and by many
// threads: each keeps sums relative to the largest logits that it has seen, and two such parts make
// one. Plain C++ for the host compiler and nvcc, as soft_target_ce_row.h.

#include "ops/soft_target_ce_row.h"

namespace potstill::ops {

POTSTILL_ROW_INLINE float row_exp2(float x) { return ::exp2f(x); }
POTSTILL_ROW_INLINE double row_exp2(double x) { return ::exp2(x); }
POTSTILL_ROW_INLINE float row_log2(float x) { return ::log2f(x); }
POTSTILL_ROW_INLINE double row_log2(double x) { return ::log2(x); }

template <typename Scalar>
POTSTILL_ROW_INLINE Scalar row_lowest() {
  return static_cast<Scalar>(-HUGE_VAL);
}

// x - top, where x is at most top. A masked class stays -infinity, also below a top of -infinity;
// NaN stays NaN.
template <typename Scalar>
POTSTILL_ROW_INLINE Scalar row_below(Scalar x, Scalar top) {
  return x == row_lowest<Scalar>() ? x : x - top;
}

// How far a top rises; nothing if it stays, also at -infinity.
template <typename Scalar>
POTSTILL_ROW_INLINE Scalar row_rise(Scalar from, Scalar to) {
  return from == to ? Scalar{0} : to - from;
}

// With m and n the largest logits so far, and `base` log2(e) / T:
//   student  sum of 2^(base * (z - m))
//   teacher  sum of 2^(base * (v - n))
//   cross    sum of 2^(base * (v - n)) * base * ((v - n) - (z - m))
//   hard     sum of 2^(log2(e) * (z - m))
//   spread   sum of (z - m)
template <typename Scalar>
struct OnlineSums {
  Scalar top_student = row_lowest<Scalar>();
  Scalar top_teacher = row_lowest<Scalar>();
  Scalar student = 0, teacher = 0, cross = 0, hard = 0, spread = 0;
  Scalar count = 0;
};

// What is wanted of them.
template <typename Scalar>
struct OnlineBases {
  Scalar base;     // log2(e) / T
  bool soft;       // student, teacher and cross
  bool hard;       // hard
  bool spread;     // spread
};

// The same sums relative to larger tops.
template <typename Scalar>
POTSTILL_ROW_INLINE void raise_tops(OnlineSums<Scalar>& sums, Scalar top_student,
                                    Scalar top_teacher, const OnlineBases<Scalar>& bases) {
  constexpr Scalar log2e = static_cast<Scalar>(1.44269504088896341);
  const Scalar by_student = row_rise(sums.top_student, top_student);
  const Scalar by_teacher = row_rise(sums.top_teacher, top_teacher);
  if (bases.soft) {
    const Scalar factor = row_exp2(-by_teacher * bases.base);
    // What has faded away gives nothing, whatever its logarithm was.
    sums.cross = factor > 0 && sums.teacher > 0
                     ? factor * (sums.cross + sums.teacher * bases.base * (by_student - by_teacher))
                     : Scalar{0};
    sums.teacher *= factor;
    sums.student *= row_exp2(-by_student * bases.base);
  }
  if (bases.hard) sums.hard *= row_exp2(-by_student * log2e);
  if (bases.spread && sums.count > 0) sums.spread -= sums.count * by_student;
  sums.top_student = top_student;
  sums.top_teacher = top_teacher;
}

// `width` more classes.
template <int width, typename Scalar>
POTSTILL_ROW_INLINE void add_classes(OnlineSums<Scalar>& sums, const Scalar (&z)[width],
                                     const Scalar (&v)[width], const OnlineBases<Scalar>& bases) {
  constexpr Scalar log2e = static_cast<Scalar>(1.44269504088896341);
  Scalar top_student = sums.top_student, top_teacher = sums.top_teacher;
#pragma unroll
  for (int k = 0; k < width; ++k) {
    top_student = z[k] > top_student ? z[k] : top_student;
    if (bases.soft) top_teacher = v[k] > top_teacher ? v[k] : top_teacher;
  }
  if (top_student != sums.top_student || top_teacher != sums.top_teacher)
    raise_tops(sums, top_student, top_teacher, bases);
#pragma unroll
  for (int k = 0; k < width; ++k) {
    const Scalar x = row_below(z[k], top_student);
    if (bases.soft) {
      const Scalar y = row_below(v[k], top_teacher);
      const Scalar p = row_exp2(y * bases.base);
      sums.student += row_exp2(x * bases.base);
      sums.teacher += p;
      sums.cross += p > 0 ? p * (bases.base * (y - x)) : p;
    }
    if (bases.hard) sums.hard += row_exp2(x * log2e);
    if (bases.spread) sums.spread += x;
  }
  sums.count += width;
}

template <typename Scalar>
POTSTILL_ROW_INLINE OnlineSums<Scalar> merge(OnlineSums<Scalar> a, OnlineSums<Scalar> b,
                                             const OnlineBases<Scalar>& bases) {
  const Scalar top_student = a.top_student > b.top_student ? a.top_student : b.top_student;
  const Scalar top_teacher = a.top_teacher > b.top_teacher ? a.top_teacher : b.top_teacher;
  raise_tops(a, top_student, top_teacher, bases);
  raise_tops(b, top_student, top_teacher, bases);
  a.student += b.student;
  a.teacher += b.teacher;
  a.cross += b.cross;
  a.hard += b.hard;
  a.spread += b.spread;
  a.count += b.count;
  return a;
}

// As the passes over a row leave them for soft_target_ce_value.
template <typename Scalar>
POTSTILL_ROW_INLINE SoftTargetCeSums<Scalar> row_sums(const OnlineSums<Scalar>& sums,
                                                      Scalar label_gap,
                                                      const OnlineBases<Scalar>& bases) {
  SoftTargetCeSums<Scalar> result;
  if (bases.soft) {
    result.student = sums.student;
    result.teacher = sums.teacher;
    result.cross = sums.cross;
  }
  if (bases.hard) {
    result.hard = sums.hard;
    result.label_gap = label_gap;
  }
  if (bases.spread) result.spread = sums.spread;
  return result;
}

}  // namespace potstill::ops
