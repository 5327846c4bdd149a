#include "ops/dist.h"

#include <ATen/core/LegacyTypeDispatch.h>
#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include "ops/scale_gradient.h"

namespace potstill::ops {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;
using Optional = std::optional<at::Tensor>;

class Dist : public torch::autograd::Function<Dist> {
 public:
  static at::Tensor forward(AutogradContext* ctx, const at::Tensor& student,
                            const at::Tensor& teacher, double beta, double gamma,
                            double temperature, bool scale, const Optional& mask) {
    at::AutoDispatchBelowADInplaceOrView below;
    auto [loss, gradient] =
        dist_forward(student, teacher, beta, gamma, temperature, scale, mask, true);
    ctx->save_for_backward({gradient});
    ctx->saved_data["dtype"] = static_cast<int64_t>(student.scalar_type());
    return loss;
  }

  static variable_list backward(AutogradContext* ctx, const variable_list& grad_outputs) {
    const auto saved = ctx->get_saved_variables();
    const auto dtype = static_cast<at::ScalarType>(ctx->saved_data["dtype"].toInt());
    return {scale_gradient(grad_outputs[0], saved[0], dtype), {}, {}, {}, {}, {}, {}};
  }
};

at::Tensor autograd_dist(const at::Tensor& student, const at::Tensor& teacher, double beta,
                         double gamma, double temperature, bool scale, const Optional& mask) {
  if (student.requires_grad() && at::GradMode::is_enabled())
    return Dist::apply(student, teacher, beta, gamma, temperature, scale, mask);
  at::AutoDispatchBelowADInplaceOrView below;
  return std::get<0>(dist_forward(student, teacher, beta, gamma, temperature, scale, mask, false));
}

}  // namespace

TORCH_LIBRARY_IMPL(potstill, Autograd, m) { m.impl("dist", &autograd_dist); }

}  // namespace potstill::ops
