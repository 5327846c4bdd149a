#include "ops/attention_transfer.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <torch/library.h>

#include "ops/cuda/attention_transfer.cuh"
#include "ops/cuda/dispatch.h"
#include "ops/cuda/dots.h"
#include "ops/cuda/launch.cuh"
#include "ops/cuda/means.h"
#include "ops/feature_loss.h"

namespace potstill::ops::cuda {
namespace {

std::tuple<at::Tensor, at::Tensor> attention_transfer_cuda(const at::Tensor& student,
                                                           const at::Tensor& teacher, bool paper,
                                                           bool want_gradient) {
  check_maps("attention_transfer", student, teacher);
  const OnDeviceOf device(student);
  const auto loss_type = loss_type_of(student, teacher);
  const auto type = common_type(student, teacher);
  const auto doubles = student.options().dtype(at::kDouble);
  const SampleMaps s(student.to(type)), t(teacher.to(type));
  GradientTarget gradient;
  if (want_gradient) {
    const auto wanted = gradient_type_of(student), written = gradient_type_of(type);
    gradient.returned = s.gradient(wanted);
    gradient.written = wanted == written ? gradient.returned : s.gradient(written);
  }
  if (student.numel() == 0)
    return {mean_of(at::empty({0}, doubles), {}, 0, loss_type), gradient.returned};

  const at::Tensor student_squares = position_squares(s), teacher_squares = position_squares(t);
  const at::Tensor values = at::empty({student.size(0)}, doubles);
  at::Tensor factors;
  MapJob job{};
  job.student_squares = student_squares.const_data_ptr<double>();
  job.teacher_squares = teacher_squares.const_data_ptr<double>();
  job.samples = student.size(0);
  job.positions = s.positions;
  job.options = map_options(student, teacher, paper);
  job.values = values.mutable_data_ptr<double>();
  if (want_gradient) {
    factors = at::empty_like(student_squares,
                             doubles.dtype(type == at::kDouble ? at::kDouble : at::kFloat));
    job.factors = factors.mutable_data_ptr();
    job.feature = s.feature.const_data_ptr();
    job.gradient = gradient.data();
    job.stride = s.feature.stride(0);
    job.by_row = s.channels_last;
    job.rows = s.channels_last ? s.positions : s.channels;
    job.columns = s.channels_last ? s.channels : s.positions;
    const int64_t bytes = s.feature.element_size();
    job.packed = reinterpret_cast<uintptr_t>(job.feature) % 16 == 0 &&
                 reinterpret_cast<uintptr_t>(job.gradient) % 16 == 0 &&
                 job.stride * bytes % 16 == 0 && job.rows * job.columns * bytes % 16 == 0;
  }
  dispatch(type, [&](auto element, auto written) {
    using Element = decltype(element);
    launch_rows(job, job.samples, job.positions, [](auto lanes) {
      return &compare_maps_kernel<ScalarOf<Element>, lanes>;
    });
    if (!want_gradient) return;
    const int64_t parts = (job.rows * job.columns + kScaledElements - 1) / kScaledElements;
    launch(&scale_by_map_kernel<Element, decltype(written)>, parts * job.samples, 256, 0, job);
  });
  return {mean_of(values, {}, map_divisor(student, paper), loss_type), gradient.finish()};
}

}  // namespace

TORCH_LIBRARY_IMPL(potstill, CUDA, m) {
  m.impl("_attention_transfer_forward", &attention_transfer_cuda);
}

}  // namespace potstill::ops::cuda
