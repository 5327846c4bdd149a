#include "ops/autograd/loss_function.h"

#include <ATen/core/LegacyTypeDispatch.h>
#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/functions/utils.h>
#include <torch/csrc/autograd/saved_variable.h>

#include <memory>
#include <tuple>
#include <type_traits>
#include <utility>

#include "ops/scale_gradient.h"

namespace potstill::ops {
namespace {

using torch::autograd::Node;
using torch::autograd::SavedVariable;
using torch::autograd::variable_list;

// A node of its own rather than a torch::autograd::Function: that one's bookkeeping for any number
// of inputs, outputs and saved values takes as long as a small loss.
class LossBackward : public Node {
 public:
  LossBackward(const at::Tensor& student, const at::Tensor& gradient)
      : Node(torch::autograd::collect_next_edges(student)),
        gradient_(gradient, /*is_output=*/false),
        dtype_(student.scalar_type()) {}

  variable_list apply(variable_list&& grad_outputs) override {
    if (!grad_outputs[0].defined()) return variable_list(1);
    return {scale_gradient(grad_outputs[0], gradient_.unpack(), dtype_)};
  }

  // Called before the gradient is handed on, so that a leaf can take it without a copy.
  void release_variables() override { gradient_.reset_data(); }

  std::string name() const override { return "LossBackward"; }

 private:
  SavedVariable gradient_;
  at::ScalarType dtype_;
};

// PyTorch's nodes are counted by themselves in newer versions, by shared pointers in older ones.
template <typename Made, typename... Arguments>
auto make_node(Arguments&&... arguments) {
  if constexpr (std::is_base_of_v<c10::intrusive_ptr_target, Made>)
    return c10::make_intrusive<Made>(std::forward<Arguments>(arguments)...);
  else
    return std::make_shared<Made>(std::forward<Arguments>(arguments)...);
}

}  // namespace

at::Tensor by_student(const at::Tensor& student, const LossForward& compute) {
  const bool want = student.requires_grad() && at::GradMode::is_enabled();
  at::Tensor loss, gradient;
  {
    at::AutoDispatchBelowADInplaceOrView below;
    std::tie(loss, gradient) = compute(want);
  }
  if (want)
    torch::autograd::set_history(loss, make_node<LossBackward>(student, gradient));
  return loss;
}

}  // namespace potstill::ops
