#pragma once

// The losses that relate samples, from the inner products of the samples on each side. Plain C++.

#include "ops/cpu/pairs.h"

namespace potstill::ops {

// Each returns the loss and, if `gradient` is not null, fills it (of the size of the products, all
// 0) with C such that the gradient by the student's samples is C X. C is symmetric.
double similarity_of(const SquareMatrix& student, const SquareMatrix& teacher,
                     SquareMatrix* gradient);
double pkt_of(const SquareMatrix& student, const SquareMatrix& teacher, double eps,
              SquareMatrix* gradient);

// Of rkd: the part of the distances; adds to the gradient.
double rkd_distances_of(const SquareMatrix& student, const SquareMatrix& teacher, double weight,
                        SquareMatrix* gradient);

// 1 / distance of each pair of samples; 0 for equal ones.
SquareMatrix inverse_distances(const SquareMatrix& products);

// What PairKernels::angles returns for every first sample.
struct AngleSums {
  SquareMatrix products, sums, along;
  std::vector<double> values;
  explicit AngleSums(int64_t n) : products(n), sums(n), along(n), values(n) {}
};

// Of rkd: the part of the angles; adds to the gradient.
double rkd_angles_of(const AngleSums& angles, const SquareMatrix& inverse, double weight,
                     SquareMatrix* gradient);

}  // namespace potstill::ops
