// The losses on features as operators: how C++ calls them, their Meta kernels, and the public ones
// below autograd. Contracts: hint_mse.h, attention_transfer.h,
// similarity.h, rkd.h, pkt.h, nst.h.

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <torch/library.h>

#include <cmath>
#include <utility>

#include "ops/attention_transfer.h"
#include "ops/feature_loss.h"
#include "ops/hint_mse.h"
#include "ops/loss_types.h"
#include "ops/nst.h"
#include "ops/optional_tensor.h"
#include "ops/pkt.h"
#include "ops/rkd.h"
#include "ops/similarity.h"

namespace potstill::ops {
namespace {

using LossAndGradient = std::tuple<at::Tensor, at::Tensor>;

template <typename Function>
auto find(const char* name) {
  return c10::Dispatcher::singleton().findSchemaOrThrow(name, "").typed<Function>();
}

LossAndGradient made_of_nothing(const at::Tensor& student, const at::Tensor& teacher,
                                bool want_gradient) {
  const auto loss_type = loss_type_of(student, teacher);
  const auto gradient_type = gradient_type_of(student);
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
  check_maps("attention_transfer", student, teacher);
  return made_of_nothing(student, teacher, want_gradient);
}

at::Tensor similarity_value(const at::Tensor& student, const at::Tensor& teacher) {
  return std::get<0>(similarity_forward(student, teacher, false));
}

LossAndGradient similarity_meta(const at::Tensor& student, const at::Tensor& teacher,
                                bool want_gradient) {
  check_features("similarity", student, teacher, 1);
  return made_of_nothing(student, teacher, want_gradient);
}

at::Tensor rkd_value(const at::Tensor& student, const at::Tensor& teacher, double distance,
                     double angle) {
  return std::get<0>(rkd_forward(student, teacher, distance, angle, false));
}

LossAndGradient rkd_meta(const at::Tensor& student, const at::Tensor& teacher, double distance,
                         double angle, bool want_gradient) {
  check_features("rkd", student, teacher, 1);
  check_rkd_weights(distance, angle);
  return made_of_nothing(student, teacher, want_gradient);
}

at::Tensor pkt_value(const at::Tensor& student, const at::Tensor& teacher, double eps) {
  return std::get<0>(pkt_forward(student, teacher, eps, false));
}

LossAndGradient pkt_meta(const at::Tensor& student, const at::Tensor& teacher, double eps,
                         bool want_gradient) {
  check_features("pkt", student, teacher, 1);
  check_pkt_eps(eps);
  return made_of_nothing(student, teacher, want_gradient);
}

at::Tensor nst_value(const at::Tensor& student, const at::Tensor& teacher) {
  return std::get<0>(nst_forward(student, teacher, false));
}

LossAndGradient nst_meta(const at::Tensor& student, const at::Tensor& teacher, bool want_gradient) {
  check_maps("nst", student, teacher);
  return made_of_nothing(student, teacher, want_gradient);
}

}  // namespace

void check_hint_mse(const at::Tensor& student, const at::Tensor& teacher,
                    const std::optional<at::Tensor>& mask) {
  check_features("hint_mse", student, teacher, 0);
  TORCH_CHECK(student.sizes() == teacher.sizes(), "hint_mse: student of shape ", student.sizes(),
              " and teacher of shape ", teacher.sizes(),
              " must agree; bring the student's to the teacher's shape with a connector");
  if (!is_present(mask)) return;
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

double map_divisor(const at::Tensor& student, bool paper) {
  const int64_t samples = student.size(0);
  return static_cast<double>(paper ? samples : student.numel() / student.size(1));
}

MapOptions map_options(const at::Tensor& student, const at::Tensor& teacher, bool paper) {
  const auto share = [&](const at::Tensor& side) {
    return paper ? 1 : 1 / static_cast<double>(side.size(1));
  };
  // The least length is that of torch.nn.functional.normalize.
  return {share(student), share(teacher), 1e-12, paper, (paper ? 1 : 2) / map_divisor(student, paper)};
}

void check_pkt_eps(double eps) {
  TORCH_CHECK_VALUE(eps > 0 && std::isfinite(eps), "pkt: eps must be positive, got ", eps);
}

void check_rkd_weights(double distance, double angle) {
  TORCH_CHECK_VALUE(std::isfinite(distance) && std::isfinite(angle),
                    "rkd: the weights of distance and angle must be finite, got ", distance,
                    " and ", angle);
}

at::Tensor similarity(const at::Tensor& student, const at::Tensor& teacher) {
  static const auto op = find<decltype(similarity)>("potstill::similarity");
  return op.call(student, teacher);
}

LossAndGradient similarity_forward(const at::Tensor& student, const at::Tensor& teacher,
                                   bool want_gradient) {
  static const auto op = find<decltype(similarity_forward)>("potstill::_similarity_forward");
  return op.call(student, teacher, want_gradient);
}

at::Tensor rkd(const at::Tensor& student, const at::Tensor& teacher, double distance,
               double angle) {
  static const auto op = find<decltype(rkd)>("potstill::rkd");
  return op.call(student, teacher, distance, angle);
}

LossAndGradient rkd_forward(const at::Tensor& student, const at::Tensor& teacher, double distance,
                            double angle, bool want_gradient) {
  static const auto op = find<decltype(rkd_forward)>("potstill::_rkd_forward");
  return op.call(student, teacher, distance, angle, want_gradient);
}

at::Tensor pkt(const at::Tensor& student, const at::Tensor& teacher, double eps) {
  static const auto op = find<decltype(pkt)>("potstill::pkt");
  return op.call(student, teacher, eps);
}

LossAndGradient pkt_forward(const at::Tensor& student, const at::Tensor& teacher, double eps,
                            bool want_gradient) {
  static const auto op = find<decltype(pkt_forward)>("potstill::_pkt_forward");
  return op.call(student, teacher, eps, want_gradient);
}

at::Tensor nst(const at::Tensor& student, const at::Tensor& teacher) {
  static const auto op = find<decltype(nst)>("potstill::nst");
  return op.call(student, teacher);
}

LossAndGradient nst_forward(const at::Tensor& student, const at::Tensor& teacher,
                            bool want_gradient) {
  static const auto op = find<decltype(nst_forward)>("potstill::_nst_forward");
  return op.call(student, teacher, want_gradient);
}

TORCH_LIBRARY_IMPL(potstill, CompositeExplicitAutograd, m) {
  m.impl("hint_mse", &hint_mse_value);
  m.impl("attention_transfer", &attention_transfer_value);
  m.impl("similarity", &similarity_value);
  m.impl("rkd", &rkd_value);
  m.impl("pkt", &pkt_value);
  m.impl("nst", &nst_value);
}

TORCH_LIBRARY_IMPL(potstill, Meta, m) {
  m.impl("_hint_mse_forward", &hint_mse_meta);
  m.impl("_attention_transfer_forward", &attention_transfer_meta);
  m.impl("_similarity_forward", &similarity_meta);
  m.impl("_rkd_forward", &rkd_meta);
  m.impl("_pkt_forward", &pkt_meta);
  m.impl("_nst_forward", &nst_meta);
}

}  // namespace potstill::ops
