#pragma once

// Between the losses that relate samples in cpu/ and their kernels, which are compiled once per
// instruction set. Plain C++, see features.h.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "ops/cpu/features.h"

namespace potstill::ops {

// A square matrix; rows lie `stride` apart, and what is behind `size` in a row is 0.
struct SquareMatrix {
  int64_t size = 0, stride = 0;
  std::vector<double> values;

  SquareMatrix() = default;
  explicit SquareMatrix(int64_t n)
      : size(n), stride((n + 7) / 8 * 8), values(static_cast<size_t>(n * stride)) {}
  double* operator[](int64_t row) { return values.data() + row * stride; }
  const double* operator[](int64_t row) const { return values.data() + row * stride; }
};

// [rows][features]; rows lie `stride` elements apart.
struct FeatureRows {
  const void* data;
  int64_t rows, features, stride;
};

struct AngleJob {
  // Inner products of the samples, and 1 / distance of each pair (0 where there is none).
  const SquareMatrix* student;
  const SquareMatrix* teacher;
  const SquareMatrix* student_inverse;
  const SquareMatrix* teacher_inverse;
};

struct PairKernels {
  // Adds the inner products of the rows, over features [begin, end) less the mean of the rows if
  // `center`, to the lower triangle. Equal rows have equal products, bit for bit.
  // `scratch` is aligned to 64 bytes and holds pair_scratch_bytes(rows).
  void (*inner_products)(const FeatureRows& x, int64_t begin, int64_t end, bool center,
                         SquareMatrix& products, void* scratch);
  // out[i][d] = sum over j of coefficients[i][j] * (x[j][d] - mean[d]) for d in [begin, end), at
  // most pair_columns of them. The coefficients are packed by pack_coefficients.
  void (*combine)(const FeatureRows& x, const void* coefficients, int64_t begin, int64_t end,
                  bool center, void* out, int64_t out_stride, void* scratch);
  // In the type and order that combine reads; `packed` holds packed_coefficients(size) doubles.
  void (*pack_coefficients)(const SquareMatrix& coefficients, void* packed);
  // For the triplets whose first sample is i: returns the sum of the Huber losses h of the
  // differences of their cosines c at sample j, between i and k. With w = h' and 1 / distance r:
  // products[k] += sum over j of q, q = w r_ij r_kj; sums[j] = sum over k of q, and
  // along[j] = sum over k of w c.
  double (*angles)(const AngleJob& job, int64_t i, double* products, double* sums, double* along);
};

inline constexpr int64_t pair_columns = 256;
// Features that inner_products takes at once.
inline constexpr int64_t pair_chunk = 512;

inline size_t pair_scratch_bytes(int64_t rows) {
  return static_cast<size_t>(rows + 8) * (pair_chunk * sizeof(double) + 64);
}

inline size_t packed_coefficients(int64_t size) {
  return static_cast<size_t>((size + 5) / 6 * 6 * size);
}

// For features of a type. `wide`: computed in float64, else in float32 (not for Float64); what
// combine writes is then double, else of the type of a gradient (see features.h).
PairKernels pair_kernels_default(ElementType type, bool wide);
PairKernels pair_kernels_avx2(ElementType type, bool wide);
PairKernels pair_kernels_avx512(ElementType type, bool wide);

}  // namespace potstill::ops
