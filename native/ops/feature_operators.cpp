// The losses on features as operators: how C++ calls them, their Meta kernels, and the public ones
// below autograd. Contracts: hint_mse.h, attention_transfer.h.

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <torch/library.h>

#include <utility>

#include "ops/attention_transfer.h"
#include "ops/feature_loss.h"
#include "ops/hint_mse.h"

namespace potstill::ops {
namespace {

using LossAndGradient = std::tuple<at::Tensor, at::Tensor>;

template <typename Function>
auto find(const char* name) {
  return c10::Dispatcher::singleton().findSchemaOrThrow(name, "").typed<Function>();
}

LossAndGradient made_of_nothing(const at::Tensor& student, const at::Tensor& teacher,
                                bool want_gradient) {
  const auto loss_type = feature_loss_type(student, teacher);
  const auto gradient_type = feature_gradient_type(student);
  return {at::empty({}, student.options().dtype(loss_type)),
          want_gradient ? at::empty_like(student, student.options().dtype(gradient_type))
                        : at::Tensor()};
}

at::Tensor hint_mse_value(const at::Tensor& student, const at::Tensor& teacher,
                          const std::optional<at::Tensor>& mask) {
  return std::get<0>(hint_mse_forward(student, teacher, mask, false));
}

LossAndGradient hint_mse_meta(const at::Tensor& student, const at::Tensor& teacher,
                              const std::optional<at::Tensor>& mask, bool want_gradient) {
  check_hint_mse(student, teacher, mask);
  return made_of_nothing(student, teacher, want_gradient);
}

at::Tensor attention_transfer_value(const at::Tensor& student, const at::Tensor& teacher,
                                    bool paper) {
  return std::get<0>(attention_transfer_forward(student, teacher, paper, false));
}

LossAndGradient attention_transfer_meta(const at::Tensor& student, const at::Tensor& teacher,
                                        bool /*paper*/, bool want_gradient) {
  check_attention_transfer(student, teacher);
  return made_of_nothing(student, teacher, want_gradient);
}

}  // namespace

void check_hint_mse(const at::Tensor& student, const at::Tensor& teacher,
                    const std::optional<at::Tensor>& mask) {
  check_features("hint_mse", student, teacher, 0);
  TORCH_CHECK(student.sizes() == teacher.sizes(), "hint_mse: student of shape ", student.sizes(),
              " and teacher of shape ", teacher.sizes(),
              " must agree; bring the student's to the teacher's shape with a connector");
  if (!mask.has_value() || !mask->defined()) return;
  TORCH_CHECK_TYPE(mask->scalar_type() == at::kBool,
                   "hint_mse: the mask must have dtype bool, got ", mask->scalar_type());
  TORCH_CHECK(
      mask->dim() <= student.dim() && mask->sizes() == student.sizes().slice(0, mask->dim()),
      "hint_mse: the mask needs the leading dimensions of ", student.sizes(), ", got ",
      mask->sizes());
  TORCH_CHECK(mask->device() == student.device(), "hint_mse: mask on device ", mask->device(),
              " and features on device ", student.device(), "; move one to the other's");
}

at::Tensor hint_mse(const at::Tensor& student, const at::Tensor& teacher,
                    const std::optional<at::Tensor>& mask) {
  static const auto op = find<decltype(hint_mse)>("potstill::hint_mse");
  return op.call(student, teacher, mask);
}

LossAndGradient hint_mse_forward(const at::Tensor& student, const at::Tensor& teacher,
                                 const std::optional<at::Tensor>& mask, bool want_gradient) {
  static const auto op = find<decltype(hint_mse_forward)>("potstill::_hint_mse_forward");
  return op.call(student, teacher, mask, want_gradient);
}

void check_attention_transfer(const at::Tensor& student, const at::Tensor& teacher) {
  check_features("attention_transfer", student, teacher, 3);
  TORCH_CHECK(student.sizes().slice(2) == teacher.sizes().slice(2),
              "attention_transfer: student of shape ", student.sizes(), " and teacher of shape ",
              teacher.sizes(),
              " must agree behind the channels; pool the larger map to the smaller");
  TORCH_CHECK(student.size(1) > 0 && teacher.size(1) > 0,
              "attention_transfer: features need at least one channel, got ", student.sizes(),
              " and ", teacher.sizes());
}

at::Tensor attention_transfer(const at::Tensor& student, const at::Tensor& teacher, bool paper) {
  static const auto op = find<decltype(attention_transfer)>("potstill::attention_transfer");
  return op.call(student, teacher, paper);
}

LossAndGradient attention_transfer_forward(const at::Tensor& student, const at::Tensor& teacher,
                                           bool paper, bool want_gradient) {
  static const auto op =
      find<decltype(attention_transfer_forward)>("potstill::_attention_transfer_forward");
  return op.call(student, teacher, paper, want_gradient);
}

TORCH_LIBRARY_IMPL(potstill, CompositeExplicitAutograd, m) {
  m.impl("hint_mse", &hint_mse_value);
  m.impl("attention_transfer", &attention_transfer_value);
}

TORCH_LIBRARY_IMPL(potstill, Meta, m) {
  m.impl("_hint_mse_forward", &hint_mse_meta);
  m.impl("_attention_transfer_forward", &attention_transfer_meta);
}

}  // namespace potstill::ops
