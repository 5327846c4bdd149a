#include "ops/dist.h"

#include <torch/library.h>

#include "ops/autograd/loss_function.h"

namespace potstill::ops {
namespace {

at::Tensor autograd_dist(const at::Tensor& student, const at::Tensor& teacher, double beta,
                         double gamma, double temperature, bool scale,
                         const std::optional<at::Tensor>& mask) {
  return by_student(student, [&](bool want) {
    return dist_forward(student, teacher, beta, gamma, temperature, scale, mask, want);
  });
}

}  // namespace

TORCH_LIBRARY_IMPL(potstill, Autograd, m) { m.impl("dist", &autograd_dist); }

}  // namespace potstill::ops
