#include "ops/add_layer_norm.h"

#include <ATen/core/LegacyTypeDispatch.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/add.h>
#include <ATen/ops/layer_norm.h>
#include <torch/library.h>

#include "ops/optional_tensor.h"

namespace potstill::ops {
namespace {

bool suits(const at::Tensor& t) {
  return t.is_cpu() && t.scalar_type() == at::kFloat && t.layout() == at::kStrided &&
         t.is_contiguous();
}

bool suits(const std::optional<at::Tensor>& parameter, int64_t width) {
  return !is_present(parameter) ||
         (suits(*parameter) && parameter->dim() == 1 && parameter->size(0) == width);
}

bool is_fast(const at::Tensor& input, const at::Tensor& other, at::IntArrayRef normalized_shape,
             const std::optional<at::Tensor>& weight, const std::optional<at::Tensor>& bias) {
  return normalized_shape.size() == 1 && suits(input) && suits(other) && input.dim() >= 1 &&
         input.sizes() == other.sizes() && input.size(-1) == normalized_shape[0] &&
         input.numel() > 0 && suits(weight, normalized_shape[0]) &&
         suits(bias, normalized_shape[0]);
}

bool needs_gradient(const at::Tensor& input, const at::Tensor& other,
                    const std::optional<at::Tensor>& weight,
                    const std::optional<at::Tensor>& bias) {
  return at::GradMode::is_enabled() &&
         (input.requires_grad() || other.requires_grad() || wants_gradient(weight) || wants_gradient(bias));
}

at::Tensor plain(const at::Tensor& input, const at::Tensor& other,
                 at::IntArrayRef normalized_shape, const std::optional<at::Tensor>& weight,
                 const std::optional<at::Tensor>& bias, double eps) {
  return at::layer_norm(at::add(input, other), normalized_shape, weight, bias, eps);
}

}  // namespace

at::Tensor add_layer_norm(const at::Tensor& input, const at::Tensor& other,
                          at::IntArrayRef normalized_shape,
                          const std::optional<at::Tensor>& weight,
                          const std::optional<at::Tensor>& bias, double eps) {
  if (!is_fast(input, other, normalized_shape, weight, bias) ||
      needs_gradient(input, other, weight, bias))
    return plain(input, other, normalized_shape, weight, bias, eps);
  at::AutoDispatchBelowADInplaceOrView below;
  return add_layer_norm_forward(input, other, weight, bias, eps);
}

TORCH_LIBRARY_IMPL(potstill, CompositeImplicitAutograd, m) {
  m.impl("add_layer_norm", &add_layer_norm);
}

TORCH_LIBRARY_IMPL(potstill, AutocastCPU, m) { m.impl("add_layer_norm", &plain); }

TORCH_LIBRARY_IMPL(potstill, AutocastCUDA, m) { m.impl("add_layer_norm", &plain); }

}  // namespace potstill::ops
