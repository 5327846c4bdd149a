#pragma once

// Between cpu/batch_norm.cpp and its kernels, which are compiled once per instruction set; plain
// C++ (see simd.h).

#include <cstdint>

namespace potstill::ops {

// Float32 [samples, channels, positions], or [samples · positions, channels] where channels are
// last; a row is a line of such a matrix. Vectors are [channels].
struct BatchNormJob {
  int64_t samples, channels, positions;
  const float* input;
  bool training, relu;

  // Forward.
  const float *weight, *bias;  // null: 1, 0
  float *running_mean, *running_var;  // null where there are none
  double momentum, eps;
  const float* other;                   // null: nothing is added
  float* output;                        // backward: only read, null where nothing was added

  // Forward makes them; backward reads them.
  float *mean, *inverse_deviation, *scale, *shift;

  // Backward.
  const float* grad_output;
  float* grad_input;                    // null if not wanted
  float* grad_other;                    // null if not wanted, or where it is grad_output
  float *grad_weight, *grad_bias;
  float *grad_mean, *slope;  // of the gradient behind: mean, and by the input; else 0

  // Rows are summed in parts, [parts, 2, channels]: mean and squared deviations of the input, or
  // the gradient and its product with the input's deviation. The parts do not depend on the number
  // of threads, so that results do not.
  int64_t part_rows;
  double* parts;
};

struct BatchNormKernels {
  // Of channels [begin, end), everything.
  void (*forward_planes)(const BatchNormJob& job, int64_t begin, int64_t end);
  void (*backward_planes)(const BatchNormJob& job, int64_t begin, int64_t end);
  // Of rows: the sums of one part, with 2 · channels floats of scratch; what follows from all
  // parts; and then rows [begin, end).
  void (*moments_of_rows)(const BatchNormJob& job, int64_t part, float* scratch);
  void (*merge_moments)(const BatchNormJob& job);
  void (*normalize_rows)(const BatchNormJob& job, int64_t begin, int64_t end);
  void (*sums_of_rows)(const BatchNormJob& job, int64_t part, float* scratch);
  void (*merge_sums)(const BatchNormJob& job);
  void (*gradient_of_rows)(const BatchNormJob& job, int64_t begin, int64_t end);
};

extern const BatchNormKernels batch_norm_default;
extern const BatchNormKernels batch_norm_avx2;
extern const BatchNormKernels batch_norm_avx512;

}  // namespace potstill::ops
