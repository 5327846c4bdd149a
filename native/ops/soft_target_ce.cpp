#include "ops/soft_target_ce.h"

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/ops/empty.h>
#include <torch/library.h>

#include "ops/logits.h"
#include "ops/loss_types.h"
#include "ops/optional_tensor.h"

namespace potstill::ops {
namespace {

// The public operator below autograd: no gradient is wanted.
at::Tensor value_only(const at::Tensor& student, const at::Tensor& teacher,
                      const std::optional<at::Tensor>& labels, double alpha, double temperature,
                      double label_smoothing, int64_t ignore_index) {
  return std::get<0>(soft_target_ce_forward(student, teacher, labels, alpha, temperature,
                                            label_smoothing, ignore_index, false));
}

std::tuple<at::Tensor, at::Tensor> forward_meta(const at::Tensor& student,
                                                const at::Tensor& teacher,
                                                const std::optional<at::Tensor>& labels,
                                                double alpha, double temperature,
                                                double label_smoothing, int64_t /*ignore_index*/,
                                                bool want_gradient) {
  check_soft_target_ce(student, teacher, labels, alpha, temperature, label_smoothing);
  const auto loss_type = loss_type_of(student, teacher);
  const auto gradient_type = gradient_type_of(student);
  return {at::empty({}, student.options().dtype(loss_type)),
          want_gradient ? at::empty(student.sizes(), student.options().dtype(gradient_type))
                        : at::Tensor()};
}

}  // namespace

void check_soft_target_ce(const at::Tensor& student, const at::Tensor& teacher,
                          const std::optional<at::Tensor>& labels, double alpha,
                          double temperature, double label_smoothing) {
  TORCH_CHECK_VALUE(alpha >= 0 && alpha <= 1, "soft_target_ce: alpha must be from 0 to 1, got ",
                    alpha);
  TORCH_CHECK_VALUE(label_smoothing >= 0 && label_smoothing <= 1,
                    "soft_target_ce: label_smoothing must be from 0 to 1, got ", label_smoothing);
  check_logit_pair("soft_target_ce", student, teacher, temperature);
  if (!is_present(labels)) {
    TORCH_CHECK_VALUE(alpha == 1, "soft_target_ce: labels may be left out only with alpha 1, got ",
                      alpha);
    return;
  }
  check_row_labels("soft_target_ce", student, *labels);
}

void check_soft_target_ce_rows(const at::Tensor& student, const at::Tensor& teacher,
                               const std::optional<at::Tensor>& labels, const at::Tensor& values,
                               double alpha, double temperature, double label_smoothing) {
  check_soft_target_ce(student, teacher, labels, alpha, temperature, label_smoothing);
  TORCH_CHECK(student.dim() == 2 && student.is_contiguous(),
              "_soft_target_ce_rows: the student's logits must be dense [rows, classes]");
  TORCH_CHECK_TYPE((student.scalar_type() == at::kDouble) == (teacher.scalar_type() == at::kDouble),
                   "_soft_target_ce_rows: float64 on one side only");
  TORCH_CHECK(values.scalar_type() == at::kDouble && values.is_contiguous() &&
                  values.numel() == student.size(0) && values.device() == student.device(),
              "_soft_target_ce_rows: values must be float64 [rows] beside the logits");
  TORCH_CHECK(!is_present(labels) || labels->is_contiguous(),
              "_soft_target_ce_rows: labels must be dense");
}

at::Tensor soft_target_ce(const at::Tensor& student, const at::Tensor& teacher,
                          const std::optional<at::Tensor>& labels, double alpha,
                          double temperature, double label_smoothing, int64_t ignore_index) {
  static const auto op = c10::Dispatcher::singleton()
                             .findSchemaOrThrow("potstill::soft_target_ce", "")
                             .typed<decltype(soft_target_ce)>();
  return op.call(student, teacher, labels, alpha, temperature, label_smoothing, ignore_index);
}

std::tuple<at::Tensor, at::Tensor> soft_target_ce_forward(
    const at::Tensor& student, const at::Tensor& teacher, const std::optional<at::Tensor>& labels,
    double alpha, double temperature, double label_smoothing, int64_t ignore_index,
    bool want_gradient) {
  static const auto op = c10::Dispatcher::singleton()
                             .findSchemaOrThrow("potstill::_soft_target_ce_forward", "")
                             .typed<decltype(soft_target_ce_forward)>();
  return op.call(student, teacher, labels, alpha, temperature, label_smoothing, ignore_index,
                 want_gradient);
}

void soft_target_ce_rows(at::Tensor& student, const at::Tensor& teacher,
                         const std::optional<at::Tensor>& labels, at::Tensor& values, double alpha,
                         double temperature, double label_smoothing, int64_t ignore_index,
                         double divisor, bool want_gradient) {
  static const auto op = c10::Dispatcher::singleton()
                             .findSchemaOrThrow("potstill::_soft_target_ce_rows", "")
                             .typed<decltype(soft_target_ce_rows)>();
  op.call(student, teacher, labels, values, alpha, temperature, label_smoothing, ignore_index,
          divisor, want_gradient);
}

TORCH_LIBRARY_IMPL(potstill, CompositeExplicitAutograd, m) {
  m.impl("soft_target_ce", &value_only);
}

TORCH_LIBRARY_IMPL(potstill, Meta, m) {
  m.impl("_soft_target_ce_forward", &forward_meta);
}

}  // namespace potstill::ops
