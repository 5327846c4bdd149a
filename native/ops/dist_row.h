#pragma once

// The arithmetic of one correlation of dist, for every kind of kernel, as in soft_target_ce_row.h.

#include "ops/soft_target_ce_row.h"

namespace potstill::ops {

// Sums over one row or one column of deviations a of the teacher's and b of the student's
// probabilities.
struct DistSums {
  double aa, bb, ab;
};

struct Correlation {
  double distance;  // 1 - rho
  // d rho / d b = of_teacher * a + of_student * b
  double of_teacher, of_student;
};

POTSTILL_ROW_INLINE Correlation correlate(const DistSums& sums) {
  constexpr double least = 1e-8;
  const double norm_a = ::sqrt(sums.aa), norm_b = ::sqrt(sums.bb);
  if (norm_a < least && norm_b < least) return {0, 0, 0};
  if (norm_a < least || norm_b < least) {
    const double product = (norm_a < least ? least : norm_a) * (norm_b < least ? least : norm_b);
    const double rho = sums.ab / product;
    return {1 - rho, 1 / product, norm_b < least ? 0 : -rho / sums.bb};
  }
  // One root of the product, so that equal sides give exactly 1.
  const double product = ::sqrt(sums.aa * sums.bb);
  const double rho = sums.ab / product;
  return {1 - rho, 1 / product, -rho / sums.bb};
}

}  // namespace potstill::ops
