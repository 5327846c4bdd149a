#pragma once

// The arithmetic of one pair of maps of attention_transfer, for every kind of kernel, as in
// soft_target_ce_row.h.

#include "ops/soft_target_ce_row.h"

namespace potstill::ops {

struct MapOptions {
  double student_share;  // a map is this times the sums of squares
  double teacher_share;
  double eps;     // the least length that a map is divided by
  bool distance;  // the value is the distance of the maps, else its square
  double scale;   // of the gradient by the maps
};

struct MapRow {
  double value;
  // gradient by the feature = scale * (d - pull * q) * feature, d = q less the teacher's map
  double scale, pull;
};

// What a map's sums of squares are multiplied with, so that it gets the length 1.
POTSTILL_ROW_INLINE double map_factor(double share, double length, double eps) {
  return share / (length < eps ? eps : length);
}

// From the student's length, the squares of d, and the product of d and q.
POTSTILL_ROW_INLINE MapRow map_row(double length, double square, double along,
                                   const MapOptions& options) {
  const double distance = ::sqrt(square);
  double scale =
      options.scale * 2 * map_factor(options.student_share, length, options.eps);
  if (options.distance) scale = distance == 0 ? 0 : scale / distance;
  return {options.distance ? distance : square, scale, length < options.eps ? 0 : along};
}

}  // namespace potstill::ops
