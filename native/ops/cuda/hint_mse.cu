#include "ops/hint_mse.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <torch/library.h>

#include "ops/cuda/dispatch.h"
#include "ops/cuda/hint_mse.cuh"
#include "ops/cuda/launch.cuh"
#include "ops/cuda/means.h"
#include "ops/flat_pair.h"
#include "ops/optional_tensor.h"

namespace potstill::ops::cuda {
namespace {

bool is_aligned_at(const void* pointer) { return reinterpret_cast<uintptr_t>(pointer) % 16 == 0; }

std::tuple<at::Tensor, at::Tensor> hint_mse_cuda(const at::Tensor& student,
                                                 const at::Tensor& teacher,
                                                 const std::optional<at::Tensor>& mask,
                                                 bool want_gradient) {
  check_hint_mse(student, teacher, mask);
  const OnDeviceOf device(student);
  const auto loss_type = loss_type_of(student, teacher);
  const auto type = common_type(student, teacher);
  const auto doubles = student.options().dtype(at::kDouble);
  GradientTarget gradient;
  if (want_gradient)
    gradient.returned = at::empty_like(student, student.options().dtype(gradient_type_of(student)));
  if (student.numel() == 0)
    return {mean_of(at::empty({0}, doubles), {}, 0, loss_type), gradient.returned};

  const bool masked = is_present(mask);
  const FlatPair pair(student.to(type), teacher.to(type),
                      masked ? std::optional(mask->dim()) : std::nullopt);
  if (want_gradient) {
    const auto written = gradient_type_of(type);
    gradient.written = written == gradient.returned.scalar_type() &&
                               pair.has_order_of(gradient.returned)
                           ? gradient.returned
                           : at::empty_like(pair.student, student.options().dtype(written));
  }
  HintJob job{};
  job.student = pair.student.const_data_ptr();
  job.teacher = pair.teacher.const_data_ptr();
  job.gradient = gradient.data();
  job.elements = student.numel();
  job.inner = job.elements;
  at::Tensor flat_mask, counted;
  if (masked) {
    flat_mask = mask->contiguous();
    job.mask = flat_mask.const_data_ptr<bool>();
    job.inner = job.elements / flat_mask.numel();
    counted = count_entries(job.mask, nullptr, flat_mask.numel(), 0, doubles);
    job.counted = counted.const_data_ptr<double>();
  }
  job.scale = 2 / static_cast<double>(job.inner);
  const int64_t width = 16 / static_cast<int64_t>(pair.student.element_size());
  job.packed = is_aligned_at(job.student) && is_aligned_at(job.teacher) &&
               is_aligned_at(job.gradient) && (!masked || job.inner % width == 0);
  const int64_t blocks = (job.elements + kHintElements - 1) / kHintElements;
  const at::Tensor values = at::empty({blocks}, doubles);
  job.values = values.mutable_data_ptr<double>();
  dispatch(type, [&](auto element, auto written) {
    launch(&hint_mse_kernel<decltype(element), decltype(written)>, blocks, kHintThreads,
           kReductionBytes, job);
  });
  return {mean_of(values, counted, static_cast<double>(job.inner), loss_type), gradient.finish()};
}

}  // namespace

TORCH_LIBRARY_IMPL(potstill, CUDA, m) { m.impl("_hint_mse_forward", &hint_mse_cuda); }

}  // namespace potstill::ops::cuda
