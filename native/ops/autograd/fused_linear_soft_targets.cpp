#include "ops/fused_linear_soft_targets.h"

#include <ATen/core/LegacyTypeDispatch.h>
#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/csrc/autograd/graph_task.h>
#include <torch/library.h>

#include <functional>

#include "ops/optional_tensor.h"
#include "ops/scale_gradient.h"

namespace potstill::ops {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// The loss and those of the gradients that are wanted.
using Forward = std::function<std::tuple<at::Tensor, at::Tensor, at::Tensor, at::Tensor>(
    std::array<bool, 3> wanted)>;

class FusedLinear : public torch::autograd::Function<FusedLinear> {
 public:
  static at::Tensor forward(AutogradContext* ctx, const at::Tensor& hidden,
                            const at::Tensor& weight, const std::optional<at::Tensor>& bias,
                            std::array<bool, 3> wanted, const Forward& compute) {
    at::AutoDispatchBelowADInplaceOrView below;
    auto [loss, by_hidden, by_weight, by_bias] = compute(wanted);
    // Kept here rather than as saved variables, so that backward can hand them over: a leaf takes
    // a gradient that nobody else holds, and copies any other.
    ctx->saved_data["dtype"] = static_cast<int64_t>(hidden.scalar_type());
    ctx->saved_data["gradients"] =
        std::vector<std::optional<at::Tensor>>{given(by_hidden), given(by_weight), given(by_bias)};
    (void)weight, (void)bias;  // arguments only so that autograd knows of them
    return loss;
  }

  static variable_list backward(AutogradContext* ctx, const variable_list& grad_outputs) {
    const auto kept = ctx->saved_data.find("gradients");
    TORCH_CHECK(kept != ctx->saved_data.end(),
                "Trying to backward through the graph a second time: fused_linear_soft_targets has "
                "handed its gradients over. Specify retain_graph=True the first time.");
    const auto dtype = static_cast<at::ScalarType>(ctx->saved_data["dtype"].toInt());
    variable_list gradients(5);
    size_t i = 0;
    for (const c10::IValue& gradient : kept->second.toListRef()) {
      if (gradient.isTensor())
        gradients[i] = scale_gradient(grad_outputs[0], gradient.toTensor(), dtype);
      ++i;
    }
    if (!torch::autograd::get_current_graph_task_keep_graph()) ctx->saved_data.erase(kept);
    return gradients;
  }

 private:
  static std::optional<at::Tensor> given(const at::Tensor& tensor) {
    return tensor.defined() ? std::optional(tensor) : std::nullopt;
  }
};

at::Tensor autograd_fused_linear_soft_targets(
    const at::Tensor& student, const at::Tensor& student_weight,
    const std::optional<at::Tensor>& student_bias, const at::Tensor& teacher,
    const at::Tensor& teacher_weight, const std::optional<at::Tensor>& teacher_bias,
    const std::optional<at::Tensor>& labels, double alpha, double temperature,
    double label_smoothing, int64_t ignore_index, int64_t chunk) {
  const Forward compute = [&](std::array<bool, 3> wanted) {
    return fused_linear_soft_targets_forward(student, student_weight, student_bias, teacher,
                                             teacher_weight, teacher_bias, labels, alpha,
                                             temperature, label_smoothing, ignore_index, chunk,
                                             wanted);
  };
  const bool enabled = at::GradMode::is_enabled();
  const std::array<bool, 3> wanted = {
      enabled && student.requires_grad(), enabled && student_weight.requires_grad(),
      enabled && wants_gradient(student_bias)};
  if (wanted[0] || wanted[1] || wanted[2])
    return FusedLinear::apply(student, student_weight, student_bias, wanted, compute);
  at::AutoDispatchBelowADInplaceOrView below;
  return std::get<0>(compute(wanted));
}

}  // namespace

TORCH_LIBRARY_IMPL(potstill, Autograd, m) {
  m.impl("fused_linear_soft_targets", &autograd_fused_linear_soft_targets);
}

}  // namespace potstill::ops
