// Every schema of the potstill namespace. Kernels are registered beside their code with
// TORCH_LIBRARY_IMPL; the contract of an operator is in `<op>.h`.

#include <torch/library.h>

#include "ops/cpu/capability.h"
#include "ops/products.h"

TORCH_LIBRARY(potstill, m) {
  // tap.h. Conservative and without alias annotations: no pass of the JIT may drop or move it.
  m.def(torch::schema("potstill::tap(Tensor value, int id) -> Tensor",
                      c10::AliasAnalysisKind::CONSERVATIVE));

  // soft_target_ce.h
  m.def(
      "soft_target_ce(Tensor student, Tensor teacher, Tensor? labels, float alpha, "
      "float temperature, float label_smoothing=0., int ignore_index=-100) -> Tensor");
  m.def(
      "_soft_target_ce_forward(Tensor student, Tensor teacher, Tensor? labels, float alpha, "
      "float temperature, float label_smoothing, int ignore_index, bool want_gradient) "
      "-> (Tensor loss, Tensor gradient)");
  m.def(
      "_soft_target_ce_rows(Tensor(a!) student, Tensor teacher, Tensor? labels, "
      "Tensor(b!) values, float alpha, float temperature, float label_smoothing, "
      "int ignore_index, float divisor, bool want_gradient) -> ()");

  // fused_linear_soft_targets.h
  m.def(
      "fused_linear_soft_targets(Tensor student, Tensor student_weight, Tensor? student_bias, "
      "Tensor teacher, Tensor teacher_weight, Tensor? teacher_bias, Tensor? labels=None, "
      "float alpha=1., float temperature=1., float label_smoothing=0., int ignore_index=-100, "
      "int chunk=0) -> Tensor");
  m.def(
      "_fused_linear_soft_targets_forward(Tensor student, Tensor student_weight, "
      "Tensor? student_bias, Tensor teacher, Tensor teacher_weight, Tensor? teacher_bias, "
      "Tensor? labels, float alpha, float temperature, float label_smoothing, int ignore_index, "
      "int chunk, bool[3] wanted) -> (Tensor loss, Tensor hidden, Tensor weight, Tensor bias)");

  // scale_gradient.h: the backward of the losses whose forward brings the gradient along.
  m.def("_scale_gradient(Tensor grad_output, Tensor gradient, ScalarType dtype) -> Tensor");

  // hint_mse.h
  m.def("hint_mse(Tensor student, Tensor teacher, Tensor? mask=None) -> Tensor");
  m.def(
      "_hint_mse_forward(Tensor student, Tensor teacher, Tensor? mask, bool want_gradient) "
      "-> (Tensor loss, Tensor gradient)");

  // attention_transfer.h
  m.def("attention_transfer(Tensor student, Tensor teacher, bool paper=False) -> Tensor");
  m.def(
      "_attention_transfer_forward(Tensor student, Tensor teacher, bool paper, "
      "bool want_gradient) -> (Tensor loss, Tensor gradient)");

  // similarity.h
  m.def("similarity(Tensor student, Tensor teacher) -> Tensor");
  m.def(
      "_similarity_forward(Tensor student, Tensor teacher, bool want_gradient) "
      "-> (Tensor loss, Tensor gradient)");

  // rkd.h
  m.def("rkd(Tensor student, Tensor teacher, float distance=25., float angle=50.) -> Tensor");
  m.def(
      "_rkd_forward(Tensor student, Tensor teacher, float distance, float angle, "
      "bool want_gradient) -> (Tensor loss, Tensor gradient)");

  // pkt.h
  m.def("pkt(Tensor student, Tensor teacher, float eps=1e-7) -> Tensor");
  m.def(
      "_pkt_forward(Tensor student, Tensor teacher, float eps, bool want_gradient) "
      "-> (Tensor loss, Tensor gradient)");

  // nst.h
  m.def("nst(Tensor student, Tensor teacher) -> Tensor");
  m.def(
      "_nst_forward(Tensor student, Tensor teacher, bool want_gradient) "
      "-> (Tensor loss, Tensor gradient)");

  // divergences.h
  m.def(
      "reverse_kl(Tensor student, Tensor teacher, float temperature=1., Tensor? mask=None) "
      "-> Tensor");
  m.def(
      "jsd(Tensor student, Tensor teacher, float beta=0.5, float temperature=1., "
      "bool scale=False, Tensor? mask=None) -> Tensor");
  m.def(
      "skew_kl(Tensor student, Tensor teacher, float skew=0.1, float temperature=1., "
      "bool scale=False, Tensor? mask=None) -> Tensor");
  m.def(
      "skew_reverse_kl(Tensor student, Tensor teacher, float skew=0.1, float temperature=1., "
      "bool scale=False, Tensor? mask=None) -> Tensor");
  m.def(
      "dkd(Tensor student, Tensor teacher, Tensor labels, float alpha=1., float beta=8., "
      "float temperature=4., Tensor? mask=None) -> Tensor");
  m.def(
      "logit_standardization(Tensor student, Tensor teacher, float temperature=2., "
      "Tensor? mask=None) -> Tensor");
  m.def("logit_mse(Tensor student, Tensor teacher, Tensor? mask=None) -> Tensor");
  m.def(
      "_divergence_forward(Tensor student, Tensor teacher, Tensor? labels, Tensor? mask, "
      "int divergence, float first, float second, float temperature, bool scale, "
      "bool want_gradient) -> (Tensor loss, Tensor gradient)");

  // dist.h
  m.def(
      "dist(Tensor student, Tensor teacher, float beta=1., float gamma=1., float temperature=1., "
      "bool scale=False, Tensor? mask=None) -> Tensor");
  m.def(
      "_dist_forward(Tensor student, Tensor teacher, float beta, float gamma, "
      "float temperature, bool scale, Tensor? mask, bool want_gradient) "
      "-> (Tensor loss, Tensor gradient)");

  // linear.h
  m.def("linear(Tensor input, Tensor weight, Tensor? bias, str activation=\"none\") -> Tensor");
  m.def(
      "_matrix_product(Tensor left, Tensor right, Tensor? bias=None, str activation=\"none\", "
      "bool packed=False) -> Tensor");
  // For weights that no longer change: pack once for about so many rows of input, then pass both.
  m.def("pack_linear_weight(Tensor weight, int rows) -> Tensor");
  m.def(
      "linear_packed(Tensor input, Tensor weight, Tensor packed, Tensor? bias, "
      "str activation=\"none\") -> Tensor");

  // add_layer_norm.h
  m.def(
      "add_layer_norm(Tensor input, Tensor other, int[] normalized_shape, Tensor? weight=None, "
      "Tensor? bias=None, float eps=1e-05) -> Tensor");

  // encoder_layer.h
  m.def(
      "encoder_layer(Tensor src, int embed_dim, int num_heads, Tensor qkv_weight, "
      "Tensor qkv_bias, Tensor proj_weight, Tensor proj_bias, bool use_gelu, bool norm_first, "
      "float eps, Tensor norm_weight_1, Tensor norm_bias_1, Tensor norm_weight_2, "
      "Tensor norm_bias_2, Tensor ffn_weight_1, Tensor ffn_bias_1, Tensor ffn_weight_2, "
      "Tensor ffn_bias_2, Tensor? mask=None, int? mask_type=None) -> Tensor");

  // attention.h
  m.def(
      "attention(Tensor query, Tensor key, Tensor value, Tensor? attn_mask=None, "
      "float dropout_p=0., bool is_causal=False, *, float? scale=None, bool enable_gqa=False) "
      "-> Tensor");

  // convolution.h
  m.def(
      "conv2d(Tensor input, Tensor weight, Tensor? bias, int[2] stride=1, int[2] padding=0, "
      "str activation=\"none\") -> Tensor");

  // batch_norm.h
  m.def(
      "batch_norm(Tensor input, Tensor? weight, Tensor? bias, Tensor(a!)? running_mean, "
      "Tensor(b!)? running_var, bool training, float momentum, float eps, Tensor? other=None, "
      "bool relu=False) -> Tensor");

  // winograd.h
  m.def("_pack_winograd(Tensor weight, int tile, int stride=1) -> Tensor");
  m.def(
      "_winograd_convolution(Tensor input, Tensor packed, Tensor? bias, Tensor? other, bool relu, "
      "int[2] padding, int tile, int outputs, int stride=1) -> Tensor");
  m.def(
      "_winograd_conv2d(Tensor input, Tensor weight, Tensor? bias, bool relu, int[2] padding, "
      "int tile, int stride=1) -> Tensor");
  m.def(
      "_winograd_input_gradient(Tensor grad_output, Tensor weight, int[2] size, int[2] padding, "
      "int tile, int stride=1) -> Tensor");
  m.def(
      "_winograd_weight_gradient(Tensor grad_output, Tensor input, Tensor weight, int[2] padding, "
      "int tile, int stride=1) -> Tensor");

  // pointwise_convolution.h
  m.def("_pack_pointwise(Tensor weight) -> Tensor");
  m.def(
      "_pointwise_convolution(Tensor input, Tensor packed, Tensor? bias, Tensor? other, bool relu, "
      "int outputs) -> Tensor");

  // int16_convolution.h
  m.def("_pack_int16_weight(Tensor weight) -> (Tensor packed, Tensor scales)");
  m.def(
      "_int16_convolution(Tensor input, Tensor packed, Tensor scales, Tensor? bias, "
      "Tensor? other, int[2] kernel, int[2] stride, int[2] padding, bool relu=False) -> Tensor");
  m.def(
      "_int16_linear(Tensor input, Tensor packed, Tensor scales, Tensor? bias, "
      "bool relu=False) -> Tensor");

  // products.h
  m.def("product_choices() -> str", &potstill::ops::product_choices);
  m.def("load_product_choices(str table) -> ()", &potstill::ops::load_product_choices);

  // augment_images.h
  m.def(
      "augment_images(Tensor images, Tensor indices, float[] mean, float[] std, "
      "bool augment=False, int shift=0, bool flip=False, int crop_padding=0, int cutout=0, "
      "int seed=0, int epoch=0, Tensor? ids=None) -> Tensor");

  // cpu/capability.h: the instruction set of the CPU kernels, as POTSTILL_CPU_CAPABILITY names it.
  m.def("cpu_capability() -> str",
        [] { return std::string(potstill::ops::name_of(potstill::ops::cpu_capability())); });
}
