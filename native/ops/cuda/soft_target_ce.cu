#include "ops/soft_target_ce.h"

#include <torch/library.h>

#include "ops/cuda/logits.h"

namespace potstill::ops::cuda {
namespace {

template <typename Element, typename Gradient>
struct Kernels {
  template <int lanes>
  static auto of() {
    return &soft_target_ce_kernel<Element, Gradient, lanes>;
  }
};

void run(const LogitCall& call) {
  dispatch(call.type, call.gradient_type, [&](auto element, auto gradient) {
    launch_rows<Kernels<decltype(element), decltype(gradient)>>(call.job);
  });
}

std::tuple<at::Tensor, at::Tensor> forward(const at::Tensor& student, const at::Tensor& teacher,
                                           const std::optional<at::Tensor>& labels, double alpha,
                                           double temperature, double label_smoothing,
                                           int64_t ignore_index, bool want_gradient) {
  check_soft_target_ce(student, teacher, labels, alpha, temperature, label_smoothing);
  const OnDeviceOf device(student);
  LogitCall call(student, teacher, want_gradient);
  const bool labeled = labels.has_value() && labels->defined();
  if (labeled) call.set_labels(*labels);
  call.count(std::nullopt, labeled, ignore_index);
  call.job.first = alpha;
  call.job.temperature = temperature;
  call.job.label_smoothing = label_smoothing;
  run(call);
  return call.finish();
}

void rows(at::Tensor& student, const at::Tensor& teacher, const std::optional<at::Tensor>& labels,
          at::Tensor& values, double alpha, double temperature, double label_smoothing,
          int64_t ignore_index, double divisor, bool want_gradient) {
  check_soft_target_ce_rows(student, teacher, labels, values, alpha, temperature, label_smoothing);
  const OnDeviceOf device(student);
  // In place, so the student's type is that of both sides.
  const at::Tensor v = as_rows(teacher.to(student.scalar_type()));
  LogitJob job{};
  job.student = student.const_data_ptr();
  job.teacher = v.const_data_ptr();
  job.rows = student.size(0);
  job.classes = student.size(1);
  job.student_stride = student.stride(0);
  job.teacher_stride = v.stride(0);
  if (labels.has_value() && labels->defined()) {
    job.labels = labels->const_data_ptr<int64_t>();
    job.ignores = true;
    job.ignore_index = ignore_index;
  }
  job.gradient = want_gradient ? student.mutable_data_ptr() : nullptr;
  job.values = values.mutable_data_ptr<double>();
  job.divisor = divisor;
  job.temperature = temperature;
  job.scale = 1;
  job.first = alpha;
  job.label_smoothing = label_smoothing;
  dispatch(student.scalar_type(), student.scalar_type(), [&](auto element, auto gradient) {
    launch_rows<Kernels<decltype(element), decltype(gradient)>>(job);
  });
}

}  // namespace

TORCH_LIBRARY_IMPL(potstill, CUDA, m) {
  m.impl("_soft_target_ce_forward", &forward);
  m.impl("_soft_target_ce_rows", &rows);
}

}  // namespace potstill::ops::cuda
