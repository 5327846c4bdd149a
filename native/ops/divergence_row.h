#pragma once

// The arithmetic of one row of the divergences that every kind of kernel shares, as in
// soft_target_ce_row.h.

#include "ops/soft_target_ce_row.h"

namespace potstill::ops {

// What is computed of a row. With p = softmax(v / T) and q = softmax(z / T):
enum class RowDivergence {
  Forward,       // KL(p || q)
  Reverse,       // KL(q || p)
  Mixed,         // b KL(p || M) + (1 - b) KL(q || M), M = b p + (1 - b) q
  SkewForward,   // KL(p || M), M = s p + (1 - s) q
  SkewReverse,   // KL(q || M), M = (1 - s) p + s q
  Standardized,  // KL(p || q) of standardized rows
  Squared,       // mean of (z - v)^2, without T
  Decoupled,     // a KL of label and rest + b KL within the rest
};

// log(1 + e^x).
POTSTILL_ROW_INLINE double row_softplus(double x) {
  return (x > 0 ? x : 0) + ::log1p(::exp(x > 0 ? -x : x));
}
POTSTILL_ROW_INLINE double row_sigmoid(double x) { return 1 / (1 + ::exp(-x)); }

// A row without its label, and the label beside it.
struct DecoupledSums {
  double gap_student, gap_teacher;  // of the label's logits from the largest of the rest, by T
  double student, teacher;          // sums of the rest's exponentials; 0 where all are masked
  double rest;                      // KL of the rest among themselves
};

// The value of a row, and the factors of its gradient by z / T:
//   student * e^((z - m) / T) + teacher * e^((v - n) / T) of the rest, `label` at the label
struct DecoupledRow {
  double value;
  double student, teacher, label;
};

// first * KL of (label, rest) + second * KL of the rest. The odds come from the rest alone, never
// from 1 - p_y.
POTSTILL_ROW_INLINE DecoupledRow decoupled_row(const DecoupledSums& sums, double first,
                                               double second) {
  const bool alone_student = sums.student == 0;
  const bool alone_teacher = sums.teacher == 0;
  // Logarithms of the odds of the label.
  const double odds_q = sums.gap_student - ::log(sums.student);
  const double odds_p = sums.gap_teacher - ::log(sums.teacher);
  const double label_p = row_sigmoid(odds_p), rest_p = row_sigmoid(-odds_p);
  const double label_q = row_sigmoid(odds_q), rest_q = row_sigmoid(-odds_q);
  DecoupledRow row{0, 0, 0, 0};
  if (first != 0) {
    double binary = 0;
    if (label_p != 0) binary += label_p * (row_softplus(-odds_q) - row_softplus(-odds_p));
    if (rest_p != 0) binary += rest_p * (row_softplus(odds_q) - row_softplus(odds_p));
    row.value += first * binary;
  }
  if (second != 0 && !alone_teacher) row.value += second * (alone_student ? HUGE_VAL : sums.rest);
  row.label = first * (odds_q > 0 && odds_p > 0 ? rest_p - rest_q : label_q - label_p);
  const double rest = alone_student || alone_teacher ? 0 : second;
  row.student = alone_student ? 0 : (rest - row.label) / sums.student;
  row.teacher = alone_teacher ? 0 : -rest / sums.teacher;
  return row;
}

}  // namespace potstill::ops
