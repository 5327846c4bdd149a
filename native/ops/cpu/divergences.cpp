#include "ops/divergences.h"

#include <torch/library.h>

#include <algorithm>
#include <vector>

#include "ops/cpu/capability.h"
#include "ops/cpu/divergences.h"
#include "ops/cpu/logits.h"
#include "ops/cpu/scratch.h"
#include "ops/optional_tensor.h"
#include "ops/share.h"

namespace potstill::ops {
namespace {

DivergenceKernel find_kernel(RowDivergence kind, bool wide) {
  return POTSTILL_FOR_CPU(divergence_kernel)(kind, wide);
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
  LogitPair pair(student, teacher, want_gradient);
  const int64_t rows = pair.rows(), classes = pair.classes();

  at::Tensor flat_mask, flat_labels;
  if (is_present(mask)) flat_mask = mask->contiguous();
  const bool* mask_data = flat_mask.defined() ? flat_mask.const_data_ptr<bool>() : nullptr;
  const int64_t counted = count_masked_rows(mask_data, rows);
  if (kind == Divergence::Dkd) {
    flat_labels = labels->contiguous();
    check_labels(flat_labels.const_data_ptr<int64_t>(), mask_data, rows, classes);
  }

  std::vector<double> values(rows);
  if (rows > 0) {
    DivergenceJob job{};
    job.first = first;
    job.second = second;
    job.temperature = temperature;
    job.scale = scale ? temperature * temperature : 1;
    job.counted = static_cast<double>(counted);
    job.classes = classes;
    job.student = pair.student_side();
    job.teacher = pair.teacher_side();
    job.labels = flat_labels.defined() ? flat_labels.const_data_ptr<int64_t>() : nullptr;
    job.mask = mask_data;
    if (want_gradient) {
      job.gradient = pair.written.mutable_data_ptr();
      job.streamed = static_cast<int64_t>(pair.written.nbytes()) >= kStreamedBytes;
    }
    job.values = values.data();
    const DivergenceKernel kernel = find_kernel(row_divergence(kind, first), pair.wide);
    const size_t scratch_bytes = divergence_scratch_bytes(classes);
    share(rows, units_of(kLogitGrain, classes), [&](int64_t begin, int64_t end) {
      kernel(job, begin, end, thread_scratch(scratch_bytes));
    });
  }
  return pair.finish(mean_of_rows(values, counted));
}

}  // namespace

TORCH_LIBRARY_IMPL(potstill, CPU, m) { m.impl("_divergence_forward", &forward_cpu); }

}  // namespace potstill::ops
