#pragma once

// The arithmetic of a pair, and of a triplet, of samples in the losses that relate them, for every
// kind of kernel, as in soft_target_ce_row.h. All from inner products.

#include "ops/soft_target_ce_row.h"

namespace potstill::ops {

// Of torch.nn.functional.normalize.
inline constexpr double kLeastNorm = 1e-12;
// Of the published code of RKD: the least squared distance of two samples.
inline constexpr double kLeastSquare = 1e-12;
// Squared distances below this share of the squared norms are rounding errors.
inline constexpr double kDistanceNoise = 1e-15;

POTSTILL_ROW_INLINE double clamp_to_one(double x) { return x > 1 ? 1 : x < -1 ? -1 : x; }

// The Huber loss of a difference, from its slope.
POTSTILL_ROW_INLINE double huber_value(double difference, double slope) {
  return slope * (difference - slope / 2);
}

// Of the samples i and j.
POTSTILL_ROW_INLINE double squared_distance(double ii, double jj, double ij) {
  const double squares = ii + jj;
  const double result = squares - 2 * ij;
  return result < kDistanceNoise * squares ? 0 : result;
}

// The distance as the part of the distances has it.
POTSTILL_ROW_INLINE double held_distance(double square) {
  return ::sqrt(square < kLeastSquare ? kLeastSquare : square);
}

// One over the distance as the part of the angles has it; 0 for equal samples.
POTSTILL_ROW_INLINE double inverse_distance(double square) {
  if (square == 0) return 0;
  const double distance = ::sqrt(square);
  return 1 / (distance < kLeastNorm ? kLeastNorm : distance);
}

}  // namespace potstill::ops
