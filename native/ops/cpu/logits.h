#pragma once

// What the CPU operators on logits share.

#include <ATen/core/Tensor.h>

#include <cstddef>
#include <cstdint>
#include <tuple>
#include <vector>

#include "ops/cpu/soft_target_ce.h"
#include "ops/cpu/tensors.h"

namespace potstill::ops {

// Elements of one side that are worth a thread of their own.
inline constexpr int64_t kLogitGrain = 16384;

// What the forward of a loss of rows does before and after its kernel: the sides as the kernel
// takes them, room for what it writes, and the results in the types that the operators return.
class LogitPair {
 public:
  LogitPair(const at::Tensor& student, const at::Tensor& teacher, bool want_gradient);

  // As [rows, classes]; both float64, or neither is: one side in float64 takes the other along.
  at::Tensor student, teacher;
  bool wide;
  // Where the kernel writes the gradient: dense, float64 if wide, else in the type that is
  // returned. Undefined if none is wanted.
  at::Tensor written;

  int64_t rows() const { return student.size(0); }
  int64_t classes() const { return student.size(1); }
  LogitSide student_side() const { return side(student); }
  LogitSide teacher_side() const { return side(teacher); }

  // The loss as a scalar, and the gradient.
  std::tuple<at::Tensor, at::Tensor> finish(double loss);

 private:
  static LogitSide side(const at::Tensor& rows);
  at::Tensor gradient_;
  at::TensorOptions loss_options_;
};

// The rows that a contiguous mask does not leave out; all without one.
int64_t count_masked_rows(const bool* mask, int64_t rows);

// The sum of the rows' values over those that count, 0 if none does; in the order of the rows, so
// that the number of threads changes nothing.
double mean_of_rows(const std::vector<double>& values, int64_t counted);

}  // namespace potstill::ops
