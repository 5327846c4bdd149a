#pragma once

#include <ATen/core/Tensor.h>

#include <optional>

namespace potstill::ops {

// A layer of the transformer's encoder without gradients, as torch.nn.TransformerEncoderLayer calls
// it in eval mode; same arguments as aten::_transformer_encoder_layer_fwd, `src` [B, T, embed_dim].
// float32 on CPUs without a mask goes through linear.h, attention.h and add_layer_norm.h, everything
// else through ATen's operator. The results are equal up to rounding.
at::Tensor encoder_layer(const at::Tensor& src, int64_t embed_dim, int64_t num_heads,
                         const at::Tensor& qkv_weight, const at::Tensor& qkv_bias,
                         const at::Tensor& proj_weight, const at::Tensor& proj_bias, bool use_gelu,
                         bool norm_first, double eps, const at::Tensor& norm_weight_1,
                         const at::Tensor& norm_bias_1, const at::Tensor& norm_weight_2,
                         const at::Tensor& norm_bias_2, const at::Tensor& ffn_weight_1,
                         const at::Tensor& ffn_bias_1, const at::Tensor& ffn_weight_2,
                         const at::Tensor& ffn_bias_2, const std::optional<at::Tensor>& mask,
                         std::optional<int64_t> mask_type);

}  // namespace potstill::ops
