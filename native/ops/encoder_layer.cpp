#include "ops/encoder_layer.h"

#include <ATen/ops/_transformer_encoder_layer_fwd.h>
#include <ATen/ops/add.h>
#include <ATen/ops/layer_norm.h>
#include <torch/library.h>

#include "ops/add_layer_norm.h"
#include "ops/attention.h"
#include "ops/linear.h"
#include "ops/optional_tensor.h"

namespace potstill::ops {

at::Tensor encoder_layer(const at::Tensor& src, int64_t embed_dim, int64_t num_heads,
                         const at::Tensor& qkv_weight, const at::Tensor& qkv_bias,
                         const at::Tensor& proj_weight, const at::Tensor& proj_bias, bool use_gelu,
                         bool norm_first, double eps, const at::Tensor& norm_weight_1,
                         const at::Tensor& norm_bias_1, const at::Tensor& norm_weight_2,
                         const at::Tensor& norm_bias_2, const at::Tensor& ffn_weight_1,
                         const at::Tensor& ffn_bias_1, const at::Tensor& ffn_weight_2,
                         const at::Tensor& ffn_bias_2, const std::optional<at::Tensor>& mask,
                         std::optional<int64_t> mask_type) {
  if (!src.is_cpu() || src.scalar_type() != at::kFloat || src.is_nested() || src.dim() != 3 ||
      src.numel() == 0 || is_present(mask))
    return at::_transformer_encoder_layer_fwd(
        src, embed_dim, num_heads, qkv_weight, qkv_bias, proj_weight, proj_bias, use_gelu,
        norm_first, eps, norm_weight_1, norm_bias_1, norm_weight_2, norm_bias_2, ffn_weight_1,
        ffn_bias_1, ffn_weight_2, ffn_bias_2, mask, mask_type);
  const auto attend = [&](const at::Tensor& x) {
    const auto heads = linear(x, qkv_weight, qkv_bias, "none")
                           .view({x.size(0), x.size(1), 3, num_heads, embed_dim / num_heads})
                           .permute({2, 0, 3, 1, 4})
                           .unbind(0);
    const at::Tensor joined =
        attention(heads[0], heads[1], heads[2], /*attn_mask=*/std::nullopt, /*dropout_p=*/0,
                  /*is_causal=*/false, /*scale=*/std::nullopt, /*enable_gqa=*/false)
            .transpose(1, 2)
            .flatten(2);
    return linear(joined, proj_weight, proj_bias, "none");
  };
  const auto feed = [&](const at::Tensor& x) {
    const at::Tensor wide = linear(x, ffn_weight_1, ffn_bias_1, use_gelu ? "gelu" : "relu");
    return linear(wide, ffn_weight_2, ffn_bias_2, "none");
  };
  const int64_t shape[] = {embed_dim};
  if (norm_first) {
    const at::Tensor x =
        at::add(src, attend(at::layer_norm(src, shape, norm_weight_1, norm_bias_1, eps)));
    return at::add(x, feed(at::layer_norm(x, shape, norm_weight_2, norm_bias_2, eps)));
  }
  const at::Tensor x = add_layer_norm(src, attend(src), shape, norm_weight_1, norm_bias_1, eps);
  return add_layer_norm(x, feed(x), shape, norm_weight_2, norm_bias_2, eps);
}

TORCH_LIBRARY_IMPL(potstill, CompositeImplicitAutograd, m) {
  m.impl("encoder_layer", &encoder_layer);
}

}  // namespace potstill::ops
