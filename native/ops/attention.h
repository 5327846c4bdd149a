#pragma once

#include <ATen/core/Tensor.h>

#include <optional>

namespace potstill::ops {

// torch.nn.functional.scaled_dot_product_attention with the same arguments:
//
//   query   [B, H, T, D]
//   key     [B, H, S, D]
//   value   [B, H, S, V]
//
// Returns [B, H, T, V] = softmax(scale · query · keyᵀ) · value, laid out as [B, T, H, V] so that the
// heads join without a copy; `scale` is 1/√D where none is given, and with `is_causal` a query sees
// the keys up to its own place. float32 on CPUs without mask and dropout, of up to attention_keys
// keys, goes through our own kernels: the scores of a block of queries stay in the cache, and the
// backward computes them again. Everything else goes through ATen, under autocast too. Gradients by
// query, key and value.
at::Tensor attention(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value,
                     const std::optional<at::Tensor>& attn_mask, double dropout_p, bool is_causal,
                     std::optional<double> scale, bool enable_gqa);

// ── Pieces, for the kernels of this operator ────────────────────────────────────────────────────

constexpr int64_t attention_keys = 2048;

// Whether our own kernels can take these.
bool has_fast_attention(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value,
                        const std::optional<at::Tensor>& attn_mask, double dropout_p,
                        bool enable_gqa);

// `scale`, or 1/√D.
double attention_scale(const at::Tensor& query, std::optional<double> scale);

// For what has_fast_attention takes; below autograd.
at::Tensor attention_forward(const at::Tensor& query, const at::Tensor& key,
                             const at::Tensor& value, bool is_causal, double scale);

struct AttentionGradients {
  at::Tensor query, key, value;  // each laid out as the output is
};
AttentionGradients attention_backward(const at::Tensor& grad_output, const at::Tensor& query,
                                      const at::Tensor& key, const at::Tensor& value,
                                      bool is_causal, double scale);

}  // namespace potstill::ops
