#pragma once

// What the CUDA operators on logits share: from tensors to a job, and a launch for its types.

#include <ATen/core/Tensor.h>

#include <optional>

#include "ops/cuda/dispatch.h"
#include "ops/cuda/launch.cuh"
#include "ops/cuda/logits.cuh"
#include "ops/logits.h"

namespace potstill::ops::cuda {

// Both sides in one type, as [rows, classes] with contiguous rows; the job points into them. Sides
// of different types meet in the wider one (bfloat16 and float16 in float32).
class LogitCall {
 public:
  LogitCall(const at::Tensor& student, const at::Tensor& teacher, bool want_gradient);

  // Labels and mask, flattened; the rows that count are counted on the device.
  void set_labels(const at::Tensor& labels);
  void count(const std::optional<at::Tensor>& mask, bool ignores, int64_t ignore_index);

  // The mean of the values, and the gradient in the type that the operators return.
  std::tuple<at::Tensor, at::Tensor> finish();
  at::Tensor gradient() { return gradient_.finish(); }

  LogitJob job{};
  at::ScalarType type;  // of both sides

 private:
  at::Tensor z_, v_, labels_, mask_, counted_, values_;
  GradientTarget gradient_;
  at::ScalarType loss_type_;
};

// A kernel on the rows of a job.
template <typename Job, typename KernelOf>
void launch_rows(const Job& job, KernelOf kernel_of, int most = 512) {
  launch_rows(job, job.rows, job.classes, kernel_of, most);
}

}  // namespace potstill::ops::cuda
