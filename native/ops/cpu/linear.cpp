#include "ops/cpu/linear.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>

#include <algorithm>
#include <vector>

#include "ops/cpu/capability.h"
#include "ops/linear.h"
#include "ops/share.h"

namespace potstill::ops {
namespace {

// Elements that are worth a thread of their own.
constexpr int64_t grain = 32768;
// Columns go to threads in pieces of this size, a few cache lines.
constexpr int64_t strip = 64;

const LinearKernels& kernels() {
  return POTSTILL_FOR_CPU(linear);
}

}  // namespace

void activate(Activation activation, const at::Tensor& from, const at::Tensor& to) {
  const float* read = from.const_data_ptr<float>();
  float* written = to.mutable_data_ptr<float>();
  share(from.numel(), grain, [&](int64_t begin, int64_t end) {
    kernels().activate(activation, read + begin, written + begin, end - begin);
  });
}

std::tuple<at::Tensor, at::Tensor> activation_backward(const at::Tensor& grad_output,
                                                       Activation activation,
                                                       const at::Tensor& kept, bool want_sums) {
  const bool active = activation != Activation::None;
  const int64_t rows = grad_output.size(0);
  const int64_t columns = grad_output.size(1);
  at::Tensor gradient = active ? at::empty_like(grad_output) : grad_output;
  at::Tensor sums = want_sums ? at::empty({columns}, grad_output.options()) : at::Tensor();
  if (!active && !want_sums) return {gradient, sums};
  ActivationBackwardJob job{};
  job.rows = rows;
  job.columns = columns;
  job.activation = activation;
  job.grad_output = grad_output.const_data_ptr<float>();
  if (active) {
    job.kept = kept.const_data_ptr<float>();
    job.gradient = gradient.mutable_data_ptr<float>();
  }
  if (want_sums) job.column_sums = sums.mutable_data_ptr<float>();

  const int64_t strips = (columns + strip - 1) / strip;
  share(strips, units_of(grain, rows * strip), [&](int64_t first, int64_t last) {
    const int64_t begin = first * strip;
    const int64_t end = std::min(columns, last * strip);
    thread_local std::vector<float> scratch;
    if (static_cast<int64_t>(scratch.size()) < end - begin) scratch.resize(end - begin);
    kernels().backward(job, begin, end, scratch.data());
  });
  return {std::move(gradient), std::move(sums)};
}

}  // namespace potstill::ops
