#include "ops/attention.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/LegacyTypeDispatch.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/scaled_dot_product_attention.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include <algorithm>
#include <limits>

namespace potstill::ops {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// By plain operators, which autograd records: for second derivatives.
variable_list differentiable_gradients(const at::Tensor& gradient, const at::Tensor& query,
                                       const at::Tensor& key, const at::Tensor& value,
                                       bool is_causal, double scale) {
  at::Tensor scores = query.matmul(key.transpose(-2, -1)) * scale;
  if (is_causal) {
    const auto hidden =
        at::ones({query.size(2), key.size(2)}, query.options().dtype(at::kBool)).triu(1);
    scores = scores.masked_fill(hidden, -std::numeric_limits<double>::infinity());
  }
  const at::Tensor weights = scores.softmax(-1);
  const at::Tensor by_weights = gradient.matmul(value.transpose(-2, -1));
  const at::Tensor by_scores =
      weights * (by_weights - (weights * by_weights).sum(-1, /*keepdim=*/true)) * scale;
  return {by_scores.matmul(key), by_scores.transpose(-2, -1).matmul(query),
          weights.transpose(-2, -1).matmul(gradient)};
}

class Attention : public torch::autograd::Function<Attention> {
 public:
  static at::Tensor forward(AutogradContext* ctx, const at::Tensor& query, const at::Tensor& key,
                            const at::Tensor& value, bool is_causal, double scale) {
    at::AutoDispatchBelowADInplaceOrView below;
    ctx->save_for_backward({query, key, value});
    ctx->saved_data["causal"] = is_causal;
    ctx->saved_data["scale"] = scale;
    return attention_forward(query, key, value, is_causal, scale);
  }

  static variable_list backward(AutogradContext* ctx, const variable_list& grad_outputs) {
    const auto saved = ctx->get_saved_variables();
    const at::Tensor &query = saved[0], &key = saved[1], &value = saved[2];
    const bool is_causal = ctx->saved_data["causal"].toBool();
    const double scale = ctx->saved_data["scale"].toDouble();
    variable_list result(5);
    if (at::GradMode::is_enabled()) {
      auto gradients = differentiable_gradients(grad_outputs[0], query, key, value, is_causal, scale);
      std::move(gradients.begin(), gradients.end(), result.begin());
      return result;
    }
    auto gradients =
        attention_backward(grad_outputs[0], query, key, value, is_causal, scale);
    result[0] = std::move(gradients.query);
    result[1] = std::move(gradients.key);
    result[2] = std::move(gradients.value);
    return result;
  }
};

at::Tensor autograd_attention(const at::Tensor& query, const at::Tensor& key,
                              const at::Tensor& value,
                              const std::optional<at::Tensor>& attn_mask, double dropout_p,
                              bool is_causal, std::optional<double> scale, bool enable_gqa) {
  if (!has_fast_attention(query, key, value, attn_mask, dropout_p, enable_gqa))
    return at::scaled_dot_product_attention(query, key, value, attn_mask, dropout_p, is_causal,
                                            scale, enable_gqa);
  if (at::GradMode::is_enabled() &&
      (query.requires_grad() || key.requires_grad() || value.requires_grad()))
    return Attention::apply(query, key, value, is_causal, attention_scale(query, scale));
  at::AutoDispatchBelowADInplaceOrView below;
  return attention_forward(query, key, value, is_causal, attention_scale(query, scale));
}

}  // namespace

TORCH_LIBRARY_IMPL(potstill, Autograd, m) { m.impl("attention", &autograd_attention); }

}  // namespace potstill::ops
