#include "ops/cpu/linear.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>

#include <algorithm>
#include <vector>

#include "ops/cpu/capability.h"
#include "ops/linear.h"

namespace potstill::ops {
namespace {

// Elements that are worth a thread of their own.
constexpr int64_t grain = 32768;
// Columns go to threads in pieces of this size, a few cache lines.
constexpr int64_t strip = 64;

ReluBackwardKernel find_kernel() {
#if defined(__x86_64__)
  switch (cpu_capability()) {
    case CpuCapability::Avx512: return relu_backward_avx512;
    case CpuCapability::Avx2: return relu_backward_avx2;
    case CpuCapability::Default: break;
  }
#endif
  return relu_backward_default;
}

}  // namespace

std::tuple<at::Tensor, at::Tensor> relu_backward(const at::Tensor& grad_output,
                                                 const std::optional<at::Tensor>& output,
                                                 bool want_sums) {
  const int64_t rows = grad_output.size(0);
  const int64_t columns = grad_output.size(1);
  at::Tensor masked = output.has_value() ? at::empty_like(grad_output) : grad_output;
  at::Tensor sums = want_sums ? at::empty({columns}, grad_output.options()) : at::Tensor();
  ReluBackwardJob job{};
  job.rows = rows;
  job.columns = columns;
  job.grad_output = grad_output.const_data_ptr<float>();
  if (output.has_value()) {
    job.output = output->const_data_ptr<float>();
    job.masked = masked.mutable_data_ptr<float>();
  }
  if (want_sums) job.column_sums = sums.mutable_data_ptr<float>();
  if (!output.has_value() && !want_sums) return {masked, sums};

  const ReluBackwardKernel kernel = find_kernel();
  const int64_t strips = (columns + strip - 1) / strip;
  const int64_t strips_per_thread = std::max<int64_t>(1, grain / (rows * strip));
  at::parallel_for(0, strips, strips_per_thread, [&](int64_t first, int64_t last) {
    const int64_t begin = first * strip;
    const int64_t end = std::min(columns, last * strip);
    thread_local std::vector<float> scratch;
    if (static_cast<int64_t>(scratch.size()) < end - begin) scratch.resize(end - begin);
    kernel(job, begin, end, scratch.data());
  });
  return {std::move(masked), std::move(sums)};
}

}  // namespace potstill::ops
