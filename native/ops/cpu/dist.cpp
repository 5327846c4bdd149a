#include "ops/dist.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <torch/library.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "ops/cpu/capability.h"
#include "ops/cpu/dist.h"
#include "ops/cpu/logits.h"
#include "ops/soft_target_ce.h"

namespace potstill::ops {
namespace {

// Parts of the batch with sums over columns of their own, added up in order: so many for any number
// of threads.
constexpr int64_t kParts = 8;

DistKernels find_kernels(bool wide) {
#if defined(__x86_64__)
  switch (cpu_capability()) {
    case CpuCapability::Avx512:
      return dist_kernels_avx512(wide);
    case CpuCapability::Avx2:
      return dist_kernels_avx2(wide);
    case CpuCapability::Default:
      break;
  }
#endif
  return dist_kernels_default(wide);
}

std::tuple<at::Tensor, at::Tensor> forward_cpu(const at::Tensor& student, const at::Tensor& teacher,
                                               double beta, double gamma, double temperature,
                                               bool scale, const std::optional<at::Tensor>& mask,
                                               bool want_gradient) {
  check_dist(student, teacher, beta, gamma, temperature, mask);
  const int64_t classes = student.size(-1);
  const int64_t rows = student.numel() / classes;
  const auto loss_type = soft_target_ce_loss_type(student.scalar_type(), teacher.scalar_type());
  const auto gradient_type = soft_target_ce_gradient_type(student.scalar_type());
  at::Tensor gradient;
  if (want_gradient) gradient = at::empty(student.sizes(), student.options().dtype(gradient_type));

  at::Tensor flat_mask;
  if (mask.has_value() && mask->defined()) flat_mask = mask->contiguous();
  const bool* mask_data = flat_mask.defined() ? flat_mask.const_data_ptr<bool>() : nullptr;
  const int64_t counted = count_masked_rows(mask_data, rows);
  if (counted == 0) {
    if (want_gradient) gradient.zero_();
    return {scalar_loss(0, student.options().dtype(loss_type)), std::move(gradient)};
  }

  // float64 on one side only: the other follows.
  const bool wide = loss_type == at::kDouble;
  const at::Tensor z = as_rows(wide ? student.to(at::kDouble) : student);
  const at::Tensor v = as_rows(wide ? teacher.to(at::kDouble) : teacher);
  at::Tensor written = gradient;
  if (want_gradient && wide && gradient_type != at::kDouble)
    written = at::empty(student.sizes(), z.options());

  const size_t scratch_bytes = dist_scratch_bytes(classes);
  const DistKernels kernels = find_kernels(wide);
  std::vector<double> reference(2 * classes);
  std::vector<DistSums> row_sums(rows);
  const int64_t parts = std::min(kParts, rows);
  std::vector<double> columns(parts * 5 * classes);
  DistJob job{};
  job.temperature = temperature;
  job.scale = scale ? temperature * temperature : 1;
  job.classes = classes;
  job.student_type = logit_type(z);
  job.teacher_type = logit_type(v);
  job.student = z.const_data_ptr();
  job.teacher = v.const_data_ptr();
  job.student_stride = z.stride(0);
  job.teacher_stride = v.stride(0);
  job.mask = mask_data;
  job.reference_p = reference.data();
  job.reference_q = reference.data() + classes;
  job.row_sums = row_sums.data();

  const int64_t first =
      mask_data == nullptr ? 0 : std::find(mask_data, mask_data + rows, true) - mask_data;
  kernels.probabilities(job, first, reference.data(), reference.data() + classes,
                        thread_scratch(scratch_bytes));
  at::parallel_for(0, parts, std::max<int64_t>(1, kLogitGrain * parts / (classes * rows)),
                   [&](int64_t begin, int64_t end) {
                     for (int64_t part = begin; part < end; ++part)
                       kernels.sums(job, rows * part / parts, rows * (part + 1) / parts,
                                    columns.data() + part * 5 * classes,
                                    thread_scratch(scratch_bytes));
                   });

  const auto count = static_cast<double>(counted);
  double by_rows = 0;
  std::vector<DistRow> of_rows(rows);
  for (int64_t row = 0; row < rows; ++row) {
    if (mask_data != nullptr && !mask_data[row]) continue;
    const Correlation of = correlate(row_sums[row]);
    by_rows += of.distance;
    of_rows[row] = {-beta / count * of.of_teacher, -beta / count * of.of_student};
  }
  double by_columns = 0;
  const int64_t padded = dist_padded(classes);
  std::vector<double> of_columns(6 * padded);
  for (int64_t c = 0; c < classes; ++c) {
    double sums[5] = {};
    for (int64_t part = 0; part < parts; ++part)
      for (int64_t k = 0; k < 5; ++k) sums[k] += columns[(part * 5 + k) * classes + c];
    const double mean_p = sums[0] / count, mean_q = sums[1] / count;
    // Rounding may leave less than nothing.
    const auto squares = [](double value) { return value < 0 ? 0 : value; };
    const Correlation of =
        correlate({squares(sums[2] - mean_p * sums[0]), squares(sums[3] - mean_q * sums[1]),
                   sums[4] - mean_p * sums[1]});
    by_columns += of.distance;
    const double weight = -gamma / static_cast<double>(classes);
    const double p = reference[c] + mean_p, q = reference[classes + c] + mean_q;
    const double rounded_p = wide ? p : static_cast<double>(static_cast<float>(p));
    const double rounded_q = wide ? q : static_cast<double>(static_cast<float>(q));
    const double column[6] = {rounded_p,     rounded_q,
                              p - rounded_p, q - rounded_q,
                              weight * of.of_teacher, weight * of.of_student};
    for (int64_t k = 0; k < 6; ++k) of_columns[k * padded + c] = column[k];
  }

  if (want_gradient) {
    job.rows = of_rows.data();
    const std::vector<float> narrow = wide ? std::vector<float>()
                                           : std::vector<float>(of_columns.begin(), of_columns.end());
    job.columns = wide ? static_cast<const void*>(of_columns.data()) : narrow.data();
    job.gradient = written.mutable_data_ptr();
    at::parallel_for(0, rows, std::max<int64_t>(1, kLogitGrain / classes),
                     [&](int64_t begin, int64_t end) {
                       kernels.gradient(job, begin, end, thread_scratch(scratch_bytes));
                     });
    if (!written.is_same(gradient)) gradient.copy_(written);
  }
  const double value =
      job.scale * (beta * by_rows / count + gamma * by_columns / static_cast<double>(classes));
  return {scalar_loss(value, student.options().dtype(loss_type)), std::move(gradient)};
}

}  // namespace

TORCH_LIBRARY_IMPL(potstill, CPU, m) { m.impl("_dist_forward", &forward_cpu); }

}  // namespace potstill::ops
