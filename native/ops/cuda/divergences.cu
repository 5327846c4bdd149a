#include "ops/divergences.h"

#include <torch/library.h>

#include "ops/cuda/divergences.h"
#include "ops/cuda/logits.h"

namespace potstill::ops::cuda {
namespace {

void run(const LogitCall& call, RowDivergence kind) {
  switch (kind) {
    case RowDivergence::Forward:
      return launch_forward(call);
    case RowDivergence::Reverse:
      return launch_reverse(call);
    case RowDivergence::Mixed:
    case RowDivergence::SkewForward:
    case RowDivergence::SkewReverse:
      return launch_mixed(call, kind);
    case RowDivergence::Standardized:
      return launch_standardized(call);
    case RowDivergence::Squared:
      return launch_squared(call);
    case RowDivergence::Decoupled:
      return launch_decoupled(call);
  }
}

std::tuple<at::Tensor, at::Tensor> divergence_cuda(const at::Tensor& student,
                                                   const at::Tensor& teacher,
                                                   const std::optional<at::Tensor>& labels,
                                                   const std::optional<at::Tensor>& mask,
                                                   int64_t divergence, double first, double second,
                                                   double temperature, bool scale,
                                                   bool want_gradient) {
  check_divergence(student, teacher, labels, mask, divergence, first, second, temperature);
  const auto kind = static_cast<Divergence>(divergence);
  const OnDeviceOf device(student);
  LogitCall call(student, teacher, want_gradient);
  if (kind == Divergence::Dkd) call.set_labels(*labels);
  call.count(mask, false, 0);
  call.job.first = first;
  call.job.second = second;
  call.job.temperature = temperature;
  call.job.scale = scale ? temperature * temperature : 1;
  run(call, row_divergence(kind, first));
  return call.finish();
}

}  // namespace

TORCH_LIBRARY_IMPL(potstill, CUDA, m) { m.impl("_divergence_forward", &divergence_cuda); }

}  // namespace potstill::ops::cuda
