#include "ops/dist.h"

#include <torch/library.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "ops/cpu/capability.h"
#include "ops/cpu/dist.h"
#include "ops/cpu/logits.h"
#include "ops/cpu/scratch.h"
#include "ops/optional_tensor.h"
#include "ops/share.h"

namespace potstill::ops {
namespace {

// Parts of the batch with sums over columns of their own, added up in order: so many for any number
// of threads.
constexpr int64_t kParts = 8;

DistKernels find_kernels(bool wide) {
  return POTSTILL_FOR_CPU(dist_kernels)(wide);
}

std::tuple<at::Tensor, at::Tensor> forward_cpu(const at::Tensor& student, const at::Tensor& teacher,
                                               double beta, double gamma, double temperature,
                                               bool scale, const std::optional<at::Tensor>& mask,
                                               bool want_gradient) {
  check_dist(student, teacher, beta, gamma, temperature, mask);
  LogitPair pair(student, teacher, want_gradient);
  const int64_t rows = pair.rows(), classes = pair.classes();
  at::Tensor flat_mask;
  if (is_present(mask)) flat_mask = mask->contiguous();
  const bool* mask_data = flat_mask.defined() ? flat_mask.const_data_ptr<bool>() : nullptr;
  const int64_t counted = count_masked_rows(mask_data, rows);
  if (counted == 0) {
    if (want_gradient) pair.written.zero_();
    return pair.finish(0);
  }

  const size_t scratch_bytes = dist_scratch_bytes(classes);
  const DistKernels kernels = find_kernels(pair.wide);
  std::vector<double> reference(2 * classes);
  std::vector<DistSums> row_sums(rows);
  const int64_t parts = std::min(kParts, rows);
  std::vector<double> columns(parts * 5 * classes);
  DistJob job{};
  job.temperature = temperature;
  job.scale = scale ? temperature * temperature : 1;
  job.classes = classes;
  job.student = pair.student_side();
  job.teacher = pair.teacher_side();
  job.mask = mask_data;
  job.reference_p = reference.data();
  job.reference_q = reference.data() + classes;
  job.row_sums = row_sums.data();

  const int64_t first =
      mask_data == nullptr ? 0 : std::find(mask_data, mask_data + rows, true) - mask_data;
  kernels.probabilities(job, first, reference.data(), reference.data() + classes,
                        thread_scratch(scratch_bytes));
  share(parts, std::max<int64_t>(1, kLogitGrain * parts / (classes * rows)),
        [&](int64_t begin, int64_t end) {
          for (int64_t part = begin; part < end; ++part)
            kernels.sums(job, rows * part / parts, rows * (part + 1) / parts,
                         columns.data() + part * 5 * classes, thread_scratch(scratch_bytes));
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
    const double rounded_p = pair.wide ? p : static_cast<double>(static_cast<float>(p));
    const double rounded_q = pair.wide ? q : static_cast<double>(static_cast<float>(q));
    const double column[6] = {rounded_p,
                              rounded_q,
                              p - rounded_p,
                              q - rounded_q,
                              weight * of.of_teacher,
                              weight * of.of_student};
    for (int64_t k = 0; k < 6; ++k) of_columns[k * padded + c] = column[k];
  }

  if (want_gradient) {
    job.rows = of_rows.data();
    std::vector<float> narrow;
    if (!pair.wide) narrow.assign(of_columns.begin(), of_columns.end());
    job.columns = pair.wide ? static_cast<const void*>(of_columns.data()) : narrow.data();
    job.gradient = pair.written.mutable_data_ptr();
    share(rows, units_of(kLogitGrain, classes), [&](int64_t begin, int64_t end) {
      kernels.gradient(job, begin, end, thread_scratch(scratch_bytes));
    });
  }
  return pair.finish(job.scale *
                     (beta * by_rows / count + gamma * by_columns / static_cast<double>(classes)));
}

}  // namespace

TORCH_LIBRARY_IMPL(potstill, CPU, m) { m.impl("_dist_forward", &forward_cpu); }

}  // namespace potstill::ops
