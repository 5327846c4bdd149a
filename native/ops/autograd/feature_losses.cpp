// The losses on features, differentiable by the student. Their forward brings the gradient along.

#include <ATen/core/LegacyTypeDispatch.h>
#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include <functional>

#include "ops/attention_transfer.h"
#include "ops/hint_mse.h"
#include "ops/nst.h"
#include "ops/pkt.h"
#include "ops/rkd.h"
#include "ops/scale_gradient.h"
#include "ops/similarity.h"

namespace potstill::ops {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// Loss and, if wanted, gradient.
using Forward = std::function<std::tuple<at::Tensor, at::Tensor>(bool want_gradient)>;

class FeatureLoss : public torch::autograd::Function<FeatureLoss> {
 public:
  static at::Tensor forward(AutogradContext* ctx, const at::Tensor& student,
                            const Forward& compute) {
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

at::Tensor by_student(const at::Tensor& student, const Forward& compute) {
  if (student.requires_grad() && at::GradMode::is_enabled())
    return FeatureLoss::apply(student, compute);
  at::AutoDispatchBelowADInplaceOrView below;
  return std::get<0>(compute(false));
}

at::Tensor autograd_hint_mse(const at::Tensor& student, const at::Tensor& teacher,
                             const std::optional<at::Tensor>& mask) {
  return by_student(student,
                    [&](bool want) { return hint_mse_forward(student, teacher, mask, want); });
}

at::Tensor autograd_attention_transfer(const at::Tensor& student, const at::Tensor& teacher,
                                       bool paper) {
  return by_student(student, [&](bool want) {
    return attention_transfer_forward(student, teacher, paper, want);
  });
}

at::Tensor autograd_similarity(const at::Tensor& student, const at::Tensor& teacher) {
  return by_student(student, [&](bool want) { return similarity_forward(student, teacher, want); });
}

at::Tensor autograd_rkd(const at::Tensor& student, const at::Tensor& teacher, double distance,
                        double angle) {
  return by_student(
      student, [&](bool want) { return rkd_forward(student, teacher, distance, angle, want); });
}

at::Tensor autograd_pkt(const at::Tensor& student, const at::Tensor& teacher, double eps) {
  return by_student(student, [&](bool want) { return pkt_forward(student, teacher, eps, want); });
}

at::Tensor autograd_nst(const at::Tensor& student, const at::Tensor& teacher) {
  return by_student(student, [&](bool want) { return nst_forward(student, teacher, want); });
}

}  // namespace

TORCH_LIBRARY_IMPL(potstill, Autograd, m) {
  m.impl("hint_mse", &autograd_hint_mse);
  m.impl("attention_transfer", &autograd_attention_transfer);
  m.impl("similarity", &autograd_similarity);
  m.impl("rkd", &autograd_rkd);
  m.impl("pkt", &autograd_pkt);
  m.impl("nst", &autograd_nst);
}

}  // namespace potstill::ops
