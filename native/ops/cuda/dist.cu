#include "ops/cuda/dist.cuh"

#include <ATen/ops/empty.h>
#include <torch/library.h>

#include <algorithm>

#include "ops/cuda/logits.h"
#include "ops/dist.h"

namespace potstill::ops::cuda {
namespace {

template <typename Element, typename Gradient>
void run(const DistJob& job) {
  constexpr int threads = 256;
  const int64_t blocks = (job.classes + threads - 1) / threads;
  launch_rows(job, [](auto lanes) { return &dist_rows_kernel<Element, Gradient, lanes>; });
  launch(&dist_columns_kernel<Element, false>, blocks * job.parts, threads, 0, job);
  launch(&dist_finish_kernel<false>, blocks, threads, 0, job);
  launch(&dist_columns_kernel<Element, true>, blocks * job.parts, threads, 0, job);
  launch(&dist_finish_kernel<true>, blocks, threads, 0, job);
  launch(&dist_loss_kernel<>, 1, 512, kReductionBytes, job);
  if (job.gradient != nullptr)
    launch_rows(job, [](auto lanes) { return &dist_gradient_kernel<Element, Gradient, lanes>; });
}

std::tuple<at::Tensor, at::Tensor> dist_cuda(const at::Tensor& student, const at::Tensor& teacher,
                                             double beta, double gamma, double temperature,
                                             bool scale, const std::optional<at::Tensor>& mask,
                                             bool want_gradient) {
  check_dist(student, teacher, beta, gamma, temperature, mask);
  const OnDeviceOf device(student);
  LogitCall call(student, teacher, want_gradient);
  call.count(mask, false, 0);
  // In the order of the struct's parts: rows, columns, the columns' values, partial sums.
  const int64_t rows = call.job.rows, classes = call.job.classes;
  const auto doubles = student.options().dtype(at::kDouble);
  const int64_t parts = std::clamp<int64_t>(rows / 64, 1, 32);
  const at::Tensor row_states = at::empty({rows, sizeof(DistRowState) / sizeof(double)}, doubles);
  const at::Tensor columns =
      at::empty({classes, sizeof(DistColumnState) / sizeof(double)}, doubles);
  const at::Tensor column_values = at::empty({classes}, doubles);
  const at::Tensor partial = at::empty({parts, 3, classes}, doubles);
  const auto loss_type = loss_type_of(student, teacher);
  at::Tensor loss = at::empty({}, student.options().dtype(loss_type));
  DistJob job{};
  static_cast<LogitJob&>(job) = call.job;
  job.temperature = temperature;
  job.scale = scale ? temperature * temperature : 1;
  job.beta = beta;
  job.gamma = gamma;
  job.row_states = reinterpret_cast<DistRowState*>(row_states.mutable_data_ptr<double>());
  job.columns = reinterpret_cast<DistColumnState*>(columns.mutable_data_ptr<double>());
  job.column_values = column_values.mutable_data_ptr<double>();
  job.partial = partial.mutable_data_ptr<double>();
  job.parts = parts;
  job.loss = loss.mutable_data_ptr();
  job.wide = loss_type == at::kDouble;
  dispatch(call.type, [&](auto element, auto gradient) {
    run<decltype(element), decltype(gradient)>(job);
  });
  return {std::move(loss), call.gradient()};
}

}  // namespace

TORCH_LIBRARY_IMPL(potstill, CUDA, m) { m.impl("_dist_forward", &dist_cuda); }

}  // namespace potstill::ops::cuda
