#include "ops/soft_target_ce.h"

#include <ATen/core/LegacyTypeDispatch.h>
#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

namespace potstill::ops {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

class SoftTargetCe : public torch::autograd::Function<SoftTargetCe> {
 public:
  static at::Tensor forward(AutogradContext* ctx, const at::Tensor& student,
                            const at::Tensor& teacher, const std::optional<at::Tensor>& labels,
                            double alpha, double temperature, double label_smoothing,
                            int64_t ignore_index) {
    at::AutoDispatchBelowADInplaceOrView below;
    auto [loss, gradient] = soft_target_ce_forward(student, teacher, labels, alpha, temperature,
                                                   label_smoothing, ignore_index, true);
    ctx->save_for_backward({gradient});
    ctx->saved_data["dtype"] = static_cast<int64_t>(student.scalar_type());
    return loss;
  }

  static variable_list backward(AutogradContext* ctx, const variable_list& grad_outputs) {
    const auto saved = ctx->get_saved_variables();
    const auto dtype = static_cast<at::ScalarType>(ctx->saved_data["dtype"].toInt());
    return {soft_target_ce_backward(grad_outputs[0], saved[0], dtype), {}, {}, {}, {}, {}, {}};
  }
};

// Only there to refuse politely.
class SoftTargetCeBackward : public torch::autograd::Function<SoftTargetCeBackward> {
 public:
  static at::Tensor forward(AutogradContext* /*ctx*/, const at::Tensor& grad_output,
                            const at::Tensor& gradient, int64_t dtype) {
    at::AutoDispatchBelowADInplaceOrView below;
    return soft_target_ce_backward(grad_output, gradient, static_cast<at::ScalarType>(dtype))
        .alias();
  }

  static variable_list backward(AutogradContext* /*ctx*/, const variable_list& /*grad_outputs*/) {
    TORCH_CHECK_NOT_IMPLEMENTED(false, "soft_target_ce: double backward is not supported");
  }
};

at::Tensor autograd_soft_target_ce(const at::Tensor& student, const at::Tensor& teacher,
                                   const std::optional<at::Tensor>& labels, double alpha,
                                   double temperature, double label_smoothing,
                                   int64_t ignore_index) {
  if (student.requires_grad() && at::GradMode::is_enabled())
    return SoftTargetCe::apply(student, teacher, labels, alpha, temperature, label_smoothing,
                               ignore_index);
  at::AutoDispatchBelowADInplaceOrView below;
  return std::get<0>(soft_target_ce_forward(student, teacher, labels, alpha, temperature,
                                            label_smoothing, ignore_index, false));
}

at::Tensor autograd_soft_target_ce_backward(const at::Tensor& grad_output,
                                            const at::Tensor& gradient, at::ScalarType dtype) {
  // Somebody builds a graph of the backward pass. The gradient is a number there, not a function
  // of the logits, so whoever differentiates through it must hear of it.
  if (at::GradMode::is_enabled())
    return SoftTargetCeBackward::apply(grad_output, gradient.detach().requires_grad_(),
                                       static_cast<int64_t>(dtype));
  at::AutoDispatchBelowADInplaceOrView below;
  return soft_target_ce_backward(grad_output, gradient, dtype);
}

}  // namespace

TORCH_LIBRARY_IMPL(potstill, Autograd, m) {
  m.impl("soft_target_ce", &autograd_soft_target_ce);
  m.impl("_soft_target_ce_backward", &autograd_soft_target_ce_backward);
}

}  // namespace potstill::ops
