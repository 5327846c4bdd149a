#include "ops/dist.h"

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/ops/empty.h>
#include <torch/library.h>

#include <cmath>

#include "ops/logits.h"
#include "ops/loss_types.h"

namespace potstill::ops {
namespace {

at::Tensor value_only(const at::Tensor& student, const at::Tensor& teacher, double beta,
                      double gamma, double temperature, bool scale,
                      const std::optional<at::Tensor>& mask) {
  return std::get<0>(dist_forward(student, teacher, beta, gamma, temperature, scale, mask, false));
}

std::tuple<at::Tensor, at::Tensor> forward_meta(const at::Tensor& student,
                                                const at::Tensor& teacher, double beta,
                                                double gamma, double temperature, bool /*scale*/,
                                                const std::optional<at::Tensor>& mask,
                                                bool want_gradient) {
  check_dist(student, teacher, beta, gamma, temperature, mask);
  const auto loss_type = loss_type_of(student, teacher);
  const auto gradient_type = gradient_type_of(student);
  return {at::empty({}, student.options().dtype(loss_type)),
          want_gradient ? at::empty(student.sizes(), student.options().dtype(gradient_type))
                        : at::Tensor()};
}

}  // namespace

void check_dist(const at::Tensor& student, const at::Tensor& teacher, double beta, double gamma,
                double temperature, const std::optional<at::Tensor>& mask) {
  TORCH_CHECK_VALUE(beta >= 0 && std::isfinite(beta), "dist: beta must be positive or 0, got ",
                    beta);
  TORCH_CHECK_VALUE(gamma >= 0 && std::isfinite(gamma), "dist: gamma must be positive or 0, got ",
                    gamma);
  check_logit_pair("dist", student, teacher, temperature);
  check_row_mask("dist", student, mask);
}

at::Tensor dist(const at::Tensor& student, const at::Tensor& teacher, double beta, double gamma,
                double temperature, bool scale, const std::optional<at::Tensor>& mask) {
  static const auto op =
      c10::Dispatcher::singleton().findSchemaOrThrow("potstill::dist", "").typed<decltype(dist)>();
  return op.call(student, teacher, beta, gamma, temperature, scale, mask);
}

std::tuple<at::Tensor, at::Tensor> dist_forward(const at::Tensor& student,
                                                const at::Tensor& teacher, double beta,
                                                double gamma, double temperature, bool scale,
                                                const std::optional<at::Tensor>& mask,
                                                bool want_gradient) {
  static const auto op = c10::Dispatcher::singleton()
                             .findSchemaOrThrow("potstill::_dist_forward", "")
                             .typed<decltype(dist_forward)>();
  return op.call(student, teacher, beta, gamma, temperature, scale, mask, want_gradient);
}

TORCH_LIBRARY_IMPL(potstill, CompositeExplicitAutograd, m) { m.impl("dist", &value_only); }

TORCH_LIBRARY_IMPL(potstill, Meta, m) { m.impl("_dist_forward", &forward_meta); }

}  // namespace potstill::ops
