#include "ops/cpu/soft_target_ce.h"

#include <ATen/ops/empty.h>
#include <torch/library.h>

#include <algorithm>
#include <vector>

#include "ops/cpu/capability.h"
#include "ops/cpu/logits.h"
#include "ops/cpu/scratch.h"
#include "ops/logits.h"
#include "ops/optional_tensor.h"
#include "ops/share.h"
#include "ops/soft_target_ce.h"

namespace potstill::ops {
namespace {

SoftTargetCeKernel find_kernel(ElementType student, ElementType teacher) {
  return POTSTILL_FOR_CPU(soft_target_ce_kernel)(student, teacher);
}

// The rows that count. Throws at the first label that is no class.
int64_t count_rows(const int64_t* labels, int64_t rows, int64_t classes, int64_t ignore_index) {
  int64_t counted = 0;
  for (int64_t row = 0; row < rows; ++row) {
    if (labels[row] == ignore_index) continue;
    TORCH_CHECK_INDEX(labels[row] >= 0 && labels[row] < classes, "soft_target_ce: label ",
                      labels[row], " in row ", row, " is none of the ", classes, " classes (0 to ",
                      classes - 1, ") and not the ignored index (", ignore_index, ")");
    ++counted;
  }
  return counted;
}

// All rows of z and v, which are as as_rows makes them and of types that have a kernel together.
// `gradient` is dense, in the type that the kernel writes, or undefined; it may be z itself.
void run_rows(const at::Tensor& z, const at::Tensor& v, const int64_t* labels, int64_t ignore_index,
              const SoftTargetCeOptions& options, const at::Tensor& gradient, double* values) {
  const int64_t rows = z.size(0);
  SoftTargetCeJob job{};
  job.options = options;
  job.student = z.const_data_ptr();
  job.teacher = v.const_data_ptr();
  job.student_stride = z.stride(0);
  job.teacher_stride = v.stride(0);
  job.labels = labels;
  job.ignore_index = ignore_index;
  job.gradient = gradient.defined() ? gradient.mutable_data_ptr() : nullptr;
  job.values = values;
  if (gradient.defined()) {
    const int64_t row_bytes = options.classes * gradient.element_size();
    job.prefetch = rows * row_bytes >= kStreamedBytes;
    job.stream = job.prefetch && row_bytes % 64 == 0 && !gradient.is_same(z) &&
                 reinterpret_cast<uintptr_t>(job.gradient) % 64 == 0;
  }
  const SoftTargetCeKernel kernel = find_kernel(element_type(z), element_type(v));
  const size_t scratch_bytes = soft_target_ce_scratch_bytes(options.classes);
  share(rows, units_of(kLogitGrain, options.classes), [&](int64_t begin, int64_t end) {
    kernel(job, begin, end, thread_scratch(scratch_bytes));
  });
}

std::tuple<at::Tensor, at::Tensor> forward_cpu(const at::Tensor& student, const at::Tensor& teacher,
                                               const std::optional<at::Tensor>& labels,
                                               double alpha, double temperature,
                                               double label_smoothing, int64_t ignore_index,
                                               bool want_gradient) {
  check_soft_target_ce(student, teacher, labels, alpha, temperature, label_smoothing);
  LogitPair pair(student, teacher, want_gradient);
  const bool labeled = is_present(labels);
  at::Tensor flat_labels;
  if (labeled) flat_labels = labels->contiguous();
  const int64_t* label_data = labeled ? flat_labels.const_data_ptr<int64_t>() : nullptr;
  const int64_t counted =
      labeled ? count_rows(label_data, pair.rows(), pair.classes(), ignore_index) : pair.rows();

  std::vector<double> values(pair.rows());
  if (pair.rows() > 0) {
    const SoftTargetCeOptions options{alpha, temperature, label_smoothing, pair.classes(),
                                      static_cast<double>(counted)};
    run_rows(pair.student, pair.teacher, label_data, ignore_index, options, pair.written,
             values.data());
  }
  return pair.finish(mean_of_rows(values, counted));
}

void rows_cpu(at::Tensor& student, const at::Tensor& teacher,
              const std::optional<at::Tensor>& labels, at::Tensor& values, double alpha,
              double temperature, double label_smoothing, int64_t ignore_index, double divisor,
              bool want_gradient) {
  check_soft_target_ce_rows(student, teacher, labels, values, alpha, temperature, label_smoothing);
  if (student.size(0) == 0) return;
  const bool labeled = is_present(labels);
  const int64_t* label_data = labeled ? labels->const_data_ptr<int64_t>() : nullptr;
  if (labeled) count_rows(label_data, student.size(0), student.size(1), ignore_index);
  const SoftTargetCeOptions options{alpha, temperature, label_smoothing, student.size(1), divisor};
  // For float16 the kernel writes float32.
  const bool direct = student.scalar_type() != at::kHalf;
  at::Tensor gradient;
  if (want_gradient)
    gradient = direct ? student : at::empty(student.sizes(), student.options().dtype(at::kFloat));
  run_rows(student, as_rows(teacher), label_data, ignore_index, options, gradient,
           values.mutable_data_ptr<double>());
  if (want_gradient && !direct) student.copy_(gradient);
}

}  // namespace

TORCH_LIBRARY_IMPL(potstill, CPU, m) {
  m.impl("_soft_target_ce_forward", &forward_cpu);
  m.impl("_soft_target_ce_rows", &rows_cpu);
}

}  // namespace potstill::ops
