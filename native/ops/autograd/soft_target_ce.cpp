#include "ops/soft_target_ce.h"

#include <torch/library.h>

#include "ops/autograd/loss_function.h"

namespace potstill::ops {
namespace {

at::Tensor autograd_soft_target_ce(const at::Tensor& student, const at::Tensor& teacher,
                                   const std::optional<at::Tensor>& labels, double alpha,
                                   double temperature, double label_smoothing,
                                   int64_t ignore_index) {
  return by_student(student, [&](bool want) {
    return soft_target_ce_forward(student, teacher, labels, alpha, temperature, label_smoothing,
                                  ignore_index, want);
  });
}

}  // namespace

TORCH_LIBRARY_IMPL(potstill, Autograd, m) { m.impl("soft_target_ce", &autograd_soft_target_ce); }

}  // namespace potstill::ops
