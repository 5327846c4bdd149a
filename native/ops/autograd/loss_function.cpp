#include "ops/autograd/loss_function.h"

#include <ATen/core/LegacyTypeDispatch.h>
#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/custom_function.h>

#include "ops/scale_gradient.h"

namespace potstill::ops {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

class LossFunction : public torch::autograd::Function<LossFunction> {
 public:
  static at::Tensor forward(AutogradContext* ctx, const at::Tensor& student,
                            const LossForward& compute) {
    at::AutoDispatchBelowADInplaceOrView below;
    auto [loss, gradient] = compute(true);
    ctx->save_for_backward({gradient});
    ctx->saved_data["dtype"] = static_cast<int64_t>(student.scalar_type());
    return loss;
  }

  static variable_list backward(AutogradContext* ctx, const variable_list& grad_outputs) {
    const auto saved = ctx->get_saved_variables();
    const auto dtype = static_cast<at::ScalarType>(ctx->saved_data["dtype"].toInt());
    return {scale_gradient(grad_outputs[0], saved[0], dtype), {}};
  }
};

}  // namespace

at::Tensor by_student(const at::Tensor& student, const LossForward& compute) {
  if (student.requires_grad() && at::GradMode::is_enabled())
    return LossFunction::apply(student, compute);
  at::AutoDispatchBelowADInplaceOrView below;
  return std::get<0>(compute(false));
}

}  // namespace potstill::ops
