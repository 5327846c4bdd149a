#include "ops/soft_target_ce.h"

#include <torch/library.h>

#include "ops/cuda/logits.h"
#include "ops/optional_tensor.h"

namespace potstill::ops::cuda {
namespace {

template <typename Element, typename Gradient>
void launch_typed(const LogitJob& job) {
  launch_rows(job, [](auto lanes) { return &soft_target_ce_kernel<Element, Gradient, lanes>; },
              kRowThreads<Element, 0>);
}

void run(const LogitJob& job, at::ScalarType type) {
  dispatch(type, [&](auto element, auto gradient) {
    launch_typed<decltype(element), decltype(gradient)>(job);
  });
}

std::tuple<at::Tensor, at::Tensor> soft_target_ce_cuda(const at::Tensor& student,
                                                       const at::Tensor& teacher,
                                                       const std::optional<at::Tensor>& labels,
                                                       double alpha, double temperature,
                                                       double label_smoothing, int64_t ignore_index,
                                                       bool want_gradient) {
  check_soft_target_ce(student, teacher, labels, alpha, temperature, label_smoothing);
  const OnDeviceOf device(student);
  LogitCall call(student, teacher, want_gradient);
  const bool labeled = is_present(labels);
  if (labeled) call.set_labels(*labels);
  call.count(std::nullopt, labeled, ignore_index);
  call.job.first = alpha;
  call.job.temperature = temperature;
  call.job.label_smoothing = label_smoothing;
  run(call.job, call.type);
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
  if (is_present(labels)) {
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
  // In place float16 stays float16, where a forward returns float32.
  if (student.scalar_type() == at::kHalf)
    launch_typed<c10::Half, c10::Half>(job);
  else
    run(job, student.scalar_type());
}

}  // namespace

TORCH_LIBRARY_IMPL(potstill, CUDA, m) {
  m.impl("_soft_target_ce_forward", &soft_target_ce_cuda);
  m.impl("_soft_target_ce_rows", &rows);
}

}  // namespace potstill::ops::cuda
