#include "ops/divergences.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <torch/library.h>

#include <algorithm>
#include <vector>

#include "ops/cpu/capability.h"
#include "ops/cpu/divergences.h"
#include "ops/cpu/features.h"
#include "ops/cpu/logits.h"
#include "ops/soft_target_ce.h"

namespace potstill::ops {
namespace {

DivergenceKernel find_kernel(RowDivergence kind, bool wide) {
#if defined(__x86_64__)
  switch (cpu_capability()) {
    case CpuCapability::Avx512:
      return divergence_kernel_avx512(kind, wide);
    case CpuCapability::Avx2:
      return divergence_kernel_avx2(kind, wide);
    case CpuCapability::Default:
      break;
  }
#endif
  return divergence_kernel_default(kind, wide);
}

void check_labels(const int64_t* labels, const bool* mask, int64_t rows, int64_t classes) {
  for (int64_t row = 0; row < rows; ++row) {
    if (mask != nullptr && !mask[row]) continue;
    TORCH_CHECK_INDEX(labels[row] >= 0 && labels[row] < classes, "dkd: label ", labels[row],
                      " in row ", row, " is none of the ", classes, " classes (0 to ", classes - 1,
                      "); mask rows without a label");
  }
}

std::tuple<at::Tensor, at::Tensor> forward_cpu(const at::Tensor& student, const at::Tensor& teacher,
                                               const std::optional<at::Tensor>& labels,
                                               const std::optional<at::Tensor>& mask,
                                               int64_t divergence, double first, double second,
                                               double temperature, bool scale, bool want_gradient) {
  check_divergence(student, teacher, labels, mask, divergence, first, second, temperature);
  const auto kind = static_cast<Divergence>(divergence);
  const int64_t classes = student.size(-1);
  const int64_t rows = student.numel() / classes;
  const auto loss_type = soft_target_ce_loss_type(student.scalar_type(), teacher.scalar_type());
  const auto gradient_type = soft_target_ce_gradient_type(student.scalar_type());
  at::Tensor gradient;
  if (want_gradient) gradient = at::empty(student.sizes(), student.options().dtype(gradient_type));

  at::Tensor flat_mask, flat_labels;
  if (mask.has_value() && mask->defined()) flat_mask = mask->contiguous();
  const bool* mask_data = flat_mask.defined() ? flat_mask.const_data_ptr<bool>() : nullptr;
  const int64_t counted = count_masked_rows(mask_data, rows);
  if (kind == Divergence::Dkd) {
    flat_labels = labels->contiguous();
    check_labels(flat_labels.const_data_ptr<int64_t>(), mask_data, rows, classes);
  }

  double total = 0;
  if (rows > 0) {
    // float64 on one side only: the other follows.
    const bool wide = loss_type == at::kDouble;
    const at::Tensor z = as_rows(wide ? student.to(at::kDouble) : student);
    const at::Tensor v = as_rows(wide ? teacher.to(at::kDouble) : teacher);
    at::Tensor written = gradient;
    if (want_gradient && wide && gradient_type != at::kDouble)
      written = at::empty(student.sizes(), z.options());

    std::vector<double> values(rows);
    DivergenceJob job{};
    job.first = first;
    job.second = second;
    job.temperature = temperature;
    job.scale = scale ? temperature * temperature : 1;
    job.counted = static_cast<double>(counted);
    job.classes = classes;
    job.student_type = logit_type(z);
    job.teacher_type = logit_type(v);
    job.student = z.const_data_ptr();
    job.teacher = v.const_data_ptr();
    job.student_stride = z.stride(0);
    job.teacher_stride = v.stride(0);
    job.labels = flat_labels.defined() ? flat_labels.const_data_ptr<int64_t>() : nullptr;
    job.mask = mask_data;
    job.gradient = want_gradient ? written.mutable_data_ptr() : nullptr;
    job.streamed = want_gradient && static_cast<int64_t>(written.nbytes()) >= kStreamedBytes;
    job.values = values.data();
    const DivergenceKernel kernel = find_kernel(row_divergence(kind, first), wide);
    const size_t scratch_bytes = divergence_scratch_bytes(classes);
    at::parallel_for(0, rows, std::max<int64_t>(1, kLogitGrain / classes),
                     [&](int64_t begin, int64_t end) {
                       kernel(job, begin, end, thread_scratch(scratch_bytes));
                     });
    // In the order of the rows, so that the number of threads changes nothing.
    for (const double value : values) total += value;
    if (want_gradient && !written.is_same(gradient)) gradient.copy_(written);
  }
  const double mean = counted == 0 ? 0 : total / static_cast<double>(counted);
  return {scalar_loss(mean, student.options().dtype(loss_type)), std::move(gradient)};
}

}  // namespace

TORCH_LIBRARY_IMPL(potstill, CPU, m) { m.impl("_divergence_forward", &forward_cpu); }

}  // namespace potstill::ops
