#include "ops/soft_target_ce.h"

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/ops/empty.h>
#include <torch/library.h>

#include <cmath>

namespace potstill::ops {
namespace {

bool is_logit_type(at::ScalarType type) {
  return type == at::kFloat || type == at::kDouble || type == at::kBFloat16 || type == at::kHalf;
}

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
  const auto loss_type = soft_target_ce_loss_type(student.scalar_type(), teacher.scalar_type());
  const auto gradient_type = soft_target_ce_gradient_type(student.scalar_type());
  return {at::empty({}, student.options().dtype(loss_type)),
          want_gradient ? at::empty(student.sizes(), student.options().dtype(gradient_type))
                        : at::Tensor()};
}

at::Tensor backward_meta(const at::Tensor& /*grad_output*/, const at::Tensor& gradient,
                         at::ScalarType dtype) {
  return at::empty(gradient.sizes(), gradient.options().dtype(dtype));
}

}  // namespace

void check_soft_target_ce(const at::Tensor& student, const at::Tensor& teacher,
                          const std::optional<at::Tensor>& labels, double alpha,
                          double temperature, double label_smoothing) {
  TORCH_CHECK_VALUE(alpha >= 0 && alpha <= 1, "soft_target_ce: alpha must be from 0 to 1, got ",
                    alpha);
  TORCH_CHECK_VALUE(temperature > 0 && std::isfinite(temperature),
                    "soft_target_ce: temperature must be positive, got ", temperature);
  TORCH_CHECK_VALUE(label_smoothing >= 0 && label_smoothing <= 1,
                    "soft_target_ce: label_smoothing must be from 0 to 1, got ", label_smoothing);
  for (const auto& [name, logits] : {std::pair<const char*, const at::Tensor&>("student", student),
                                     {"teacher", teacher}})
    TORCH_CHECK_TYPE(is_logit_type(logits.scalar_type()), "soft_target_ce: the ", name,
                     "'s logits must have dtype float32, float64, bfloat16 or float16, got ",
                     logits.scalar_type());
  TORCH_CHECK(student.dim() >= 1 && student.size(-1) >= 1,
              "soft_target_ce: logits need the shape [*, classes] with at least one class, got ",
              student.sizes());
  TORCH_CHECK(teacher.dim() >= 1 && student.size(-1) == teacher.size(-1),
              "soft_target_ce: the student has ", student.size(-1), " classes, the teacher ",
              teacher.dim() >= 1 ? teacher.size(-1) : 0, " (shapes ", student.sizes(), " and ",
              teacher.sizes(), "); pad or select classes so that they agree");
  TORCH_CHECK(student.sizes() == teacher.sizes(), "soft_target_ce: student of shape ",
              student.sizes(), " and teacher of shape ", teacher.sizes(), " must agree");
  TORCH_CHECK(student.device() == teacher.device(), "soft_target_ce: student on device ",
              student.device(), " and teacher on device ", teacher.device(),
              "; move one to the other's");
  if (!labels.has_value() || !labels->defined()) {
    TORCH_CHECK_VALUE(alpha == 1, "soft_target_ce: labels may be left out only with alpha 1, got ",
                      alpha);
    return;
  }
  TORCH_CHECK_TYPE(labels->scalar_type() == at::kLong,
                   "soft_target_ce: labels must have dtype int64, got ", labels->scalar_type());
  const auto rows = student.sizes().slice(0, student.dim() - 1);
  TORCH_CHECK(labels->sizes() == rows ||
                  (labels->dim() == 1 && labels->size(0) * student.size(-1) == student.numel()),
              "soft_target_ce: logits of shape ", student.sizes(), " need labels of shape ", rows,
              ", got ", labels->sizes());
  TORCH_CHECK(labels->device() == student.device(), "soft_target_ce: labels on device ",
              labels->device(), " and logits on device ", student.device(),
              "; move one to the other's");
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
  TORCH_CHECK(!labels.has_value() || !labels->defined() || labels->is_contiguous(),
              "_soft_target_ce_rows: labels must be dense");
}

at::ScalarType soft_target_ce_loss_type(at::ScalarType student, at::ScalarType teacher) {
  return student == at::kDouble || teacher == at::kDouble ? at::kDouble : at::kFloat;
}

at::ScalarType soft_target_ce_gradient_type(at::ScalarType student) {
  return student == at::kHalf ? at::kFloat : student;
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

at::Tensor soft_target_ce_backward(const at::Tensor& grad_output, const at::Tensor& gradient,
                                   at::ScalarType dtype) {
  static const auto op = c10::Dispatcher::singleton()
                             .findSchemaOrThrow("potstill::_soft_target_ce_backward", "")
                             .typed<decltype(soft_target_ce_backward)>();
  return op.call(grad_output, gradient, dtype);
}

TORCH_LIBRARY_IMPL(potstill, CompositeExplicitAutograd, m) {
  m.impl("soft_target_ce", &value_only);
}

TORCH_LIBRARY_IMPL(potstill, Meta, m) {
  m.impl("_soft_target_ce_forward", &forward_meta);
  m.impl("_soft_target_ce_backward", &backward_meta);
}

}  // namespace potstill::ops
