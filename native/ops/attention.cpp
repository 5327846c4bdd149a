#include "ops/attention.h"

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/ops/scaled_dot_product_attention.h>
#include <torch/library.h>

#include <cmath>

#include "ops/optional_tensor.h"

namespace potstill::ops {

bool has_fast_attention(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value,
                        const std::optional<at::Tensor>& attn_mask, double dropout_p,
                        bool enable_gqa) {
  const auto suits = [](const at::Tensor& t) {
    return t.is_cpu() && t.scalar_type() == at::kFloat && t.layout() == at::kStrided &&
           t.dim() == 4 && t.numel() > 0;
  };
  return suits(query) && suits(key) && suits(value) && !is_present(attn_mask) && dropout_p == 0 &&
         !enable_gqa && query.sizes().slice(0, 2) == key.sizes().slice(0, 2) &&
         key.sizes().slice(0, 3) == value.sizes().slice(0, 3) && query.size(3) == key.size(3) &&
         key.size(2) <= attention_keys;
}

double attention_scale(const at::Tensor& query, std::optional<double> scale) {
  return scale.value_or(1 / std::sqrt(static_cast<double>(query.size(3))));
}

at::Tensor attention(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value,
                     const std::optional<at::Tensor>& attn_mask, double dropout_p, bool is_causal,
                     std::optional<double> scale, bool enable_gqa) {
  static const auto op = c10::Dispatcher::singleton()
                             .findSchemaOrThrow("potstill::attention", "")
                             .typed<decltype(attention)>();
  return op.call(query, key, value, attn_mask, dropout_p, is_causal, scale, enable_gqa);
}

namespace {

at::Tensor attention_without_gradient(const at::Tensor& query, const at::Tensor& key,
                                      const at::Tensor& value,
                                      const std::optional<at::Tensor>& attn_mask,
                                      double dropout_p, bool is_causal,
                                      std::optional<double> scale, bool enable_gqa) {
  if (has_fast_attention(query, key, value, attn_mask, dropout_p, enable_gqa))
    return attention_forward(query, key, value, is_causal, attention_scale(query, scale));
  return at::scaled_dot_product_attention(query, key, value, attn_mask, dropout_p, is_causal,
                                          scale, enable_gqa);
}

// ATen's operator casts for itself.
at::Tensor attention_under_autocast(const at::Tensor& query, const at::Tensor& key,
                                    const at::Tensor& value,
                                    const std::optional<at::Tensor>& attn_mask, double dropout_p,
                                    bool is_causal, std::optional<double> scale,
                                    bool enable_gqa) {
  return at::scaled_dot_product_attention(query, key, value, attn_mask, dropout_p, is_causal,
                                          scale, enable_gqa);
}

}  // namespace

TORCH_LIBRARY_IMPL(potstill, CompositeExplicitAutograd, m) {
  m.impl("attention", &attention_without_gradient);
}

TORCH_LIBRARY_IMPL(potstill, AutocastCPU, m) { m.impl("attention", &attention_under_autocast); }

TORCH_LIBRARY_IMPL(potstill, AutocastCUDA, m) { m.impl("attention", &attention_under_autocast); }

}  // namespace potstill::ops
