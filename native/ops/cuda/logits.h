#pragma once

// What the CUDA operators on logits share: from tensors to a job, and a launch for its types.

#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>

#include <algorithm>
#include <optional>

#include "ops/logits.h"
#include "ops/cuda/launch.cuh"
#include "ops/cuda/logits.cuh"
#include "ops/loss_types.h"

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
  at::Tensor gradient();

  LogitJob job{};
  at::ScalarType type;           // of both sides
  at::ScalarType gradient_type;  // of what the kernel writes

 private:
  at::Tensor student_, z_, v_, labels_, mask_, counted_, values_, written_, gradient_;
  at::ScalarType loss_type_;
};

// Threads that share a row: a few of a warp for few classes, else a warp or a block.
inline constexpr int kFewLanes = 8;

template <typename Kernels, typename Job>
void launch_rows(const Job& job) {
  const auto blocks_of = [&](int lanes, int threads) {
    return (job.rows * lanes + threads - 1) / threads;
  };
  if (job.classes <= 64) {
    launch(Kernels::template of<kFewLanes>(), blocks_of(kFewLanes, 128), 128, 0, job);
  } else if (job.classes <= 1024) {
    launch(Kernels::template of<kWarp>(), blocks_of(kWarp, 128), 128, 0, job);
  } else {
    launch(Kernels::template of<0>(), job.rows, job.classes <= 8192 ? 256 : 512, kReductionBytes,
           job);
  }
}

// Calls `run` with the types of both sides and of the gradient; `Half` writes Half only in place.
template <typename Run>
void dispatch(at::ScalarType type, at::ScalarType gradient, Run run) {
  switch (type) {
    case at::kDouble:
      return run(double{}, double{});
    case at::kBFloat16:
      return run(c10::BFloat16{}, c10::BFloat16{});
    case at::kHalf:
      if (gradient == at::kHalf) return run(c10::Half{}, c10::Half{});
      return run(c10::Half{}, float{});
    default:
      return run(float{}, float{});
  }
}

}  // namespace potstill::ops::cuda
