#include "ops/divergences.h"

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/ops/empty.h>
#include <torch/library.h>

#include <cmath>
#include <type_traits>
#include <utility>

#include "ops/logits.h"
#include "ops/loss_types.h"
#include "ops/optional_tensor.h"

namespace potstill::ops {
namespace {

std::tuple<at::Tensor, at::Tensor> forward_meta(
    const at::Tensor& student, const at::Tensor& teacher, const std::optional<at::Tensor>& labels,
    const std::optional<at::Tensor>& mask, int64_t divergence, double first, double second,
    double temperature, bool /*scale*/, bool want_gradient) {
  check_divergence(student, teacher, labels, mask, divergence, first, second, temperature);
  const auto loss_type = loss_type_of(student, teacher);
  const auto gradient_type = gradient_type_of(student);
  return {at::empty({}, student.options().dtype(loss_type)),
          want_gradient ? at::empty(student.sizes(), student.options().dtype(gradient_type))
                        : at::Tensor()};
}

template <auto function>
auto& find(const char* name) {
  static const auto op = c10::Dispatcher::singleton()
                             .findSchemaOrThrow(name, "")
                             .typed<std::remove_pointer_t<decltype(function)>>();
  return op;
}

}  // namespace

const char* name_of(Divergence divergence) {
  switch (divergence) {
    case Divergence::ReverseKl:
      return "reverse_kl";
    case Divergence::Jsd:
      return "jsd";
    case Divergence::SkewKl:
      return "skew_kl";
    case Divergence::SkewReverseKl:
      return "skew_reverse_kl";
    case Divergence::Dkd:
      return "dkd";
    case Divergence::LogitStandardization:
      return "logit_standardization";
    case Divergence::LogitMse:
      return "logit_mse";
  }
  TORCH_CHECK_VALUE(false, "_divergence_forward: there is no divergence ",
                    static_cast<int64_t>(divergence));
}

RowDivergence row_divergence(Divergence divergence, double first) {
  switch (divergence) {
    case Divergence::ReverseKl:
      return RowDivergence::Reverse;
    case Divergence::Jsd:
      if (first == 0) return RowDivergence::Forward;
      return first == 1 ? RowDivergence::Reverse : RowDivergence::Mixed;
    case Divergence::SkewKl:
      return first == 0 ? RowDivergence::Forward : RowDivergence::SkewForward;
    case Divergence::SkewReverseKl:
      return first == 0 ? RowDivergence::Reverse : RowDivergence::SkewReverse;
    case Divergence::Dkd:
      return RowDivergence::Decoupled;
    case Divergence::LogitStandardization:
      return RowDivergence::Standardized;
    case Divergence::LogitMse:
      return RowDivergence::Squared;
  }
  return RowDivergence::Forward;
}

void check_divergence(const at::Tensor& student, const at::Tensor& teacher,
                      const std::optional<at::Tensor>& labels,
                      const std::optional<at::Tensor>& mask, int64_t divergence, double first,
                      double second, double temperature) {
  const auto kind = static_cast<Divergence>(divergence);
  const char* name = name_of(kind);
  switch (kind) {
    case Divergence::Jsd:
    case Divergence::SkewKl:
    case Divergence::SkewReverseKl:
      TORCH_CHECK_VALUE(first >= 0 && first <= 1, name, ": ",
                        kind == Divergence::Jsd ? "beta" : "skew", " must be from 0 to 1, got ",
                        first);
      break;
    case Divergence::Dkd:
      TORCH_CHECK_VALUE(first >= 0 && std::isfinite(first), name,
                        ": alpha must be positive or 0, got ", first);
      TORCH_CHECK_VALUE(second >= 0 && std::isfinite(second), name,
                        ": beta must be positive or 0, got ", second);
      break;
    default:
      break;
  }
  check_logit_pair(name, student, teacher, temperature);
  check_row_mask(name, student, mask);
  if (kind == Divergence::Dkd) {
    TORCH_CHECK(is_present(labels), name, ": labels are missing");
    check_row_labels(name, student, *labels);
  }
}

at::Tensor reverse_kl(const at::Tensor& student, const at::Tensor& teacher, double temperature,
                      const std::optional<at::Tensor>& mask) {
  return find<&reverse_kl>("potstill::reverse_kl").call(student, teacher, temperature, mask);
}

at::Tensor jsd(const at::Tensor& student, const at::Tensor& teacher, double beta,
               double temperature, bool scale, const std::optional<at::Tensor>& mask) {
  return find<&jsd>("potstill::jsd").call(student, teacher, beta, temperature, scale, mask);
}

at::Tensor skew_kl(const at::Tensor& student, const at::Tensor& teacher, double skew,
                   double temperature, bool scale, const std::optional<at::Tensor>& mask) {
  return find<&skew_kl>("potstill::skew_kl").call(student, teacher, skew, temperature, scale, mask);
}

at::Tensor skew_reverse_kl(const at::Tensor& student, const at::Tensor& teacher, double skew,
                           double temperature, bool scale, const std::optional<at::Tensor>& mask) {
  return find<&skew_reverse_kl>("potstill::skew_reverse_kl")
      .call(student, teacher, skew, temperature, scale, mask);
}

at::Tensor dkd(const at::Tensor& student, const at::Tensor& teacher, const at::Tensor& labels,
               double alpha, double beta, double temperature,
               const std::optional<at::Tensor>& mask) {
  return find<&dkd>("potstill::dkd").call(student, teacher, labels, alpha, beta, temperature, mask);
}

at::Tensor logit_standardization(const at::Tensor& student, const at::Tensor& teacher,
                                 double temperature, const std::optional<at::Tensor>& mask) {
  return find<&logit_standardization>("potstill::logit_standardization")
      .call(student, teacher, temperature, mask);
}

at::Tensor logit_mse(const at::Tensor& student, const at::Tensor& teacher,
                     const std::optional<at::Tensor>& mask) {
  return find<&logit_mse>("potstill::logit_mse").call(student, teacher, mask);
}

std::tuple<at::Tensor, at::Tensor> divergence_forward(
    const at::Tensor& student, const at::Tensor& teacher, const std::optional<at::Tensor>& labels,
    const std::optional<at::Tensor>& mask, int64_t divergence, double first, double second,
    double temperature, bool scale, bool want_gradient) {
  return find<&divergence_forward>("potstill::_divergence_forward")
      .call(student, teacher, labels, mask, divergence, first, second, temperature, scale,
            want_gradient);
}

TORCH_LIBRARY_IMPL(potstill, Meta, m) { m.impl("_divergence_forward", &forward_meta); }

}  // namespace potstill::ops
