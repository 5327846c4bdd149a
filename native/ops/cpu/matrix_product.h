#pragma once

// Between matrix_product.cpp and its kernels, which are compiled once per instruction set; plain
// C++ (see simd.h).

#include <cstdint>

#include "ops/activation.h"

namespace potstill::ops {

// A float32 matrix of which one of the strides is 1; in elements.
struct MatrixView {
  const float* data;
  int64_t row_stride;
  int64_t column_stride;
};

// output = activation(left · right + bias + other).
struct MatrixProductJob {
  int64_t m, n, k;
  MatrixView left;     // [m, k]
  MatrixView right;    // [k, n]
  const float* bias;   // [n], or null
  const float* other;  // [m, n], in rows like the output's, or null
  Activation activation;
  bool accumulate;  // onto what is there
  float* output;    // [m, n], rows `output_stride` apart
  int64_t output_stride;
  // What pack_right made of the right matrix, or null.
  const float* packed_right;
  // What pack_left made of the rows of the part, or null.
  const float* packed_left;
};

// The part of the output that a call is to compute.
struct MatrixProductPart {
  int64_t first_row, last_row;
  int64_t first_column, last_column;
};

// Floats of scratch that a call needs, at a multiple of 64 bytes.
constexpr int64_t matrix_product_scratch = 96 * 1024;
// Floats behind packed rows that pack_left may write.
constexpr int64_t packed_left_slack = 16;

struct MatrixProductKernels {
  int64_t tile_rows;      // that are computed together
  int64_t strip_columns;  // that are packed together; they take strip_columns · k floats
  // Rows [first, last) of the left matrix, block by block; k floats each.
  void (*pack_left)(const MatrixProductJob& job, int64_t first, int64_t last, float* to);
  // The whole right matrix, strip by strip.
  void (*pack_right)(const MatrixProductJob& job, float* to);
  void (*multiply)(const MatrixProductJob& job, const MatrixProductPart& part, float* scratch);
};

extern const MatrixProductKernels matrix_product_default;
extern const MatrixProductKernels matrix_product_avx2;
extern const MatrixProductKernels matrix_product_avx512;

// The whole of a product that is not empty, on libtorch's threads.
void run_matrix_product(const MatrixProductJob& job);
// What pack_right makes of a right matrix [k, n].
int64_t packed_right_floats(int64_t k, int64_t n);

}  // namespace potstill::ops
