// Written by scripts/generate-ops.mjs from the operator schemas of libtorch 2.13; not by hand.
// 1584 operators aten::* with 3096 overloads, 52 potstill::* with 52.
// Left out, because their types have no counterpart in JavaScript:
//   aten::get_gradients.default
//   aten::qscheme.default
//   aten::quantized_gru.data
//   aten::quantized_gru.input
//   aten::quantized_lstm.data
//   aten::quantized_lstm.input
//   aten::record_stream.default
//   aten::set.source_Storage
//   aten::set.source_Storage_out
//   aten::set.source_Storage_storage_offset
//   aten::set.source_Storage_storage_offset_out
//   aten::set_.source_Storage
//   aten::set_.source_Storage_storage_offset
//   aten::sym_is_contiguous.default

import type { DType } from "../../native/binding.js";
import type {
  Args,
  Floats,
  Generator,
  Int,
  Ints,
  Layout,
  MemoryFormat,
  Operator,
  Scalar,
} from "../operator-types.js";
import type { Tensor } from "../tensor.js";

export interface AtenOps {
  readonly __and__: Operator<{
    Scalar: (self: Tensor, other: Scalar) => Tensor;
    Tensor: (self: Tensor, other: Tensor) => Tensor;
  }>;
  readonly __iand__: Operator<{
    Scalar: (self: Tensor, other: Scalar) => Tensor;
    Tensor: (self: Tensor, other: Tensor) => Tensor;
  }>;
  readonly __ilshift__: Operator<{
    Scalar: (self: Tensor, other: Scalar) => Tensor;
    Tensor: (self: Tensor, other: Tensor) => Tensor;
  }>;
  readonly __ior__: Operator<{
    Scalar: (self: Tensor, other: Scalar) => Tensor;
    Tensor: (self: Tensor, other: Tensor) => Tensor;
  }>;
  readonly __irshift__: Operator<{
    Scalar: (self: Tensor, other: Scalar) => Tensor;
    Tensor: (self: Tensor, other: Tensor) => Tensor;
  }>;
  readonly __ixor__: Operator<{
    Scalar: (self: Tensor, other: Scalar) => Tensor;
    Tensor: (self: Tensor, other: Tensor) => Tensor;
  }>;
  readonly __lshift__: Operator<{
    Scalar: (self: Tensor, other: Scalar) => Tensor;
    Scalar_out: (self: Tensor, other: Scalar, options: { out: Tensor }) => Tensor;
    Tensor: (self: Tensor, other: Tensor) => Tensor;
    Tensor_out: (self: Tensor, other: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly __or__: Operator<{
    Scalar: (self: Tensor, other: Scalar) => Tensor;
    Tensor: (self: Tensor, other: Tensor) => Tensor;
  }>;
  readonly __rshift__: Operator<{
    Scalar: (self: Tensor, other: Scalar) => Tensor;
    Scalar_out: (self: Tensor, other: Scalar, options: { out: Tensor }) => Tensor;
    Tensor: (self: Tensor, other: Tensor) => Tensor;
    Tensor_out: (self: Tensor, other: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly __xor__: Operator<{
    Scalar: (self: Tensor, other: Scalar) => Tensor;
    Tensor: (self: Tensor, other: Tensor) => Tensor;
  }>;
  readonly _adaptive_avg_pool2d: Operator<{
    default: (self: Tensor, output_size: Ints) => Tensor;
    out: (self: Tensor, output_size: Ints, options: { out: Tensor }) => Tensor;
  }>;
  readonly _adaptive_avg_pool2d_backward: Operator<{
    default: (grad_output: Tensor, self: Tensor) => Tensor;
    out: (grad_output: Tensor, self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly _adaptive_avg_pool3d: Operator<{
    default: (self: Tensor, output_size: Ints) => Tensor;
    out: (self: Tensor, output_size: Ints, options: { out: Tensor }) => Tensor;
  }>;
  readonly _adaptive_avg_pool3d_backward: Operator<{
    default: (grad_output: Tensor, self: Tensor) => Tensor;
    out: (grad_output: Tensor, self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly _add_batch_dim: Operator<{
    default: (self: Tensor, batch_dim: Int, level: Int) => Tensor;
  }>;
  readonly _add_relu: Operator<{
    Scalar: (...args: Args<[self: Tensor, other: Scalar], [alpha: Scalar], { alpha?: Scalar }>) => Tensor;
    Scalar_out: (self: Tensor, other: Scalar, options: { alpha?: Scalar; out: Tensor }) => Tensor;
    Tensor: (self: Tensor, other: Tensor, options?: { alpha?: Scalar }) => Tensor;
    out: (self: Tensor, other: Tensor, options: { alpha?: Scalar; out: Tensor }) => Tensor;
  }>;
  readonly _add_relu_: Operator<{
    Scalar: (...args: Args<[self: Tensor, other: Scalar], [alpha: Scalar], { alpha?: Scalar }>) => Tensor;
    Tensor: (self: Tensor, other: Tensor, options?: { alpha?: Scalar }) => Tensor;
  }>;
  readonly _addmm_activation: Operator<{
    default: (self: Tensor, mat1: Tensor, mat2: Tensor, options?: { beta?: Scalar; alpha?: Scalar; use_gelu?: boolean }) => Tensor;
    out: (self: Tensor, mat1: Tensor, mat2: Tensor, options: { beta?: Scalar; alpha?: Scalar; use_gelu?: boolean; out: Tensor }) => Tensor;
  }>;
  readonly _aminmax: Operator<{
    default: (self: Tensor) => [Tensor, Tensor];
    dim: (...args: Args<[self: Tensor, dim: Int], [keepdim: boolean], { keepdim?: boolean }>) => [Tensor, Tensor];
    dim_out: (self: Tensor, dim: Int, options: { keepdim?: boolean; out0: Tensor; out1: Tensor }) => [Tensor, Tensor];
    out: (self: Tensor, options: { out0: Tensor; out1: Tensor }) => [Tensor, Tensor];
  }>;
  readonly _amp_foreach_non_finite_check_and_unscale: Operator<{
    default: (self: readonly Tensor[], found_inf: Tensor, inv_scale: Tensor) => [self_out: Tensor[], found_inf_out: Tensor];
    out: (self: readonly Tensor[], found_inf: Tensor, inv_scale: Tensor, options: { out: readonly Tensor[] }) => void;
  }>;
  readonly _amp_foreach_non_finite_check_and_unscale_: Operator<{
    default: (self: readonly Tensor[], found_inf: Tensor, inv_scale: Tensor) => void;
  }>;
  readonly _amp_update_scale: Operator<{
    default: (self: Tensor, growth_tracker: Tensor, found_inf: Tensor, scale_growth_factor: number, scale_backoff_factor: number, growth_interval: Int) => [Tensor, Tensor];
    out: (self: Tensor, growth_tracker: Tensor, found_inf: Tensor, scale_growth_factor: number, scale_backoff_factor: number, growth_interval: Int, options: { out: Tensor }) => Tensor;
  }>;
  readonly _amp_update_scale_: Operator<{
    default: (self: Tensor, growth_tracker: Tensor, found_inf: Tensor, scale_growth_factor: number, scale_backoff_factor: number, growth_interval: Int) => Tensor;
  }>;
  readonly _assert_async: Operator<{
    default: (self: Tensor) => void;
    msg: (self: Tensor, assert_msg: string) => void;
  }>;
  readonly _assert_scalar: Operator<{
    default: (self: Scalar, assert_msg: string) => void;
  }>;
  readonly _assert_tensor_metadata: Operator<{
    default: (...args: Args<[a: Tensor], [size: readonly Int[] | null, stride: readonly Int[] | null, dtype: DType | null], { size?: readonly Int[] | null; stride?: readonly Int[] | null; dtype?: DType | null; device?: string | null; layout?: Layout | null }>) => void;
  }>;
  readonly _autocast_to_full_precision: Operator<{
    default: (self: Tensor, cuda_enabled: boolean, cpu_enabled: boolean) => Tensor;
  }>;
  readonly _autocast_to_reduced_precision: Operator<{
    default: (self: Tensor, cuda_enabled: boolean, cpu_enabled: boolean, cuda_dtype: DType, cpu_dtype: DType) => Tensor;
  }>;
  readonly _backward: Operator<{
    default: (...args: Args<[self: Tensor, inputs: readonly Tensor[]], [gradient: Tensor | null, retain_graph: boolean | null, create_graph: boolean], { gradient?: Tensor | null; retain_graph?: boolean | null; create_graph?: boolean }>) => void;
  }>;
  readonly _batch_norm_impl_index: Operator<{
    default: (input: Tensor, weight: Tensor | null, bias: Tensor | null, running_mean: Tensor | null, running_var: Tensor | null, training: boolean, momentum: number, eps: number, cudnn_enabled: boolean) => [Tensor, Tensor, Tensor, Tensor, number];
  }>;
  readonly _batch_norm_impl_index_backward: Operator<{
    default: (impl_index: Int, input: Tensor, grad_output: Tensor, weight: Tensor | null, running_mean: Tensor | null, running_var: Tensor | null, save_mean: Tensor | null, save_var_transform: Tensor | null, train: boolean, eps: number, output_mask: readonly boolean[], reservedSpace: Tensor) => [Tensor, Tensor, Tensor];
  }>;
  readonly _batch_norm_no_update: Operator<{
    default: (input: Tensor, weight: Tensor | null, bias: Tensor | null, running_mean: Tensor | null, running_var: Tensor | null, momentum: number, eps: number) => [Tensor, Tensor, Tensor, Tensor];
    out: (input: Tensor, weight: Tensor | null, bias: Tensor | null, running_mean: Tensor | null, running_var: Tensor | null, momentum: number, eps: number, options: { out0: Tensor; out1: Tensor; out2: Tensor; out3: Tensor }) => [Tensor, Tensor, Tensor, Tensor];
  }>;
  readonly _batch_norm_with_update: Operator<{
    default: (input: Tensor, weight: Tensor | null, bias: Tensor | null, running_mean: Tensor, running_var: Tensor, momentum: number, eps: number) => [Tensor, Tensor, Tensor, Tensor];
    out: (input: Tensor, weight: Tensor | null, bias: Tensor | null, running_mean: Tensor, running_var: Tensor, momentum: number, eps: number, options: { out: Tensor; save_mean: Tensor; save_invstd: Tensor; reserve: Tensor }) => [Tensor, Tensor, Tensor, Tensor];
  }>;
  readonly _batch_norm_with_update_functional: Operator<{
    default: (input: Tensor, weight: Tensor | null, bias: Tensor | null, running_mean: Tensor, running_var: Tensor, momentum: number, eps: number) => [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor];
  }>;
  readonly _cast_Byte: Operator<{
    default: (...args: Args<[self: Tensor], [non_blocking: boolean], { non_blocking?: boolean }>) => Tensor;
  }>;
  readonly _cast_Char: Operator<{
    default: (...args: Args<[self: Tensor], [non_blocking: boolean], { non_blocking?: boolean }>) => Tensor;
  }>;
  readonly _cast_Double: Operator<{
    default: (...args: Args<[self: Tensor], [non_blocking: boolean], { non_blocking?: boolean }>) => Tensor;
  }>;
  readonly _cast_Float: Operator<{
    default: (...args: Args<[self: Tensor], [non_blocking: boolean], { non_blocking?: boolean }>) => Tensor;
  }>;
  readonly _cast_Half: Operator<{
    default: (...args: Args<[self: Tensor], [non_blocking: boolean], { non_blocking?: boolean }>) => Tensor;
  }>;
  readonly _cast_Int: Operator<{
    default: (...args: Args<[self: Tensor], [non_blocking: boolean], { non_blocking?: boolean }>) => Tensor;
  }>;
  readonly _cast_Long: Operator<{
    default: (...args: Args<[self: Tensor], [non_blocking: boolean], { non_blocking?: boolean }>) => Tensor;
  }>;
  readonly _cast_Short: Operator<{
    default: (...args: Args<[self: Tensor], [non_blocking: boolean], { non_blocking?: boolean }>) => Tensor;
  }>;
  readonly _cdist_backward: Operator<{
    default: (grad: Tensor, x1: Tensor, x2: Tensor, p: number, cdist: Tensor) => Tensor;
    out: (grad: Tensor, x1: Tensor, x2: Tensor, p: number, cdist: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly _cdist_forward: Operator<{
    default: (x1: Tensor, x2: Tensor, p: number, compute_mode: Int | null) => Tensor;
    out: (x1: Tensor, x2: Tensor, p: number, compute_mode: Int | null, options: { out: Tensor }) => Tensor;
  }>;
  readonly _cholesky_solve_helper: Operator<{
    default: (self: Tensor, A: Tensor, upper: boolean) => Tensor;
    out: (self: Tensor, A: Tensor, upper: boolean, options: { out: Tensor }) => Tensor;
  }>;
  readonly _choose_qparams_per_tensor: Operator<{
    default: (...args: Args<[self: Tensor], [reduce_range: boolean], { reduce_range?: boolean }>) => [number, number];
  }>;
  readonly _chunk_cat: Operator<{
    default: (tensors: readonly Tensor[], dim: Int, num_chunks: Int) => Tensor;
    out: (tensors: readonly Tensor[], dim: Int, num_chunks: Int, options: { out: Tensor }) => Tensor;
  }>;
  readonly _coalesce: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly _coalesced: Operator<{
    default: (self: Tensor, coalesced: boolean) => Tensor;
    out: (self: Tensor, coalesced: boolean, options: { out: Tensor }) => Tensor;
  }>;
  readonly _coalesced_: Operator<{
    default: (self: Tensor, coalesced: boolean) => Tensor;
  }>;
  readonly _compute_linear_combination: Operator<{
    default: (input: Tensor, coefficients: Tensor) => Tensor;
    out: (input: Tensor, coefficients: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly _conj: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly _conj_copy: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly _conj_physical: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly _conv_depthwise2d: Operator<{
    default: (self: Tensor, weight: Tensor, kernel_size: Ints, bias: Tensor | null, stride: Ints, padding: Ints, dilation: Ints) => Tensor;
    out: (self: Tensor, weight: Tensor, kernel_size: Ints, bias: Tensor | null, stride: Ints, padding: Ints, dilation: Ints, options: { out: Tensor }) => Tensor;
  }>;
  readonly _convert_indices_from_coo_to_csr: Operator<{
    default: (self: Tensor, size: Int, options?: { out_int32?: boolean }) => Tensor;
    out: (self: Tensor, size: Int, options: { out_int32?: boolean; out: Tensor }) => Tensor;
  }>;
  readonly _convert_indices_from_csr_to_coo: Operator<{
    default: (crow_indices: Tensor, col_indices: Tensor, options?: { out_int32?: boolean; transpose?: boolean }) => Tensor;
    out: (crow_indices: Tensor, col_indices: Tensor, options: { out_int32?: boolean; transpose?: boolean; out: Tensor }) => Tensor;
  }>;
  readonly _convert_weight_to_int4pack: Operator<{
    default: (self: Tensor, innerKTiles: Int) => Tensor;
  }>;
  readonly _convert_weight_to_int4pack_for_cpu: Operator<{
    default: (self: Tensor, innerKTiles: Int) => Tensor;
  }>;
  readonly _convolution: Operator<{
    default: (input: Tensor, weight: Tensor, bias: Tensor | null, stride: readonly Int[], padding: readonly Int[], dilation: readonly Int[], transposed: boolean, output_padding: readonly Int[], groups: Int, benchmark: boolean, deterministic: boolean, cudnn_enabled: boolean, allow_tf32: boolean) => Tensor;
    deprecated: (input: Tensor, weight: Tensor, bias: Tensor | null, stride: readonly Int[], padding: readonly Int[], dilation: readonly Int[], transposed: boolean, output_padding: readonly Int[], groups: Int, benchmark: boolean, deterministic: boolean, cudnn_enabled: boolean) => Tensor;
    out: (input: Tensor, weight: Tensor, bias: Tensor | null, stride: readonly Int[], padding: readonly Int[], dilation: readonly Int[], transposed: boolean, output_padding: readonly Int[], groups: Int, benchmark: boolean, deterministic: boolean, cudnn_enabled: boolean, allow_tf32: boolean, options: { out: Tensor }) => Tensor;
  }>;
  readonly _convolution_double_backward: Operator<{
    default: (ggI: Tensor | null, ggW: Tensor | null, ggb: Tensor | null, gO: Tensor, weight: Tensor, self: Tensor, stride: readonly Int[], padding: readonly Int[], dilation: readonly Int[], transposed: boolean, output_padding: readonly Int[], groups: Int, output_mask: readonly boolean[]) => [Tensor, Tensor, Tensor];
  }>;
  readonly _convolution_mode: Operator<{
    default: (input: Tensor, weight: Tensor, bias: Tensor | null, stride: readonly Int[], padding: string, dilation: readonly Int[], groups: Int) => Tensor;
  }>;
  readonly _copy_from: Operator<{
    default: (...args: Args<[self: Tensor, dst: Tensor], [non_blocking: boolean], { non_blocking?: boolean }>) => Tensor;
    out: (self: Tensor, dst: Tensor, options: { non_blocking?: boolean; out: Tensor }) => Tensor;
  }>;
  readonly _copy_from_and_resize: Operator<{
    default: (self: Tensor, dst: Tensor) => Tensor;
    out: (self: Tensor, dst: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly _cslt_compress: Operator<{
    default: (input: Tensor) => Tensor;
  }>;
  readonly _cslt_sparse_mm: Operator<{
    default: (...args: Args<[compressed_A: Tensor, dense_B: Tensor], [bias: Tensor | null, alpha: Tensor | null, out_dtype: DType | null, transpose_result: boolean, alg_id: Int, split_k: Int, split_k_mode: Int], { bias?: Tensor | null; alpha?: Tensor | null; out_dtype?: DType | null; transpose_result?: boolean; alg_id?: Int; split_k?: Int; split_k_mode?: Int }>) => Tensor;
  }>;
  readonly _cslt_sparse_mm_search: Operator<{
    default: (...args: Args<[compressed_A: Tensor, dense_B: Tensor], [bias: Tensor | null, alpha: Tensor | null, out_dtype: DType | null, transpose_result: boolean], { bias?: Tensor | null; alpha?: Tensor | null; out_dtype?: DType | null; transpose_result?: boolean }>) => number;
  }>;
  readonly _ctc_loss: Operator<{
    Tensor: (...args: Args<[log_probs: Tensor, targets: Tensor, input_lengths: Tensor, target_lengths: Tensor], [blank: Int, zero_infinity: boolean], { blank?: Int; zero_infinity?: boolean }>) => [Tensor, Tensor];
    Tensor_out: (log_probs: Tensor, targets: Tensor, input_lengths: Tensor, target_lengths: Tensor, options: { blank?: Int; zero_infinity?: boolean; out0: Tensor; out1: Tensor }) => [Tensor, Tensor];
    default: (...args: Args<[log_probs: Tensor, targets: Tensor, input_lengths: readonly Int[], target_lengths: readonly Int[]], [blank: Int, zero_infinity: boolean], { blank?: Int; zero_infinity?: boolean }>) => [Tensor, Tensor];
    out: (log_probs: Tensor, targets: Tensor, input_lengths: readonly Int[], target_lengths: readonly Int[], options: { blank?: Int; zero_infinity?: boolean; out0: Tensor; out1: Tensor }) => [Tensor, Tensor];
  }>;
  readonly _ctc_loss_backward: Operator<{
    Tensor: (...args: Args<[grad: Tensor, log_probs: Tensor, targets: Tensor, input_lengths: Tensor, target_lengths: Tensor, neg_log_likelihood: Tensor, log_alpha: Tensor, blank: Int], [zero_infinity: boolean], { zero_infinity?: boolean }>) => Tensor;
    default: (...args: Args<[grad: Tensor, log_probs: Tensor, targets: Tensor, input_lengths: readonly Int[], target_lengths: readonly Int[], neg_log_likelihood: Tensor, log_alpha: Tensor, blank: Int], [zero_infinity: boolean], { zero_infinity?: boolean }>) => Tensor;
    out: (grad: Tensor, log_probs: Tensor, targets: Tensor, input_lengths: readonly Int[], target_lengths: readonly Int[], neg_log_likelihood: Tensor, log_alpha: Tensor, blank: Int, options: { zero_infinity?: boolean; out: Tensor }) => Tensor;
  }>;
  readonly _cudnn_attention_backward: Operator<{
    default: (grad_out: Tensor, query: Tensor, key: Tensor, value: Tensor, out: Tensor, logsumexp: Tensor, philox_seed: Tensor, philox_offset: Tensor, attn_bias: Tensor, cum_seq_q: Tensor, cum_seq_k: Tensor, max_q: Int, max_k: Int, dropout_p: number, is_causal: boolean, options?: { scale?: number | null }) => [Tensor, Tensor, Tensor];
  }>;
  readonly _cudnn_attention_forward: Operator<{
    default: (...args: Args<[query: Tensor, key: Tensor, value: Tensor, attn_bias: Tensor | null, cum_seq_q: Tensor | null, cum_seq_k: Tensor | null, max_q: Int, max_k: Int, compute_log_sumexp: boolean], [dropout_p: number, is_causal: boolean, return_debug_mask: boolean], { dropout_p?: number; is_causal?: boolean; return_debug_mask?: boolean; scale?: number | null }>) => [output: Tensor, logsumexp: Tensor, cum_seq_q: Tensor, cum_seq_k: Tensor, max_q: number, max_k: number, philox_seed: Tensor, philox_offset: Tensor, debug_attn_mask: Tensor];
  }>;
  readonly _cudnn_ctc_loss: Operator<{
    Tensor: (log_probs: Tensor, targets: Tensor, input_lengths: Tensor, target_lengths: Tensor, blank: Int, deterministic: boolean, zero_infinity: boolean) => [Tensor, Tensor];
    default: (log_probs: Tensor, targets: Tensor, input_lengths: readonly Int[], target_lengths: readonly Int[], blank: Int, deterministic: boolean, zero_infinity: boolean) => [Tensor, Tensor];
    out: (log_probs: Tensor, targets: Tensor, input_lengths: readonly Int[], target_lengths: readonly Int[], blank: Int, deterministic: boolean, zero_infinity: boolean, options: { out0: Tensor; out1: Tensor }) => [Tensor, Tensor];
  }>;
  readonly _cudnn_init_dropout_state: Operator<{
    default: (dropout: number, train: boolean, dropout_seed: Int, options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }) => Tensor;
    out: (dropout: number, train: boolean, dropout_seed: Int, options: { out: Tensor }) => Tensor;
  }>;
  readonly _cudnn_rnn: Operator<{
    default: (input: Tensor, weight: readonly Tensor[], weight_stride0: Int, weight_buf: Tensor | null, hx: Tensor, cx: Tensor | null, mode: Int, hidden_size: Int, proj_size: Int, num_layers: Int, batch_first: boolean, dropout: number, train: boolean, bidirectional: boolean, batch_sizes: readonly Int[], dropout_state: Tensor | null) => [Tensor, Tensor, Tensor, Tensor, Tensor];
    out: (input: Tensor, weight: readonly Tensor[], weight_stride0: Int, weight_buf: Tensor | null, hx: Tensor, cx: Tensor | null, mode: Int, hidden_size: Int, proj_size: Int, num_layers: Int, batch_first: boolean, dropout: number, train: boolean, bidirectional: boolean, batch_sizes: readonly Int[], dropout_state: Tensor | null, options: { out0: Tensor; out1: Tensor; out2: Tensor; out3: Tensor; out4: Tensor }) => [Tensor, Tensor, Tensor, Tensor, Tensor];
  }>;
  readonly _cudnn_rnn_backward: Operator<{
    default: (input: Tensor, weight: readonly Tensor[], weight_stride0: Int, weight_buf: Tensor, hx: Tensor, cx: Tensor | null, output: Tensor, grad_output: Tensor | null, grad_hy: Tensor | null, grad_cy: Tensor | null, mode: Int, hidden_size: Int, proj_size: Int, num_layers: Int, batch_first: boolean, dropout: number, train: boolean, bidirectional: boolean, batch_sizes: readonly Int[], dropout_state: Tensor | null, reserve: Tensor, output_mask: readonly boolean[]) => [Tensor, Tensor, Tensor, Tensor[]];
    out: (input: Tensor, weight: readonly Tensor[], weight_stride0: Int, weight_buf: Tensor, hx: Tensor, cx: Tensor | null, output: Tensor, grad_output: Tensor | null, grad_hy: Tensor | null, grad_cy: Tensor | null, mode: Int, hidden_size: Int, proj_size: Int, num_layers: Int, batch_first: boolean, dropout: number, train: boolean, bidirectional: boolean, batch_sizes: readonly Int[], dropout_state: Tensor | null, reserve: Tensor, output_mask: readonly boolean[], options: { out0: Tensor; out1: Tensor; out2: Tensor; out3: readonly Tensor[] }) => void;
  }>;
  readonly _cudnn_rnn_flatten_weight: Operator<{
    default: (weight_arr: readonly Tensor[], weight_stride0: Int, input_size: Int, mode: Int, hidden_size: Int, proj_size: Int, num_layers: Int, batch_first: boolean, bidirectional: boolean) => Tensor;
    out: (weight_arr: readonly Tensor[], weight_stride0: Int, input_size: Int, mode: Int, hidden_size: Int, proj_size: Int, num_layers: Int, batch_first: boolean, bidirectional: boolean, options: { out: Tensor }) => Tensor;
  }>;
  readonly _cufft_clear_plan_cache: Operator<{
    default: (device_index: Int) => void;
  }>;
  readonly _cufft_get_plan_cache_max_size: Operator<{
    default: (device_index: Int) => number;
  }>;
  readonly _cufft_get_plan_cache_size: Operator<{
    default: (device_index: Int) => number;
  }>;
  readonly _cufft_set_plan_cache_max_size: Operator<{
    default: (device_index: Int, max_size: Int) => void;
  }>;
  readonly _cummax_helper: Operator<{
    default: (self: Tensor, values: Tensor, indices: Tensor, dim: Int) => void;
  }>;
  readonly _cummin_helper: Operator<{
    default: (self: Tensor, values: Tensor, indices: Tensor, dim: Int) => void;
  }>;
  readonly _debug_has_internal_overlap: Operator<{
    default: (self: Tensor) => number;
  }>;
  readonly _dimI: Operator<{
    default: (self: Tensor) => number;
  }>;
  readonly _dimV: Operator<{
    default: (self: Tensor) => number;
  }>;
  readonly _dim_arange: Operator<{
    default: (like: Tensor, dim: Int) => Tensor;
  }>;
  readonly _dirichlet_grad: Operator<{
    default: (x: Tensor, alpha: Tensor, total: Tensor) => Tensor;
    out: (x: Tensor, alpha: Tensor, total: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly _dyn_quant_matmul_4bit: Operator<{
    default: (inp: Tensor, packed_weights: Tensor, block_size: Int, in_features: Int, out_features: Int) => Tensor;
  }>;
  readonly _dyn_quant_pack_4bit_weight: Operator<{
    default: (weights: Tensor, scales_zeros: Tensor, bias: Tensor | null, block_size: Int, in_features: Int, out_features: Int) => Tensor;
  }>;
  readonly _efficient_attention_backward: Operator<{
    default: (grad_out_: Tensor, query: Tensor, key: Tensor, value: Tensor, bias: Tensor | null, out: Tensor, cu_seqlens_q: Tensor | null, cu_seqlens_k: Tensor | null, max_seqlen_q: Int, max_seqlen_k: Int, logsumexp: Tensor, dropout_p: number, philox_seed: Tensor, philox_offset: Tensor, custom_mask_type: Int, bias_requires_grad: boolean, options?: { scale?: number | null; num_splits_key?: Int | null; window_size?: Int | null; shared_storage_dqdkdv?: boolean }) => [Tensor, Tensor, Tensor, Tensor];
  }>;
  readonly _efficient_attention_forward: Operator<{
    default: (...args: Args<[query: Tensor, key: Tensor, value: Tensor, bias: Tensor | null, cu_seqlens_q: Tensor | null, cu_seqlens_k: Tensor | null, max_seqlen_q: Int | null, max_seqlen_k: Int | null, dropout_p: number, custom_mask_type: Int], [compute_log_sumexp: boolean], { compute_log_sumexp?: boolean; scale?: number | null; seqlen_k?: Tensor | null; window_size?: Int | null }>) => [output: Tensor, logsumexp: Tensor, philox_seed: Tensor, philox_offset: Tensor, max_seqlen_batch_q: number, max_seqlen_batch_k: number];
  }>;
  readonly _efficientzerotensor: Operator<{
    default: (size: readonly Int[], options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }) => Tensor;
    out: (size: readonly Int[], options: { out: Tensor }) => Tensor;
  }>;
  readonly _embedding_bag: Operator<{
    default: (...args: Args<[weight: Tensor, indices: Tensor, offsets: Tensor], [scale_grad_by_freq: boolean, mode: Int, sparse: boolean, per_sample_weights: Tensor | null, include_last_offset: boolean, padding_idx: Int], { scale_grad_by_freq?: boolean; mode?: Int; sparse?: boolean; per_sample_weights?: Tensor | null; include_last_offset?: boolean; padding_idx?: Int }>) => [Tensor, Tensor, Tensor, Tensor];
    out: (weight: Tensor, indices: Tensor, offsets: Tensor, options: { scale_grad_by_freq?: boolean; mode?: Int; sparse?: boolean; per_sample_weights?: Tensor | null; include_last_offset?: boolean; padding_idx?: Int; out0: Tensor; out1: Tensor; out2: Tensor; out3: Tensor }) => [Tensor, Tensor, Tensor, Tensor];
  }>;
  readonly _embedding_bag_backward: Operator<{
    default: (...args: Args<[grad: Tensor, indices: Tensor, offsets: Tensor, offset2bag: Tensor, bag_size: Tensor, maximum_indices: Tensor, num_weights: Int, scale_grad_by_freq: boolean, mode: Int, sparse: boolean, per_sample_weights: Tensor | null], [padding_idx: Int], { padding_idx?: Int }>) => Tensor;
  }>;
  readonly _embedding_bag_dense_backward: Operator<{
    default: (...args: Args<[grad: Tensor, indices: Tensor, offset2bag: Tensor, bag_size: Tensor, maximum_indices: Tensor, num_weights: Int, scale_grad_by_freq: boolean, mode: Int, per_sample_weights: Tensor | null], [padding_idx: Int], { padding_idx?: Int }>) => Tensor;
    out: (grad: Tensor, indices: Tensor, offset2bag: Tensor, bag_size: Tensor, maximum_indices: Tensor, num_weights: Int, scale_grad_by_freq: boolean, mode: Int, per_sample_weights: Tensor | null, options: { padding_idx?: Int; out: Tensor }) => Tensor;
  }>;
  readonly _embedding_bag_forward_only: Operator<{
    default: (...args: Args<[weight: Tensor, indices: Tensor, offsets: Tensor], [scale_grad_by_freq: boolean, mode: Int, sparse: boolean, per_sample_weights: Tensor | null, include_last_offset: boolean, padding_idx: Int], { scale_grad_by_freq?: boolean; mode?: Int; sparse?: boolean; per_sample_weights?: Tensor | null; include_last_offset?: boolean; padding_idx?: Int }>) => [Tensor, Tensor, Tensor, Tensor];
    out: (weight: Tensor, indices: Tensor, offsets: Tensor, options: { scale_grad_by_freq?: boolean; mode?: Int; sparse?: boolean; per_sample_weights?: Tensor | null; include_last_offset?: boolean; padding_idx?: Int; out0: Tensor; out1: Tensor; out2: Tensor; out3: Tensor }) => [Tensor, Tensor, Tensor, Tensor];
  }>;
  readonly _embedding_bag_per_sample_weights_backward: Operator<{
    default: (...args: Args<[grad: Tensor, weight: Tensor, indices: Tensor, offsets: Tensor, offset2bag: Tensor, mode: Int], [padding_idx: Int], { padding_idx?: Int }>) => Tensor;
    out: (grad: Tensor, weight: Tensor, indices: Tensor, offsets: Tensor, offset2bag: Tensor, mode: Int, options: { padding_idx?: Int; out: Tensor }) => Tensor;
  }>;
  readonly _embedding_bag_sparse_backward: Operator<{
    default: (...args: Args<[grad: Tensor, indices: Tensor, offsets: Tensor, offset2bag: Tensor, bag_size: Tensor, num_weights: Int, scale_grad_by_freq: boolean, mode: Int, per_sample_weights: Tensor | null], [padding_idx: Int], { padding_idx?: Int }>) => Tensor;
  }>;
  readonly _empty_affine_quantized: Operator<{
    default: (size: readonly Int[], options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null; scale?: number; zero_point?: Int; memory_format?: MemoryFormat | null }) => Tensor;
    out: (size: readonly Int[], options: { scale?: number; zero_point?: Int; memory_format?: MemoryFormat | null; out: Tensor }) => Tensor;
  }>;
  readonly _empty_per_channel_affine_quantized: Operator<{
    default: (size: readonly Int[], options: { scales: Tensor; zero_points: Tensor; axis: Int; dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null; memory_format?: MemoryFormat | null }) => Tensor;
    out: (size: readonly Int[], options: { scales: Tensor; zero_points: Tensor; axis: Int; memory_format?: MemoryFormat | null; out: Tensor }) => Tensor;
  }>;
  readonly _euclidean_dist: Operator<{
    default: (x1: Tensor, x2: Tensor) => Tensor;
    out: (x1: Tensor, x2: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly _fake_quantize_learnable_per_channel_affine: Operator<{
    default: (...args: Args<[self: Tensor, scale: Tensor, zero_point: Tensor, axis: Int, quant_min: Int, quant_max: Int], [grad_factor: number], { grad_factor?: number }>) => Tensor;
    out: (self: Tensor, scale: Tensor, zero_point: Tensor, axis: Int, quant_min: Int, quant_max: Int, options: { grad_factor?: number; out: Tensor }) => Tensor;
  }>;
  readonly _fake_quantize_learnable_per_channel_affine_backward: Operator<{
    default: (...args: Args<[grad: Tensor, self: Tensor, scale: Tensor, zero_point: Tensor, axis: Int, quant_min: Int, quant_max: Int], [grad_factor: number], { grad_factor?: number }>) => [Tensor, Tensor, Tensor];
  }>;
  readonly _fake_quantize_learnable_per_tensor_affine: Operator<{
    default: (...args: Args<[self: Tensor, scale: Tensor, zero_point: Tensor, quant_min: Int, quant_max: Int], [grad_factor: number], { grad_factor?: number }>) => Tensor;
    out: (self: Tensor, scale: Tensor, zero_point: Tensor, quant_min: Int, quant_max: Int, options: { grad_factor?: number; out: Tensor }) => Tensor;
  }>;
  readonly _fake_quantize_learnable_per_tensor_affine_backward: Operator<{
    default: (...args: Args<[grad: Tensor, self: Tensor, scale: Tensor, zero_point: Tensor, quant_min: Int, quant_max: Int], [grad_factor: number], { grad_factor?: number }>) => [Tensor, Tensor, Tensor];
  }>;
  readonly _fake_quantize_per_tensor_affine_cachemask_tensor_qparams: Operator<{
    default: (self: Tensor, scale: Tensor, zero_point: Tensor, fake_quant_enabled: Tensor, quant_min: Int, quant_max: Int) => [output: Tensor, mask: Tensor];
    out: (self: Tensor, scale: Tensor, zero_point: Tensor, fake_quant_enabled: Tensor, quant_min: Int, quant_max: Int, options: { out0: Tensor; out1: Tensor }) => [Tensor, Tensor];
  }>;
  readonly _fft_c2c: Operator<{
    default: (self: Tensor, dim: readonly Int[], normalization: Int, forward: boolean) => Tensor;
    out: (self: Tensor, dim: readonly Int[], normalization: Int, forward: boolean, options: { out: Tensor }) => Tensor;
  }>;
  readonly _fft_c2r: Operator<{
    default: (self: Tensor, dim: readonly Int[], normalization: Int, last_dim_size: Int) => Tensor;
    out: (self: Tensor, dim: readonly Int[], normalization: Int, last_dim_size: Int, options: { out: Tensor }) => Tensor;
  }>;
  readonly _fft_r2c: Operator<{
    default: (self: Tensor, dim: readonly Int[], normalization: Int, onesided: boolean) => Tensor;
    out: (self: Tensor, dim: readonly Int[], normalization: Int, onesided: boolean, options: { out: Tensor }) => Tensor;
  }>;
  readonly _fill_mem_eff_dropout_mask_: Operator<{
    default: (self: Tensor, dropout_p: number, seed: Int, offset: Int) => Tensor;
  }>;
  readonly _flash_attention_backward: Operator<{
    default: (grad_out: Tensor, query: Tensor, key: Tensor, value: Tensor, out: Tensor, logsumexp: Tensor, cum_seq_q: Tensor, cum_seq_k: Tensor, max_q: Int, max_k: Int, dropout_p: number, is_causal: boolean, rng_state: Tensor, unused: Tensor, options?: { scale?: number | null; window_size_left?: Int | null; window_size_right?: Int | null }) => [Tensor, Tensor, Tensor];
  }>;
  readonly _flash_attention_forward: Operator<{
    default: (query: Tensor, key: Tensor, value: Tensor, cum_seq_q: Tensor | null, cum_seq_k: Tensor | null, max_q: Int, max_k: Int, dropout_p: number, is_causal: boolean, return_debug_mask: boolean, options?: { scale?: number | null; window_size_left?: Int | null; window_size_right?: Int | null; seqused_k?: Tensor | null; alibi_slopes?: Tensor | null; block_table?: Tensor | null; num_splits?: Int | null }) => [output: Tensor, softmax_logsumexp: Tensor, rng_state: Tensor, unused: Tensor, debug_attn_mask: Tensor];
    quantized: (query: Tensor, key: Tensor, value: Tensor, cum_seq_q: Tensor | null, cum_seq_k: Tensor | null, max_q: Int, max_k: Int, dropout_p: number, is_causal: boolean, return_debug_mask: boolean, q_descale: Tensor | null, k_descale: Tensor | null, v_descale: Tensor | null, options?: { scale?: number | null; window_size_left?: Int | null; window_size_right?: Int | null; seqused_k?: Tensor | null; alibi_slopes?: Tensor | null }) => [output: Tensor, softmax_logsumexp: Tensor, rng_state: Tensor, unused: Tensor, debug_attn_mask: Tensor];
  }>;
  readonly _flash_attention_forward_no_dropout_inplace: Operator<{
    default: (out: Tensor, query: Tensor, key: Tensor, value: Tensor, cum_seq_q: Tensor | null, cum_seq_k: Tensor | null, max_q: Int, max_k: Int, dropout_p: number, is_causal: boolean, return_debug_mask: boolean, options?: { scale?: number | null; window_size_left?: Int | null; window_size_right?: Int | null; seqused_k?: Tensor | null; alibi_slopes?: Tensor | null; block_table?: Tensor | null; num_splits?: Int | null }) => Tensor;
  }>;
  readonly _foobar: Operator<{
    default: (...args: Args<[self: Tensor], [arg1: boolean, arg2: boolean], { arg1?: boolean; arg2?: boolean; arg3?: boolean }>) => Tensor;
    out: (self: Tensor, options: { arg1?: boolean; arg2?: boolean; arg3?: boolean; out: Tensor }) => Tensor;
  }>;
  readonly _foreach_abs: Operator<{
    default: (self: readonly Tensor[]) => Tensor[];
    out: (self: readonly Tensor[], options: { out: readonly Tensor[] }) => void;
  }>;
  readonly _foreach_abs_: Operator<{
    default: (self: readonly Tensor[]) => void;
  }>;
  readonly _foreach_acos: Operator<{
    default: (self: readonly Tensor[]) => Tensor[];
    out: (self: readonly Tensor[], options: { out: readonly Tensor[] }) => void;
  }>;
  readonly _foreach_acos_: Operator<{
    default: (self: readonly Tensor[]) => void;
  }>;
  readonly _foreach_add: Operator<{
    List: (self: readonly Tensor[], other: readonly Tensor[], options?: { alpha?: Scalar }) => Tensor[];
    List_out: (self: readonly Tensor[], other: readonly Tensor[], options: { alpha?: Scalar; out: readonly Tensor[] }) => void;
    Scalar: (self: readonly Tensor[], scalar: Scalar) => Tensor[];
    ScalarList: (self: readonly Tensor[], scalars: readonly Scalar[]) => Tensor[];
    ScalarList_out: (self: readonly Tensor[], scalars: readonly Scalar[], options: { out: readonly Tensor[] }) => void;
    Scalar_out: (self: readonly Tensor[], scalar: Scalar, options: { out: readonly Tensor[] }) => void;
    Tensor: (self: readonly Tensor[], other: Tensor, options?: { alpha?: Scalar }) => Tensor[];
    Tensor_out: (self: readonly Tensor[], other: Tensor, options: { alpha?: Scalar; out: readonly Tensor[] }) => void;
  }>;
  readonly _foreach_add_: Operator<{
    List: (self: readonly Tensor[], other: readonly Tensor[], options?: { alpha?: Scalar }) => void;
    Scalar: (self: readonly Tensor[], scalar: Scalar) => void;
    ScalarList: (self: readonly Tensor[], scalars: readonly Scalar[]) => void;
    Tensor: (self: readonly Tensor[], other: Tensor, options?: { alpha?: Scalar }) => void;
  }>;
  readonly _foreach_addcdiv: Operator<{
    Scalar: (...args: Args<[self: readonly Tensor[], tensor1: readonly Tensor[], tensor2: readonly Tensor[]], [value: Scalar], { value?: Scalar }>) => Tensor[];
    ScalarList: (self: readonly Tensor[], tensor1: readonly Tensor[], tensor2: readonly Tensor[], scalars: readonly Scalar[]) => Tensor[];
    ScalarList_out: (self: readonly Tensor[], tensor1: readonly Tensor[], tensor2: readonly Tensor[], scalars: readonly Scalar[], options: { out: readonly Tensor[] }) => void;
    Scalar_out: (self: readonly Tensor[], tensor1: readonly Tensor[], tensor2: readonly Tensor[], options: { value?: Scalar; out: readonly Tensor[] }) => void;
    Tensor: (self: readonly Tensor[], tensor1: readonly Tensor[], tensor2: readonly Tensor[], scalars: Tensor) => Tensor[];
    Tensor_out: (self: readonly Tensor[], tensor1: readonly Tensor[], tensor2: readonly Tensor[], scalars: Tensor, options: { out: readonly Tensor[] }) => void;
  }>;
  readonly _foreach_addcdiv_: Operator<{
    Scalar: (...args: Args<[self: readonly Tensor[], tensor1: readonly Tensor[], tensor2: readonly Tensor[]], [value: Scalar], { value?: Scalar }>) => void;
    ScalarList: (self: readonly Tensor[], tensor1: readonly Tensor[], tensor2: readonly Tensor[], scalars: readonly Scalar[]) => void;
    Tensor: (self: readonly Tensor[], tensor1: readonly Tensor[], tensor2: readonly Tensor[], scalars: Tensor) => void;
  }>;
  readonly _foreach_addcmul: Operator<{
    Scalar: (...args: Args<[self: readonly Tensor[], tensor1: readonly Tensor[], tensor2: readonly Tensor[]], [value: Scalar], { value?: Scalar }>) => Tensor[];
    ScalarList: (self: readonly Tensor[], tensor1: readonly Tensor[], tensor2: readonly Tensor[], scalars: readonly Scalar[]) => Tensor[];
    ScalarList_out: (self: readonly Tensor[], tensor1: readonly Tensor[], tensor2: readonly Tensor[], scalars: readonly Scalar[], options: { out: readonly Tensor[] }) => void;
    Scalar_out: (self: readonly Tensor[], tensor1: readonly Tensor[], tensor2: readonly Tensor[], options: { value?: Scalar; out: readonly Tensor[] }) => void;
    Tensor: (self: readonly Tensor[], tensor1: readonly Tensor[], tensor2: readonly Tensor[], scalars: Tensor) => Tensor[];
    Tensor_out: (self: readonly Tensor[], tensor1: readonly Tensor[], tensor2: readonly Tensor[], scalars: Tensor, options: { out: readonly Tensor[] }) => void;
  }>;
  readonly _foreach_addcmul_: Operator<{
    Scalar: (...args: Args<[self: readonly Tensor[], tensor1: readonly Tensor[], tensor2: readonly Tensor[]], [value: Scalar], { value?: Scalar }>) => void;
    ScalarList: (self: readonly Tensor[], tensor1: readonly Tensor[], tensor2: readonly Tensor[], scalars: readonly Scalar[]) => void;
    Tensor: (self: readonly Tensor[], tensor1: readonly Tensor[], tensor2: readonly Tensor[], scalars: Tensor) => void;
  }>;
  readonly _foreach_asin: Operator<{
    default: (self: readonly Tensor[]) => Tensor[];
    out: (self: readonly Tensor[], options: { out: readonly Tensor[] }) => void;
  }>;
  readonly _foreach_asin_: Operator<{
    default: (self: readonly Tensor[]) => void;
  }>;
  readonly _foreach_atan: Operator<{
    default: (self: readonly Tensor[]) => Tensor[];
    out: (self: readonly Tensor[], options: { out: readonly Tensor[] }) => void;
  }>;
  readonly _foreach_atan_: Operator<{
    default: (self: readonly Tensor[]) => void;
  }>;
  readonly _foreach_ceil: Operator<{
    default: (self: readonly Tensor[]) => Tensor[];
    out: (self: readonly Tensor[], options: { out: readonly Tensor[] }) => void;
  }>;
  readonly _foreach_ceil_: Operator<{
    default: (self: readonly Tensor[]) => void;
  }>;
  readonly _foreach_clamp_max: Operator<{
    List: (self: readonly Tensor[], other: readonly Tensor[]) => Tensor[];
    List_out: (self: readonly Tensor[], other: readonly Tensor[], options: { out: readonly Tensor[] }) => void;
    Scalar: (self: readonly Tensor[], scalar: Scalar) => Tensor[];
    ScalarList: (self: readonly Tensor[], scalars: readonly Scalar[]) => Tensor[];
    ScalarList_out: (self: readonly Tensor[], scalars: readonly Scalar[], options: { out: readonly Tensor[] }) => void;
    Scalar_out: (self: readonly Tensor[], scalar: Scalar, options: { out: readonly Tensor[] }) => void;
  }>;
  readonly _foreach_clamp_max_: Operator<{
    List: (self: readonly Tensor[], other: readonly Tensor[]) => void;
    Scalar: (self: readonly Tensor[], scalar: Scalar) => void;
    ScalarList: (self: readonly Tensor[], scalars: readonly Scalar[]) => void;
  }>;
  readonly _foreach_clamp_min: Operator<{
    List: (self: readonly Tensor[], other: readonly Tensor[]) => Tensor[];
    List_out: (self: readonly Tensor[], other: readonly Tensor[], options: { out: readonly Tensor[] }) => void;
    Scalar: (self: readonly Tensor[], scalar: Scalar) => Tensor[];
    ScalarList: (self: readonly Tensor[], scalars: readonly Scalar[]) => Tensor[];
    ScalarList_out: (self: readonly Tensor[], scalars: readonly Scalar[], options: { out: readonly Tensor[] }) => void;
    Scalar_out: (self: readonly Tensor[], scalar: Scalar, options: { out: readonly Tensor[] }) => void;
  }>;
  readonly _foreach_clamp_min_: Operator<{
    List: (self: readonly Tensor[], other: readonly Tensor[]) => void;
    Scalar: (self: readonly Tensor[], scalar: Scalar) => void;
    ScalarList: (self: readonly Tensor[], scalars: readonly Scalar[]) => void;
  }>;
  readonly _foreach_clone: Operator<{
    default: (self: readonly Tensor[], options?: { memory_format?: MemoryFormat | null }) => Tensor[];
    out: (self: readonly Tensor[], options: { memory_format?: MemoryFormat | null; out: readonly Tensor[] }) => void;
  }>;
  readonly _foreach_copy: Operator<{
    default: (...args: Args<[self: readonly Tensor[], src: readonly Tensor[]], [non_blocking: boolean], { non_blocking?: boolean }>) => Tensor[];
    out: (self: readonly Tensor[], src: readonly Tensor[], options: { non_blocking?: boolean; out: readonly Tensor[] }) => void;
  }>;
  readonly _foreach_copy_: Operator<{
    default: (...args: Args<[self: readonly Tensor[], src: readonly Tensor[]], [non_blocking: boolean], { non_blocking?: boolean }>) => void;
  }>;
  readonly _foreach_cos: Operator<{
    default: (self: readonly Tensor[]) => Tensor[];
    out: (self: readonly Tensor[], options: { out: readonly Tensor[] }) => void;
  }>;
  readonly _foreach_cos_: Operator<{
    default: (self: readonly Tensor[]) => void;
  }>;
  readonly _foreach_cosh: Operator<{
    default: (self: readonly Tensor[]) => Tensor[];
    out: (self: readonly Tensor[], options: { out: readonly Tensor[] }) => void;
  }>;
  readonly _foreach_cosh_: Operator<{
    default: (self: readonly Tensor[]) => void;
  }>;
  readonly _foreach_div: Operator<{
    List: (self: readonly Tensor[], other: readonly Tensor[]) => Tensor[];
    List_out: (self: readonly Tensor[], other: readonly Tensor[], options: { out: readonly Tensor[] }) => void;
    Scalar: (self: readonly Tensor[], scalar: Scalar) => Tensor[];
    ScalarList: (self: readonly Tensor[], scalars: readonly Scalar[]) => Tensor[];
    ScalarList_out: (self: readonly Tensor[], scalars: readonly Scalar[], options: { out: readonly Tensor[] }) => void;
    Scalar_out: (self: readonly Tensor[], scalar: Scalar, options: { out: readonly Tensor[] }) => void;
    Tensor: (self: readonly Tensor[], other: Tensor) => Tensor[];
    Tensor_out: (self: readonly Tensor[], other: Tensor, options: { out: readonly Tensor[] }) => void;
  }>;
  readonly _foreach_div_: Operator<{
    List: (self: readonly Tensor[], other: readonly Tensor[]) => void;
    Scalar: (self: readonly Tensor[], scalar: Scalar) => void;
    ScalarList: (self: readonly Tensor[], scalars: readonly Scalar[]) => void;
    Tensor: (self: readonly Tensor[], other: Tensor) => void;
  }>;
  readonly _foreach_erf: Operator<{
    default: (self: readonly Tensor[]) => Tensor[];
    out: (self: readonly Tensor[], options: { out: readonly Tensor[] }) => void;
  }>;
  readonly _foreach_erf_: Operator<{
    default: (self: readonly Tensor[]) => void;
  }>;
  readonly _foreach_erfc: Operator<{
    default: (self: readonly Tensor[]) => Tensor[];
    out: (self: readonly Tensor[], options: { out: readonly Tensor[] }) => void;
  }>;
  readonly _foreach_erfc_: Operator<{
    default: (self: readonly Tensor[]) => void;
  }>;
  readonly _foreach_exp: Operator<{
    default: (self: readonly Tensor[]) => Tensor[];
    out: (self: readonly Tensor[], options: { out: readonly Tensor[] }) => void;
  }>;
  readonly _foreach_exp_: Operator<{
    default: (self: readonly Tensor[]) => void;
  }>;
  readonly _foreach_expm1: Operator<{
    default: (self: readonly Tensor[]) => Tensor[];
    out: (self: readonly Tensor[], options: { out: readonly Tensor[] }) => void;
  }>;
  readonly _foreach_expm1_: Operator<{
    default: (self: readonly Tensor[]) => void;
  }>;
  readonly _foreach_floor: Operator<{
    default: (self: readonly Tensor[]) => Tensor[];
    out: (self: readonly Tensor[], options: { out: readonly Tensor[] }) => void;
  }>;
  readonly _foreach_floor_: Operator<{
    default: (self: readonly Tensor[]) => void;
  }>;
  readonly _foreach_frac: Operator<{
    default: (self: readonly Tensor[]) => Tensor[];
    out: (self: readonly Tensor[], options: { out: readonly Tensor[] }) => void;
  }>;
  readonly _foreach_frac_: Operator<{
    default: (self: readonly Tensor[]) => void;
  }>;
  readonly _foreach_lerp: Operator<{
    List: (self: readonly Tensor[], tensors1: readonly Tensor[], weights: readonly Tensor[]) => Tensor[];
    List_out: (self: readonly Tensor[], tensors1: readonly Tensor[], weights: readonly Tensor[], options: { out: readonly Tensor[] }) => void;
    Scalar: (self: readonly Tensor[], tensors1: readonly Tensor[], weight: Scalar) => Tensor[];
    ScalarList: (self: readonly Tensor[], tensors1: readonly Tensor[], weight: readonly Scalar[]) => Tensor[];
    ScalarList_out: (self: readonly Tensor[], tensors1: readonly Tensor[], weight: readonly Scalar[], options: { out: readonly Tensor[] }) => void;
    Scalar_out: (self: readonly Tensor[], tensors1: readonly Tensor[], weight: Scalar, options: { out: readonly Tensor[] }) => void;
  }>;
  readonly _foreach_lerp_: Operator<{
    List: (self: readonly Tensor[], tensors1: readonly Tensor[], weights: readonly Tensor[]) => void;
    Scalar: (self: readonly Tensor[], tensors1: readonly Tensor[], weight: Scalar) => void;
    ScalarList: (self: readonly Tensor[], tensors1: readonly Tensor[], weight: readonly Scalar[]) => void;
  }>;
  readonly _foreach_lgamma: Operator<{
    default: (self: readonly Tensor[]) => Tensor[];
    out: (self: readonly Tensor[], options: { out: readonly Tensor[] }) => void;
  }>;
  readonly _foreach_lgamma_: Operator<{
    default: (self: readonly Tensor[]) => void;
  }>;
  readonly _foreach_log: Operator<{
    default: (self: readonly Tensor[]) => Tensor[];
    out: (self: readonly Tensor[], options: { out: readonly Tensor[] }) => void;
  }>;
  readonly _foreach_log10: Operator<{
    default: (self: readonly Tensor[]) => Tensor[];
    out: (self: readonly Tensor[], options: { out: readonly Tensor[] }) => void;
  }>;
  readonly _foreach_log10_: Operator<{
    default: (self: readonly Tensor[]) => void;
  }>;
  readonly _foreach_log1p: Operator<{
    default: (self: readonly Tensor[]) => Tensor[];
    out: (self: readonly Tensor[], options: { out: readonly Tensor[] }) => void;
  }>;
  readonly _foreach_log1p_: Operator<{
    default: (self: readonly Tensor[]) => void;
  }>;
  readonly _foreach_log2: Operator<{
    default: (self: readonly Tensor[]) => Tensor[];
    out: (self: readonly Tensor[], options: { out: readonly Tensor[] }) => void;
  }>;
  readonly _foreach_log2_: Operator<{
    default: (self: readonly Tensor[]) => void;
  }>;
  readonly _foreach_log_: Operator<{
    default: (self: readonly Tensor[]) => void;
  }>;
  readonly _foreach_max: Operator<{
    default: (self: readonly Tensor[]) => Tensor[];
    out: (self: readonly Tensor[], options: { out: readonly Tensor[] }) => void;
  }>;
  readonly _foreach_maximum: Operator<{
    List: (self: readonly Tensor[], other: readonly Tensor[]) => Tensor[];
    List_out: (self: readonly Tensor[], other: readonly Tensor[], options: { out: readonly Tensor[] }) => void;
    Scalar: (self: readonly Tensor[], scalar: Scalar) => Tensor[];
    ScalarList: (self: readonly Tensor[], scalars: readonly Scalar[]) => Tensor[];
    ScalarList_out: (self: readonly Tensor[], scalars: readonly Scalar[], options: { out: readonly Tensor[] }) => void;
    Scalar_out: (self: readonly Tensor[], scalar: Scalar, options: { out: readonly Tensor[] }) => void;
  }>;
  readonly _foreach_maximum_: Operator<{
    List: (self: readonly Tensor[], other: readonly Tensor[]) => void;
    Scalar: (self: readonly Tensor[], scalar: Scalar) => void;
    ScalarList: (self: readonly Tensor[], scalars: readonly Scalar[]) => void;
  }>;
  readonly _foreach_minimum: Operator<{
    List: (self: readonly Tensor[], other: readonly Tensor[]) => Tensor[];
    List_out: (self: readonly Tensor[], other: readonly Tensor[], options: { out: readonly Tensor[] }) => void;
    Scalar: (self: readonly Tensor[], scalar: Scalar) => Tensor[];
    ScalarList: (self: readonly Tensor[], scalars: readonly Scalar[]) => Tensor[];
    ScalarList_out: (self: readonly Tensor[], scalars: readonly Scalar[], options: { out: readonly Tensor[] }) => void;
    Scalar_out: (self: readonly Tensor[], scalar: Scalar, options: { out: readonly Tensor[] }) => void;
  }>;
  readonly _foreach_minimum_: Operator<{
    List: (self: readonly Tensor[], other: readonly Tensor[]) => void;
    Scalar: (self: readonly Tensor[], scalar: Scalar) => void;
    ScalarList: (self: readonly Tensor[], scalars: readonly Scalar[]) => void;
  }>;
  readonly _foreach_mm: Operator<{
    default: (self: readonly Tensor[], mat2: readonly Tensor[]) => Tensor[];
  }>;
  readonly _foreach_mul: Operator<{
    List: (self: readonly Tensor[], other: readonly Tensor[]) => Tensor[];
    List_out: (self: readonly Tensor[], other: readonly Tensor[], options: { out: readonly Tensor[] }) => void;
    Scalar: (self: readonly Tensor[], scalar: Scalar) => Tensor[];
    ScalarList: (self: readonly Tensor[], scalars: readonly Scalar[]) => Tensor[];
    ScalarList_out: (self: readonly Tensor[], scalars: readonly Scalar[], options: { out: readonly Tensor[] }) => void;
    Scalar_out: (self: readonly Tensor[], scalar: Scalar, options: { out: readonly Tensor[] }) => void;
    Tensor: (self: readonly Tensor[], other: Tensor) => Tensor[];
    Tensor_out: (self: readonly Tensor[], other: Tensor, options: { out: readonly Tensor[] }) => void;
  }>;
  readonly _foreach_mul_: Operator<{
    List: (self: readonly Tensor[], other: readonly Tensor[]) => void;
    Scalar: (self: readonly Tensor[], scalar: Scalar) => void;
    ScalarList: (self: readonly Tensor[], scalars: readonly Scalar[]) => void;
    Tensor: (self: readonly Tensor[], other: Tensor) => void;
  }>;
  readonly _foreach_neg: Operator<{
    default: (self: readonly Tensor[]) => Tensor[];
    out: (self: readonly Tensor[], options: { out: readonly Tensor[] }) => void;
  }>;
  readonly _foreach_neg_: Operator<{
    default: (self: readonly Tensor[]) => void;
  }>;
  readonly _foreach_norm: Operator<{
    Scalar: (...args: Args<[self: readonly Tensor[]], [ord: Scalar, dtype: DType | null], { ord?: Scalar; dtype?: DType | null }>) => Tensor[];
    Scalar_out: (self: readonly Tensor[], options: { ord?: Scalar; dtype?: DType | null; out: readonly Tensor[] }) => void;
  }>;
  readonly _foreach_pow: Operator<{
    List: (self: readonly Tensor[], exponent: readonly Tensor[]) => Tensor[];
    List_out: (self: readonly Tensor[], exponent: readonly Tensor[], options: { out: readonly Tensor[] }) => void;
    Scalar: (self: readonly Tensor[], exponent: Scalar) => Tensor[];
    ScalarAndTensor: (self: Scalar, exponent: readonly Tensor[]) => Tensor[];
    ScalarList: (self: readonly Tensor[], exponent: readonly Scalar[]) => Tensor[];
    ScalarList_out: (self: readonly Tensor[], exponent: readonly Scalar[], options: { out: readonly Tensor[] }) => void;
    Scalar_out: (self: readonly Tensor[], exponent: Scalar, options: { out: readonly Tensor[] }) => void;
  }>;
  readonly _foreach_pow_: Operator<{
    List: (self: readonly Tensor[], exponent: readonly Tensor[]) => void;
    Scalar: (self: readonly Tensor[], exponent: Scalar) => void;
    ScalarList: (self: readonly Tensor[], exponent: readonly Scalar[]) => void;
  }>;
  readonly _foreach_powsum: Operator<{
    Scalar: (...args: Args<[self: readonly Tensor[]], [ord: Scalar, dtype: DType | null], { ord?: Scalar; dtype?: DType | null }>) => Tensor[];
    Scalar_out: (self: readonly Tensor[], options: { ord?: Scalar; dtype?: DType | null; out: readonly Tensor[] }) => void;
  }>;
  readonly _foreach_reciprocal: Operator<{
    default: (self: readonly Tensor[]) => Tensor[];
    out: (self: readonly Tensor[], options: { out: readonly Tensor[] }) => void;
  }>;
  readonly _foreach_reciprocal_: Operator<{
    default: (self: readonly Tensor[]) => void;
  }>;
  readonly _foreach_round: Operator<{
    default: (self: readonly Tensor[]) => Tensor[];
    out: (self: readonly Tensor[], options: { out: readonly Tensor[] }) => void;
  }>;
  readonly _foreach_round_: Operator<{
    default: (self: readonly Tensor[]) => void;
  }>;
  readonly _foreach_rsqrt: Operator<{
    default: (self: readonly Tensor[]) => Tensor[];
    out: (self: readonly Tensor[], options: { out: readonly Tensor[] }) => void;
  }>;
  readonly _foreach_rsqrt_: Operator<{
    default: (self: readonly Tensor[]) => void;
  }>;
  readonly _foreach_sigmoid: Operator<{
    default: (self: readonly Tensor[]) => Tensor[];
    out: (self: readonly Tensor[], options: { out: readonly Tensor[] }) => void;
  }>;
  readonly _foreach_sigmoid_: Operator<{
    default: (self: readonly Tensor[]) => void;
  }>;
  readonly _foreach_sign: Operator<{
    default: (self: readonly Tensor[]) => Tensor[];
    out: (self: readonly Tensor[], options: { out: readonly Tensor[] }) => void;
  }>;
  readonly _foreach_sign_: Operator<{
    default: (self: readonly Tensor[]) => void;
  }>;
  readonly _foreach_sin: Operator<{
    default: (self: readonly Tensor[]) => Tensor[];
    out: (self: readonly Tensor[], options: { out: readonly Tensor[] }) => void;
  }>;
  readonly _foreach_sin_: Operator<{
    default: (self: readonly Tensor[]) => void;
  }>;
  readonly _foreach_sinh: Operator<{
    default: (self: readonly Tensor[]) => Tensor[];
    out: (self: readonly Tensor[], options: { out: readonly Tensor[] }) => void;
  }>;
  readonly _foreach_sinh_: Operator<{
    default: (self: readonly Tensor[]) => void;
  }>;
  readonly _foreach_sqrt: Operator<{
    default: (self: readonly Tensor[]) => Tensor[];
    out: (self: readonly Tensor[], options: { out: readonly Tensor[] }) => void;
  }>;
  readonly _foreach_sqrt_: Operator<{
    default: (self: readonly Tensor[]) => void;
  }>;
  readonly _foreach_sub: Operator<{
    List: (self: readonly Tensor[], other: readonly Tensor[], options?: { alpha?: Scalar }) => Tensor[];
    List_out: (self: readonly Tensor[], other: readonly Tensor[], options: { alpha?: Scalar; out: readonly Tensor[] }) => void;
    Scalar: (self: readonly Tensor[], scalar: Scalar) => Tensor[];
    ScalarList: (self: readonly Tensor[], scalars: readonly Scalar[]) => Tensor[];
    ScalarList_out: (self: readonly Tensor[], scalars: readonly Scalar[], options: { out: readonly Tensor[] }) => void;
    Scalar_out: (self: readonly Tensor[], scalar: Scalar, options: { out: readonly Tensor[] }) => void;
  }>;
  readonly _foreach_sub_: Operator<{
    List: (self: readonly Tensor[], other: readonly Tensor[], options?: { alpha?: Scalar }) => void;
    Scalar: (self: readonly Tensor[], scalar: Scalar) => void;
    ScalarList: (self: readonly Tensor[], scalars: readonly Scalar[]) => void;
  }>;
  readonly _foreach_tan: Operator<{
    default: (self: readonly Tensor[]) => Tensor[];
    out: (self: readonly Tensor[], options: { out: readonly Tensor[] }) => void;
  }>;
  readonly _foreach_tan_: Operator<{
    default: (self: readonly Tensor[]) => void;
  }>;
  readonly _foreach_tanh: Operator<{
    default: (self: readonly Tensor[]) => Tensor[];
    out: (self: readonly Tensor[], options: { out: readonly Tensor[] }) => void;
  }>;
  readonly _foreach_tanh_: Operator<{
    default: (self: readonly Tensor[]) => void;
  }>;
  readonly _foreach_trunc: Operator<{
    default: (self: readonly Tensor[]) => Tensor[];
    out: (self: readonly Tensor[], options: { out: readonly Tensor[] }) => void;
  }>;
  readonly _foreach_trunc_: Operator<{
    default: (self: readonly Tensor[]) => void;
  }>;
  readonly _foreach_zero: Operator<{
    default: (self: readonly Tensor[]) => Tensor[];
    out: (self: readonly Tensor[], options: { out: readonly Tensor[] }) => void;
  }>;
  readonly _foreach_zero_: Operator<{
    default: (self: readonly Tensor[]) => void;
  }>;
  readonly _functional_assert_async: Operator<{
    msg: (self: Tensor, assert_msg: string, dep_token: Tensor) => Tensor;
  }>;
  readonly _functional_assert_scalar: Operator<{
    default: (self: Scalar, assert_msg: string, dep_token: Tensor) => Tensor;
  }>;
  readonly _functional_sym_constrain_range: Operator<{
    default: (size: Scalar, min: Int | null, max: Int | null, dep_token: Tensor) => Tensor;
  }>;
  readonly _functional_sym_constrain_range_for_size: Operator<{
    default: (size: Scalar, min: Int | null, max: Int | null, dep_token: Tensor) => Tensor;
  }>;
  readonly _fused_adagrad: Operator<{
    default: (self: readonly Tensor[], grads: readonly Tensor[], state_sums: readonly Tensor[], state_steps: readonly Tensor[], options: { lr: number; lr_decay: number; weight_decay: number; eps: number; maximize: boolean; grad_scale?: Tensor | null; found_inf?: Tensor | null }) => [self_out: Tensor[], grads_out: Tensor[], state_sums_out: Tensor[], state_steps_out: Tensor[]];
    out: (self: readonly Tensor[], grads: readonly Tensor[], state_sums: readonly Tensor[], state_steps: readonly Tensor[], options: { lr: number; lr_decay: number; weight_decay: number; eps: number; maximize: boolean; grad_scale?: Tensor | null; found_inf?: Tensor | null; out: readonly Tensor[] }) => void;
    tensor_lr: (self: readonly Tensor[], grads: readonly Tensor[], state_sums: readonly Tensor[], state_steps: readonly Tensor[], options: { lr: Tensor; lr_decay: number; weight_decay: number; eps: number; maximize: boolean; grad_scale?: Tensor | null; found_inf?: Tensor | null }) => [self_out: Tensor[], grads_out: Tensor[], state_sums_out: Tensor[]];
    tensor_lr_out: (self: readonly Tensor[], grads: readonly Tensor[], state_sums: readonly Tensor[], state_steps: readonly Tensor[], options: { lr: Tensor; lr_decay: number; weight_decay: number; eps: number; maximize: boolean; grad_scale?: Tensor | null; found_inf?: Tensor | null; out: readonly Tensor[] }) => void;
  }>;
  readonly _fused_adagrad_: Operator<{
    default: (self: readonly Tensor[], grads: readonly Tensor[], state_sums: readonly Tensor[], state_steps: readonly Tensor[], options: { lr: number; lr_decay: number; weight_decay: number; eps: number; maximize: boolean; grad_scale?: Tensor | null; found_inf?: Tensor | null }) => void;
    tensor_lr: (self: readonly Tensor[], grads: readonly Tensor[], state_sums: readonly Tensor[], state_steps: readonly Tensor[], options: { lr: Tensor; lr_decay: number; weight_decay: number; eps: number; maximize: boolean; grad_scale?: Tensor | null; found_inf?: Tensor | null }) => void;
  }>;
  readonly _fused_adam: Operator<{
    default: (self: readonly Tensor[], grads: readonly Tensor[], exp_avgs: readonly Tensor[], exp_avg_sqs: readonly Tensor[], max_exp_avg_sqs: readonly Tensor[], state_steps: readonly Tensor[], options: { lr: number; beta1: number; beta2: number; weight_decay: number; eps: number; amsgrad: boolean; maximize: boolean; grad_scale?: Tensor | null; found_inf?: Tensor | null }) => [self_out: Tensor[], grads_out: Tensor[], exp_avgs_out: Tensor[], exp_avg_sqs_out: Tensor[], max_exp_avg_sqs_out: Tensor[]];
    out: (self: readonly Tensor[], grads: readonly Tensor[], exp_avgs: readonly Tensor[], exp_avg_sqs: readonly Tensor[], max_exp_avg_sqs: readonly Tensor[], state_steps: readonly Tensor[], options: { lr: number; beta1: number; beta2: number; weight_decay: number; eps: number; amsgrad: boolean; maximize: boolean; grad_scale?: Tensor | null; found_inf?: Tensor | null; out: readonly Tensor[] }) => void;
    tensor_lr: (self: readonly Tensor[], grads: readonly Tensor[], exp_avgs: readonly Tensor[], exp_avg_sqs: readonly Tensor[], max_exp_avg_sqs: readonly Tensor[], state_steps: readonly Tensor[], options: { lr: Tensor; beta1: number; beta2: number; weight_decay: number; eps: number; amsgrad: boolean; maximize: boolean; grad_scale?: Tensor | null; found_inf?: Tensor | null }) => [self_out: Tensor[], grads_out: Tensor[], exp_avgs_out: Tensor[], exp_avg_sqs_out: Tensor[], max_exp_avg_sqs_out: Tensor[]];
    tensor_lr_out: (self: readonly Tensor[], grads: readonly Tensor[], exp_avgs: readonly Tensor[], exp_avg_sqs: readonly Tensor[], max_exp_avg_sqs: readonly Tensor[], state_steps: readonly Tensor[], options: { lr: Tensor; beta1: number; beta2: number; weight_decay: number; eps: number; amsgrad: boolean; maximize: boolean; grad_scale?: Tensor | null; found_inf?: Tensor | null; out: readonly Tensor[] }) => void;
  }>;
  readonly _fused_adam_: Operator<{
    default: (self: readonly Tensor[], grads: readonly Tensor[], exp_avgs: readonly Tensor[], exp_avg_sqs: readonly Tensor[], max_exp_avg_sqs: readonly Tensor[], state_steps: readonly Tensor[], options: { lr: number; beta1: number; beta2: number; weight_decay: number; eps: number; amsgrad: boolean; maximize: boolean; grad_scale?: Tensor | null; found_inf?: Tensor | null }) => void;
    tensor_lr: (self: readonly Tensor[], grads: readonly Tensor[], exp_avgs: readonly Tensor[], exp_avg_sqs: readonly Tensor[], max_exp_avg_sqs: readonly Tensor[], state_steps: readonly Tensor[], options: { lr: Tensor; beta1: number; beta2: number; weight_decay: number; eps: number; amsgrad: boolean; maximize: boolean; grad_scale?: Tensor | null; found_inf?: Tensor | null }) => void;
  }>;
  readonly _fused_adamw: Operator<{
    default: (self: readonly Tensor[], grads: readonly Tensor[], exp_avgs: readonly Tensor[], exp_avg_sqs: readonly Tensor[], max_exp_avg_sqs: readonly Tensor[], state_steps: readonly Tensor[], options: { lr: number; beta1: number; beta2: number; weight_decay: number; eps: number; amsgrad: boolean; maximize: boolean; grad_scale?: Tensor | null; found_inf?: Tensor | null }) => [self_out: Tensor[], grads_out: Tensor[], exp_avgs_out: Tensor[], exp_avg_sqs_out: Tensor[], max_exp_avg_sqs_out: Tensor[]];
    out: (self: readonly Tensor[], grads: readonly Tensor[], exp_avgs: readonly Tensor[], exp_avg_sqs: readonly Tensor[], max_exp_avg_sqs: readonly Tensor[], state_steps: readonly Tensor[], options: { lr: number; beta1: number; beta2: number; weight_decay: number; eps: number; amsgrad: boolean; maximize: boolean; grad_scale?: Tensor | null; found_inf?: Tensor | null; out: readonly Tensor[] }) => void;
    tensor_lr: (self: readonly Tensor[], grads: readonly Tensor[], exp_avgs: readonly Tensor[], exp_avg_sqs: readonly Tensor[], max_exp_avg_sqs: readonly Tensor[], state_steps: readonly Tensor[], options: { lr: Tensor; beta1: number; beta2: number; weight_decay: number; eps: number; amsgrad: boolean; maximize: boolean; grad_scale?: Tensor | null; found_inf?: Tensor | null }) => [self_out: Tensor[], grads_out: Tensor[], exp_avgs_out: Tensor[], exp_avg_sqs_out: Tensor[], max_exp_avg_sqs_out: Tensor[]];
    tensor_lr_out: (self: readonly Tensor[], grads: readonly Tensor[], exp_avgs: readonly Tensor[], exp_avg_sqs: readonly Tensor[], max_exp_avg_sqs: readonly Tensor[], state_steps: readonly Tensor[], options: { lr: Tensor; beta1: number; beta2: number; weight_decay: number; eps: number; amsgrad: boolean; maximize: boolean; grad_scale?: Tensor | null; found_inf?: Tensor | null; out: readonly Tensor[] }) => void;
  }>;
  readonly _fused_adamw_: Operator<{
    default: (self: readonly Tensor[], grads: readonly Tensor[], exp_avgs: readonly Tensor[], exp_avg_sqs: readonly Tensor[], max_exp_avg_sqs: readonly Tensor[], state_steps: readonly Tensor[], options: { lr: number; beta1: number; beta2: number; weight_decay: number; eps: number; amsgrad: boolean; maximize: boolean; grad_scale?: Tensor | null; found_inf?: Tensor | null }) => void;
    tensor_lr: (self: readonly Tensor[], grads: readonly Tensor[], exp_avgs: readonly Tensor[], exp_avg_sqs: readonly Tensor[], max_exp_avg_sqs: readonly Tensor[], state_steps: readonly Tensor[], options: { lr: Tensor; beta1: number; beta2: number; weight_decay: number; eps: number; amsgrad: boolean; maximize: boolean; grad_scale?: Tensor | null; found_inf?: Tensor | null }) => void;
  }>;
  readonly _fused_dropout: Operator<{
    default: (...args: Args<[self: Tensor, p: number], [generator: Generator], { generator?: Generator }>) => [Tensor, Tensor];
    out: (self: Tensor, p: number, options: { generator?: Generator; out0: Tensor; out1: Tensor }) => [Tensor, Tensor];
  }>;
  readonly _fused_moving_avg_obs_fq_helper: Operator<{
    default: (...args: Args<[self: Tensor, observer_on: Tensor, fake_quant_on: Tensor, running_min: Tensor, running_max: Tensor, scale: Tensor, zero_point: Tensor, averaging_const: number, quant_min: Int, quant_max: Int, ch_axis: Int], [per_row_fake_quant: boolean, symmetric_quant: boolean], { per_row_fake_quant?: boolean; symmetric_quant?: boolean }>) => [output: Tensor, mask: Tensor];
    out: (self: Tensor, observer_on: Tensor, fake_quant_on: Tensor, running_min: Tensor, running_max: Tensor, scale: Tensor, zero_point: Tensor, averaging_const: number, quant_min: Int, quant_max: Int, ch_axis: Int, options: { per_row_fake_quant?: boolean; symmetric_quant?: boolean; out0: Tensor; out1: Tensor }) => [Tensor, Tensor];
  }>;
  readonly _fused_moving_avg_obs_fq_helper_functional: Operator<{
    default: (...args: Args<[self: Tensor, observer_on: Tensor, fake_quant_on: Tensor, running_min: Tensor, running_max: Tensor, scale: Tensor, zero_point: Tensor, averaging_const: number, quant_min: Int, quant_max: Int, ch_axis: Int], [per_row_fake_quant: boolean, symmetric_quant: boolean], { per_row_fake_quant?: boolean; symmetric_quant?: boolean }>) => [output: Tensor, mask: Tensor, running_min_out: Tensor, running_max_out: Tensor, scale_out: Tensor, zero_point_out: Tensor];
  }>;
  readonly _fused_rms_norm: Operator<{
    default: (input: Tensor, normalized_shape: readonly Int[], weight: Tensor | null, eps: number | null) => [Tensor, Tensor];
  }>;
  readonly _fused_rms_norm_backward: Operator<{
    default: (grad_out: Tensor, input: Tensor, normalized_shape: readonly Int[], rstd: Tensor, weight: Tensor | null, output_mask: readonly boolean[]) => [Tensor, Tensor];
  }>;
  readonly _fused_sdp_choice: Operator<{
    default: (...args: Args<[query: Tensor, key: Tensor, value: Tensor], [attn_mask: Tensor | null, dropout_p: number, is_causal: boolean], { attn_mask?: Tensor | null; dropout_p?: number; is_causal?: boolean; scale?: number | null; enable_gqa?: boolean }>) => number;
  }>;
  readonly _fused_sgd: Operator<{
    default: (self: readonly Tensor[], grads: readonly Tensor[], momentum_buffer_list: readonly Tensor[], options: { weight_decay: number; momentum: number; lr: number; dampening: number; nesterov: boolean; maximize: boolean; is_first_step: boolean; grad_scale?: Tensor | null; found_inf?: Tensor | null }) => [self_out: Tensor[], grads_out: Tensor[], momentum_buffer_list_out: Tensor[]];
    out: (self: readonly Tensor[], grads: readonly Tensor[], momentum_buffer_list: readonly Tensor[], options: { weight_decay: number; momentum: number; lr: number; dampening: number; nesterov: boolean; maximize: boolean; is_first_step: boolean; grad_scale?: Tensor | null; found_inf?: Tensor | null; out: readonly Tensor[] }) => void;
    tensor_lr: (self: readonly Tensor[], grads: readonly Tensor[], momentum_buffer_list: readonly Tensor[], options: { weight_decay: number; momentum: number; lr: Tensor; dampening: number; nesterov: boolean; maximize: boolean; is_first_step: boolean; grad_scale?: Tensor | null; found_inf?: Tensor | null }) => [self_out: Tensor[], grads_out: Tensor[], momentum_buffer_list_out: Tensor[]];
    tensor_lr_out: (self: readonly Tensor[], grads: readonly Tensor[], momentum_buffer_list: readonly Tensor[], options: { weight_decay: number; momentum: number; lr: Tensor; dampening: number; nesterov: boolean; maximize: boolean; is_first_step: boolean; grad_scale?: Tensor | null; found_inf?: Tensor | null; out: readonly Tensor[] }) => void;
  }>;
  readonly _fused_sgd_: Operator<{
    default: (self: readonly Tensor[], grads: readonly Tensor[], momentum_buffer_list: readonly Tensor[], options: { weight_decay: number; momentum: number; lr: number; dampening: number; nesterov: boolean; maximize: boolean; is_first_step: boolean; grad_scale?: Tensor | null; found_inf?: Tensor | null }) => void;
    tensor_lr: (self: readonly Tensor[], grads: readonly Tensor[], momentum_buffer_list: readonly Tensor[], options: { weight_decay: number; momentum: number; lr: Tensor; dampening: number; nesterov: boolean; maximize: boolean; is_first_step: boolean; grad_scale?: Tensor | null; found_inf?: Tensor | null }) => void;
  }>;
  readonly _fw_primal: Operator<{
    default: (self: Tensor, level: Int) => Tensor;
  }>;
  readonly _fw_primal_copy: Operator<{
    default: (self: Tensor, level: Int) => Tensor;
    out: (self: Tensor, level: Int, options: { out: Tensor }) => Tensor;
  }>;
  readonly _gather_sparse_backward: Operator<{
    default: (self: Tensor, dim: Int, index: Tensor, grad: Tensor) => Tensor;
  }>;
  readonly _grid_sampler_2d_cpu_fallback: Operator<{
    default: (input: Tensor, grid: Tensor, interpolation_mode: Int, padding_mode: Int, align_corners: boolean) => Tensor;
    out: (input: Tensor, grid: Tensor, interpolation_mode: Int, padding_mode: Int, align_corners: boolean, options: { out: Tensor }) => Tensor;
  }>;
  readonly _grid_sampler_2d_cpu_fallback_backward: Operator<{
    default: (grad_output: Tensor, input: Tensor, grid: Tensor, interpolation_mode: Int, padding_mode: Int, align_corners: boolean) => [Tensor, Tensor];
  }>;
  readonly _grouped_mm: Operator<{
    default: (...args: Args<[self: Tensor, mat2: Tensor], [offs: Tensor | null, bias: Tensor | null, out_dtype: DType | null], { offs?: Tensor | null; bias?: Tensor | null; out_dtype?: DType | null }>) => Tensor;
  }>;
  readonly _has_compatible_shallow_copy_type: Operator<{
    default: (self: Tensor, from: Tensor) => boolean;
  }>;
  readonly _has_same_storage_numel: Operator<{
    default: (self: Tensor, other: Tensor) => boolean;
  }>;
  readonly _histogramdd_bin_edges: Operator<{
    default: (self: Tensor, bins: readonly Int[], options?: { range?: readonly number[] | null; weight?: Tensor | null; density?: boolean }) => Tensor[];
    out: (self: Tensor, bins: readonly Int[], options: { range?: readonly number[] | null; weight?: Tensor | null; density?: boolean; out: readonly Tensor[] }) => void;
  }>;
  readonly _histogramdd_from_bin_cts: Operator<{
    default: (self: Tensor, bins: readonly Int[], options?: { range?: readonly number[] | null; weight?: Tensor | null; density?: boolean }) => Tensor;
    out: (self: Tensor, bins: readonly Int[], options: { range?: readonly number[] | null; weight?: Tensor | null; density?: boolean; out: Tensor }) => Tensor;
  }>;
  readonly _histogramdd_from_bin_tensors: Operator<{
    default: (self: Tensor, bins: readonly Tensor[], options?: { weight?: Tensor | null; density?: boolean }) => Tensor;
    out: (self: Tensor, bins: readonly Tensor[], options: { weight?: Tensor | null; density?: boolean; out: Tensor }) => Tensor;
  }>;
  readonly _index_put_impl: Operator<{
    default: (...args: Args<[self: Tensor, indices: readonly (Tensor | null)[], values: Tensor], [accumulate: boolean, unsafe: boolean], { accumulate?: boolean; unsafe?: boolean }>) => Tensor;
    out: (self: Tensor, indices: readonly (Tensor | null)[], values: Tensor, options: { accumulate?: boolean; unsafe?: boolean; out: Tensor }) => Tensor;
  }>;
  readonly _index_put_impl_: Operator<{
    default: (...args: Args<[self: Tensor, indices: readonly (Tensor | null)[], values: Tensor], [accumulate: boolean, unsafe: boolean], { accumulate?: boolean; unsafe?: boolean }>) => Tensor;
  }>;
  readonly _indices: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly _indices_copy: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly _int_mm: Operator<{
    default: (self: Tensor, mat2: Tensor) => Tensor;
    out: (self: Tensor, mat2: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly _is_all_true: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly _is_any_true: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly _is_zerotensor: Operator<{
    default: (self: Tensor) => boolean;
  }>;
  readonly _jagged_to_padded_dense_forward: Operator<{
    default: (...args: Args<[values: Tensor, offsets: readonly Tensor[], max_lengths: readonly Int[]], [padding_value: number], { padding_value?: number }>) => Tensor;
  }>;
  readonly _lazy_clone: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly _linalg_check_errors: Operator<{
    default: (info: Tensor, api_name: string, options: { is_matrix: boolean }) => void;
  }>;
  readonly _linalg_det: Operator<{
    default: (A: Tensor) => [result: Tensor, LU: Tensor, pivots: Tensor];
    result: (A: Tensor, options: { result: Tensor; LU: Tensor; pivots: Tensor }) => [result: Tensor, LU: Tensor, pivots: Tensor];
  }>;
  readonly _linalg_eigh: Operator<{
    default: (...args: Args<[A: Tensor], [UPLO: string, compute_v: boolean], { UPLO?: string; compute_v?: boolean }>) => [eigenvalues: Tensor, eigenvectors: Tensor];
    eigenvalues: (A: Tensor, options: { UPLO?: string; compute_v?: boolean; eigenvalues: Tensor; eigenvectors: Tensor }) => [eigenvalues: Tensor, eigenvectors: Tensor];
  }>;
  readonly _linalg_eigvals: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly _linalg_slogdet: Operator<{
    default: (A: Tensor) => [sign: Tensor, logabsdet: Tensor, LU: Tensor, pivots: Tensor];
    sign: (A: Tensor, options: { sign: Tensor; logabsdet: Tensor; LU: Tensor; pivots: Tensor }) => [sign: Tensor, logabsdet: Tensor, LU: Tensor, pivots: Tensor];
  }>;
  readonly _linalg_solve_ex: Operator<{
    default: (A: Tensor, B: Tensor, options?: { left?: boolean; check_errors?: boolean }) => [result: Tensor, LU: Tensor, pivots: Tensor, info: Tensor];
    result: (A: Tensor, B: Tensor, options: { left?: boolean; check_errors?: boolean; result: Tensor; LU: Tensor; pivots: Tensor; info: Tensor }) => [result: Tensor, LU: Tensor, pivots: Tensor, info: Tensor];
  }>;
  readonly _linalg_svd: Operator<{
    U: (A: Tensor, options: { full_matrices?: boolean; compute_uv?: boolean; driver?: string | null; U: Tensor; S: Tensor; Vh: Tensor }) => [U: Tensor, S: Tensor, Vh: Tensor];
    default: (...args: Args<[A: Tensor], [full_matrices: boolean, compute_uv: boolean], { full_matrices?: boolean; compute_uv?: boolean; driver?: string | null }>) => [U: Tensor, S: Tensor, Vh: Tensor];
  }>;
  readonly _local_scalar_dense: Operator<{
    default: (self: Tensor) => number | bigint | boolean;
  }>;
  readonly _log_softmax: Operator<{
    default: (self: Tensor, dim: Int, half_to_float: boolean) => Tensor;
    out: (self: Tensor, dim: Int, half_to_float: boolean, options: { out: Tensor }) => Tensor;
  }>;
  readonly _log_softmax_backward_data: Operator<{
    default: (grad_output: Tensor, output: Tensor, dim: Int, input_dtype: DType) => Tensor;
    out: (grad_output: Tensor, output: Tensor, dim: Int, input_dtype: DType, options: { out: Tensor }) => Tensor;
  }>;
  readonly _logcumsumexp: Operator<{
    default: (self: Tensor, dim: Int) => Tensor;
    out: (self: Tensor, dim: Int, options: { out: Tensor }) => Tensor;
  }>;
  readonly _lstm_mps: Operator<{
    default: (input: Tensor, hx: readonly Tensor[], params: readonly Tensor[], has_biases: boolean, num_layers: Int, dropout: number, train: boolean, bidirectional: boolean, batch_first: boolean) => [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor];
    out: (input: Tensor, hx: readonly Tensor[], params: readonly Tensor[], has_biases: boolean, num_layers: Int, dropout: number, train: boolean, bidirectional: boolean, batch_first: boolean, options: { out0: Tensor; out1: Tensor; out2: Tensor; out3: Tensor; out4: Tensor; out5: Tensor }) => [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor];
  }>;
  readonly _lu_with_info: Operator<{
    default: (...args: Args<[self: Tensor], [pivot: boolean, check_errors: boolean], { pivot?: boolean; check_errors?: boolean }>) => [LU: Tensor, pivots: Tensor, info: Tensor];
  }>;
  readonly _make_dep_token: Operator<{
    default: (options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null; memory_format?: MemoryFormat | null }) => Tensor;
  }>;
  readonly _make_dual: Operator<{
    default: (primal: Tensor, tangent: Tensor, level: Int) => Tensor;
  }>;
  readonly _make_dual_copy: Operator<{
    default: (primal: Tensor, tangent: Tensor, level: Int) => Tensor;
    out: (primal: Tensor, tangent: Tensor, level: Int, options: { out: Tensor }) => Tensor;
  }>;
  readonly _make_per_channel_quantized_tensor: Operator<{
    default: (self: Tensor, scale: Tensor, zero_point: Tensor, axis: Int) => Tensor;
    out: (self: Tensor, scale: Tensor, zero_point: Tensor, axis: Int, options: { out: Tensor }) => Tensor;
  }>;
  readonly _make_per_tensor_quantized_tensor: Operator<{
    default: (self: Tensor, scale: number, zero_point: Int) => Tensor;
    out: (self: Tensor, scale: number, zero_point: Int, options: { out: Tensor }) => Tensor;
  }>;
  readonly _masked_scale: Operator<{
    default: (self: Tensor, mask: Tensor, scale: number) => Tensor;
    out: (self: Tensor, mask: Tensor, scale: number, options: { out: Tensor }) => Tensor;
  }>;
  readonly _masked_softmax: Operator<{
    default: (...args: Args<[self: Tensor, mask: Tensor], [dim: Int | null, mask_type: Int | null], { dim?: Int | null; mask_type?: Int | null }>) => Tensor;
    out: (self: Tensor, mask: Tensor, options: { dim?: Int | null; mask_type?: Int | null; out: Tensor }) => Tensor;
  }>;
  readonly _masked_softmax_backward: Operator<{
    default: (...args: Args<[grad_output: Tensor, output: Tensor, mask: Tensor], [dim: Int | null], { dim?: Int | null }>) => Tensor;
    out: (grad_output: Tensor, output: Tensor, mask: Tensor, options: { dim?: Int | null; out: Tensor }) => Tensor;
  }>;
  readonly _mixed_dtypes_linear: Operator<{
    default: (input: Tensor, weight: Tensor, scale: Tensor, options?: { bias?: Tensor | null; activation?: string | null }) => Tensor;
  }>;
  readonly _mkldnn_reshape: Operator<{
    default: (self: Tensor, shape: readonly Int[]) => Tensor;
    out: (self: Tensor, shape: readonly Int[], options: { out: Tensor }) => Tensor;
  }>;
  readonly _mkldnn_transpose: Operator<{
    default: (self: Tensor, dim0: Int, dim1: Int) => Tensor;
    out: (self: Tensor, dim0: Int, dim1: Int, options: { out: Tensor }) => Tensor;
  }>;
  readonly _mkldnn_transpose_: Operator<{
    default: (self: Tensor, dim0: Int, dim1: Int) => Tensor;
  }>;
  readonly _mps_convolution: Operator<{
    default: (self: Tensor, weight: Tensor, bias: Tensor | null, padding: readonly Int[], stride: readonly Int[], dilation: readonly Int[], groups: Int) => Tensor;
    out: (self: Tensor, weight: Tensor, bias: Tensor | null, padding: readonly Int[], stride: readonly Int[], dilation: readonly Int[], groups: Int, options: { out: Tensor }) => Tensor;
  }>;
  readonly _mps_convolution_transpose: Operator<{
    default: (self: Tensor, weight: Tensor, padding: readonly Int[], output_padding: readonly Int[], stride: readonly Int[], dilation: readonly Int[], groups: Int) => Tensor;
    out: (self: Tensor, weight: Tensor, padding: readonly Int[], output_padding: readonly Int[], stride: readonly Int[], dilation: readonly Int[], groups: Int, options: { out: Tensor }) => Tensor;
  }>;
  readonly _native_batch_norm_legit: Operator<{
    default: (input: Tensor, weight: Tensor | null, bias: Tensor | null, running_mean: Tensor, running_var: Tensor, training: boolean, momentum: number, eps: number) => [Tensor, Tensor, Tensor];
    no_stats: (input: Tensor, weight: Tensor | null, bias: Tensor | null, training: boolean, momentum: number, eps: number) => [Tensor, Tensor, Tensor];
    no_stats_out: (input: Tensor, weight: Tensor | null, bias: Tensor | null, training: boolean, momentum: number, eps: number, options: { out: Tensor; save_mean: Tensor; save_invstd: Tensor }) => [Tensor, Tensor, Tensor];
    out: (input: Tensor, weight: Tensor | null, bias: Tensor | null, running_mean: Tensor, running_var: Tensor, training: boolean, momentum: number, eps: number, options: { out: Tensor; save_mean: Tensor; save_invstd: Tensor }) => [Tensor, Tensor, Tensor];
  }>;
  readonly _native_batch_norm_legit_functional: Operator<{
    default: (input: Tensor, weight: Tensor | null, bias: Tensor | null, running_mean: Tensor, running_var: Tensor, training: boolean, momentum: number, eps: number) => [Tensor, Tensor, Tensor, Tensor, Tensor];
  }>;
  readonly _native_batch_norm_legit_no_training: Operator<{
    default: (input: Tensor, weight: Tensor | null, bias: Tensor | null, running_mean: Tensor, running_var: Tensor, momentum: number, eps: number) => [Tensor, Tensor, Tensor];
    out: (input: Tensor, weight: Tensor | null, bias: Tensor | null, running_mean: Tensor, running_var: Tensor, momentum: number, eps: number, options: { out0: Tensor; out1: Tensor; out2: Tensor }) => [Tensor, Tensor, Tensor];
  }>;
  readonly _native_multi_head_attention: Operator<{
    default: (...args: Args<[query: Tensor, key: Tensor, value: Tensor, embed_dim: Int, num_head: Int, qkv_weight: Tensor, qkv_bias: Tensor, proj_weight: Tensor, proj_bias: Tensor], [mask: Tensor | null, need_weights: boolean, average_attn_weights: boolean, mask_type: Int | null], { mask?: Tensor | null; need_weights?: boolean; average_attn_weights?: boolean; mask_type?: Int | null }>) => [Tensor, Tensor];
    out: (query: Tensor, key: Tensor, value: Tensor, embed_dim: Int, num_head: Int, qkv_weight: Tensor, qkv_bias: Tensor, proj_weight: Tensor, proj_bias: Tensor, options: { mask?: Tensor | null; need_weights?: boolean; average_attn_weights?: boolean; mask_type?: Int | null; out0: Tensor; out1: Tensor }) => [Tensor, Tensor];
  }>;
  readonly _neg_view: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly _neg_view_copy: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly _nested_compute_contiguous_strides_offsets: Operator<{
    default: (nested_size: Tensor) => [Tensor, Tensor];
  }>;
  readonly _nested_from_padded: Operator<{
    default: (...args: Args<[padded: Tensor, cpu_nested_shape_example: Tensor], [fuse_transform_0213: boolean], { fuse_transform_0213?: boolean }>) => Tensor;
    out: (padded: Tensor, cpu_nested_shape_example: Tensor, options: { fuse_transform_0213?: boolean; out: Tensor }) => Tensor;
  }>;
  readonly _nested_from_padded_and_nested_example: Operator<{
    default: (padded: Tensor, nt_example: Tensor) => Tensor;
    out: (padded: Tensor, nt_example: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly _nested_from_padded_tensor: Operator<{
    default: (...args: Args<[padded: Tensor, offsets: Tensor, dummy: Tensor], [ragged_idx: Int, min_seqlen: Tensor | null, max_seqlen: Tensor | null, sum_S: Int | null], { ragged_idx?: Int; min_seqlen?: Tensor | null; max_seqlen?: Tensor | null; sum_S?: Int | null }>) => Tensor;
  }>;
  readonly _nested_get_jagged_dummy: Operator<{
    default: (any: Tensor) => Tensor;
  }>;
  readonly _nested_get_lengths: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly _nested_get_max_seqlen: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly _nested_get_min_seqlen: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly _nested_get_offsets: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly _nested_get_ragged_idx: Operator<{
    default: (self: Tensor) => number;
  }>;
  readonly _nested_get_values: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly _nested_get_values_copy: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly _nested_select_backward: Operator<{
    default: (grad_output: Tensor, self: Tensor, dim: Int, index: Int) => Tensor;
  }>;
  readonly _nested_sum_backward: Operator<{
    default: (...args: Args<[grad: Tensor, self: Tensor, dim: Ints | null], [keepdim: boolean], { keepdim?: boolean }>) => Tensor;
  }>;
  readonly _nested_tensor_from_mask: Operator<{
    default: (...args: Args<[t: Tensor, mask: Tensor], [mask_check: boolean], { mask_check?: boolean }>) => Tensor;
    out: (t: Tensor, mask: Tensor, options: { mask_check?: boolean; out: Tensor }) => Tensor;
  }>;
  readonly _nested_tensor_from_mask_left_aligned: Operator<{
    default: (t: Tensor, mask: Tensor) => boolean;
  }>;
  readonly _nested_tensor_from_tensor_list: Operator<{
    default: (...args: Args<[list: readonly Tensor[]], [dtype: DType | null, layout: Layout | null, device: string | null, pin_memory: boolean | null], { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }>) => Tensor;
    out: (list: readonly Tensor[], options: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null; out: Tensor }) => Tensor;
  }>;
  readonly _nested_tensor_size: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly _nested_tensor_softmax_with_shape: Operator<{
    default: (self: Tensor, query: Tensor) => Tensor;
  }>;
  readonly _nested_tensor_storage_offsets: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly _nested_tensor_strides: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly _nested_view_from_buffer: Operator<{
    default: (self: Tensor, nested_size: Tensor, nested_strides: Tensor, offsets: Tensor) => Tensor;
  }>;
  readonly _nested_view_from_buffer_copy: Operator<{
    default: (self: Tensor, nested_size: Tensor, nested_strides: Tensor, offsets: Tensor) => Tensor;
    out: (self: Tensor, nested_size: Tensor, nested_strides: Tensor, offsets: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly _nested_view_from_jagged: Operator<{
    default: (...args: Args<[self: Tensor, offsets: Tensor, dummy: Tensor], [lengths: Tensor | null, ragged_idx: Int, min_seqlen: Tensor | null, max_seqlen: Tensor | null], { lengths?: Tensor | null; ragged_idx?: Int; min_seqlen?: Tensor | null; max_seqlen?: Tensor | null }>) => Tensor;
  }>;
  readonly _nested_view_from_jagged_copy: Operator<{
    default: (...args: Args<[self: Tensor, offsets: Tensor, dummy: Tensor], [lengths: Tensor | null, ragged_idx: Int, min_seqlen: Tensor | null, max_seqlen: Tensor | null], { lengths?: Tensor | null; ragged_idx?: Int; min_seqlen?: Tensor | null; max_seqlen?: Tensor | null }>) => Tensor;
    out: (self: Tensor, offsets: Tensor, dummy: Tensor, options: { lengths?: Tensor | null; ragged_idx?: Int; min_seqlen?: Tensor | null; max_seqlen?: Tensor | null; out: Tensor }) => Tensor;
  }>;
  readonly _new_zeros_with_same_feature_meta: Operator<{
    default: (self: Tensor, other: Tensor, options?: { self_num_batch_dims?: Int }) => Tensor;
    out: (self: Tensor, other: Tensor, options: { self_num_batch_dims?: Int; out: Tensor }) => Tensor;
  }>;
  readonly _nnpack_available: Operator<{
    default: () => boolean;
  }>;
  readonly _nnpack_spatial_convolution: Operator<{
    default: (...args: Args<[input: Tensor, weight: Tensor, bias: Tensor | null, padding: Ints], [stride: Ints], { stride?: Ints }>) => Tensor;
    out: (input: Tensor, weight: Tensor, bias: Tensor | null, padding: Ints, options: { stride?: Ints; out: Tensor }) => Tensor;
  }>;
  readonly _nnz: Operator<{
    default: (self: Tensor) => number;
  }>;
  readonly _pack_padded_sequence: Operator<{
    default: (input: Tensor, lengths: Tensor, batch_first: boolean) => [Tensor, Tensor];
    out: (input: Tensor, lengths: Tensor, batch_first: boolean, options: { out0: Tensor; out1: Tensor }) => [Tensor, Tensor];
  }>;
  readonly _pack_padded_sequence_backward: Operator<{
    default: (grad: Tensor, input_size: readonly Int[], batch_sizes: Tensor, batch_first: boolean) => Tensor;
  }>;
  readonly _pad_circular: Operator<{
    default: (self: Tensor, pad: readonly Int[]) => Tensor;
  }>;
  readonly _pad_enum: Operator<{
    default: (...args: Args<[self: Tensor, pad: readonly Int[], mode: Int], [value: number | null], { value?: number | null }>) => Tensor;
  }>;
  readonly _pad_packed_sequence: Operator<{
    default: (data: Tensor, batch_sizes: Tensor, batch_first: boolean, padding_value: Scalar, total_length: Int) => [Tensor, Tensor];
  }>;
  readonly _padded_dense_to_jagged_forward: Operator<{
    default: (...args: Args<[dense: Tensor, offsets: readonly Tensor[]], [total_L: Int | null], { total_L?: Int | null }>) => Tensor;
  }>;
  readonly _pdist_backward: Operator<{
    default: (grad: Tensor, self: Tensor, p: number, pdist: Tensor) => Tensor;
    out: (grad: Tensor, self: Tensor, p: number, pdist: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly _pdist_forward: Operator<{
    default: (...args: Args<[self: Tensor], [p: number], { p?: number }>) => Tensor;
    out: (self: Tensor, options: { p?: number; out: Tensor }) => Tensor;
  }>;
  readonly _philox_key_fold_in: Operator<{
    default: (key: Tensor, data: Int) => Tensor;
  }>;
  readonly _philox_key_split: Operator<{
    default: (key: Tensor, num_splits: Int) => Tensor;
  }>;
  readonly _philox_normal: Operator<{
    default: (...args: Args<[self: Tensor, key: Tensor], [mean: number, std: number], { mean?: number; std?: number }>) => Tensor;
    out: (self: Tensor, key: Tensor, options: { mean?: number; std?: number; out: Tensor }) => Tensor;
  }>;
  readonly _philox_normal_: Operator<{
    default: (...args: Args<[self: Tensor, key: Tensor], [mean: number, std: number], { mean?: number; std?: number }>) => Tensor;
  }>;
  readonly _philox_uniform: Operator<{
    default: (...args: Args<[self: Tensor, key: Tensor], [low: number, high: number], { low?: number; high?: number }>) => Tensor;
    out: (self: Tensor, key: Tensor, options: { low?: number; high?: number; out: Tensor }) => Tensor;
  }>;
  readonly _philox_uniform_: Operator<{
    default: (...args: Args<[self: Tensor, key: Tensor], [low: number, high: number], { low?: number; high?: number }>) => Tensor;
  }>;
  readonly _pin_memory: Operator<{
    default: (...args: Args<[self: Tensor], [device: string | null], { device?: string | null }>) => Tensor;
    out: (self: Tensor, options: { device?: string | null; out: Tensor }) => Tensor;
  }>;
  readonly _prelu_kernel: Operator<{
    default: (self: Tensor, weight: Tensor) => Tensor;
  }>;
  readonly _prelu_kernel_backward: Operator<{
    default: (grad_output: Tensor, self: Tensor, weight: Tensor) => [Tensor, Tensor];
  }>;
  readonly _print: Operator<{
    default: (s: string) => void;
  }>;
  readonly _propagate_xla_data: Operator<{
    default: (input: Tensor, output: Tensor) => void;
  }>;
  readonly _remove_batch_dim: Operator<{
    default: (self: Tensor, level: Int, batch_size: Int, out_dim: Int) => Tensor;
  }>;
  readonly _reshape_alias: Operator<{
    default: (self: Tensor, size: readonly Int[], stride: readonly Int[]) => Tensor;
  }>;
  readonly _reshape_alias_copy: Operator<{
    default: (self: Tensor, size: readonly Int[], stride: readonly Int[]) => Tensor;
    out: (self: Tensor, size: readonly Int[], stride: readonly Int[], options: { out: Tensor }) => Tensor;
  }>;
  readonly _reshape_copy: Operator<{
    default: (self: Tensor, size: readonly Int[]) => Tensor;
  }>;
  readonly _reshape_from_tensor: Operator<{
    default: (self: Tensor, shape: Tensor) => Tensor;
  }>;
  readonly _resize_output: Operator<{
    default: (self: Tensor, size: readonly Int[], device: string) => Tensor;
    out: (self: Tensor, size: readonly Int[], device: string, options: { out: Tensor }) => Tensor;
  }>;
  readonly _resize_output_: Operator<{
    default: (self: Tensor, size: readonly Int[], device: string) => Tensor;
  }>;
  readonly _rowwise_prune: Operator<{
    default: (weight: Tensor, mask: Tensor, compressed_indices_dtype: DType) => [Tensor, Tensor];
  }>;
  readonly _safe_softmax: Operator<{
    default: (...args: Args<[self: Tensor, dim: Int], [dtype: DType | null], { dtype?: DType | null }>) => Tensor;
  }>;
  readonly _sample_dirichlet: Operator<{
    default: (...args: Args<[self: Tensor], [generator: Generator], { generator?: Generator }>) => Tensor;
    out: (self: Tensor, options: { generator?: Generator; out: Tensor }) => Tensor;
  }>;
  readonly _saturate_weight_to_fp16: Operator<{
    default: (weight: Tensor) => Tensor;
  }>;
  readonly _scaled_dot_product_attention_math: Operator<{
    default: (...args: Args<[query: Tensor, key: Tensor, value: Tensor], [attn_mask: Tensor | null, dropout_p: number, is_causal: boolean, dropout_mask: Tensor | null], { attn_mask?: Tensor | null; dropout_p?: number; is_causal?: boolean; dropout_mask?: Tensor | null; scale?: number | null; enable_gqa?: boolean }>) => [Tensor, Tensor];
  }>;
  readonly _scaled_dot_product_attention_math_for_mps: Operator<{
    default: (...args: Args<[query: Tensor, key: Tensor, value: Tensor], [attn_mask: Tensor | null, dropout_p: number, is_causal: boolean, dropout_mask: Tensor | null], { attn_mask?: Tensor | null; dropout_p?: number; is_causal?: boolean; dropout_mask?: Tensor | null; scale?: number | null; enable_gqa?: boolean }>) => [Tensor, Tensor];
  }>;
  readonly _scaled_dot_product_cudnn_attention: Operator<{
    default: (...args: Args<[query: Tensor, key: Tensor, value: Tensor, attn_bias: Tensor | null, compute_log_sumexp: boolean], [dropout_p: number, is_causal: boolean, return_debug_mask: boolean], { dropout_p?: number; is_causal?: boolean; return_debug_mask?: boolean; scale?: number | null }>) => [output: Tensor, logsumexp: Tensor, cum_seq_q: Tensor, cum_seq_k: Tensor, max_q: number, max_k: number, philox_seed: Tensor, philox_offset: Tensor, debug_attn_mask: Tensor];
  }>;
  readonly _scaled_dot_product_cudnn_attention_backward: Operator<{
    default: (grad_out: Tensor, query: Tensor, key: Tensor, value: Tensor, out: Tensor, logsumexp: Tensor, philox_seed: Tensor, philox_offset: Tensor, attn_bias: Tensor, cum_seq_q: Tensor, cum_seq_k: Tensor, max_q: Int, max_k: Int, dropout_p: number, is_causal: boolean, options?: { scale?: number | null }) => [Tensor, Tensor, Tensor];
  }>;
  readonly _scaled_dot_product_efficient_attention: Operator<{
    default: (...args: Args<[query: Tensor, key: Tensor, value: Tensor, attn_bias: Tensor | null, compute_log_sumexp: boolean], [dropout_p: number, is_causal: boolean], { dropout_p?: number; is_causal?: boolean; scale?: number | null }>) => [output: Tensor, log_sumexp: Tensor, philox_seed: Tensor, philox_offset: Tensor];
  }>;
  readonly _scaled_dot_product_efficient_attention_backward: Operator<{
    default: (...args: Args<[grad_out_: Tensor, query: Tensor, key: Tensor, value: Tensor, attn_bias: Tensor, out: Tensor, logsumexp: Tensor, philox_seed: Tensor, philox_offset: Tensor, dropout_p: number, grad_input_mask: readonly boolean[]], [is_causal: boolean], { is_causal?: boolean; scale?: number | null }>) => [Tensor, Tensor, Tensor, Tensor];
  }>;
  readonly _scaled_dot_product_flash_attention: Operator<{
    default: (...args: Args<[query: Tensor, key: Tensor, value: Tensor], [dropout_p: number, is_causal: boolean, return_debug_mask: boolean], { dropout_p?: number; is_causal?: boolean; return_debug_mask?: boolean; scale?: number | null }>) => [output: Tensor, logsumexp: Tensor, cum_seq_q: Tensor, cum_seq_k: Tensor, max_q: number, max_k: number, rng_state: Tensor, unused: Tensor, debug_attn_mask: Tensor];
    quantized: (...args: Args<[query: Tensor, key: Tensor, value: Tensor, q_descale: Tensor | null, k_descale: Tensor | null, v_descale: Tensor | null], [dropout_p: number, is_causal: boolean, return_debug_mask: boolean], { dropout_p?: number; is_causal?: boolean; return_debug_mask?: boolean; scale?: number | null }>) => [output: Tensor, logsumexp: Tensor, cum_seq_q: Tensor, cum_seq_k: Tensor, max_q: number, max_k: number, rng_state: Tensor, unused: Tensor, debug_attn_mask: Tensor];
  }>;
  readonly _scaled_dot_product_flash_attention_backward: Operator<{
    default: (grad_out: Tensor, query: Tensor, key: Tensor, value: Tensor, out: Tensor, logsumexp: Tensor, cum_seq_q: Tensor, cum_seq_k: Tensor, max_q: Int, max_k: Int, dropout_p: number, is_causal: boolean, philox_seed: Tensor, philox_offset: Tensor, options?: { scale?: number | null }) => [grad_query: Tensor, grad_key: Tensor, grad_value: Tensor];
  }>;
  readonly _scaled_dot_product_flash_attention_for_cpu: Operator<{
    default: (...args: Args<[query: Tensor, key: Tensor, value: Tensor], [dropout_p: number, is_causal: boolean], { dropout_p?: number; is_causal?: boolean; attn_mask?: Tensor | null; scale?: number | null }>) => [output: Tensor, logsumexp: Tensor];
  }>;
  readonly _scaled_dot_product_flash_attention_for_cpu_backward: Operator<{
    default: (grad_out: Tensor, query: Tensor, key: Tensor, value: Tensor, out: Tensor, logsumexp: Tensor, dropout_p: number, is_causal: boolean, options?: { attn_mask?: Tensor | null; scale?: number | null }) => [grad_query: Tensor, grad_key: Tensor, grad_value: Tensor];
  }>;
  readonly _scaled_dot_product_fused_attention_overrideable: Operator<{
    default: (...args: Args<[query: Tensor, key: Tensor, value: Tensor], [attn_bias: Tensor | null, dropout_p: number, is_causal: boolean, return_debug_mask: boolean], { attn_bias?: Tensor | null; dropout_p?: number; is_causal?: boolean; return_debug_mask?: boolean; scale?: number | null }>) => [output: Tensor, logsumexp: Tensor, cum_seq_q: Tensor, cum_seq_k: Tensor, max_q: number, max_k: number, philox_seed: Tensor, philox_offset: Tensor, debug_attn_mask: Tensor];
  }>;
  readonly _scaled_dot_product_fused_attention_overrideable_backward: Operator<{
    default: (grad_out: Tensor, query: Tensor, key: Tensor, value: Tensor, attn_bias: Tensor, grad_input_mask: readonly boolean[], out: Tensor, logsumexp: Tensor, cum_seq_q: Tensor, cum_seq_k: Tensor, max_q: Int, max_k: Int, dropout_p: number, is_causal: boolean, philox_seed: Tensor, philox_offset: Tensor, options?: { scale?: number | null }) => [grad_query: Tensor, grad_key: Tensor, grad_value: Tensor, grad_attn_bias: Tensor];
  }>;
  readonly _scaled_grouped_mm: Operator<{
    default: (...args: Args<[self: Tensor, mat2: Tensor, scale_a: Tensor, scale_b: Tensor], [offs: Tensor | null, bias: Tensor | null, scale_result: Tensor | null, out_dtype: DType | null, use_fast_accum: boolean], { offs?: Tensor | null; bias?: Tensor | null; scale_result?: Tensor | null; out_dtype?: DType | null; use_fast_accum?: boolean }>) => Tensor;
  }>;
  readonly _scaled_grouped_mm_v2: Operator<{
    default: (...args: Args<[self: Tensor, mat2: Tensor, scale_a: readonly Tensor[], recipe_a: readonly Int[], swizzle_a: readonly Int[], scale_b: readonly Tensor[], recipe_b: readonly Int[], swizzle_b: readonly Int[]], [offs: Tensor | null, bias: Tensor | null, out_dtype: DType | null, contraction_dim: readonly Int[], use_fast_accum: boolean], { offs?: Tensor | null; bias?: Tensor | null; out_dtype?: DType | null; contraction_dim?: readonly Int[]; use_fast_accum?: boolean }>) => Tensor;
  }>;
  readonly _scaled_mm: Operator<{
    default: (...args: Args<[self: Tensor, mat2: Tensor, scale_a: Tensor, scale_b: Tensor], [bias: Tensor | null, scale_result: Tensor | null, out_dtype: DType | null, use_fast_accum: boolean], { bias?: Tensor | null; scale_result?: Tensor | null; out_dtype?: DType | null; use_fast_accum?: boolean }>) => Tensor;
    out: (self: Tensor, mat2: Tensor, scale_a: Tensor, scale_b: Tensor, options: { bias?: Tensor | null; scale_result?: Tensor | null; out_dtype?: DType | null; use_fast_accum?: boolean; out: Tensor }) => Tensor;
  }>;
  readonly _scaled_mm_v2: Operator<{
    default: (...args: Args<[self: Tensor, mat2: Tensor, scale_a: readonly Tensor[], recipe_a: readonly Int[], swizzle_a: readonly Int[], scale_b: readonly Tensor[], recipe_b: readonly Int[], swizzle_b: readonly Int[], bias: Tensor | null, out_dtype: DType | null], [contraction_dim: readonly Int[], use_fast_accum: boolean], { contraction_dim?: readonly Int[]; use_fast_accum?: boolean }>) => Tensor;
    out: (self: Tensor, mat2: Tensor, scale_a: readonly Tensor[], recipe_a: readonly Int[], swizzle_a: readonly Int[], scale_b: readonly Tensor[], recipe_b: readonly Int[], swizzle_b: readonly Int[], bias: Tensor | null, out_dtype: DType | null, options: { contraction_dim?: readonly Int[]; use_fast_accum?: boolean; out: Tensor }) => Tensor;
  }>;
  readonly _segment_reduce_backward: Operator<{
    default: (grad: Tensor, output: Tensor, data: Tensor, reduce: string, options?: { lengths?: Tensor | null; offsets?: Tensor | null; axis?: Int; initial?: Scalar | null }) => Tensor;
    out: (grad: Tensor, output: Tensor, data: Tensor, reduce: string, options: { lengths?: Tensor | null; offsets?: Tensor | null; axis?: Int; initial?: Scalar | null; out: Tensor }) => Tensor;
  }>;
  readonly _shape_as_tensor: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly _slow_conv2d_backward: Operator<{
    grad_input: (grad_output: Tensor, self: Tensor, weight: Tensor, kernel_size: Ints, stride: Ints, padding: Ints, options: { grad_input: Tensor; grad_weight: Tensor; grad_bias: Tensor }) => [Tensor, Tensor, Tensor];
    output_mask: (grad_output: Tensor, self: Tensor, weight: Tensor, kernel_size: Ints, stride: Ints, padding: Ints, output_mask: readonly boolean[]) => [grad_input: Tensor, grad_weight: Tensor, grad_bias: Tensor];
    output_mask_out: (grad_output: Tensor, self: Tensor, weight: Tensor, kernel_size: Ints, stride: Ints, padding: Ints, output_mask: readonly boolean[], options: { out0: Tensor; out1: Tensor; out2: Tensor }) => [Tensor, Tensor, Tensor];
  }>;
  readonly _slow_conv2d_forward: Operator<{
    default: (self: Tensor, weight: Tensor, kernel_size: Ints, bias: Tensor | null, stride: Ints, padding: Ints) => Tensor;
    output: (self: Tensor, weight: Tensor, kernel_size: Ints, bias: Tensor | null, stride: Ints, padding: Ints, options: { output: Tensor }) => Tensor;
  }>;
  readonly _sobol_engine_draw: Operator<{
    default: (quasi: Tensor, n: Int, sobolstate: Tensor, dimension: Int, num_generated: Int, dtype: DType | null) => [Tensor, Tensor];
  }>;
  readonly _sobol_engine_ff_: Operator<{
    default: (self: Tensor, n: Int, sobolstate: Tensor, dimension: Int, num_generated: Int) => Tensor;
  }>;
  readonly _sobol_engine_initialize_state_: Operator<{
    default: (self: Tensor, dimension: Int) => Tensor;
  }>;
  readonly _sobol_engine_scramble_: Operator<{
    default: (self: Tensor, ltm: Tensor, dimension: Int) => Tensor;
  }>;
  readonly _softmax: Operator<{
    default: (self: Tensor, dim: Int, half_to_float: boolean) => Tensor;
    out: (self: Tensor, dim: Int, half_to_float: boolean, options: { out: Tensor }) => Tensor;
  }>;
  readonly _softmax_backward_data: Operator<{
    default: (grad_output: Tensor, output: Tensor, dim: Int, input_dtype: DType) => Tensor;
    out: (grad_output: Tensor, output: Tensor, dim: Int, input_dtype: DType, options: { grad_input: Tensor }) => Tensor;
  }>;
  readonly _sparse_addmm: Operator<{
    default: (self: Tensor, mat1: Tensor, mat2: Tensor, options?: { beta?: Scalar; alpha?: Scalar }) => Tensor;
    out: (self: Tensor, mat1: Tensor, mat2: Tensor, options: { beta?: Scalar; alpha?: Scalar; out: Tensor }) => Tensor;
  }>;
  readonly _sparse_broadcast_to: Operator<{
    default: (self: Tensor, size: readonly Int[]) => Tensor;
  }>;
  readonly _sparse_broadcast_to_copy: Operator<{
    default: (self: Tensor, size: readonly Int[]) => Tensor;
    out: (self: Tensor, size: readonly Int[], options: { out: Tensor }) => Tensor;
  }>;
  readonly _sparse_bsc_tensor_unsafe: Operator<{
    default: (ccol_indices: Tensor, row_indices: Tensor, values: Tensor, size: readonly Int[], options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }) => Tensor;
  }>;
  readonly _sparse_bsr_tensor_unsafe: Operator<{
    default: (crow_indices: Tensor, col_indices: Tensor, values: Tensor, size: readonly Int[], options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }) => Tensor;
  }>;
  readonly _sparse_compressed_tensor_unsafe: Operator<{
    default: (compressed_indices: Tensor, plain_indices: Tensor, values: Tensor, size: readonly Int[], options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }) => Tensor;
  }>;
  readonly _sparse_compressed_tensor_with_dims: Operator<{
    default: (nnz: Int, dense_dim: Int, size: readonly Int[], blocksize: readonly Int[], index_dtype: DType, options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }) => Tensor;
  }>;
  readonly _sparse_coo_tensor_unsafe: Operator<{
    default: (indices: Tensor, values: Tensor, size: readonly Int[], options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null; is_coalesced?: boolean | null }) => Tensor;
  }>;
  readonly _sparse_coo_tensor_with_dims: Operator<{
    default: (sparse_dim: Int, dense_dim: Int, size: readonly Int[], options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }) => Tensor;
    out: (sparse_dim: Int, dense_dim: Int, size: readonly Int[], options: { out: Tensor }) => Tensor;
  }>;
  readonly _sparse_coo_tensor_with_dims_and_tensors: Operator<{
    default: (sparse_dim: Int, dense_dim: Int, size: readonly Int[], indices: Tensor, values: Tensor, options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null; is_coalesced?: boolean | null }) => Tensor;
    out: (sparse_dim: Int, dense_dim: Int, size: readonly Int[], indices: Tensor, values: Tensor, options: { is_coalesced?: boolean | null; out: Tensor }) => Tensor;
  }>;
  readonly _sparse_csc_tensor_unsafe: Operator<{
    default: (ccol_indices: Tensor, row_indices: Tensor, values: Tensor, size: readonly Int[], options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }) => Tensor;
  }>;
  readonly _sparse_csr_prod: Operator<{
    dim_dtype: (...args: Args<[self: Tensor, dim: Ints], [keepdim: boolean], { keepdim?: boolean; dtype?: DType | null }>) => Tensor;
    dim_dtype_out: (self: Tensor, dim: Ints, options: { keepdim?: boolean; dtype?: DType | null; out: Tensor }) => Tensor;
  }>;
  readonly _sparse_csr_sum: Operator<{
    dim_dtype: (...args: Args<[self: Tensor, dim: Ints], [keepdim: boolean], { keepdim?: boolean; dtype?: DType | null }>) => Tensor;
    dim_dtype_out: (self: Tensor, dim: Ints, options: { keepdim?: boolean; dtype?: DType | null; out: Tensor }) => Tensor;
  }>;
  readonly _sparse_csr_tensor_unsafe: Operator<{
    default: (crow_indices: Tensor, col_indices: Tensor, values: Tensor, size: readonly Int[], options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }) => Tensor;
  }>;
  readonly _sparse_log_softmax: Operator<{
    default: (self: Tensor, dim: Int, half_to_float: boolean) => Tensor;
    int: (...args: Args<[self: Tensor, dim: Int], [dtype: DType | null], { dtype?: DType | null }>) => Tensor;
    out: (self: Tensor, dim: Int, half_to_float: boolean, options: { out: Tensor }) => Tensor;
  }>;
  readonly _sparse_log_softmax_backward_data: Operator<{
    default: (grad_output: Tensor, output: Tensor, dim: Int, self: Tensor) => Tensor;
    out: (grad_output: Tensor, output: Tensor, dim: Int, self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly _sparse_mask_projection: Operator<{
    default: (...args: Args<[self: Tensor, mask: Tensor], [accumulate_matches: boolean], { accumulate_matches?: boolean }>) => Tensor;
    out: (self: Tensor, mask: Tensor, options: { accumulate_matches?: boolean; out: Tensor }) => Tensor;
  }>;
  readonly _sparse_mm: Operator<{
    default: (sparse: Tensor, dense: Tensor) => Tensor;
    reduce: (sparse: Tensor, dense: Tensor, reduce: string) => Tensor;
  }>;
  readonly _sparse_mm_reduce_impl: Operator<{
    default: (self: Tensor, other: Tensor, reduce: string) => [Tensor, Tensor];
  }>;
  readonly _sparse_mm_reduce_impl_backward: Operator<{
    default: (self: Tensor, grad_out: Tensor, weight: Tensor, reduce: string, arg_out: Tensor, output_mask: readonly boolean[]) => [Tensor, Tensor];
  }>;
  readonly _sparse_semi_structured_addmm: Operator<{
    default: (input: Tensor, mat1: Tensor, mat1_meta: Tensor, mat2: Tensor, options?: { alpha?: Scalar; beta?: Scalar; out_dtype?: DType | null }) => Tensor;
  }>;
  readonly _sparse_semi_structured_apply: Operator<{
    default: (input: Tensor, thread_masks: Tensor) => [Tensor, Tensor];
  }>;
  readonly _sparse_semi_structured_apply_dense: Operator<{
    default: (input: Tensor, thread_masks: Tensor) => Tensor;
  }>;
  readonly _sparse_semi_structured_linear: Operator<{
    default: (input: Tensor, weight: Tensor, meta: Tensor, options?: { bias?: Tensor | null; activation?: string | null; out_dtype?: DType | null }) => Tensor;
  }>;
  readonly _sparse_semi_structured_mm: Operator<{
    default: (mat1: Tensor, mat1_meta: Tensor, mat2: Tensor, options?: { out_dtype?: DType | null }) => Tensor;
  }>;
  readonly _sparse_semi_structured_tile: Operator<{
    default: (...args: Args<[input: Tensor], [algorithm: string, use_cutlass: boolean], { algorithm?: string; use_cutlass?: boolean }>) => [Tensor, Tensor, Tensor, Tensor, Tensor];
  }>;
  readonly _sparse_softmax: Operator<{
    default: (self: Tensor, dim: Int, half_to_float: boolean) => Tensor;
    int: (...args: Args<[self: Tensor, dim: Int], [dtype: DType | null], { dtype?: DType | null }>) => Tensor;
    out: (self: Tensor, dim: Int, half_to_float: boolean, options: { out: Tensor }) => Tensor;
  }>;
  readonly _sparse_softmax_backward_data: Operator<{
    default: (grad_output: Tensor, output: Tensor, dim: Int, self: Tensor) => Tensor;
    out: (grad_output: Tensor, output: Tensor, dim: Int, self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly _sparse_sparse_matmul: Operator<{
    default: (self: Tensor, other: Tensor) => Tensor;
    out: (self: Tensor, other: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly _sparse_sum: Operator<{
    default: (self: Tensor) => Tensor;
    dim: (self: Tensor, dim: Ints) => Tensor;
    dim_dtype: (self: Tensor, dim: Ints, options: { dtype: DType }) => Tensor;
    dim_out: (self: Tensor, dim: Ints, options: { out: Tensor }) => Tensor;
    dtype: (self: Tensor, options: { dtype: DType }) => Tensor;
  }>;
  readonly _sparse_sum_backward: Operator<{
    default: (grad: Tensor, self: Tensor, dim: readonly Int[]) => Tensor;
    out: (grad: Tensor, self: Tensor, dim: readonly Int[], options: { out: Tensor }) => Tensor;
  }>;
  readonly _spdiags: Operator<{
    default: (...args: Args<[diagonals: Tensor, offsets: Tensor, shape: readonly Int[]], [layout: Layout | null], { layout?: Layout | null }>) => Tensor;
    out: (diagonals: Tensor, offsets: Tensor, shape: readonly Int[], options: { layout?: Layout | null; out: Tensor }) => Tensor;
  }>;
  readonly _spsolve: Operator<{
    default: (A: Tensor, B: Tensor, options?: { left?: boolean }) => Tensor;
  }>;
  readonly _stack: Operator<{
    default: (...args: Args<[tensors: readonly Tensor[]], [dim: Int], { dim?: Int }>) => Tensor;
    out: (tensors: readonly Tensor[], options: { dim?: Int; out: Tensor }) => Tensor;
  }>;
  readonly _standard_gamma: Operator<{
    default: (...args: Args<[self: Tensor], [generator: Generator], { generator?: Generator }>) => Tensor;
    out: (self: Tensor, options: { generator?: Generator; out: Tensor }) => Tensor;
  }>;
  readonly _standard_gamma_grad: Operator<{
    default: (self: Tensor, output: Tensor) => Tensor;
    out: (self: Tensor, output: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly _test_ambiguous_defaults: Operator<{
    a: (...args: Args<[dummy: Tensor], [a: Int, b: Int], { a?: Int; b?: Int }>) => Tensor;
    b: (...args: Args<[dummy: Tensor], [a: Int, b: string], { a?: Int; b?: string }>) => Tensor;
  }>;
  readonly _test_autograd_multiple_dispatch: Operator<{
    fullcoverage: (self: Tensor) => Tensor;
    fullcoverage_out: (self: Tensor, options: { out: Tensor }) => Tensor;
    ntonly: (self: Tensor, b: boolean) => Tensor;
  }>;
  readonly _test_autograd_multiple_dispatch_view: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly _test_autograd_multiple_dispatch_view_copy: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly _test_check_tensor: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly _test_functorch_fallback: Operator<{
    default: (self: Tensor, other: Tensor) => Tensor;
    out: (self: Tensor, other: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly _test_optional_filled_intlist: Operator<{
    default: (values: Tensor, addends: Ints | null) => Tensor;
    out: (values: Tensor, addends: Ints | null, options: { out: Tensor }) => Tensor;
  }>;
  readonly _test_optional_floatlist: Operator<{
    default: (values: Tensor, addends: readonly number[] | null) => Tensor;
    out: (values: Tensor, addends: readonly number[] | null, options: { out: Tensor }) => Tensor;
  }>;
  readonly _test_optional_intlist: Operator<{
    default: (values: Tensor, addends: readonly Int[] | null) => Tensor;
    out: (values: Tensor, addends: readonly Int[] | null, options: { out: Tensor }) => Tensor;
  }>;
  readonly _test_parallel_materialize: Operator<{
    default: (...args: Args<[self: Tensor, num_parallel: Int], [skip_first: boolean], { skip_first?: boolean }>) => Tensor;
  }>;
  readonly _test_serialization_subcmul: Operator<{
    default: (...args: Args<[self: Tensor, other: Tensor], [alpha: Scalar], { alpha?: Scalar }>) => Tensor;
  }>;
  readonly _test_string_default: Operator<{
    default: (...args: Args<[dummy: Tensor], [a: string, b: string], { a?: string; b?: string }>) => Tensor;
  }>;
  readonly _test_warn_in_autograd: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly _thnn_differentiable_gru_cell_backward: Operator<{
    default: (grad_hy: Tensor, input_gates: Tensor, hidden_gates: Tensor, hx: Tensor, input_bias: Tensor | null, hidden_bias: Tensor | null) => [Tensor, Tensor, Tensor, Tensor, Tensor];
  }>;
  readonly _thnn_differentiable_lstm_cell_backward: Operator<{
    default: (grad_hy: Tensor | null, grad_cy: Tensor | null, input_gates: Tensor, hidden_gates: Tensor, input_bias: Tensor | null, hidden_bias: Tensor | null, cx: Tensor, cy: Tensor) => [Tensor, Tensor, Tensor, Tensor, Tensor];
  }>;
  readonly _thnn_fused_gru_cell: Operator<{
    default: (...args: Args<[input_gates: Tensor, hidden_gates: Tensor, hx: Tensor], [input_bias: Tensor | null, hidden_bias: Tensor | null], { input_bias?: Tensor | null; hidden_bias?: Tensor | null }>) => [Tensor, Tensor];
    out: (input_gates: Tensor, hidden_gates: Tensor, hx: Tensor, options: { input_bias?: Tensor | null; hidden_bias?: Tensor | null; out0: Tensor; out1: Tensor }) => [Tensor, Tensor];
  }>;
  readonly _thnn_fused_gru_cell_backward: Operator<{
    default: (grad_hy: Tensor, workspace: Tensor, has_bias: boolean) => [Tensor, Tensor, Tensor, Tensor, Tensor];
    out: (grad_hy: Tensor, workspace: Tensor, has_bias: boolean, options: { out0: Tensor; out1: Tensor; out2: Tensor; out3: Tensor; out4: Tensor }) => [Tensor, Tensor, Tensor, Tensor, Tensor];
  }>;
  readonly _thnn_fused_lstm_cell: Operator<{
    default: (...args: Args<[input_gates: Tensor, hidden_gates: Tensor, cx: Tensor], [input_bias: Tensor | null, hidden_bias: Tensor | null], { input_bias?: Tensor | null; hidden_bias?: Tensor | null }>) => [Tensor, Tensor, Tensor];
    out: (input_gates: Tensor, hidden_gates: Tensor, cx: Tensor, options: { input_bias?: Tensor | null; hidden_bias?: Tensor | null; out0: Tensor; out1: Tensor; out2: Tensor }) => [Tensor, Tensor, Tensor];
  }>;
  readonly _thnn_fused_lstm_cell_backward: Operator<{
    default: (grad_hy: Tensor | null, grad_cy: Tensor | null, cx: Tensor, cy: Tensor, workspace: Tensor, has_bias: boolean) => [Tensor, Tensor, Tensor, Tensor, Tensor];
  }>;
  readonly _thnn_fused_lstm_cell_backward_impl: Operator<{
    default: (grad_hy: Tensor | null, grad_cy: Tensor | null, cx: Tensor, cy: Tensor, workspace: Tensor, has_bias: boolean) => [Tensor, Tensor, Tensor];
    out: (grad_hy: Tensor | null, grad_cy: Tensor | null, cx: Tensor, cy: Tensor, workspace: Tensor, has_bias: boolean, options: { out0: Tensor; out1: Tensor; out2: Tensor }) => [Tensor, Tensor, Tensor];
  }>;
  readonly _to_copy: Operator<{
    default: (self: Tensor, options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null; non_blocking?: boolean; memory_format?: MemoryFormat | null }) => Tensor;
    out: (self: Tensor, options: { non_blocking?: boolean; memory_format?: MemoryFormat | null; out: Tensor }) => Tensor;
  }>;
  readonly _to_cpu: Operator<{
    default: (tensors: readonly Tensor[]) => Tensor[];
  }>;
  readonly _to_dense: Operator<{
    default: (...args: Args<[self: Tensor], [dtype: DType | null, masked_grad: boolean | null], { dtype?: DType | null; masked_grad?: boolean | null }>) => Tensor;
    out: (self: Tensor, options: { dtype?: DType | null; masked_grad?: boolean | null; out: Tensor }) => Tensor;
  }>;
  readonly _to_sparse: Operator<{
    default: (self: Tensor, options?: { layout?: Layout | null; blocksize?: Ints | null; dense_dim?: Int | null }) => Tensor;
    out: (self: Tensor, options: { layout?: Layout | null; blocksize?: Ints | null; dense_dim?: Int | null; out: Tensor }) => Tensor;
    sparse_dim: (self: Tensor, sparse_dim: Int) => Tensor;
    sparse_dim_out: (self: Tensor, sparse_dim: Int, options: { out: Tensor }) => Tensor;
  }>;
  readonly _to_sparse_bsc: Operator<{
    default: (...args: Args<[self: Tensor, blocksize: Ints], [dense_dim: Int | null], { dense_dim?: Int | null }>) => Tensor;
    out: (self: Tensor, blocksize: Ints, options: { dense_dim?: Int | null; out: Tensor }) => Tensor;
  }>;
  readonly _to_sparse_bsr: Operator<{
    default: (...args: Args<[self: Tensor, blocksize: Ints], [dense_dim: Int | null], { dense_dim?: Int | null }>) => Tensor;
    out: (self: Tensor, blocksize: Ints, options: { dense_dim?: Int | null; out: Tensor }) => Tensor;
  }>;
  readonly _to_sparse_csc: Operator<{
    default: (...args: Args<[self: Tensor], [dense_dim: Int | null], { dense_dim?: Int | null }>) => Tensor;
    out: (self: Tensor, options: { dense_dim?: Int | null; out: Tensor }) => Tensor;
  }>;
  readonly _to_sparse_csr: Operator<{
    default: (...args: Args<[self: Tensor], [dense_dim: Int | null], { dense_dim?: Int | null }>) => Tensor;
    out: (self: Tensor, options: { dense_dim?: Int | null; out: Tensor }) => Tensor;
  }>;
  readonly _to_sparse_semi_structured: Operator<{
    default: (dense: Tensor) => [Tensor, Tensor];
  }>;
  readonly _transform_bias_rescale_qkv: Operator<{
    default: (qkv: Tensor, qkv_bias: Tensor, num_heads: Int) => [Tensor, Tensor, Tensor];
    out: (qkv: Tensor, qkv_bias: Tensor, num_heads: Int, options: { out0: Tensor; out1: Tensor; out2: Tensor }) => [Tensor, Tensor, Tensor];
  }>;
  readonly _transformer_encoder_layer_fwd: Operator<{
    default: (...args: Args<[src: Tensor, embed_dim: Int, num_heads: Int, qkv_weight: Tensor, qkv_bias: Tensor, proj_weight: Tensor, proj_bias: Tensor, use_gelu: boolean, norm_first: boolean, eps: number, norm_weight_1: Tensor, norm_bias_1: Tensor, norm_weight_2: Tensor, norm_bias_2: Tensor, ffn_weight_1: Tensor, ffn_bias_1: Tensor, ffn_weight_2: Tensor, ffn_bias_2: Tensor], [mask: Tensor | null, mask_type: Int | null], { mask?: Tensor | null; mask_type?: Int | null }>) => Tensor;
    out: (src: Tensor, embed_dim: Int, num_heads: Int, qkv_weight: Tensor, qkv_bias: Tensor, proj_weight: Tensor, proj_bias: Tensor, use_gelu: boolean, norm_first: boolean, eps: number, norm_weight_1: Tensor, norm_bias_1: Tensor, norm_weight_2: Tensor, norm_bias_2: Tensor, ffn_weight_1: Tensor, ffn_bias_1: Tensor, ffn_weight_2: Tensor, ffn_bias_2: Tensor, options: { mask?: Tensor | null; mask_type?: Int | null; out: Tensor }) => Tensor;
  }>;
  readonly _trilinear: Operator<{
    default: (...args: Args<[i1: Tensor, i2: Tensor, i3: Tensor, expand1: readonly Int[], expand2: readonly Int[], expand3: readonly Int[], sumdim: readonly Int[]], [unroll_dim: Int], { unroll_dim?: Int }>) => Tensor;
    out: (i1: Tensor, i2: Tensor, i3: Tensor, expand1: readonly Int[], expand2: readonly Int[], expand3: readonly Int[], sumdim: readonly Int[], options: { unroll_dim?: Int; out: Tensor }) => Tensor;
  }>;
  readonly _triton_multi_head_attention: Operator<{
    default: (...args: Args<[query: Tensor, key: Tensor, value: Tensor, embed_dim: Int, num_head: Int, qkv_weight: Tensor, qkv_bias: Tensor, proj_weight: Tensor, proj_bias: Tensor], [mask: Tensor | null], { mask?: Tensor | null }>) => Tensor;
    out: (query: Tensor, key: Tensor, value: Tensor, embed_dim: Int, num_head: Int, qkv_weight: Tensor, qkv_bias: Tensor, proj_weight: Tensor, proj_bias: Tensor, options: { mask?: Tensor | null; out: Tensor }) => Tensor;
  }>;
  readonly _triton_scaled_dot_attention: Operator<{
    default: (...args: Args<[q: Tensor, k: Tensor, v: Tensor], [dropout_p: number], { dropout_p?: number }>) => Tensor;
    out: (q: Tensor, k: Tensor, v: Tensor, options: { dropout_p?: number; out: Tensor }) => Tensor;
  }>;
  readonly _unique: Operator<{
    default: (...args: Args<[self: Tensor], [sorted: boolean, return_inverse: boolean], { sorted?: boolean; return_inverse?: boolean }>) => [Tensor, Tensor];
    out: (self: Tensor, options: { sorted?: boolean; return_inverse?: boolean; out0: Tensor; out1: Tensor }) => [Tensor, Tensor];
  }>;
  readonly _unique2: Operator<{
    default: (...args: Args<[self: Tensor], [sorted: boolean, return_inverse: boolean, return_counts: boolean], { sorted?: boolean; return_inverse?: boolean; return_counts?: boolean }>) => [Tensor, Tensor, Tensor];
    out: (self: Tensor, options: { sorted?: boolean; return_inverse?: boolean; return_counts?: boolean; out0: Tensor; out1: Tensor; out2: Tensor }) => [Tensor, Tensor, Tensor];
  }>;
  readonly _unpack_dual: Operator<{
    default: (dual: Tensor, level: Int) => [primal: Tensor, tangent: Tensor];
  }>;
  readonly _unsafe_index: Operator<{
    Tensor: (self: Tensor, indices: readonly (Tensor | null)[]) => Tensor;
  }>;
  readonly _unsafe_index_put: Operator<{
    default: (...args: Args<[self: Tensor, indices: readonly (Tensor | null)[], values: Tensor], [accumulate: boolean], { accumulate?: boolean }>) => Tensor;
  }>;
  readonly _unsafe_masked_index: Operator<{
    default: (self: Tensor, mask: Tensor, indices: readonly (Tensor | null)[], fill: Scalar) => Tensor;
  }>;
  readonly _unsafe_masked_index_put_accumulate: Operator<{
    default: (self: Tensor, mask: Tensor, indices: readonly (Tensor | null)[], values: Tensor) => Tensor;
  }>;
  readonly _unsafe_view: Operator<{
    default: (self: Tensor, size: readonly Int[]) => Tensor;
    out: (self: Tensor, size: readonly Int[], options: { out: Tensor }) => Tensor;
  }>;
  readonly _upsample_bicubic2d_aa: Operator<{
    default: (...args: Args<[self: Tensor, output_size: Ints, align_corners: boolean], [scales_h: number | null, scales_w: number | null], { scales_h?: number | null; scales_w?: number | null }>) => Tensor;
    out: (self: Tensor, output_size: Ints, align_corners: boolean, options: { scales_h?: number | null; scales_w?: number | null; out: Tensor }) => Tensor;
    vec: (input: Tensor, output_size: readonly Int[] | null, align_corners: boolean, scale_factors: readonly number[] | null) => Tensor;
  }>;
  readonly _upsample_bicubic2d_aa_backward: Operator<{
    default: (...args: Args<[grad_output: Tensor, output_size: Ints, input_size: Ints, align_corners: boolean], [scales_h: number | null, scales_w: number | null], { scales_h?: number | null; scales_w?: number | null }>) => Tensor;
    grad_input: (grad_output: Tensor, output_size: Ints, input_size: Ints, align_corners: boolean, options: { scales_h?: number | null; scales_w?: number | null; grad_input: Tensor }) => Tensor;
  }>;
  readonly _upsample_bilinear2d_aa: Operator<{
    default: (...args: Args<[self: Tensor, output_size: Ints, align_corners: boolean], [scales_h: number | null, scales_w: number | null], { scales_h?: number | null; scales_w?: number | null }>) => Tensor;
    out: (self: Tensor, output_size: Ints, align_corners: boolean, options: { scales_h?: number | null; scales_w?: number | null; out: Tensor }) => Tensor;
    vec: (input: Tensor, output_size: readonly Int[] | null, align_corners: boolean, scale_factors: readonly number[] | null) => Tensor;
  }>;
  readonly _upsample_bilinear2d_aa_backward: Operator<{
    default: (...args: Args<[grad_output: Tensor, output_size: Ints, input_size: Ints, align_corners: boolean], [scales_h: number | null, scales_w: number | null], { scales_h?: number | null; scales_w?: number | null }>) => Tensor;
    grad_input: (grad_output: Tensor, output_size: Ints, input_size: Ints, align_corners: boolean, options: { scales_h?: number | null; scales_w?: number | null; grad_input: Tensor }) => Tensor;
  }>;
  readonly _upsample_lanczos2d_aa: Operator<{
    default: (...args: Args<[self: Tensor, output_size: Ints, align_corners: boolean], [scales_h: number | null, scales_w: number | null], { scales_h?: number | null; scales_w?: number | null }>) => Tensor;
    out: (self: Tensor, output_size: Ints, align_corners: boolean, options: { scales_h?: number | null; scales_w?: number | null; out: Tensor }) => Tensor;
    vec: (input: Tensor, output_size: readonly Int[] | null, align_corners: boolean, scale_factors: readonly number[] | null) => Tensor;
  }>;
  readonly _upsample_lanczos2d_aa_backward: Operator<{
    default: (...args: Args<[grad_output: Tensor, output_size: Ints, input_size: Ints, align_corners: boolean], [scales_h: number | null, scales_w: number | null], { scales_h?: number | null; scales_w?: number | null }>) => Tensor;
    grad_input: (grad_output: Tensor, output_size: Ints, input_size: Ints, align_corners: boolean, options: { scales_h?: number | null; scales_w?: number | null; grad_input: Tensor }) => Tensor;
  }>;
  readonly _upsample_nearest_exact1d: Operator<{
    default: (...args: Args<[self: Tensor, output_size: Ints], [scales: number | null], { scales?: number | null }>) => Tensor;
    out: (self: Tensor, output_size: Ints, options: { scales?: number | null; out: Tensor }) => Tensor;
    vec: (input: Tensor, output_size: readonly Int[] | null, scale_factors: readonly number[] | null) => Tensor;
  }>;
  readonly _upsample_nearest_exact1d_backward: Operator<{
    default: (...args: Args<[grad_output: Tensor, output_size: Ints, input_size: Ints], [scales: number | null], { scales?: number | null }>) => Tensor;
    grad_input: (grad_output: Tensor, output_size: Ints, input_size: Ints, options: { scales?: number | null; grad_input: Tensor }) => Tensor;
  }>;
  readonly _upsample_nearest_exact2d: Operator<{
    default: (...args: Args<[self: Tensor, output_size: Ints], [scales_h: number | null, scales_w: number | null], { scales_h?: number | null; scales_w?: number | null }>) => Tensor;
    out: (self: Tensor, output_size: Ints, options: { scales_h?: number | null; scales_w?: number | null; out: Tensor }) => Tensor;
    vec: (input: Tensor, output_size: readonly Int[] | null, scale_factors: readonly number[] | null) => Tensor;
  }>;
  readonly _upsample_nearest_exact2d_backward: Operator<{
    default: (...args: Args<[grad_output: Tensor, output_size: Ints, input_size: Ints], [scales_h: number | null, scales_w: number | null], { scales_h?: number | null; scales_w?: number | null }>) => Tensor;
    grad_input: (grad_output: Tensor, output_size: Ints, input_size: Ints, options: { scales_h?: number | null; scales_w?: number | null; grad_input: Tensor }) => Tensor;
  }>;
  readonly _upsample_nearest_exact3d: Operator<{
    default: (...args: Args<[self: Tensor, output_size: Ints], [scales_d: number | null, scales_h: number | null, scales_w: number | null], { scales_d?: number | null; scales_h?: number | null; scales_w?: number | null }>) => Tensor;
    out: (self: Tensor, output_size: Ints, options: { scales_d?: number | null; scales_h?: number | null; scales_w?: number | null; out: Tensor }) => Tensor;
    vec: (input: Tensor, output_size: readonly Int[] | null, scale_factors: readonly number[] | null) => Tensor;
  }>;
  readonly _upsample_nearest_exact3d_backward: Operator<{
    default: (...args: Args<[grad_output: Tensor, output_size: Ints, input_size: Ints], [scales_d: number | null, scales_h: number | null, scales_w: number | null], { scales_d?: number | null; scales_h?: number | null; scales_w?: number | null }>) => Tensor;
    grad_input: (grad_output: Tensor, output_size: Ints, input_size: Ints, options: { scales_d?: number | null; scales_h?: number | null; scales_w?: number | null; grad_input: Tensor }) => Tensor;
  }>;
  readonly _use_cudnn_ctc_loss: Operator<{
    Tensor: (log_probs: Tensor, targets: Tensor, input_lengths: Tensor, target_lengths: Tensor, blank: Int) => boolean;
    default: (log_probs: Tensor, targets: Tensor, input_lengths: readonly Int[], target_lengths: readonly Int[], blank: Int) => boolean;
  }>;
  readonly _use_cudnn_rnn_flatten_weight: Operator<{
    default: () => boolean;
  }>;
  readonly _use_miopen_ctc_loss: Operator<{
    Tensor: (log_probs: Tensor, targets: Tensor, input_lengths: Tensor, target_lengths: Tensor, blank: Int) => boolean;
    default: (log_probs: Tensor, targets: Tensor, input_lengths: readonly Int[], target_lengths: readonly Int[], blank: Int) => boolean;
  }>;
  readonly _validate_compressed_sparse_indices: Operator<{
    default: (is_crow: boolean, compressed_idx: Tensor, plain_idx: Tensor, cdim: Int, dim: Int, nnz: Int) => void;
  }>;
  readonly _validate_sparse_bsc_tensor_args: Operator<{
    default: (...args: Args<[ccol_indices: Tensor, row_indices: Tensor, values: Tensor, size: readonly Int[]], [check_pinning: boolean | null], { check_pinning?: boolean | null }>) => void;
  }>;
  readonly _validate_sparse_bsr_tensor_args: Operator<{
    default: (...args: Args<[crow_indices: Tensor, col_indices: Tensor, values: Tensor, size: readonly Int[]], [check_pinning: boolean | null], { check_pinning?: boolean | null }>) => void;
  }>;
  readonly _validate_sparse_compressed_tensor_args: Operator<{
    default: (...args: Args<[compressed_indices: Tensor, plain_indices: Tensor, values: Tensor, size: readonly Int[], layout: Layout], [check_pinning: boolean | null], { check_pinning?: boolean | null }>) => void;
  }>;
  readonly _validate_sparse_coo_tensor_args: Operator<{
    default: (...args: Args<[indices: Tensor, values: Tensor, size: readonly Int[]], [is_coalesced: boolean | null, check_pinning: boolean | null], { is_coalesced?: boolean | null; check_pinning?: boolean | null }>) => void;
  }>;
  readonly _validate_sparse_csc_tensor_args: Operator<{
    default: (...args: Args<[ccol_indices: Tensor, row_indices: Tensor, values: Tensor, size: readonly Int[]], [check_pinning: boolean | null], { check_pinning?: boolean | null }>) => void;
  }>;
  readonly _validate_sparse_csr_tensor_args: Operator<{
    default: (...args: Args<[crow_indices: Tensor, col_indices: Tensor, values: Tensor, size: readonly Int[]], [check_pinning: boolean | null], { check_pinning?: boolean | null }>) => void;
  }>;
  readonly _values: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly _values_copy: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly _version: Operator<{
    default: (self: Tensor) => number;
  }>;
  readonly _weight_int4pack_mm: Operator<{
    default: (self: Tensor, mat2: Tensor, qGroupSize: Int, qScaleAndZeros: Tensor) => Tensor;
  }>;
  readonly _weight_int4pack_mm_for_cpu: Operator<{
    default: (self: Tensor, mat2: Tensor, qGroupSize: Int, qScaleAndZeros: Tensor) => Tensor;
  }>;
  readonly _weight_int4pack_mm_with_scales_and_zeros: Operator<{
    default: (self: Tensor, mat2: Tensor, qGroupSize: Int, qScale: Tensor, qZeros: Tensor) => Tensor;
  }>;
  readonly _weight_int8pack_mm: Operator<{
    default: (self: Tensor, mat2: Tensor, scales: Tensor) => Tensor;
  }>;
  readonly _weight_norm: Operator<{
    default: (...args: Args<[v: Tensor, g: Tensor], [dim: Int], { dim?: Int }>) => Tensor;
  }>;
  readonly _weight_norm_differentiable_backward: Operator<{
    default: (grad_w: Tensor, saved_v: Tensor, saved_g: Tensor, saved_norms: Tensor, dim: Int) => [Tensor, Tensor];
  }>;
  readonly _weight_norm_interface: Operator<{
    default: (...args: Args<[v: Tensor, g: Tensor], [dim: Int], { dim?: Int }>) => [Tensor, Tensor];
    out: (v: Tensor, g: Tensor, options: { dim?: Int; out0: Tensor; out1: Tensor }) => [Tensor, Tensor];
  }>;
  readonly _weight_norm_interface_backward: Operator<{
    default: (grad_w: Tensor, saved_v: Tensor, saved_g: Tensor, saved_norms: Tensor, dim: Int) => [Tensor, Tensor];
    out: (grad_w: Tensor, saved_v: Tensor, saved_g: Tensor, saved_norms: Tensor, dim: Int, options: { out0: Tensor; out1: Tensor }) => [Tensor, Tensor];
  }>;
  readonly _wrapped_linear_prepack: Operator<{
    default: (weight: Tensor, weight_scale: Tensor, weight_zero_point: Tensor, bias: Tensor) => Tensor;
  }>;
  readonly _wrapped_quantized_linear_prepacked: Operator<{
    default: (input: Tensor, input_scale: Tensor, input_zero_point: Tensor, packed_weight: Tensor, output_scale: Tensor, output_zero_point: Tensor, out_channel: Int) => Tensor;
  }>;
  readonly abs: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly abs_: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly absolute: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly absolute_: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly acos: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly acos_: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly acosh: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly acosh_: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly adaptive_avg_pool1d: Operator<{
    default: (self: Tensor, output_size: Ints) => Tensor;
    out: (self: Tensor, output_size: Ints, options: { out: Tensor }) => Tensor;
  }>;
  readonly adaptive_avg_pool2d: Operator<{
    default: (self: Tensor, output_size: Ints) => Tensor;
    out: (self: Tensor, output_size: Ints, options: { out: Tensor }) => Tensor;
  }>;
  readonly adaptive_avg_pool3d: Operator<{
    default: (self: Tensor, output_size: Ints) => Tensor;
    out: (self: Tensor, output_size: Ints, options: { out: Tensor }) => Tensor;
  }>;
  readonly adaptive_avg_pool3d_backward: Operator<{
    grad_input: (grad_output: Tensor, self: Tensor, options: { grad_input: Tensor }) => Tensor;
  }>;
  readonly adaptive_max_pool1d: Operator<{
    default: (self: Tensor, output_size: Ints) => [Tensor, Tensor];
  }>;
  readonly adaptive_max_pool2d: Operator<{
    default: (self: Tensor, output_size: Ints) => [Tensor, Tensor];
    out: (self: Tensor, output_size: Ints, options: { out: Tensor; indices: Tensor }) => [Tensor, Tensor];
  }>;
  readonly adaptive_max_pool2d_backward: Operator<{
    default: (grad_output: Tensor, self: Tensor, indices: Tensor) => Tensor;
    grad_input: (grad_output: Tensor, self: Tensor, indices: Tensor, options: { grad_input: Tensor }) => Tensor;
  }>;
  readonly adaptive_max_pool3d: Operator<{
    default: (self: Tensor, output_size: Ints) => [Tensor, Tensor];
    out: (self: Tensor, output_size: Ints, options: { out: Tensor; indices: Tensor }) => [Tensor, Tensor];
  }>;
  readonly adaptive_max_pool3d_backward: Operator<{
    default: (grad_output: Tensor, self: Tensor, indices: Tensor) => Tensor;
    grad_input: (grad_output: Tensor, self: Tensor, indices: Tensor, options: { grad_input: Tensor }) => Tensor;
  }>;
  readonly add: Operator<{
    Scalar: (...args: Args<[self: Tensor, other: Scalar], [alpha: Scalar], { alpha?: Scalar }>) => Tensor;
    Scalar_out: (self: Tensor, other: Scalar, options: { alpha?: Scalar; out: Tensor }) => Tensor;
    Tensor: (self: Tensor, other: Tensor, options?: { alpha?: Scalar }) => Tensor;
    out: (self: Tensor, other: Tensor, options: { alpha?: Scalar; out: Tensor }) => Tensor;
  }>;
  readonly add_: Operator<{
    Scalar: (...args: Args<[self: Tensor, other: Scalar], [alpha: Scalar], { alpha?: Scalar }>) => Tensor;
    Tensor: (self: Tensor, other: Tensor, options?: { alpha?: Scalar }) => Tensor;
  }>;
  readonly addbmm: Operator<{
    default: (self: Tensor, batch1: Tensor, batch2: Tensor, options?: { beta?: Scalar; alpha?: Scalar }) => Tensor;
    out: (self: Tensor, batch1: Tensor, batch2: Tensor, options: { beta?: Scalar; alpha?: Scalar; out: Tensor }) => Tensor;
  }>;
  readonly addbmm_: Operator<{
    default: (self: Tensor, batch1: Tensor, batch2: Tensor, options?: { beta?: Scalar; alpha?: Scalar }) => Tensor;
  }>;
  readonly addcdiv: Operator<{
    default: (self: Tensor, tensor1: Tensor, tensor2: Tensor, options?: { value?: Scalar }) => Tensor;
    out: (self: Tensor, tensor1: Tensor, tensor2: Tensor, options: { value?: Scalar; out: Tensor }) => Tensor;
  }>;
  readonly addcdiv_: Operator<{
    default: (self: Tensor, tensor1: Tensor, tensor2: Tensor, options?: { value?: Scalar }) => Tensor;
  }>;
  readonly addcmul: Operator<{
    default: (self: Tensor, tensor1: Tensor, tensor2: Tensor, options?: { value?: Scalar }) => Tensor;
    out: (self: Tensor, tensor1: Tensor, tensor2: Tensor, options: { value?: Scalar; out: Tensor }) => Tensor;
  }>;
  readonly addcmul_: Operator<{
    default: (self: Tensor, tensor1: Tensor, tensor2: Tensor, options?: { value?: Scalar }) => Tensor;
  }>;
  readonly addmm: Operator<{
    default: (self: Tensor, mat1: Tensor, mat2: Tensor, options?: { beta?: Scalar; alpha?: Scalar }) => Tensor;
    dtype: (self: Tensor, mat1: Tensor, mat2: Tensor, out_dtype: DType, options?: { beta?: Scalar; alpha?: Scalar }) => Tensor;
    dtype_out: (self: Tensor, mat1: Tensor, mat2: Tensor, out_dtype: DType, options: { beta?: Scalar; alpha?: Scalar; out: Tensor }) => Tensor;
    out: (self: Tensor, mat1: Tensor, mat2: Tensor, options: { beta?: Scalar; alpha?: Scalar; out: Tensor }) => Tensor;
  }>;
  readonly addmm_: Operator<{
    default: (self: Tensor, mat1: Tensor, mat2: Tensor, options?: { beta?: Scalar; alpha?: Scalar }) => Tensor;
  }>;
  readonly addmv: Operator<{
    default: (self: Tensor, mat: Tensor, vec: Tensor, options?: { beta?: Scalar; alpha?: Scalar }) => Tensor;
    out: (self: Tensor, mat: Tensor, vec: Tensor, options: { beta?: Scalar; alpha?: Scalar; out: Tensor }) => Tensor;
  }>;
  readonly addmv_: Operator<{
    default: (self: Tensor, mat: Tensor, vec: Tensor, options?: { beta?: Scalar; alpha?: Scalar }) => Tensor;
  }>;
  readonly addr: Operator<{
    default: (self: Tensor, vec1: Tensor, vec2: Tensor, options?: { beta?: Scalar; alpha?: Scalar }) => Tensor;
    out: (self: Tensor, vec1: Tensor, vec2: Tensor, options: { beta?: Scalar; alpha?: Scalar; out: Tensor }) => Tensor;
  }>;
  readonly addr_: Operator<{
    default: (self: Tensor, vec1: Tensor, vec2: Tensor, options?: { beta?: Scalar; alpha?: Scalar }) => Tensor;
  }>;
  readonly adjoint: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly affine_grid_generator: Operator<{
    default: (theta: Tensor, size: readonly Int[], align_corners: boolean) => Tensor;
    out: (theta: Tensor, size: readonly Int[], align_corners: boolean, options: { out: Tensor }) => Tensor;
  }>;
  readonly affine_grid_generator_backward: Operator<{
    default: (grad: Tensor, size: readonly Int[], align_corners: boolean) => Tensor;
  }>;
  readonly alias: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly alias_copy: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly all: Operator<{
    all_out: (self: Tensor, options: { out: Tensor }) => Tensor;
    default: (self: Tensor) => Tensor;
    dim: (...args: Args<[self: Tensor, dim: Int], [keepdim: boolean], { keepdim?: boolean }>) => Tensor;
    dims: (...args: Args<[self: Tensor], [dim: readonly Int[] | null, keepdim: boolean], { dim?: readonly Int[] | null; keepdim?: boolean }>) => Tensor;
    dims_out: (self: Tensor, options: { dim?: readonly Int[] | null; keepdim?: boolean; out: Tensor }) => Tensor;
    out: (self: Tensor, dim: Int, options: { keepdim?: boolean; out: Tensor }) => Tensor;
  }>;
  readonly allclose: Operator<{
    default: (...args: Args<[self: Tensor, other: Tensor], [rtol: number, atol: number, equal_nan: boolean], { rtol?: number; atol?: number; equal_nan?: boolean }>) => boolean;
  }>;
  readonly alpha_dropout: Operator<{
    default: (input: Tensor, p: number, train: boolean) => Tensor;
  }>;
  readonly alpha_dropout_: Operator<{
    default: (self: Tensor, p: number, train: boolean) => Tensor;
  }>;
  readonly amax: Operator<{
    default: (...args: Args<[self: Tensor], [dim: Ints, keepdim: boolean], { dim?: Ints; keepdim?: boolean }>) => Tensor;
    out: (self: Tensor, options: { dim?: Ints; keepdim?: boolean; out: Tensor }) => Tensor;
  }>;
  readonly amin: Operator<{
    default: (...args: Args<[self: Tensor], [dim: Ints, keepdim: boolean], { dim?: Ints; keepdim?: boolean }>) => Tensor;
    out: (self: Tensor, options: { dim?: Ints; keepdim?: boolean; out: Tensor }) => Tensor;
  }>;
  readonly aminmax: Operator<{
    default: (self: Tensor, options?: { dim?: Int | null; keepdim?: boolean }) => [min: Tensor, max: Tensor];
    out: (self: Tensor, options: { dim?: Int | null; keepdim?: boolean; min: Tensor; max: Tensor }) => [min: Tensor, max: Tensor];
  }>;
  readonly angle: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly any: Operator<{
    all_out: (self: Tensor, options: { out: Tensor }) => Tensor;
    default: (self: Tensor) => Tensor;
    dim: (...args: Args<[self: Tensor, dim: Int], [keepdim: boolean], { keepdim?: boolean }>) => Tensor;
    dims: (...args: Args<[self: Tensor], [dim: readonly Int[] | null, keepdim: boolean], { dim?: readonly Int[] | null; keepdim?: boolean }>) => Tensor;
    dims_out: (self: Tensor, options: { dim?: readonly Int[] | null; keepdim?: boolean; out: Tensor }) => Tensor;
    out: (self: Tensor, dim: Int, options: { keepdim?: boolean; out: Tensor }) => Tensor;
  }>;
  readonly arange: Operator<{
    default: (end: Scalar, options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }) => Tensor;
    out: (end: Scalar, options: { out: Tensor }) => Tensor;
    start: (start: Scalar, end: Scalar, options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }) => Tensor;
    start_out: (start: Scalar, end: Scalar, options: { step?: Scalar; out: Tensor }) => Tensor;
    start_step: (...args: Args<[start: Scalar, end: Scalar], [step: Scalar], { step?: Scalar; dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }>) => Tensor;
  }>;
  readonly arccos: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly arccos_: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly arccosh: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly arccosh_: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly arcsin: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly arcsin_: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly arcsinh: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly arcsinh_: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly arctan: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly arctan2: Operator<{
    default: (self: Tensor, other: Tensor) => Tensor;
    out: (self: Tensor, other: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly arctan2_: Operator<{
    default: (self: Tensor, other: Tensor) => Tensor;
  }>;
  readonly arctan_: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly arctanh: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly arctanh_: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly argmax: Operator<{
    default: (...args: Args<[self: Tensor], [dim: Int | null, keepdim: boolean], { dim?: Int | null; keepdim?: boolean }>) => Tensor;
    out: (self: Tensor, options: { dim?: Int | null; keepdim?: boolean; out: Tensor }) => Tensor;
  }>;
  readonly argmin: Operator<{
    default: (...args: Args<[self: Tensor], [dim: Int | null, keepdim: boolean], { dim?: Int | null; keepdim?: boolean }>) => Tensor;
    out: (self: Tensor, options: { dim?: Int | null; keepdim?: boolean; out: Tensor }) => Tensor;
  }>;
  readonly argsort: Operator<{
    default: (...args: Args<[self: Tensor], [dim: Int, descending: boolean], { dim?: Int; descending?: boolean }>) => Tensor;
    stable: (self: Tensor, options: { stable: boolean; dim?: Int; descending?: boolean }) => Tensor;
    stable_out: (self: Tensor, options: { stable: boolean; dim?: Int; descending?: boolean; out: Tensor }) => Tensor;
  }>;
  readonly argwhere: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly as_strided: Operator<{
    default: (...args: Args<[self: Tensor, size: readonly Int[], stride: readonly Int[]], [storage_offset: Int | null], { storage_offset?: Int | null }>) => Tensor;
  }>;
  readonly as_strided_: Operator<{
    default: (...args: Args<[self: Tensor, size: readonly Int[], stride: readonly Int[]], [storage_offset: Int | null], { storage_offset?: Int | null }>) => Tensor;
  }>;
  readonly as_strided_copy: Operator<{
    default: (...args: Args<[self: Tensor, size: readonly Int[], stride: readonly Int[]], [storage_offset: Int | null], { storage_offset?: Int | null }>) => Tensor;
    out: (self: Tensor, size: readonly Int[], stride: readonly Int[], options: { storage_offset?: Int | null; out: Tensor }) => Tensor;
  }>;
  readonly as_strided_scatter: Operator<{
    default: (...args: Args<[self: Tensor, src: Tensor, size: readonly Int[], stride: readonly Int[]], [storage_offset: Int | null], { storage_offset?: Int | null }>) => Tensor;
    out: (self: Tensor, src: Tensor, size: readonly Int[], stride: readonly Int[], options: { storage_offset?: Int | null; out: Tensor }) => Tensor;
  }>;
  readonly asin: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly asin_: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly asinh: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly asinh_: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly atan: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly atan2: Operator<{
    default: (self: Tensor, other: Tensor) => Tensor;
    out: (self: Tensor, other: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly atan2_: Operator<{
    default: (self: Tensor, other: Tensor) => Tensor;
  }>;
  readonly atan_: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly atanh: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly atanh_: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly atleast_1d: Operator<{
    Sequence: (tensors: readonly Tensor[]) => Tensor[];
    default: (self: Tensor) => Tensor;
  }>;
  readonly atleast_2d: Operator<{
    Sequence: (tensors: readonly Tensor[]) => Tensor[];
    default: (self: Tensor) => Tensor;
  }>;
  readonly atleast_3d: Operator<{
    Sequence: (tensors: readonly Tensor[]) => Tensor[];
    default: (self: Tensor) => Tensor;
  }>;
  readonly avg_pool1d: Operator<{
    default: (...args: Args<[self: Tensor, kernel_size: Ints], [stride: Ints, padding: Ints, ceil_mode: boolean, count_include_pad: boolean], { stride?: Ints; padding?: Ints; ceil_mode?: boolean; count_include_pad?: boolean }>) => Tensor;
    out: (self: Tensor, kernel_size: Ints, options: { stride?: Ints; padding?: Ints; ceil_mode?: boolean; count_include_pad?: boolean; out: Tensor }) => Tensor;
  }>;
  readonly avg_pool2d: Operator<{
    default: (...args: Args<[self: Tensor, kernel_size: Ints], [stride: Ints, padding: Ints, ceil_mode: boolean, count_include_pad: boolean, divisor_override: Int | null], { stride?: Ints; padding?: Ints; ceil_mode?: boolean; count_include_pad?: boolean; divisor_override?: Int | null }>) => Tensor;
    out: (self: Tensor, kernel_size: Ints, options: { stride?: Ints; padding?: Ints; ceil_mode?: boolean; count_include_pad?: boolean; divisor_override?: Int | null; out: Tensor }) => Tensor;
  }>;
  readonly avg_pool2d_backward: Operator<{
    default: (grad_output: Tensor, self: Tensor, kernel_size: Ints, stride: Ints, padding: Ints, ceil_mode: boolean, count_include_pad: boolean, divisor_override: Int | null) => Tensor;
    grad_input: (grad_output: Tensor, self: Tensor, kernel_size: Ints, stride: Ints, padding: Ints, ceil_mode: boolean, count_include_pad: boolean, divisor_override: Int | null, options: { grad_input: Tensor }) => Tensor;
  }>;
  readonly avg_pool3d: Operator<{
    default: (...args: Args<[self: Tensor, kernel_size: Ints], [stride: Ints, padding: Ints, ceil_mode: boolean, count_include_pad: boolean, divisor_override: Int | null], { stride?: Ints; padding?: Ints; ceil_mode?: boolean; count_include_pad?: boolean; divisor_override?: Int | null }>) => Tensor;
    out: (self: Tensor, kernel_size: Ints, options: { stride?: Ints; padding?: Ints; ceil_mode?: boolean; count_include_pad?: boolean; divisor_override?: Int | null; out: Tensor }) => Tensor;
  }>;
  readonly avg_pool3d_backward: Operator<{
    default: (grad_output: Tensor, self: Tensor, kernel_size: Ints, stride: Ints, padding: Ints, ceil_mode: boolean, count_include_pad: boolean, divisor_override: Int | null) => Tensor;
    grad_input: (grad_output: Tensor, self: Tensor, kernel_size: Ints, stride: Ints, padding: Ints, ceil_mode: boolean, count_include_pad: boolean, divisor_override: Int | null, options: { grad_input: Tensor }) => Tensor;
  }>;
  readonly baddbmm: Operator<{
    default: (self: Tensor, batch1: Tensor, batch2: Tensor, options?: { beta?: Scalar; alpha?: Scalar }) => Tensor;
    dtype: (self: Tensor, batch1: Tensor, batch2: Tensor, out_dtype: DType, options?: { beta?: Scalar; alpha?: Scalar }) => Tensor;
    dtype_out: (self: Tensor, batch1: Tensor, batch2: Tensor, out_dtype: DType, options: { beta?: Scalar; alpha?: Scalar; out: Tensor }) => Tensor;
    out: (self: Tensor, batch1: Tensor, batch2: Tensor, options: { beta?: Scalar; alpha?: Scalar; out: Tensor }) => Tensor;
  }>;
  readonly baddbmm_: Operator<{
    default: (self: Tensor, batch1: Tensor, batch2: Tensor, options?: { beta?: Scalar; alpha?: Scalar }) => Tensor;
  }>;
  readonly bartlett_window: Operator<{
    default: (window_length: Int, options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }) => Tensor;
    out: (window_length: Int, options: { out: Tensor }) => Tensor;
    periodic: (window_length: Int, periodic: boolean, options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }) => Tensor;
    periodic_out: (window_length: Int, periodic: boolean, options: { out: Tensor }) => Tensor;
  }>;
  readonly batch_norm: Operator<{
    default: (input: Tensor, weight: Tensor | null, bias: Tensor | null, running_mean: Tensor | null, running_var: Tensor | null, training: boolean, momentum: number, eps: number, cudnn_enabled: boolean) => Tensor;
  }>;
  readonly batch_norm_backward: Operator<{
    default: (grad_out: Tensor, input: Tensor, weight: Tensor, running_mean: Tensor | null, running_var: Tensor | null, save_mean: Tensor | null, save_var: Tensor | null, update: boolean, eps: number, output_mask: readonly boolean[], reserve: Tensor) => [Tensor, Tensor, Tensor];
  }>;
  readonly batch_norm_backward_elemt: Operator<{
    default: (grad_out: Tensor, input: Tensor, mean: Tensor, invstd: Tensor, weight: Tensor | null, sum_dy: Tensor, sum_dy_xmu: Tensor, count: Tensor) => Tensor;
    out: (grad_out: Tensor, input: Tensor, mean: Tensor, invstd: Tensor, weight: Tensor | null, sum_dy: Tensor, sum_dy_xmu: Tensor, count: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly batch_norm_backward_reduce: Operator<{
    default: (grad_out: Tensor, input: Tensor, mean: Tensor, invstd: Tensor, weight: Tensor | null, input_g: boolean, weight_g: boolean, bias_g: boolean) => [Tensor, Tensor, Tensor, Tensor];
    out: (grad_out: Tensor, input: Tensor, mean: Tensor, invstd: Tensor, weight: Tensor | null, input_g: boolean, weight_g: boolean, bias_g: boolean, options: { out0: Tensor; out1: Tensor; out2: Tensor; out3: Tensor }) => [Tensor, Tensor, Tensor, Tensor];
  }>;
  readonly batch_norm_elemt: Operator<{
    default: (input: Tensor, weight: Tensor | null, bias: Tensor | null, mean: Tensor, invstd: Tensor, eps: number) => Tensor;
    out: (input: Tensor, weight: Tensor | null, bias: Tensor | null, mean: Tensor, invstd: Tensor, eps: number, options: { out: Tensor }) => Tensor;
  }>;
  readonly batch_norm_gather_stats: Operator<{
    default: (input: Tensor, mean: Tensor, invstd: Tensor, running_mean: Tensor | null, running_var: Tensor | null, momentum: number, eps: number, count: Int) => [Tensor, Tensor];
    out: (input: Tensor, mean: Tensor, invstd: Tensor, running_mean: Tensor | null, running_var: Tensor | null, momentum: number, eps: number, count: Int, options: { out0: Tensor; out1: Tensor }) => [Tensor, Tensor];
  }>;
  readonly batch_norm_gather_stats_with_counts: Operator<{
    default: (input: Tensor, mean: Tensor, invstd: Tensor, running_mean: Tensor | null, running_var: Tensor | null, momentum: number, eps: number, counts: Tensor) => [Tensor, Tensor];
    out: (input: Tensor, mean: Tensor, invstd: Tensor, running_mean: Tensor | null, running_var: Tensor | null, momentum: number, eps: number, counts: Tensor, options: { out0: Tensor; out1: Tensor }) => [Tensor, Tensor];
  }>;
  readonly batch_norm_stats: Operator<{
    default: (input: Tensor, eps: number) => [Tensor, Tensor];
    out: (input: Tensor, eps: number, options: { out0: Tensor; out1: Tensor }) => [Tensor, Tensor];
  }>;
  readonly batch_norm_update_stats: Operator<{
    default: (input: Tensor, running_mean: Tensor | null, running_var: Tensor | null, momentum: number) => [Tensor, Tensor];
    out: (input: Tensor, running_mean: Tensor | null, running_var: Tensor | null, momentum: number, options: { out0: Tensor; out1: Tensor }) => [Tensor, Tensor];
  }>;
  readonly bernoulli: Operator<{
    Tensor: (self: Tensor, p: Tensor, options?: { generator?: Generator }) => Tensor;
    Tensor_out: (self: Tensor, p: Tensor, options: { generator?: Generator; out: Tensor }) => Tensor;
    default: (self: Tensor, options?: { generator?: Generator }) => Tensor;
    float_out: (self: Tensor, options: { p?: number; generator?: Generator; out: Tensor }) => Tensor;
    out: (self: Tensor, options: { generator?: Generator; out: Tensor }) => Tensor;
    p: (self: Tensor, p: number, options?: { generator?: Generator }) => Tensor;
  }>;
  readonly bernoulli_: Operator<{
    Tensor: (self: Tensor, p: Tensor, options?: { generator?: Generator }) => Tensor;
    float: (...args: Args<[self: Tensor], [p: number], { p?: number; generator?: Generator }>) => Tensor;
  }>;
  readonly bilinear: Operator<{
    default: (...args: Args<[input1: Tensor, input2: Tensor, weight: Tensor], [bias: Tensor | null], { bias?: Tensor | null }>) => Tensor;
  }>;
  readonly binary_cross_entropy: Operator<{
    default: (...args: Args<[self: Tensor, target: Tensor], [weight: Tensor | null, reduction: Int], { weight?: Tensor | null; reduction?: Int }>) => Tensor;
    out: (self: Tensor, target: Tensor, options: { weight?: Tensor | null; reduction?: Int; out: Tensor }) => Tensor;
  }>;
  readonly binary_cross_entropy_backward: Operator<{
    default: (...args: Args<[grad_output: Tensor, self: Tensor, target: Tensor], [weight: Tensor | null, reduction: Int], { weight?: Tensor | null; reduction?: Int }>) => Tensor;
    grad_input: (grad_output: Tensor, self: Tensor, target: Tensor, options: { weight?: Tensor | null; reduction?: Int; grad_input: Tensor }) => Tensor;
  }>;
  readonly binary_cross_entropy_with_logits: Operator<{
    default: (...args: Args<[self: Tensor, target: Tensor], [weight: Tensor | null, pos_weight: Tensor | null, reduction: Int], { weight?: Tensor | null; pos_weight?: Tensor | null; reduction?: Int }>) => Tensor;
    out: (self: Tensor, target: Tensor, options: { weight?: Tensor | null; pos_weight?: Tensor | null; reduction?: Int; out: Tensor }) => Tensor;
  }>;
  readonly bincount: Operator<{
    default: (...args: Args<[self: Tensor], [weights: Tensor | null, minlength: Int], { weights?: Tensor | null; minlength?: Int }>) => Tensor;
    out: (self: Tensor, options: { weights?: Tensor | null; minlength?: Int; out: Tensor }) => Tensor;
  }>;
  readonly binomial: Operator<{
    default: (...args: Args<[count: Tensor, prob: Tensor], [generator: Generator], { generator?: Generator }>) => Tensor;
    out: (count: Tensor, prob: Tensor, options: { generator?: Generator; out: Tensor }) => Tensor;
  }>;
  readonly bitwise_and: Operator<{
    Scalar: (self: Tensor, other: Scalar) => Tensor;
    Scalar_Tensor: (self: Scalar, other: Tensor) => Tensor;
    Scalar_Tensor_out: (self: Scalar, other: Tensor, options: { out: Tensor }) => Tensor;
    Scalar_out: (self: Tensor, other: Scalar, options: { out: Tensor }) => Tensor;
    Tensor: (self: Tensor, other: Tensor) => Tensor;
    Tensor_out: (self: Tensor, other: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly bitwise_and_: Operator<{
    Scalar: (self: Tensor, other: Scalar) => Tensor;
    Tensor: (self: Tensor, other: Tensor) => Tensor;
  }>;
  readonly bitwise_left_shift: Operator<{
    Scalar_Tensor: (self: Scalar, other: Tensor) => Tensor;
    Scalar_Tensor_out: (self: Scalar, other: Tensor, options: { out: Tensor }) => Tensor;
    Tensor: (self: Tensor, other: Tensor) => Tensor;
    Tensor_Scalar: (self: Tensor, other: Scalar) => Tensor;
    Tensor_Scalar_out: (self: Tensor, other: Scalar, options: { out: Tensor }) => Tensor;
    Tensor_out: (self: Tensor, other: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly bitwise_left_shift_: Operator<{
    Tensor: (self: Tensor, other: Tensor) => Tensor;
    Tensor_Scalar: (self: Tensor, other: Scalar) => Tensor;
  }>;
  readonly bitwise_not: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly bitwise_not_: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly bitwise_or: Operator<{
    Scalar: (self: Tensor, other: Scalar) => Tensor;
    Scalar_Tensor: (self: Scalar, other: Tensor) => Tensor;
    Scalar_Tensor_out: (self: Scalar, other: Tensor, options: { out: Tensor }) => Tensor;
    Scalar_out: (self: Tensor, other: Scalar, options: { out: Tensor }) => Tensor;
    Tensor: (self: Tensor, other: Tensor) => Tensor;
    Tensor_out: (self: Tensor, other: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly bitwise_or_: Operator<{
    Scalar: (self: Tensor, other: Scalar) => Tensor;
    Tensor: (self: Tensor, other: Tensor) => Tensor;
  }>;
  readonly bitwise_right_shift: Operator<{
    Scalar_Tensor: (self: Scalar, other: Tensor) => Tensor;
    Scalar_Tensor_out: (self: Scalar, other: Tensor, options: { out: Tensor }) => Tensor;
    Tensor: (self: Tensor, other: Tensor) => Tensor;
    Tensor_Scalar: (self: Tensor, other: Scalar) => Tensor;
    Tensor_Scalar_out: (self: Tensor, other: Scalar, options: { out: Tensor }) => Tensor;
    Tensor_out: (self: Tensor, other: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly bitwise_right_shift_: Operator<{
    Tensor: (self: Tensor, other: Tensor) => Tensor;
    Tensor_Scalar: (self: Tensor, other: Scalar) => Tensor;
  }>;
  readonly bitwise_xor: Operator<{
    Scalar: (self: Tensor, other: Scalar) => Tensor;
    Scalar_Tensor: (self: Scalar, other: Tensor) => Tensor;
    Scalar_Tensor_out: (self: Scalar, other: Tensor, options: { out: Tensor }) => Tensor;
    Scalar_out: (self: Tensor, other: Scalar, options: { out: Tensor }) => Tensor;
    Tensor: (self: Tensor, other: Tensor) => Tensor;
    Tensor_out: (self: Tensor, other: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly bitwise_xor_: Operator<{
    Scalar: (self: Tensor, other: Scalar) => Tensor;
    Tensor: (self: Tensor, other: Tensor) => Tensor;
  }>;
  readonly blackman_window: Operator<{
    default: (window_length: Int, options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }) => Tensor;
    out: (window_length: Int, options: { out: Tensor }) => Tensor;
    periodic: (window_length: Int, periodic: boolean, options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }) => Tensor;
    periodic_out: (window_length: Int, periodic: boolean, options: { out: Tensor }) => Tensor;
  }>;
  readonly block_diag: Operator<{
    default: (tensors: readonly Tensor[]) => Tensor;
    out: (tensors: readonly Tensor[], options: { out: Tensor }) => Tensor;
  }>;
  readonly bmm: Operator<{
    default: (self: Tensor, mat2: Tensor) => Tensor;
    dtype: (self: Tensor, mat2: Tensor, out_dtype: DType) => Tensor;
    dtype_out: (self: Tensor, mat2: Tensor, out_dtype: DType, options: { out: Tensor }) => Tensor;
    out: (self: Tensor, mat2: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly broadcast_tensors: Operator<{
    default: (tensors: readonly Tensor[]) => Tensor[];
  }>;
  readonly broadcast_to: Operator<{
    default: (self: Tensor, size: readonly Int[]) => Tensor;
  }>;
  readonly bucketize: Operator<{
    Scalar: (self: Scalar, boundaries: Tensor, options?: { out_int32?: boolean; right?: boolean }) => Tensor;
    Scalar_out: (self: Scalar, boundaries: Tensor, options: { out_int32?: boolean; right?: boolean; out: Tensor }) => Tensor;
    Tensor: (self: Tensor, boundaries: Tensor, options?: { out_int32?: boolean; right?: boolean }) => Tensor;
    Tensor_out: (self: Tensor, boundaries: Tensor, options: { out_int32?: boolean; right?: boolean; out: Tensor }) => Tensor;
  }>;
  readonly can_cast: Operator<{
    default: (from_: DType, to: DType) => boolean;
  }>;
  readonly cartesian_prod: Operator<{
    default: (tensors: readonly Tensor[]) => Tensor;
  }>;
  readonly cat: Operator<{
    default: (...args: Args<[tensors: readonly Tensor[]], [dim: Int], { dim?: Int }>) => Tensor;
    out: (tensors: readonly Tensor[], options: { dim?: Int; out: Tensor }) => Tensor;
  }>;
  readonly cauchy: Operator<{
    default: (...args: Args<[self: Tensor], [median: number, sigma: number], { median?: number; sigma?: number; generator?: Generator }>) => Tensor;
    out: (self: Tensor, options: { median?: number; sigma?: number; generator?: Generator; out: Tensor }) => Tensor;
  }>;
  readonly cauchy_: Operator<{
    default: (...args: Args<[self: Tensor], [median: number, sigma: number], { median?: number; sigma?: number; generator?: Generator }>) => Tensor;
  }>;
  readonly ccol_indices: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly ccol_indices_copy: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly cdist: Operator<{
    default: (...args: Args<[x1: Tensor, x2: Tensor], [p: number, compute_mode: Int | null], { p?: number; compute_mode?: Int | null }>) => Tensor;
  }>;
  readonly ceil: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly ceil_: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly celu: Operator<{
    default: (...args: Args<[self: Tensor], [alpha: Scalar], { alpha?: Scalar }>) => Tensor;
    out: (self: Tensor, options: { alpha?: Scalar; out: Tensor }) => Tensor;
  }>;
  readonly celu_: Operator<{
    default: (...args: Args<[self: Tensor], [alpha: Scalar], { alpha?: Scalar }>) => Tensor;
  }>;
  readonly chain_matmul: Operator<{
    default: (matrices: readonly Tensor[]) => Tensor;
    out: (matrices: readonly Tensor[], options: { out: Tensor }) => Tensor;
  }>;
  readonly chalf: Operator<{
    default: (self: Tensor, options?: { memory_format?: MemoryFormat | null }) => Tensor;
  }>;
  readonly channel_shuffle: Operator<{
    default: (self: Tensor, groups: Int) => Tensor;
    out: (self: Tensor, groups: Int, options: { out: Tensor }) => Tensor;
  }>;
  readonly cholesky: Operator<{
    default: (...args: Args<[self: Tensor], [upper: boolean], { upper?: boolean }>) => Tensor;
    out: (self: Tensor, options: { upper?: boolean; out: Tensor }) => Tensor;
  }>;
  readonly cholesky_inverse: Operator<{
    default: (...args: Args<[self: Tensor], [upper: boolean], { upper?: boolean }>) => Tensor;
    out: (self: Tensor, options: { upper?: boolean; out: Tensor }) => Tensor;
  }>;
  readonly cholesky_solve: Operator<{
    default: (...args: Args<[self: Tensor, input2: Tensor], [upper: boolean], { upper?: boolean }>) => Tensor;
    out: (self: Tensor, input2: Tensor, options: { upper?: boolean; out: Tensor }) => Tensor;
  }>;
  readonly choose_qparams_optimized: Operator<{
    default: (input: Tensor, numel: Int, n_bins: Int, ratio: number, bit_width: Int) => [Tensor, Tensor];
  }>;
  readonly chunk: Operator<{
    default: (...args: Args<[self: Tensor, chunks: Int], [dim: Int], { dim?: Int }>) => Tensor[];
  }>;
  readonly clamp: Operator<{
    Tensor: (...args: Args<[self: Tensor], [min: Tensor | null, max: Tensor | null], { min?: Tensor | null; max?: Tensor | null }>) => Tensor;
    Tensor_out: (self: Tensor, options: { min?: Tensor | null; max?: Tensor | null; out: Tensor }) => Tensor;
    default: (...args: Args<[self: Tensor], [min: Scalar | null, max: Scalar | null], { min?: Scalar | null; max?: Scalar | null }>) => Tensor;
    out: (self: Tensor, options: { min?: Scalar | null; max?: Scalar | null; out: Tensor }) => Tensor;
  }>;
  readonly clamp_: Operator<{
    Tensor: (...args: Args<[self: Tensor], [min: Tensor | null, max: Tensor | null], { min?: Tensor | null; max?: Tensor | null }>) => Tensor;
    default: (...args: Args<[self: Tensor], [min: Scalar | null, max: Scalar | null], { min?: Scalar | null; max?: Scalar | null }>) => Tensor;
  }>;
  readonly clamp_max: Operator<{
    Tensor: (self: Tensor, max: Tensor) => Tensor;
    Tensor_out: (self: Tensor, max: Tensor, options: { out: Tensor }) => Tensor;
    default: (self: Tensor, max: Scalar) => Tensor;
    out: (self: Tensor, max: Scalar, options: { out: Tensor }) => Tensor;
  }>;
  readonly clamp_max_: Operator<{
    Tensor: (self: Tensor, max: Tensor) => Tensor;
    default: (self: Tensor, max: Scalar) => Tensor;
  }>;
  readonly clamp_min: Operator<{
    Tensor: (self: Tensor, min: Tensor) => Tensor;
    Tensor_out: (self: Tensor, min: Tensor, options: { out: Tensor }) => Tensor;
    default: (self: Tensor, min: Scalar) => Tensor;
    out: (self: Tensor, min: Scalar, options: { out: Tensor }) => Tensor;
  }>;
  readonly clamp_min_: Operator<{
    Tensor: (self: Tensor, min: Tensor) => Tensor;
    default: (self: Tensor, min: Scalar) => Tensor;
  }>;
  readonly clip: Operator<{
    Tensor: (...args: Args<[self: Tensor], [min: Tensor | null, max: Tensor | null], { min?: Tensor | null; max?: Tensor | null }>) => Tensor;
    Tensor_out: (self: Tensor, options: { min?: Tensor | null; max?: Tensor | null; out: Tensor }) => Tensor;
    default: (...args: Args<[self: Tensor], [min: Scalar | null, max: Scalar | null], { min?: Scalar | null; max?: Scalar | null }>) => Tensor;
    out: (self: Tensor, options: { min?: Scalar | null; max?: Scalar | null; out: Tensor }) => Tensor;
  }>;
  readonly clip_: Operator<{
    Tensor: (...args: Args<[self: Tensor], [min: Tensor | null, max: Tensor | null], { min?: Tensor | null; max?: Tensor | null }>) => Tensor;
    default: (...args: Args<[self: Tensor], [min: Scalar | null, max: Scalar | null], { min?: Scalar | null; max?: Scalar | null }>) => Tensor;
  }>;
  readonly clone: Operator<{
    default: (self: Tensor, options?: { memory_format?: MemoryFormat | null }) => Tensor;
    out: (self: Tensor, options: { memory_format?: MemoryFormat | null; out: Tensor }) => Tensor;
  }>;
  readonly coalesce: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly col2im: Operator<{
    default: (self: Tensor, output_size: Ints, kernel_size: Ints, dilation: Ints, padding: Ints, stride: Ints) => Tensor;
    out: (self: Tensor, output_size: Ints, kernel_size: Ints, dilation: Ints, padding: Ints, stride: Ints, options: { out: Tensor }) => Tensor;
  }>;
  readonly col_indices: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly col_indices_copy: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly column_stack: Operator<{
    default: (tensors: readonly Tensor[]) => Tensor;
    out: (tensors: readonly Tensor[], options: { out: Tensor }) => Tensor;
  }>;
  readonly combinations: Operator<{
    default: (...args: Args<[self: Tensor], [r: Int, with_replacement: boolean], { r?: Int; with_replacement?: boolean }>) => Tensor;
  }>;
  readonly complex: Operator<{
    default: (real: Tensor, imag: Tensor) => Tensor;
    out: (real: Tensor, imag: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly concat: Operator<{
    default: (...args: Args<[tensors: readonly Tensor[]], [dim: Int], { dim?: Int }>) => Tensor;
    out: (tensors: readonly Tensor[], options: { dim?: Int; out: Tensor }) => Tensor;
  }>;
  readonly concatenate: Operator<{
    default: (...args: Args<[tensors: readonly Tensor[]], [dim: Int], { dim?: Int }>) => Tensor;
    out: (tensors: readonly Tensor[], options: { dim?: Int; out: Tensor }) => Tensor;
  }>;
  readonly conj: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly conj_physical: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly conj_physical_: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly constant_pad_nd: Operator<{
    default: (...args: Args<[self: Tensor, pad: readonly Int[]], [value: Scalar], { value?: Scalar }>) => Tensor;
    out: (self: Tensor, pad: readonly Int[], options: { value?: Scalar; out: Tensor }) => Tensor;
  }>;
  readonly contiguous: Operator<{
    default: (self: Tensor, options?: { memory_format?: MemoryFormat }) => Tensor;
  }>;
  readonly conv1d: Operator<{
    default: (...args: Args<[input: Tensor, weight: Tensor], [bias: Tensor | null, stride: Ints, padding: Ints, dilation: Ints, groups: Int], { bias?: Tensor | null; stride?: Ints; padding?: Ints; dilation?: Ints; groups?: Int }>) => Tensor;
    padding: (...args: Args<[input: Tensor, weight: Tensor], [bias: Tensor | null, stride: Ints, padding: string, dilation: Ints, groups: Int], { bias?: Tensor | null; stride?: Ints; padding?: string; dilation?: Ints; groups?: Int }>) => Tensor;
  }>;
  readonly conv2d: Operator<{
    default: (...args: Args<[input: Tensor, weight: Tensor], [bias: Tensor | null, stride: Ints, padding: Ints, dilation: Ints, groups: Int], { bias?: Tensor | null; stride?: Ints; padding?: Ints; dilation?: Ints; groups?: Int }>) => Tensor;
    padding: (...args: Args<[input: Tensor, weight: Tensor], [bias: Tensor | null, stride: Ints, padding: string, dilation: Ints, groups: Int], { bias?: Tensor | null; stride?: Ints; padding?: string; dilation?: Ints; groups?: Int }>) => Tensor;
  }>;
  readonly conv3d: Operator<{
    default: (...args: Args<[input: Tensor, weight: Tensor], [bias: Tensor | null, stride: Ints, padding: Ints, dilation: Ints, groups: Int], { bias?: Tensor | null; stride?: Ints; padding?: Ints; dilation?: Ints; groups?: Int }>) => Tensor;
    padding: (...args: Args<[input: Tensor, weight: Tensor], [bias: Tensor | null, stride: Ints, padding: string, dilation: Ints, groups: Int], { bias?: Tensor | null; stride?: Ints; padding?: string; dilation?: Ints; groups?: Int }>) => Tensor;
  }>;
  readonly conv_depthwise3d: Operator<{
    default: (self: Tensor, weight: Tensor, kernel_size: Ints, bias: Tensor | null, stride: Ints, padding: Ints, dilation: Ints) => Tensor;
    out: (self: Tensor, weight: Tensor, kernel_size: Ints, bias: Tensor | null, stride: Ints, padding: Ints, dilation: Ints, options: { out: Tensor }) => Tensor;
  }>;
  readonly conv_tbc: Operator<{
    default: (...args: Args<[self: Tensor, weight: Tensor, bias: Tensor], [pad: Int], { pad?: Int }>) => Tensor;
    out: (self: Tensor, weight: Tensor, bias: Tensor, options: { pad?: Int; out: Tensor }) => Tensor;
  }>;
  readonly conv_tbc_backward: Operator<{
    default: (self: Tensor, input: Tensor, weight: Tensor, bias: Tensor, pad: Int) => [Tensor, Tensor, Tensor];
  }>;
  readonly conv_transpose1d: Operator<{
    default: (...args: Args<[input: Tensor, weight: Tensor], [bias: Tensor | null, stride: Ints, padding: Ints, output_padding: Ints, groups: Int, dilation: Ints], { bias?: Tensor | null; stride?: Ints; padding?: Ints; output_padding?: Ints; groups?: Int; dilation?: Ints }>) => Tensor;
  }>;
  readonly conv_transpose2d: Operator<{
    input: (...args: Args<[input: Tensor, weight: Tensor], [bias: Tensor | null, stride: Ints, padding: Ints, output_padding: Ints, groups: Int, dilation: Ints], { bias?: Tensor | null; stride?: Ints; padding?: Ints; output_padding?: Ints; groups?: Int; dilation?: Ints }>) => Tensor;
  }>;
  readonly conv_transpose3d: Operator<{
    input: (...args: Args<[input: Tensor, weight: Tensor], [bias: Tensor | null, stride: Ints, padding: Ints, output_padding: Ints, groups: Int, dilation: Ints], { bias?: Tensor | null; stride?: Ints; padding?: Ints; output_padding?: Ints; groups?: Int; dilation?: Ints }>) => Tensor;
  }>;
  readonly convolution: Operator<{
    default: (input: Tensor, weight: Tensor, bias: Tensor | null, stride: readonly Int[], padding: readonly Int[], dilation: readonly Int[], transposed: boolean, output_padding: readonly Int[], groups: Int) => Tensor;
    out: (input: Tensor, weight: Tensor, bias: Tensor | null, stride: readonly Int[], padding: readonly Int[], dilation: readonly Int[], transposed: boolean, output_padding: readonly Int[], groups: Int, options: { out: Tensor }) => Tensor;
  }>;
  readonly convolution_backward: Operator<{
    default: (grad_output: Tensor, input: Tensor, weight: Tensor, bias_sizes: readonly Int[] | null, stride: readonly Int[], padding: readonly Int[], dilation: readonly Int[], transposed: boolean, output_padding: readonly Int[], groups: Int, output_mask: readonly boolean[]) => [Tensor, Tensor, Tensor];
    out: (grad_output: Tensor, input: Tensor, weight: Tensor, bias_sizes: readonly Int[] | null, stride: readonly Int[], padding: readonly Int[], dilation: readonly Int[], transposed: boolean, output_padding: readonly Int[], groups: Int, output_mask: readonly boolean[], options: { out0: Tensor; out1: Tensor; out2: Tensor }) => [Tensor, Tensor, Tensor];
  }>;
  readonly convolution_backward_overrideable: Operator<{
    default: (grad_output: Tensor, input: Tensor, weight: Tensor, stride: readonly Int[], padding: readonly Int[], dilation: readonly Int[], transposed: boolean, output_padding: readonly Int[], groups: Int, output_mask: readonly boolean[]) => [grad_input: Tensor, grad_weight: Tensor, grad_bias: Tensor];
    out: (grad_output: Tensor, input: Tensor, weight: Tensor, stride: readonly Int[], padding: readonly Int[], dilation: readonly Int[], transposed: boolean, output_padding: readonly Int[], groups: Int, output_mask: readonly boolean[], options: { out0: Tensor; out1: Tensor; out2: Tensor }) => [Tensor, Tensor, Tensor];
  }>;
  readonly convolution_overrideable: Operator<{
    default: (input: Tensor, weight: Tensor, bias: Tensor | null, stride: readonly Int[], padding: readonly Int[], dilation: readonly Int[], transposed: boolean, output_padding: readonly Int[], groups: Int) => Tensor;
    out: (input: Tensor, weight: Tensor, bias: Tensor | null, stride: readonly Int[], padding: readonly Int[], dilation: readonly Int[], transposed: boolean, output_padding: readonly Int[], groups: Int, options: { out: Tensor }) => Tensor;
  }>;
  readonly copy: Operator<{
    default: (...args: Args<[self: Tensor, src: Tensor], [non_blocking: boolean], { non_blocking?: boolean }>) => Tensor;
    out: (self: Tensor, src: Tensor, options: { non_blocking?: boolean; out: Tensor }) => Tensor;
  }>;
  readonly copy_: Operator<{
    default: (...args: Args<[self: Tensor, src: Tensor], [non_blocking: boolean], { non_blocking?: boolean }>) => Tensor;
  }>;
  readonly copy_sparse_to_sparse: Operator<{
    default: (...args: Args<[self: Tensor, src: Tensor], [non_blocking: boolean], { non_blocking?: boolean }>) => Tensor;
    out: (self: Tensor, src: Tensor, options: { non_blocking?: boolean; out: Tensor }) => Tensor;
  }>;
  readonly copy_sparse_to_sparse_: Operator<{
    default: (...args: Args<[self: Tensor, src: Tensor], [non_blocking: boolean], { non_blocking?: boolean }>) => Tensor;
  }>;
  readonly copysign: Operator<{
    Scalar: (self: Tensor, other: Scalar) => Tensor;
    Scalar_out: (self: Tensor, other: Scalar, options: { out: Tensor }) => Tensor;
    Tensor: (self: Tensor, other: Tensor) => Tensor;
    out: (self: Tensor, other: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly copysign_: Operator<{
    Scalar: (self: Tensor, other: Scalar) => Tensor;
    Tensor: (self: Tensor, other: Tensor) => Tensor;
  }>;
  readonly corrcoef: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly cos: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly cos_: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly cosh: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly cosh_: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly cosine_embedding_loss: Operator<{
    default: (...args: Args<[input1: Tensor, input2: Tensor, target: Tensor], [margin: number, reduction: Int], { margin?: number; reduction?: Int }>) => Tensor;
  }>;
  readonly cosine_similarity: Operator<{
    default: (...args: Args<[x1: Tensor, x2: Tensor], [dim: Int, eps: number], { dim?: Int; eps?: number }>) => Tensor;
  }>;
  readonly count_nonzero: Operator<{
    default: (...args: Args<[self: Tensor], [dim: Int | null], { dim?: Int | null }>) => Tensor;
    dim_IntList: (self: Tensor, dim: readonly Int[]) => Tensor;
    dim_IntList_out: (self: Tensor, dim: readonly Int[], options: { out: Tensor }) => Tensor;
    out: (self: Tensor, options: { dim?: Int | null; out: Tensor }) => Tensor;
  }>;
  readonly cov: Operator<{
    default: (self: Tensor, options?: { correction?: Int; fweights?: Tensor | null; aweights?: Tensor | null }) => Tensor;
  }>;
  readonly cross: Operator<{
    default: (...args: Args<[self: Tensor, other: Tensor], [dim: Int | null], { dim?: Int | null }>) => Tensor;
    out: (self: Tensor, other: Tensor, options: { dim?: Int | null; out: Tensor }) => Tensor;
  }>;
  readonly cross_entropy_loss: Operator<{
    default: (...args: Args<[self: Tensor, target: Tensor], [weight: Tensor | null, reduction: Int, ignore_index: Int, label_smoothing: number], { weight?: Tensor | null; reduction?: Int; ignore_index?: Int; label_smoothing?: number }>) => Tensor;
  }>;
  readonly crow_indices: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly crow_indices_copy: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly ctc_loss: Operator<{
    IntList: (...args: Args<[log_probs: Tensor, targets: Tensor, input_lengths: readonly Int[], target_lengths: readonly Int[]], [blank: Int, reduction: Int, zero_infinity: boolean], { blank?: Int; reduction?: Int; zero_infinity?: boolean }>) => Tensor;
    Tensor: (...args: Args<[log_probs: Tensor, targets: Tensor, input_lengths: Tensor, target_lengths: Tensor], [blank: Int, reduction: Int, zero_infinity: boolean], { blank?: Int; reduction?: Int; zero_infinity?: boolean }>) => Tensor;
  }>;
  readonly cudnn_affine_grid_generator: Operator<{
    default: (theta: Tensor, N: Int, C: Int, H: Int, W: Int) => Tensor;
    out: (theta: Tensor, N: Int, C: Int, H: Int, W: Int, options: { out: Tensor }) => Tensor;
  }>;
  readonly cudnn_affine_grid_generator_backward: Operator<{
    default: (grad: Tensor, N: Int, C: Int, H: Int, W: Int) => Tensor;
    out: (grad: Tensor, N: Int, C: Int, H: Int, W: Int, options: { out: Tensor }) => Tensor;
  }>;
  readonly cudnn_batch_norm: Operator<{
    default: (input: Tensor, weight: Tensor, bias: Tensor | null, running_mean: Tensor | null, running_var: Tensor | null, training: boolean, exponential_average_factor: number, epsilon: number) => [Tensor, Tensor, Tensor, Tensor];
    out: (input: Tensor, weight: Tensor, bias: Tensor | null, running_mean: Tensor | null, running_var: Tensor | null, training: boolean, exponential_average_factor: number, epsilon: number, options: { out0: Tensor; out1: Tensor; out2: Tensor; out3: Tensor }) => [Tensor, Tensor, Tensor, Tensor];
  }>;
  readonly cudnn_batch_norm_backward: Operator<{
    default: (input: Tensor, grad_output: Tensor, weight: Tensor, running_mean: Tensor | null, running_var: Tensor | null, save_mean: Tensor | null, save_var: Tensor | null, epsilon: number, reserveSpace: Tensor) => [Tensor, Tensor, Tensor];
    out: (input: Tensor, grad_output: Tensor, weight: Tensor, running_mean: Tensor | null, running_var: Tensor | null, save_mean: Tensor | null, save_var: Tensor | null, epsilon: number, reserveSpace: Tensor, options: { out0: Tensor; out1: Tensor; out2: Tensor }) => [Tensor, Tensor, Tensor];
  }>;
  readonly cudnn_convolution: Operator<{
    default: (self: Tensor, weight: Tensor, padding: readonly Int[], stride: readonly Int[], dilation: readonly Int[], groups: Int, benchmark: boolean, deterministic: boolean, allow_tf32: boolean) => Tensor;
    out: (self: Tensor, weight: Tensor, padding: readonly Int[], stride: readonly Int[], dilation: readonly Int[], groups: Int, benchmark: boolean, deterministic: boolean, allow_tf32: boolean, options: { out: Tensor }) => Tensor;
  }>;
  readonly cudnn_convolution_add_relu: Operator<{
    default: (self: Tensor, weight: Tensor, z: Tensor, alpha: Scalar | null, bias: Tensor | null, stride: readonly Int[], padding: readonly Int[], dilation: readonly Int[], groups: Int) => Tensor;
    out: (self: Tensor, weight: Tensor, z: Tensor, alpha: Scalar | null, bias: Tensor | null, stride: readonly Int[], padding: readonly Int[], dilation: readonly Int[], groups: Int, options: { out: Tensor }) => Tensor;
  }>;
  readonly cudnn_convolution_relu: Operator<{
    default: (self: Tensor, weight: Tensor, bias: Tensor | null, stride: readonly Int[], padding: readonly Int[], dilation: readonly Int[], groups: Int) => Tensor;
    out: (self: Tensor, weight: Tensor, bias: Tensor | null, stride: readonly Int[], padding: readonly Int[], dilation: readonly Int[], groups: Int, options: { out: Tensor }) => Tensor;
  }>;
  readonly cudnn_convolution_transpose: Operator<{
    default: (self: Tensor, weight: Tensor, padding: readonly Int[], output_padding: readonly Int[], stride: readonly Int[], dilation: readonly Int[], groups: Int, benchmark: boolean, deterministic: boolean, allow_tf32: boolean) => Tensor;
    out: (self: Tensor, weight: Tensor, padding: readonly Int[], output_padding: readonly Int[], stride: readonly Int[], dilation: readonly Int[], groups: Int, benchmark: boolean, deterministic: boolean, allow_tf32: boolean, options: { out: Tensor }) => Tensor;
  }>;
  readonly cudnn_grid_sampler: Operator<{
    default: (self: Tensor, grid: Tensor) => Tensor;
    out: (self: Tensor, grid: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly cudnn_grid_sampler_backward: Operator<{
    default: (self: Tensor, grid: Tensor, grad_output: Tensor) => [grad_self: Tensor, grad_grid: Tensor];
    out: (self: Tensor, grid: Tensor, grad_output: Tensor, options: { out0: Tensor; out1: Tensor }) => [Tensor, Tensor];
  }>;
  readonly cudnn_is_acceptable: Operator<{
    default: (self: Tensor) => boolean;
  }>;
  readonly cummax: Operator<{
    default: (self: Tensor, dim: Int) => [values: Tensor, indices: Tensor];
    out: (self: Tensor, dim: Int, options: { values: Tensor; indices: Tensor }) => [values: Tensor, indices: Tensor];
  }>;
  readonly cummaxmin_backward: Operator<{
    default: (grad: Tensor, input: Tensor, indices: Tensor, dim: Int) => Tensor;
  }>;
  readonly cummin: Operator<{
    default: (self: Tensor, dim: Int) => [values: Tensor, indices: Tensor];
    out: (self: Tensor, dim: Int, options: { values: Tensor; indices: Tensor }) => [values: Tensor, indices: Tensor];
  }>;
  readonly cumprod: Operator<{
    default: (self: Tensor, dim: Int, options?: { dtype?: DType | null }) => Tensor;
    out: (self: Tensor, dim: Int, options: { dtype?: DType | null; out: Tensor }) => Tensor;
  }>;
  readonly cumprod_: Operator<{
    default: (self: Tensor, dim: Int, options?: { dtype?: DType | null }) => Tensor;
  }>;
  readonly cumprod_backward: Operator<{
    default: (grad: Tensor, input: Tensor, dim: Int, output: Tensor) => Tensor;
  }>;
  readonly cumsum: Operator<{
    default: (self: Tensor, dim: Int, options?: { dtype?: DType | null }) => Tensor;
    out: (self: Tensor, dim: Int, options: { dtype?: DType | null; out: Tensor }) => Tensor;
  }>;
  readonly cumsum_: Operator<{
    default: (self: Tensor, dim: Int, options?: { dtype?: DType | null }) => Tensor;
  }>;
  readonly cumulative_trapezoid: Operator<{
    dx: (y: Tensor, options?: { dx?: Scalar; dim?: Int }) => Tensor;
    x: (y: Tensor, x: Tensor, options?: { dim?: Int }) => Tensor;
  }>;
  readonly data: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly deg2rad: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly deg2rad_: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly dense_dim: Operator<{
    default: (self: Tensor) => number;
  }>;
  readonly dequantize: Operator<{
    self: (self: Tensor) => Tensor;
    self_out: (self: Tensor, options: { out: Tensor }) => Tensor;
    tensors: (tensors: readonly Tensor[]) => Tensor[];
    tensors_out: (tensors: readonly Tensor[], options: { out: readonly Tensor[] }) => void;
  }>;
  readonly det: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly detach: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly detach_: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly detach_copy: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly diag: Operator<{
    default: (...args: Args<[self: Tensor], [diagonal: Int], { diagonal?: Int }>) => Tensor;
    out: (self: Tensor, options: { diagonal?: Int; out: Tensor }) => Tensor;
  }>;
  readonly diag_embed: Operator<{
    default: (...args: Args<[self: Tensor], [offset: Int, dim1: Int, dim2: Int], { offset?: Int; dim1?: Int; dim2?: Int }>) => Tensor;
    out: (self: Tensor, options: { offset?: Int; dim1?: Int; dim2?: Int; out: Tensor }) => Tensor;
  }>;
  readonly diagflat: Operator<{
    default: (...args: Args<[self: Tensor], [offset: Int], { offset?: Int }>) => Tensor;
  }>;
  readonly diagonal: Operator<{
    default: (...args: Args<[self: Tensor], [offset: Int, dim1: Int, dim2: Int], { offset?: Int; dim1?: Int; dim2?: Int }>) => Tensor;
  }>;
  readonly diagonal_backward: Operator<{
    default: (grad_output: Tensor, input_sizes: readonly Int[], offset: Int, dim1: Int, dim2: Int) => Tensor;
    out: (grad_output: Tensor, input_sizes: readonly Int[], offset: Int, dim1: Int, dim2: Int, options: { out: Tensor }) => Tensor;
  }>;
  readonly diagonal_copy: Operator<{
    default: (...args: Args<[self: Tensor], [offset: Int, dim1: Int, dim2: Int], { offset?: Int; dim1?: Int; dim2?: Int }>) => Tensor;
    out: (self: Tensor, options: { offset?: Int; dim1?: Int; dim2?: Int; out: Tensor }) => Tensor;
  }>;
  readonly diagonal_scatter: Operator<{
    default: (...args: Args<[self: Tensor, src: Tensor], [offset: Int, dim1: Int, dim2: Int], { offset?: Int; dim1?: Int; dim2?: Int }>) => Tensor;
    out: (self: Tensor, src: Tensor, options: { offset?: Int; dim1?: Int; dim2?: Int; out: Tensor }) => Tensor;
  }>;
  readonly diff: Operator<{
    default: (...args: Args<[self: Tensor], [n: Int, dim: Int, prepend: Tensor | null, append: Tensor | null], { n?: Int; dim?: Int; prepend?: Tensor | null; append?: Tensor | null }>) => Tensor;
    out: (self: Tensor, options: { n?: Int; dim?: Int; prepend?: Tensor | null; append?: Tensor | null; out: Tensor }) => Tensor;
  }>;
  readonly digamma: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly digamma_: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly dim: Operator<{
    default: (self: Tensor) => number;
  }>;
  readonly dist: Operator<{
    default: (...args: Args<[self: Tensor, other: Tensor], [p: Scalar], { p?: Scalar }>) => Tensor;
    out: (self: Tensor, other: Tensor, options: { p?: Scalar; out: Tensor }) => Tensor;
  }>;
  readonly div: Operator<{
    Scalar: (self: Tensor, other: Scalar) => Tensor;
    Scalar_mode: (self: Tensor, other: Scalar, options: { rounding_mode: string | null }) => Tensor;
    Scalar_mode_out: (self: Tensor, other: Scalar, options: { rounding_mode: string | null; out: Tensor }) => Tensor;
    Scalar_out: (self: Tensor, other: Scalar, options: { out: Tensor }) => Tensor;
    Tensor: (self: Tensor, other: Tensor) => Tensor;
    Tensor_mode: (self: Tensor, other: Tensor, options: { rounding_mode: string | null }) => Tensor;
    out: (self: Tensor, other: Tensor, options: { out: Tensor }) => Tensor;
    out_mode: (self: Tensor, other: Tensor, options: { rounding_mode: string | null; out: Tensor }) => Tensor;
  }>;
  readonly div_: Operator<{
    Scalar: (self: Tensor, other: Scalar) => Tensor;
    Scalar_mode: (self: Tensor, other: Scalar, options: { rounding_mode: string | null }) => Tensor;
    Tensor: (self: Tensor, other: Tensor) => Tensor;
    Tensor_mode: (self: Tensor, other: Tensor, options: { rounding_mode: string | null }) => Tensor;
  }>;
  readonly divide: Operator<{
    Scalar: (self: Tensor, other: Scalar) => Tensor;
    Scalar_mode: (self: Tensor, other: Scalar, options: { rounding_mode: string | null }) => Tensor;
    Tensor: (self: Tensor, other: Tensor) => Tensor;
    Tensor_mode: (self: Tensor, other: Tensor, options: { rounding_mode: string | null }) => Tensor;
    out: (self: Tensor, other: Tensor, options: { out: Tensor }) => Tensor;
    out_mode: (self: Tensor, other: Tensor, options: { rounding_mode: string | null; out: Tensor }) => Tensor;
  }>;
  readonly divide_: Operator<{
    Scalar: (self: Tensor, other: Scalar) => Tensor;
    Scalar_mode: (self: Tensor, other: Scalar, options: { rounding_mode: string | null }) => Tensor;
    Tensor: (self: Tensor, other: Tensor) => Tensor;
    Tensor_mode: (self: Tensor, other: Tensor, options: { rounding_mode: string | null }) => Tensor;
  }>;
  readonly dot: Operator<{
    default: (self: Tensor, tensor: Tensor) => Tensor;
    out: (self: Tensor, tensor: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly dropout: Operator<{
    default: (input: Tensor, p: number, train: boolean) => Tensor;
  }>;
  readonly dropout_: Operator<{
    default: (self: Tensor, p: number, train: boolean) => Tensor;
  }>;
  readonly dsplit: Operator<{
    array: (self: Tensor, indices: readonly Int[]) => Tensor[];
    int: (self: Tensor, sections: Int) => Tensor[];
  }>;
  readonly dstack: Operator<{
    default: (tensors: readonly Tensor[]) => Tensor;
    out: (tensors: readonly Tensor[], options: { out: Tensor }) => Tensor;
  }>;
  readonly einsum: Operator<{
    default: (equation: string, tensors: readonly Tensor[], options?: { path?: readonly Int[] | null }) => Tensor;
  }>;
  readonly elu: Operator<{
    default: (...args: Args<[self: Tensor], [alpha: Scalar, scale: Scalar, input_scale: Scalar], { alpha?: Scalar; scale?: Scalar; input_scale?: Scalar }>) => Tensor;
    out: (self: Tensor, options: { alpha?: Scalar; scale?: Scalar; input_scale?: Scalar; out: Tensor }) => Tensor;
  }>;
  readonly elu_: Operator<{
    default: (...args: Args<[self: Tensor], [alpha: Scalar, scale: Scalar, input_scale: Scalar], { alpha?: Scalar; scale?: Scalar; input_scale?: Scalar }>) => Tensor;
  }>;
  readonly elu_backward: Operator<{
    default: (grad_output: Tensor, alpha: Scalar, scale: Scalar, input_scale: Scalar, is_result: boolean, self_or_result: Tensor) => Tensor;
    grad_input: (grad_output: Tensor, alpha: Scalar, scale: Scalar, input_scale: Scalar, is_result: boolean, self_or_result: Tensor, options: { grad_input: Tensor }) => Tensor;
  }>;
  readonly embedding: Operator<{
    default: (...args: Args<[weight: Tensor, indices: Tensor], [padding_idx: Int, scale_grad_by_freq: boolean, sparse: boolean], { padding_idx?: Int; scale_grad_by_freq?: boolean; sparse?: boolean }>) => Tensor;
    out: (weight: Tensor, indices: Tensor, options: { padding_idx?: Int; scale_grad_by_freq?: boolean; sparse?: boolean; out: Tensor }) => Tensor;
  }>;
  readonly embedding_backward: Operator<{
    default: (grad: Tensor, indices: Tensor, num_weights: Int, padding_idx: Int, scale_grad_by_freq: boolean, sparse: boolean) => Tensor;
  }>;
  readonly embedding_bag: Operator<{
    default: (...args: Args<[weight: Tensor, indices: Tensor, offsets: Tensor], [scale_grad_by_freq: boolean, mode: Int, sparse: boolean, per_sample_weights: Tensor | null, include_last_offset: boolean], { scale_grad_by_freq?: boolean; mode?: Int; sparse?: boolean; per_sample_weights?: Tensor | null; include_last_offset?: boolean }>) => [Tensor, Tensor, Tensor, Tensor];
    padding_idx: (weight: Tensor, indices: Tensor, offsets: Tensor, scale_grad_by_freq: boolean, mode: Int, sparse: boolean, per_sample_weights: Tensor | null, include_last_offset: boolean, padding_idx: Int | null) => [Tensor, Tensor, Tensor, Tensor];
  }>;
  readonly embedding_dense_backward: Operator<{
    default: (grad_output: Tensor, indices: Tensor, num_weights: Int, padding_idx: Int, scale_grad_by_freq: boolean) => Tensor;
    out: (grad_output: Tensor, indices: Tensor, num_weights: Int, padding_idx: Int, scale_grad_by_freq: boolean, options: { out: Tensor }) => Tensor;
  }>;
  readonly embedding_renorm: Operator<{
    default: (self: Tensor, indices: Tensor, max_norm: number, norm_type: number) => Tensor;
    out: (self: Tensor, indices: Tensor, max_norm: number, norm_type: number, options: { out: Tensor }) => Tensor;
  }>;
  readonly embedding_renorm_: Operator<{
    default: (self: Tensor, indices: Tensor, max_norm: number, norm_type: number) => Tensor;
  }>;
  readonly embedding_sparse_backward: Operator<{
    default: (grad: Tensor, indices: Tensor, num_weights: Int, padding_idx: Int, scale_grad_by_freq: boolean) => Tensor;
  }>;
  readonly empty: Operator<{
    memory_format: (size: readonly Int[], options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null; memory_format?: MemoryFormat | null }) => Tensor;
    out: (size: readonly Int[], options: { memory_format?: MemoryFormat | null; out: Tensor }) => Tensor;
  }>;
  readonly empty_like: Operator<{
    default: (self: Tensor, options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null; memory_format?: MemoryFormat | null }) => Tensor;
    out: (self: Tensor, options: { memory_format?: MemoryFormat | null; out: Tensor }) => Tensor;
  }>;
  readonly empty_permuted: Operator<{
    default: (size: readonly Int[], physical_layout: readonly Int[], options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }) => Tensor;
    out: (size: readonly Int[], physical_layout: readonly Int[], options: { out: Tensor }) => Tensor;
  }>;
  readonly empty_quantized: Operator<{
    default: (size: readonly Int[], qtensor: Tensor, options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null; memory_format?: MemoryFormat | null }) => Tensor;
    out: (size: readonly Int[], qtensor: Tensor, options: { memory_format?: MemoryFormat | null; out: Tensor }) => Tensor;
  }>;
  readonly empty_strided: Operator<{
    default: (size: readonly Int[], stride: readonly Int[], options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }) => Tensor;
    out: (size: readonly Int[], stride: readonly Int[], options: { out: Tensor }) => Tensor;
  }>;
  readonly eq: Operator<{
    Scalar: (self: Tensor, other: Scalar) => Tensor;
    Scalar_out: (self: Tensor, other: Scalar, options: { out: Tensor }) => Tensor;
    Tensor: (self: Tensor, other: Tensor) => Tensor;
    Tensor_out: (self: Tensor, other: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly eq_: Operator<{
    Scalar: (self: Tensor, other: Scalar) => Tensor;
    Tensor: (self: Tensor, other: Tensor) => Tensor;
  }>;
  readonly equal: Operator<{
    default: (self: Tensor, other: Tensor) => boolean;
  }>;
  readonly erf: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly erf_: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly erfc: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly erfc_: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly erfinv: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly erfinv_: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly exp: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly exp2: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly exp2_: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly exp_: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly expand: Operator<{
    default: (self: Tensor, size: readonly Int[], options?: { implicit?: boolean }) => Tensor;
  }>;
  readonly expand_as: Operator<{
    default: (self: Tensor, other: Tensor) => Tensor;
  }>;
  readonly expand_copy: Operator<{
    default: (self: Tensor, size: readonly Int[], options?: { implicit?: boolean }) => Tensor;
    out: (self: Tensor, size: readonly Int[], options: { implicit?: boolean; out: Tensor }) => Tensor;
  }>;
  readonly expm1: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly expm1_: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly exponential: Operator<{
    default: (...args: Args<[self: Tensor], [lambd: number], { lambd?: number; generator?: Generator }>) => Tensor;
    out: (self: Tensor, options: { lambd?: number; generator?: Generator; out: Tensor }) => Tensor;
  }>;
  readonly exponential_: Operator<{
    default: (...args: Args<[self: Tensor], [lambd: number], { lambd?: number; generator?: Generator }>) => Tensor;
  }>;
  readonly eye: Operator<{
    default: (n: Int, options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }) => Tensor;
    m: (n: Int, m: Int, options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }) => Tensor;
    m_out: (n: Int, m: Int, options: { out: Tensor }) => Tensor;
    out: (n: Int, options: { out: Tensor }) => Tensor;
  }>;
  readonly fake_quantize_per_channel_affine: Operator<{
    default: (self: Tensor, scale: Tensor, zero_point: Tensor, axis: Int, quant_min: Int, quant_max: Int) => Tensor;
  }>;
  readonly fake_quantize_per_channel_affine_cachemask: Operator<{
    default: (self: Tensor, scale: Tensor, zero_point: Tensor, axis: Int, quant_min: Int, quant_max: Int) => [output: Tensor, mask: Tensor];
    out: (self: Tensor, scale: Tensor, zero_point: Tensor, axis: Int, quant_min: Int, quant_max: Int, options: { out0: Tensor; out1: Tensor }) => [Tensor, Tensor];
  }>;
  readonly fake_quantize_per_channel_affine_cachemask_backward: Operator<{
    default: (grad: Tensor, mask: Tensor) => Tensor;
  }>;
  readonly fake_quantize_per_tensor_affine: Operator<{
    default: (self: Tensor, scale: number, zero_point: Int, quant_min: Int, quant_max: Int) => Tensor;
    tensor_qparams: (self: Tensor, scale: Tensor, zero_point: Tensor, quant_min: Int, quant_max: Int) => Tensor;
  }>;
  readonly fake_quantize_per_tensor_affine_cachemask: Operator<{
    default: (self: Tensor, scale: number, zero_point: Int, quant_min: Int, quant_max: Int) => [output: Tensor, mask: Tensor];
    out: (self: Tensor, scale: number, zero_point: Int, quant_min: Int, quant_max: Int, options: { out0: Tensor; out1: Tensor }) => [Tensor, Tensor];
  }>;
  readonly fake_quantize_per_tensor_affine_cachemask_backward: Operator<{
    default: (grad: Tensor, mask: Tensor) => Tensor;
  }>;
  readonly fbgemm_linear_fp16_weight: Operator<{
    default: (input: Tensor, packed_weight: Tensor, bias: Tensor) => Tensor;
    out: (input: Tensor, packed_weight: Tensor, bias: Tensor, output: Tensor) => Tensor;
  }>;
  readonly fbgemm_linear_fp16_weight_fp32_activation: Operator<{
    default: (input: Tensor, packed_weight: Tensor, bias: Tensor | null) => Tensor;
    out: (input: Tensor, packed_weight: Tensor, bias: Tensor | null, output: Tensor) => Tensor;
  }>;
  readonly fbgemm_linear_int8_weight: Operator<{
    default: (input: Tensor, weight: Tensor, packed: Tensor, col_offsets: Tensor, weight_scale: Scalar, weight_zero_point: Scalar, bias: Tensor) => Tensor;
  }>;
  readonly fbgemm_linear_int8_weight_fp32_activation: Operator<{
    default: (input: Tensor, weight: Tensor, packed: Tensor, col_offsets: Tensor, weight_scale: Scalar, weight_zero_point: Scalar, bias: Tensor) => Tensor;
  }>;
  readonly fbgemm_linear_quantize_weight: Operator<{
    default: (input: Tensor) => [Tensor, Tensor, number, number];
  }>;
  readonly fbgemm_pack_gemm_matrix_fp16: Operator<{
    default: (input: Tensor) => Tensor;
  }>;
  readonly fbgemm_pack_quantized_matrix: Operator<{
    KN: (input: Tensor, K: Int, N: Int) => Tensor;
    default: (input: Tensor) => Tensor;
  }>;
  readonly feature_alpha_dropout: Operator<{
    default: (input: Tensor, p: number, train: boolean) => Tensor;
  }>;
  readonly feature_alpha_dropout_: Operator<{
    default: (self: Tensor, p: number, train: boolean) => Tensor;
  }>;
  readonly feature_dropout: Operator<{
    default: (input: Tensor, p: number, train: boolean) => Tensor;
  }>;
  readonly feature_dropout_: Operator<{
    default: (self: Tensor, p: number, train: boolean) => Tensor;
  }>;
  readonly fft_fft: Operator<{
    default: (...args: Args<[self: Tensor], [n: Int | null, dim: Int, norm: string | null], { n?: Int | null; dim?: Int; norm?: string | null }>) => Tensor;
    out: (self: Tensor, options: { n?: Int | null; dim?: Int; norm?: string | null; out: Tensor }) => Tensor;
  }>;
  readonly fft_fft2: Operator<{
    default: (...args: Args<[self: Tensor], [s: Ints | null, dim: Ints, norm: string | null], { s?: Ints | null; dim?: Ints; norm?: string | null }>) => Tensor;
    out: (self: Tensor, options: { s?: Ints | null; dim?: Ints; norm?: string | null; out: Tensor }) => Tensor;
  }>;
  readonly fft_fftfreq: Operator<{
    default: (...args: Args<[n: Int], [d: number], { d?: number; dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }>) => Tensor;
    out: (n: Int, options: { d?: number; out: Tensor }) => Tensor;
  }>;
  readonly fft_fftn: Operator<{
    default: (...args: Args<[self: Tensor], [s: Ints | null, dim: Ints | null, norm: string | null], { s?: Ints | null; dim?: Ints | null; norm?: string | null }>) => Tensor;
    out: (self: Tensor, options: { s?: Ints | null; dim?: Ints | null; norm?: string | null; out: Tensor }) => Tensor;
  }>;
  readonly fft_fftshift: Operator<{
    default: (...args: Args<[self: Tensor], [dim: Ints | null], { dim?: Ints | null }>) => Tensor;
  }>;
  readonly fft_hfft: Operator<{
    default: (...args: Args<[self: Tensor], [n: Int | null, dim: Int, norm: string | null], { n?: Int | null; dim?: Int; norm?: string | null }>) => Tensor;
    out: (self: Tensor, options: { n?: Int | null; dim?: Int; norm?: string | null; out: Tensor }) => Tensor;
  }>;
  readonly fft_hfft2: Operator<{
    default: (...args: Args<[self: Tensor], [s: Ints | null, dim: Ints, norm: string | null], { s?: Ints | null; dim?: Ints; norm?: string | null }>) => Tensor;
    out: (self: Tensor, options: { s?: Ints | null; dim?: Ints; norm?: string | null; out: Tensor }) => Tensor;
  }>;
  readonly fft_hfftn: Operator<{
    default: (...args: Args<[self: Tensor], [s: Ints | null, dim: Ints | null, norm: string | null], { s?: Ints | null; dim?: Ints | null; norm?: string | null }>) => Tensor;
    out: (self: Tensor, options: { s?: Ints | null; dim?: Ints | null; norm?: string | null; out: Tensor }) => Tensor;
  }>;
  readonly fft_ifft: Operator<{
    default: (...args: Args<[self: Tensor], [n: Int | null, dim: Int, norm: string | null], { n?: Int | null; dim?: Int; norm?: string | null }>) => Tensor;
    out: (self: Tensor, options: { n?: Int | null; dim?: Int; norm?: string | null; out: Tensor }) => Tensor;
  }>;
  readonly fft_ifft2: Operator<{
    default: (...args: Args<[self: Tensor], [s: Ints | null, dim: Ints, norm: string | null], { s?: Ints | null; dim?: Ints; norm?: string | null }>) => Tensor;
    out: (self: Tensor, options: { s?: Ints | null; dim?: Ints; norm?: string | null; out: Tensor }) => Tensor;
  }>;
  readonly fft_ifftn: Operator<{
    default: (...args: Args<[self: Tensor], [s: Ints | null, dim: Ints | null, norm: string | null], { s?: Ints | null; dim?: Ints | null; norm?: string | null }>) => Tensor;
    out: (self: Tensor, options: { s?: Ints | null; dim?: Ints | null; norm?: string | null; out: Tensor }) => Tensor;
  }>;
  readonly fft_ifftshift: Operator<{
    default: (...args: Args<[self: Tensor], [dim: Ints | null], { dim?: Ints | null }>) => Tensor;
  }>;
  readonly fft_ihfft: Operator<{
    default: (...args: Args<[self: Tensor], [n: Int | null, dim: Int, norm: string | null], { n?: Int | null; dim?: Int; norm?: string | null }>) => Tensor;
    out: (self: Tensor, options: { n?: Int | null; dim?: Int; norm?: string | null; out: Tensor }) => Tensor;
  }>;
  readonly fft_ihfft2: Operator<{
    default: (...args: Args<[self: Tensor], [s: Ints | null, dim: Ints, norm: string | null], { s?: Ints | null; dim?: Ints; norm?: string | null }>) => Tensor;
    out: (self: Tensor, options: { s?: Ints | null; dim?: Ints; norm?: string | null; out: Tensor }) => Tensor;
  }>;
  readonly fft_ihfftn: Operator<{
    default: (...args: Args<[self: Tensor], [s: Ints | null, dim: Ints | null, norm: string | null], { s?: Ints | null; dim?: Ints | null; norm?: string | null }>) => Tensor;
    out: (self: Tensor, options: { s?: Ints | null; dim?: Ints | null; norm?: string | null; out: Tensor }) => Tensor;
  }>;
  readonly fft_irfft: Operator<{
    default: (...args: Args<[self: Tensor], [n: Int | null, dim: Int, norm: string | null], { n?: Int | null; dim?: Int; norm?: string | null }>) => Tensor;
    out: (self: Tensor, options: { n?: Int | null; dim?: Int; norm?: string | null; out: Tensor }) => Tensor;
  }>;
  readonly fft_irfft2: Operator<{
    default: (...args: Args<[self: Tensor], [s: Ints | null, dim: Ints, norm: string | null], { s?: Ints | null; dim?: Ints; norm?: string | null }>) => Tensor;
    out: (self: Tensor, options: { s?: Ints | null; dim?: Ints; norm?: string | null; out: Tensor }) => Tensor;
  }>;
  readonly fft_irfftn: Operator<{
    default: (...args: Args<[self: Tensor], [s: Ints | null, dim: Ints | null, norm: string | null], { s?: Ints | null; dim?: Ints | null; norm?: string | null }>) => Tensor;
    out: (self: Tensor, options: { s?: Ints | null; dim?: Ints | null; norm?: string | null; out: Tensor }) => Tensor;
  }>;
  readonly fft_rfft: Operator<{
    default: (...args: Args<[self: Tensor], [n: Int | null, dim: Int, norm: string | null], { n?: Int | null; dim?: Int; norm?: string | null }>) => Tensor;
    out: (self: Tensor, options: { n?: Int | null; dim?: Int; norm?: string | null; out: Tensor }) => Tensor;
  }>;
  readonly fft_rfft2: Operator<{
    default: (...args: Args<[self: Tensor], [s: Ints | null, dim: Ints, norm: string | null], { s?: Ints | null; dim?: Ints; norm?: string | null }>) => Tensor;
    out: (self: Tensor, options: { s?: Ints | null; dim?: Ints; norm?: string | null; out: Tensor }) => Tensor;
  }>;
  readonly fft_rfftfreq: Operator<{
    default: (...args: Args<[n: Int], [d: number], { d?: number; dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }>) => Tensor;
    out: (n: Int, options: { d?: number; out: Tensor }) => Tensor;
  }>;
  readonly fft_rfftn: Operator<{
    default: (...args: Args<[self: Tensor], [s: Ints | null, dim: Ints | null, norm: string | null], { s?: Ints | null; dim?: Ints | null; norm?: string | null }>) => Tensor;
    out: (self: Tensor, options: { s?: Ints | null; dim?: Ints | null; norm?: string | null; out: Tensor }) => Tensor;
  }>;
  readonly fill: Operator<{
    Scalar: (self: Tensor, value: Scalar) => Tensor;
    Scalar_out: (self: Tensor, value: Scalar, options: { out: Tensor }) => Tensor;
    Tensor: (self: Tensor, value: Tensor) => Tensor;
    Tensor_out: (self: Tensor, value: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly fill_: Operator<{
    Scalar: (self: Tensor, value: Scalar) => Tensor;
    Tensor: (self: Tensor, value: Tensor) => Tensor;
  }>;
  readonly fill_diagonal_: Operator<{
    default: (...args: Args<[self: Tensor, fill_value: Scalar], [wrap: boolean], { wrap?: boolean }>) => Tensor;
  }>;
  readonly fix: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly fix_: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly flatten: Operator<{
    using_ints: (...args: Args<[self: Tensor], [start_dim: Int, end_dim: Int], { start_dim?: Int; end_dim?: Int }>) => Tensor;
  }>;
  readonly flatten_dense_tensors: Operator<{
    default: (tensors: readonly Tensor[]) => Tensor;
  }>;
  readonly flip: Operator<{
    default: (self: Tensor, dims: readonly Int[]) => Tensor;
    out: (self: Tensor, dims: readonly Int[], options: { out: Tensor }) => Tensor;
  }>;
  readonly fliplr: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly flipud: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly float_power: Operator<{
    Scalar: (self: Scalar, exponent: Tensor) => Tensor;
    Scalar_out: (self: Scalar, exponent: Tensor, options: { out: Tensor }) => Tensor;
    Tensor_Scalar: (self: Tensor, exponent: Scalar) => Tensor;
    Tensor_Scalar_out: (self: Tensor, exponent: Scalar, options: { out: Tensor }) => Tensor;
    Tensor_Tensor: (self: Tensor, exponent: Tensor) => Tensor;
    Tensor_Tensor_out: (self: Tensor, exponent: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly float_power_: Operator<{
    Scalar: (self: Tensor, exponent: Scalar) => Tensor;
    Tensor: (self: Tensor, exponent: Tensor) => Tensor;
  }>;
  readonly floor: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly floor_: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly floor_divide: Operator<{
    Scalar: (self: Tensor, other: Scalar) => Tensor;
    Scalar_out: (self: Tensor, other: Scalar, options: { out: Tensor }) => Tensor;
    default: (self: Tensor, other: Tensor) => Tensor;
    out: (self: Tensor, other: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly floor_divide_: Operator<{
    Scalar: (self: Tensor, other: Scalar) => Tensor;
    Tensor: (self: Tensor, other: Tensor) => Tensor;
  }>;
  readonly fmax: Operator<{
    default: (self: Tensor, other: Tensor) => Tensor;
    out: (self: Tensor, other: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly fmin: Operator<{
    default: (self: Tensor, other: Tensor) => Tensor;
    out: (self: Tensor, other: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly fmod: Operator<{
    Scalar: (self: Tensor, other: Scalar) => Tensor;
    Scalar_out: (self: Tensor, other: Scalar, options: { out: Tensor }) => Tensor;
    Tensor: (self: Tensor, other: Tensor) => Tensor;
    Tensor_out: (self: Tensor, other: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly fmod_: Operator<{
    Scalar: (self: Tensor, other: Scalar) => Tensor;
    Tensor: (self: Tensor, other: Tensor) => Tensor;
  }>;
  readonly frac: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly frac_: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly fractional_max_pool2d: Operator<{
    default: (self: Tensor, kernel_size: Ints, output_size: Ints, random_samples: Tensor) => [Tensor, Tensor];
    output: (self: Tensor, kernel_size: Ints, output_size: Ints, random_samples: Tensor, options: { output: Tensor; indices: Tensor }) => [Tensor, Tensor];
  }>;
  readonly fractional_max_pool2d_backward: Operator<{
    default: (grad_output: Tensor, self: Tensor, kernel_size: Ints, output_size: Ints, indices: Tensor) => Tensor;
    grad_input: (grad_output: Tensor, self: Tensor, kernel_size: Ints, output_size: Ints, indices: Tensor, options: { grad_input: Tensor }) => Tensor;
  }>;
  readonly fractional_max_pool3d: Operator<{
    default: (self: Tensor, kernel_size: Ints, output_size: Ints, random_samples: Tensor) => [Tensor, Tensor];
    output: (self: Tensor, kernel_size: Ints, output_size: Ints, random_samples: Tensor, options: { output: Tensor; indices: Tensor }) => [Tensor, Tensor];
  }>;
  readonly fractional_max_pool3d_backward: Operator<{
    default: (grad_output: Tensor, self: Tensor, kernel_size: Ints, output_size: Ints, indices: Tensor) => Tensor;
    grad_input: (grad_output: Tensor, self: Tensor, kernel_size: Ints, output_size: Ints, indices: Tensor, options: { grad_input: Tensor }) => Tensor;
  }>;
  readonly frexp: Operator<{
    Tensor: (self: Tensor) => [mantissa: Tensor, exponent: Tensor];
    Tensor_out: (self: Tensor, options: { mantissa: Tensor; exponent: Tensor }) => [mantissa: Tensor, exponent: Tensor];
  }>;
  readonly frobenius_norm: Operator<{
    dim: (...args: Args<[self: Tensor, dim: Ints], [keepdim: boolean], { keepdim?: boolean }>) => Tensor;
    out: (self: Tensor, dim: Ints, options: { keepdim?: boolean; out: Tensor }) => Tensor;
  }>;
  readonly from_file: Operator<{
    default: (...args: Args<[filename: string], [shared: boolean | null, size: Int | null], { shared?: boolean | null; size?: Int | null; dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }>) => Tensor;
    out: (filename: string, options: { shared?: boolean | null; size?: Int | null; out: Tensor }) => Tensor;
  }>;
  readonly full: Operator<{
    default: (size: readonly Int[], fill_value: Scalar, options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }) => Tensor;
    out: (size: readonly Int[], fill_value: Scalar, options: { out: Tensor }) => Tensor;
  }>;
  readonly full_like: Operator<{
    default: (self: Tensor, fill_value: Scalar, options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null; memory_format?: MemoryFormat | null }) => Tensor;
    out: (self: Tensor, fill_value: Scalar, options: { memory_format?: MemoryFormat | null; out: Tensor }) => Tensor;
  }>;
  readonly fused_moving_avg_obs_fake_quant: Operator<{
    default: (...args: Args<[self: Tensor, observer_on: Tensor, fake_quant_on: Tensor, running_min: Tensor, running_max: Tensor, scale: Tensor, zero_point: Tensor, averaging_const: number, quant_min: Int, quant_max: Int, ch_axis: Int], [per_row_fake_quant: boolean, symmetric_quant: boolean], { per_row_fake_quant?: boolean; symmetric_quant?: boolean }>) => Tensor;
  }>;
  readonly gather: Operator<{
    default: (self: Tensor, dim: Int, index: Tensor, options?: { sparse_grad?: boolean }) => Tensor;
    out: (self: Tensor, dim: Int, index: Tensor, options: { sparse_grad?: boolean; out: Tensor }) => Tensor;
  }>;
  readonly gather_backward: Operator<{
    default: (grad: Tensor, self: Tensor, dim: Int, index: Tensor, sparse_grad: boolean) => Tensor;
  }>;
  readonly gcd: Operator<{
    default: (self: Tensor, other: Tensor) => Tensor;
    out: (self: Tensor, other: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly gcd_: Operator<{
    default: (self: Tensor, other: Tensor) => Tensor;
  }>;
  readonly ge: Operator<{
    Scalar: (self: Tensor, other: Scalar) => Tensor;
    Scalar_out: (self: Tensor, other: Scalar, options: { out: Tensor }) => Tensor;
    Tensor: (self: Tensor, other: Tensor) => Tensor;
    Tensor_out: (self: Tensor, other: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly ge_: Operator<{
    Scalar: (self: Tensor, other: Scalar) => Tensor;
    Tensor: (self: Tensor, other: Tensor) => Tensor;
  }>;
  readonly gelu: Operator<{
    default: (self: Tensor, options?: { approximate?: string }) => Tensor;
    out: (self: Tensor, options: { approximate?: string; out: Tensor }) => Tensor;
  }>;
  readonly gelu_: Operator<{
    default: (self: Tensor, options?: { approximate?: string }) => Tensor;
  }>;
  readonly gelu_backward: Operator<{
    default: (grad_output: Tensor, self: Tensor, options?: { approximate?: string }) => Tensor;
    grad_input: (grad_output: Tensor, self: Tensor, options: { approximate?: string; grad_input: Tensor }) => Tensor;
  }>;
  readonly geometric: Operator<{
    default: (self: Tensor, p: number, options?: { generator?: Generator }) => Tensor;
    out: (self: Tensor, p: number, options: { generator?: Generator; out: Tensor }) => Tensor;
  }>;
  readonly geometric_: Operator<{
    default: (self: Tensor, p: number, options?: { generator?: Generator }) => Tensor;
  }>;
  readonly geqrf: Operator<{
    a: (self: Tensor, options: { a: Tensor; tau: Tensor }) => [a: Tensor, tau: Tensor];
    default: (self: Tensor) => [a: Tensor, tau: Tensor];
  }>;
  readonly ger: Operator<{
    default: (self: Tensor, vec2: Tensor) => Tensor;
    out: (self: Tensor, vec2: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly get_device: Operator<{
    default: (self: Tensor) => number;
  }>;
  readonly glu: Operator<{
    default: (...args: Args<[self: Tensor], [dim: Int], { dim?: Int }>) => Tensor;
    out: (self: Tensor, options: { dim?: Int; out: Tensor }) => Tensor;
  }>;
  readonly glu_backward: Operator<{
    default: (grad_output: Tensor, self: Tensor, dim: Int) => Tensor;
    grad_input: (grad_output: Tensor, self: Tensor, dim: Int, options: { grad_input: Tensor }) => Tensor;
  }>;
  readonly glu_backward_jvp: Operator<{
    default: (grad_x: Tensor, grad_glu: Tensor, x: Tensor, dgrad_glu: Tensor, dx: Tensor, dim: Int) => Tensor;
    out: (grad_x: Tensor, grad_glu: Tensor, x: Tensor, dgrad_glu: Tensor, dx: Tensor, dim: Int, options: { out: Tensor }) => Tensor;
  }>;
  readonly glu_jvp: Operator<{
    default: (glu: Tensor, x: Tensor, dx: Tensor, dim: Int) => Tensor;
    out: (glu: Tensor, x: Tensor, dx: Tensor, dim: Int, options: { out: Tensor }) => Tensor;
  }>;
  readonly gradient: Operator<{
    array: (self: Tensor, options: { dim: readonly Int[]; edge_order?: Int }) => Tensor[];
    scalararray: (self: Tensor, options: { spacing: Scalar; dim: readonly Int[]; edge_order?: Int }) => Tensor[];
    scalarint: (self: Tensor, options?: { spacing?: Scalar | null; dim?: Int | null; edge_order?: Int }) => Tensor[];
    scalarrayarray: (self: Tensor, options: { spacing: readonly Scalar[]; dim: readonly Int[]; edge_order?: Int }) => Tensor[];
    scalarrayint: (self: Tensor, options: { spacing: readonly Scalar[]; dim?: Int | null; edge_order?: Int }) => Tensor[];
    tensorarray: (self: Tensor, options: { spacing: readonly Tensor[]; dim: readonly Int[]; edge_order?: Int }) => Tensor[];
    tensorarrayint: (self: Tensor, options: { spacing: readonly Tensor[]; dim?: Int | null; edge_order?: Int }) => Tensor[];
  }>;
  readonly greater: Operator<{
    Scalar: (self: Tensor, other: Scalar) => Tensor;
    Scalar_out: (self: Tensor, other: Scalar, options: { out: Tensor }) => Tensor;
    Tensor: (self: Tensor, other: Tensor) => Tensor;
    Tensor_out: (self: Tensor, other: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly greater_: Operator<{
    Scalar: (self: Tensor, other: Scalar) => Tensor;
    Tensor: (self: Tensor, other: Tensor) => Tensor;
  }>;
  readonly greater_equal: Operator<{
    Scalar: (self: Tensor, other: Scalar) => Tensor;
    Scalar_out: (self: Tensor, other: Scalar, options: { out: Tensor }) => Tensor;
    Tensor: (self: Tensor, other: Tensor) => Tensor;
    Tensor_out: (self: Tensor, other: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly greater_equal_: Operator<{
    Scalar: (self: Tensor, other: Scalar) => Tensor;
    Tensor: (self: Tensor, other: Tensor) => Tensor;
  }>;
  readonly grid_sampler: Operator<{
    default: (input: Tensor, grid: Tensor, interpolation_mode: Int, padding_mode: Int, align_corners: boolean) => Tensor;
  }>;
  readonly grid_sampler_2d: Operator<{
    default: (input: Tensor, grid: Tensor, interpolation_mode: Int, padding_mode: Int, align_corners: boolean) => Tensor;
    out: (input: Tensor, grid: Tensor, interpolation_mode: Int, padding_mode: Int, align_corners: boolean, options: { out: Tensor }) => Tensor;
  }>;
  readonly grid_sampler_2d_backward: Operator<{
    default: (grad_output: Tensor, input: Tensor, grid: Tensor, interpolation_mode: Int, padding_mode: Int, align_corners: boolean, output_mask: readonly boolean[]) => [Tensor, Tensor];
    out: (grad_output: Tensor, input: Tensor, grid: Tensor, interpolation_mode: Int, padding_mode: Int, align_corners: boolean, output_mask: readonly boolean[], options: { out0: Tensor; out1: Tensor }) => [Tensor, Tensor];
  }>;
  readonly grid_sampler_3d: Operator<{
    default: (input: Tensor, grid: Tensor, interpolation_mode: Int, padding_mode: Int, align_corners: boolean) => Tensor;
    out: (input: Tensor, grid: Tensor, interpolation_mode: Int, padding_mode: Int, align_corners: boolean, options: { out: Tensor }) => Tensor;
  }>;
  readonly grid_sampler_3d_backward: Operator<{
    default: (grad_output: Tensor, input: Tensor, grid: Tensor, interpolation_mode: Int, padding_mode: Int, align_corners: boolean, output_mask: readonly boolean[]) => [Tensor, Tensor];
    out: (grad_output: Tensor, input: Tensor, grid: Tensor, interpolation_mode: Int, padding_mode: Int, align_corners: boolean, output_mask: readonly boolean[], options: { out0: Tensor; out1: Tensor }) => [Tensor, Tensor];
  }>;
  readonly group_norm: Operator<{
    default: (...args: Args<[input: Tensor, num_groups: Int], [weight: Tensor | null, bias: Tensor | null, eps: number, cudnn_enabled: boolean], { weight?: Tensor | null; bias?: Tensor | null; eps?: number; cudnn_enabled?: boolean }>) => Tensor;
  }>;
  readonly gru: Operator<{
    data: (data: Tensor, batch_sizes: Tensor, hx: Tensor, params: readonly Tensor[], has_biases: boolean, num_layers: Int, dropout: number, train: boolean, bidirectional: boolean) => [Tensor, Tensor];
    input: (input: Tensor, hx: Tensor, params: readonly Tensor[], has_biases: boolean, num_layers: Int, dropout: number, train: boolean, bidirectional: boolean, batch_first: boolean) => [Tensor, Tensor];
  }>;
  readonly gru_cell: Operator<{
    default: (...args: Args<[input: Tensor, hx: Tensor, w_ih: Tensor, w_hh: Tensor], [b_ih: Tensor | null, b_hh: Tensor | null], { b_ih?: Tensor | null; b_hh?: Tensor | null }>) => Tensor;
  }>;
  readonly gt: Operator<{
    Scalar: (self: Tensor, other: Scalar) => Tensor;
    Scalar_out: (self: Tensor, other: Scalar, options: { out: Tensor }) => Tensor;
    Tensor: (self: Tensor, other: Tensor) => Tensor;
    Tensor_out: (self: Tensor, other: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly gt_: Operator<{
    Scalar: (self: Tensor, other: Scalar) => Tensor;
    Tensor: (self: Tensor, other: Tensor) => Tensor;
  }>;
  readonly hamming_window: Operator<{
    default: (window_length: Int, options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }) => Tensor;
    out: (window_length: Int, options: { out: Tensor }) => Tensor;
    periodic: (window_length: Int, periodic: boolean, options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }) => Tensor;
    periodic_alpha: (window_length: Int, periodic: boolean, alpha: number, options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }) => Tensor;
    periodic_alpha_beta: (window_length: Int, periodic: boolean, alpha: number, beta: number, options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }) => Tensor;
    periodic_alpha_beta_out: (window_length: Int, periodic: boolean, alpha: number, beta: number, options: { out: Tensor }) => Tensor;
    periodic_alpha_out: (window_length: Int, periodic: boolean, alpha: number, options: { out: Tensor }) => Tensor;
    periodic_out: (window_length: Int, periodic: boolean, options: { out: Tensor }) => Tensor;
  }>;
  readonly hann_window: Operator<{
    default: (window_length: Int, options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }) => Tensor;
    out: (window_length: Int, options: { out: Tensor }) => Tensor;
    periodic: (window_length: Int, periodic: boolean, options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }) => Tensor;
    periodic_out: (window_length: Int, periodic: boolean, options: { out: Tensor }) => Tensor;
  }>;
  readonly hardshrink: Operator<{
    default: (...args: Args<[self: Tensor], [lambd: Scalar], { lambd?: Scalar }>) => Tensor;
    out: (self: Tensor, options: { lambd?: Scalar; out: Tensor }) => Tensor;
  }>;
  readonly hardshrink_backward: Operator<{
    default: (grad_out: Tensor, self: Tensor, lambd: Scalar) => Tensor;
    grad_input: (grad_out: Tensor, self: Tensor, lambd: Scalar, options: { grad_input: Tensor }) => Tensor;
  }>;
  readonly hardsigmoid: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly hardsigmoid_: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly hardsigmoid_backward: Operator<{
    default: (grad_output: Tensor, self: Tensor) => Tensor;
    grad_input: (grad_output: Tensor, self: Tensor, options: { grad_input: Tensor }) => Tensor;
  }>;
  readonly hardswish: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly hardswish_: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly hardswish_backward: Operator<{
    default: (grad_output: Tensor, self: Tensor) => Tensor;
    out: (grad_output: Tensor, self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly hardtanh: Operator<{
    default: (...args: Args<[self: Tensor], [min_val: Scalar, max_val: Scalar], { min_val?: Scalar; max_val?: Scalar }>) => Tensor;
    out: (self: Tensor, options: { min_val?: Scalar; max_val?: Scalar; out: Tensor }) => Tensor;
  }>;
  readonly hardtanh_: Operator<{
    default: (...args: Args<[self: Tensor], [min_val: Scalar, max_val: Scalar], { min_val?: Scalar; max_val?: Scalar }>) => Tensor;
  }>;
  readonly hardtanh_backward: Operator<{
    default: (grad_output: Tensor, self: Tensor, min_val: Scalar, max_val: Scalar) => Tensor;
    grad_input: (grad_output: Tensor, self: Tensor, min_val: Scalar, max_val: Scalar, options: { grad_input: Tensor }) => Tensor;
  }>;
  readonly hash_tensor: Operator<{
    default: (...args: Args<[self: Tensor], [dim: Ints], { dim?: Ints; keepdim?: boolean; mode?: Int }>) => Tensor;
    out: (self: Tensor, options: { dim?: Ints; keepdim?: boolean; mode?: Int; out: Tensor }) => Tensor;
  }>;
  readonly heaviside: Operator<{
    default: (self: Tensor, values: Tensor) => Tensor;
    out: (self: Tensor, values: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly heaviside_: Operator<{
    default: (self: Tensor, values: Tensor) => Tensor;
  }>;
  readonly hinge_embedding_loss: Operator<{
    default: (...args: Args<[self: Tensor, target: Tensor], [margin: number, reduction: Int], { margin?: number; reduction?: Int }>) => Tensor;
  }>;
  readonly histc: Operator<{
    default: (...args: Args<[self: Tensor], [bins: Int, min: Scalar, max: Scalar], { bins?: Int; min?: Scalar; max?: Scalar }>) => Tensor;
    out: (self: Tensor, options: { bins?: Int; min?: Scalar; max?: Scalar; out: Tensor }) => Tensor;
  }>;
  readonly histogram: Operator<{
    bin_ct: (...args: Args<[self: Tensor], [bins: Int], { bins?: Int; range?: readonly number[] | null; weight?: Tensor | null; density?: boolean }>) => [hist: Tensor, bin_edges: Tensor];
    bin_ct_out: (self: Tensor, options: { bins?: Int; range?: readonly number[] | null; weight?: Tensor | null; density?: boolean; hist: Tensor; bin_edges: Tensor }) => [hist: Tensor, bin_edges: Tensor];
    bins_tensor: (self: Tensor, bins: Tensor, options?: { weight?: Tensor | null; density?: boolean }) => [hist: Tensor, bin_edges: Tensor];
    bins_tensor_out: (self: Tensor, bins: Tensor, options: { weight?: Tensor | null; density?: boolean; hist: Tensor; bin_edges: Tensor }) => [hist: Tensor, bin_edges: Tensor];
  }>;
  readonly histogramdd: Operator<{
    TensorList_bins: (...args: Args<[self: Tensor, bins: readonly Tensor[]], [range: readonly number[] | null, weight: Tensor | null, density: boolean], { range?: readonly number[] | null; weight?: Tensor | null; density?: boolean }>) => [hist: Tensor, bin_edges: Tensor[]];
    default: (...args: Args<[self: Tensor, bins: readonly Int[]], [range: readonly number[] | null, weight: Tensor | null, density: boolean], { range?: readonly number[] | null; weight?: Tensor | null; density?: boolean }>) => [hist: Tensor, bin_edges: Tensor[]];
    int_bins: (...args: Args<[self: Tensor, bins: Int], [range: readonly number[] | null, weight: Tensor | null, density: boolean], { range?: readonly number[] | null; weight?: Tensor | null; density?: boolean }>) => [hist: Tensor, bin_edges: Tensor[]];
  }>;
  readonly hsplit: Operator<{
    array: (self: Tensor, indices: readonly Int[]) => Tensor[];
    int: (self: Tensor, sections: Int) => Tensor[];
  }>;
  readonly hspmm: Operator<{
    default: (mat1: Tensor, mat2: Tensor) => Tensor;
    out: (mat1: Tensor, mat2: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly hstack: Operator<{
    default: (tensors: readonly Tensor[]) => Tensor;
    out: (tensors: readonly Tensor[], options: { out: Tensor }) => Tensor;
  }>;
  readonly huber_loss: Operator<{
    default: (...args: Args<[self: Tensor, target: Tensor], [reduction: Int, delta: number], { reduction?: Int; delta?: number }>) => Tensor;
    out: (self: Tensor, target: Tensor, options: { reduction?: Int; delta?: number; out: Tensor }) => Tensor;
  }>;
  readonly huber_loss_backward: Operator<{
    default: (grad_output: Tensor, self: Tensor, target: Tensor, reduction: Int, delta: number) => Tensor;
    out: (grad_output: Tensor, self: Tensor, target: Tensor, reduction: Int, delta: number, options: { grad_input: Tensor }) => Tensor;
  }>;
  readonly hypot: Operator<{
    default: (self: Tensor, other: Tensor) => Tensor;
    out: (self: Tensor, other: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly hypot_: Operator<{
    default: (self: Tensor, other: Tensor) => Tensor;
  }>;
  readonly i0: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly i0_: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly igamma: Operator<{
    default: (self: Tensor, other: Tensor) => Tensor;
    out: (self: Tensor, other: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly igamma_: Operator<{
    default: (self: Tensor, other: Tensor) => Tensor;
  }>;
  readonly igammac: Operator<{
    default: (self: Tensor, other: Tensor) => Tensor;
    out: (self: Tensor, other: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly igammac_: Operator<{
    default: (self: Tensor, other: Tensor) => Tensor;
  }>;
  readonly im2col: Operator<{
    default: (self: Tensor, kernel_size: Ints, dilation: Ints, padding: Ints, stride: Ints) => Tensor;
    out: (self: Tensor, kernel_size: Ints, dilation: Ints, padding: Ints, stride: Ints, options: { out: Tensor }) => Tensor;
  }>;
  readonly imag: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly index: Operator<{
    Tensor: (self: Tensor, indices: readonly (Tensor | null)[]) => Tensor;
    Tensor_out: (self: Tensor, indices: readonly (Tensor | null)[], options: { out: Tensor }) => Tensor;
  }>;
  readonly index_add: Operator<{
    default: (self: Tensor, dim: Int, index: Tensor, source: Tensor, options?: { alpha?: Scalar }) => Tensor;
    out: (self: Tensor, dim: Int, index: Tensor, source: Tensor, options: { alpha?: Scalar; out: Tensor }) => Tensor;
  }>;
  readonly index_add_: Operator<{
    default: (self: Tensor, dim: Int, index: Tensor, source: Tensor, options?: { alpha?: Scalar }) => Tensor;
  }>;
  readonly index_copy: Operator<{
    default: (self: Tensor, dim: Int, index: Tensor, source: Tensor) => Tensor;
    out: (self: Tensor, dim: Int, index: Tensor, source: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly index_copy_: Operator<{
    default: (self: Tensor, dim: Int, index: Tensor, source: Tensor) => Tensor;
  }>;
  readonly index_fill: Operator<{
    int_Scalar: (self: Tensor, dim: Int, index: Tensor, value: Scalar) => Tensor;
    int_Scalar_out: (self: Tensor, dim: Int, index: Tensor, value: Scalar, options: { out: Tensor }) => Tensor;
    int_Tensor: (self: Tensor, dim: Int, index: Tensor, value: Tensor) => Tensor;
    int_Tensor_out: (self: Tensor, dim: Int, index: Tensor, value: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly index_fill_: Operator<{
    int_Scalar: (self: Tensor, dim: Int, index: Tensor, value: Scalar) => Tensor;
    int_Tensor: (self: Tensor, dim: Int, index: Tensor, value: Tensor) => Tensor;
  }>;
  readonly index_put: Operator<{
    default: (...args: Args<[self: Tensor, indices: readonly (Tensor | null)[], values: Tensor], [accumulate: boolean], { accumulate?: boolean }>) => Tensor;
    out: (self: Tensor, indices: readonly (Tensor | null)[], values: Tensor, options: { accumulate?: boolean; out: Tensor }) => Tensor;
  }>;
  readonly index_put_: Operator<{
    default: (...args: Args<[self: Tensor, indices: readonly (Tensor | null)[], values: Tensor], [accumulate: boolean], { accumulate?: boolean }>) => Tensor;
  }>;
  readonly index_reduce: Operator<{
    default: (self: Tensor, dim: Int, index: Tensor, source: Tensor, reduce: string, options?: { include_self?: boolean }) => Tensor;
    out: (self: Tensor, dim: Int, index: Tensor, source: Tensor, reduce: string, options: { include_self?: boolean; out: Tensor }) => Tensor;
  }>;
  readonly index_reduce_: Operator<{
    default: (self: Tensor, dim: Int, index: Tensor, source: Tensor, reduce: string, options?: { include_self?: boolean }) => Tensor;
  }>;
  readonly index_select: Operator<{
    default: (self: Tensor, dim: Int, index: Tensor) => Tensor;
    out: (self: Tensor, dim: Int, index: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly index_select_backward: Operator<{
    default: (grad: Tensor, self_sizes: readonly Int[], dim: Int, index: Tensor) => Tensor;
  }>;
  readonly indices: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly indices_copy: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly infinitely_differentiable_gelu_backward: Operator<{
    default: (grad: Tensor, self: Tensor) => Tensor;
  }>;
  readonly inner: Operator<{
    default: (self: Tensor, other: Tensor) => Tensor;
    out: (self: Tensor, other: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly instance_norm: Operator<{
    default: (input: Tensor, weight: Tensor | null, bias: Tensor | null, running_mean: Tensor | null, running_var: Tensor | null, use_input_stats: boolean, momentum: number, eps: number, cudnn_enabled: boolean) => Tensor;
  }>;
  readonly int_repr: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly inverse: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly is_coalesced: Operator<{
    default: (self: Tensor) => boolean;
  }>;
  readonly is_complex: Operator<{
    default: (self: Tensor) => boolean;
  }>;
  readonly is_conj: Operator<{
    default: (self: Tensor) => boolean;
  }>;
  readonly is_contiguous: Operator<{
    default: (self: Tensor) => boolean;
    memory_format: (self: Tensor, memory_format: MemoryFormat) => boolean;
  }>;
  readonly is_distributed: Operator<{
    default: (self: Tensor) => boolean;
  }>;
  readonly is_floating_point: Operator<{
    default: (self: Tensor) => boolean;
  }>;
  readonly is_inference: Operator<{
    default: (self: Tensor) => boolean;
  }>;
  readonly is_leaf: Operator<{
    default: (self: Tensor) => boolean;
  }>;
  readonly is_neg: Operator<{
    default: (self: Tensor) => boolean;
  }>;
  readonly is_nonzero: Operator<{
    default: (self: Tensor) => boolean;
  }>;
  readonly is_pinned: Operator<{
    default: (...args: Args<[self: Tensor], [device: string | null], { device?: string | null }>) => boolean;
  }>;
  readonly is_same_size: Operator<{
    default: (self: Tensor, other: Tensor) => boolean;
  }>;
  readonly is_set_to: Operator<{
    default: (self: Tensor, tensor: Tensor) => boolean;
  }>;
  readonly is_signed: Operator<{
    default: (self: Tensor) => boolean;
  }>;
  readonly is_vulkan_available: Operator<{
    default: () => boolean;
  }>;
  readonly isclose: Operator<{
    default: (...args: Args<[self: Tensor, other: Tensor], [rtol: number, atol: number, equal_nan: boolean], { rtol?: number; atol?: number; equal_nan?: boolean }>) => Tensor;
  }>;
  readonly isfinite: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly isin: Operator<{
    Scalar_Tensor: (element: Scalar, test_elements: Tensor, options?: { assume_unique?: boolean; invert?: boolean }) => Tensor;
    Scalar_Tensor_out: (element: Scalar, test_elements: Tensor, options: { assume_unique?: boolean; invert?: boolean; out: Tensor }) => Tensor;
    Tensor_Scalar: (elements: Tensor, test_element: Scalar, options?: { assume_unique?: boolean; invert?: boolean }) => Tensor;
    Tensor_Scalar_out: (elements: Tensor, test_element: Scalar, options: { assume_unique?: boolean; invert?: boolean; out: Tensor }) => Tensor;
    Tensor_Tensor: (elements: Tensor, test_elements: Tensor, options?: { assume_unique?: boolean; invert?: boolean }) => Tensor;
    Tensor_Tensor_out: (elements: Tensor, test_elements: Tensor, options: { assume_unique?: boolean; invert?: boolean; out: Tensor }) => Tensor;
  }>;
  readonly isinf: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly isnan: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly isneginf: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly isposinf: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly isreal: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly istft: Operator<{
    default: (...args: Args<[self: Tensor, n_fft: Int], [hop_length: Int | null, win_length: Int | null, window: Tensor | null, center: boolean, normalized: boolean, onesided: boolean | null, length: Int | null, return_complex: boolean], { hop_length?: Int | null; win_length?: Int | null; window?: Tensor | null; center?: boolean; normalized?: boolean; onesided?: boolean | null; length?: Int | null; return_complex?: boolean }>) => Tensor;
  }>;
  readonly item: Operator<{
    default: (self: Tensor) => number | bigint | boolean;
  }>;
  readonly kaiser_window: Operator<{
    beta: (window_length: Int, periodic: boolean, beta: number, options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }) => Tensor;
    beta_out: (window_length: Int, periodic: boolean, beta: number, options: { out: Tensor }) => Tensor;
    default: (window_length: Int, options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }) => Tensor;
    out: (window_length: Int, options: { out: Tensor }) => Tensor;
    periodic: (window_length: Int, periodic: boolean, options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }) => Tensor;
    periodic_out: (window_length: Int, periodic: boolean, options: { out: Tensor }) => Tensor;
  }>;
  readonly kl_div: Operator<{
    default: (...args: Args<[self: Tensor, target: Tensor], [reduction: Int], { reduction?: Int; log_target?: boolean }>) => Tensor;
  }>;
  readonly kron: Operator<{
    default: (self: Tensor, other: Tensor) => Tensor;
    out: (self: Tensor, other: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly kthvalue: Operator<{
    default: (...args: Args<[self: Tensor, k: Int], [dim: Int, keepdim: boolean], { dim?: Int; keepdim?: boolean }>) => [values: Tensor, indices: Tensor];
    values: (self: Tensor, k: Int, options: { dim?: Int; keepdim?: boolean; values: Tensor; indices: Tensor }) => [values: Tensor, indices: Tensor];
  }>;
  readonly l1_loss: Operator<{
    default: (...args: Args<[self: Tensor, target: Tensor], [reduction: Int], { reduction?: Int }>) => Tensor;
  }>;
  readonly layer_norm: Operator<{
    default: (...args: Args<[input: Tensor, normalized_shape: readonly Int[]], [weight: Tensor | null, bias: Tensor | null, eps: number, cudnn_enable: boolean], { weight?: Tensor | null; bias?: Tensor | null; eps?: number; cudnn_enable?: boolean }>) => Tensor;
  }>;
  readonly lcm: Operator<{
    default: (self: Tensor, other: Tensor) => Tensor;
    out: (self: Tensor, other: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly lcm_: Operator<{
    default: (self: Tensor, other: Tensor) => Tensor;
  }>;
  readonly ldexp: Operator<{
    Tensor: (self: Tensor, other: Tensor) => Tensor;
    out: (self: Tensor, other: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly ldexp_: Operator<{
    default: (self: Tensor, other: Tensor) => Tensor;
  }>;
  readonly le: Operator<{
    Scalar: (self: Tensor, other: Scalar) => Tensor;
    Scalar_out: (self: Tensor, other: Scalar, options: { out: Tensor }) => Tensor;
    Tensor: (self: Tensor, other: Tensor) => Tensor;
    Tensor_out: (self: Tensor, other: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly le_: Operator<{
    Scalar: (self: Tensor, other: Scalar) => Tensor;
    Tensor: (self: Tensor, other: Tensor) => Tensor;
  }>;
  readonly leaky_relu: Operator<{
    default: (...args: Args<[self: Tensor], [negative_slope: Scalar], { negative_slope?: Scalar }>) => Tensor;
    out: (self: Tensor, options: { negative_slope?: Scalar; out: Tensor }) => Tensor;
  }>;
  readonly leaky_relu_: Operator<{
    default: (...args: Args<[self: Tensor], [negative_slope: Scalar], { negative_slope?: Scalar }>) => Tensor;
  }>;
  readonly leaky_relu_backward: Operator<{
    default: (grad_output: Tensor, self: Tensor, negative_slope: Scalar, self_is_result: boolean) => Tensor;
    grad_input: (grad_output: Tensor, self: Tensor, negative_slope: Scalar, self_is_result: boolean, options: { grad_input: Tensor }) => Tensor;
  }>;
  readonly lerp: Operator<{
    Scalar: (self: Tensor, end: Tensor, weight: Scalar) => Tensor;
    Scalar_out: (self: Tensor, end: Tensor, weight: Scalar, options: { out: Tensor }) => Tensor;
    Tensor: (self: Tensor, end: Tensor, weight: Tensor) => Tensor;
    Tensor_out: (self: Tensor, end: Tensor, weight: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly lerp_: Operator<{
    Scalar: (self: Tensor, end: Tensor, weight: Scalar) => Tensor;
    Tensor: (self: Tensor, end: Tensor, weight: Tensor) => Tensor;
  }>;
  readonly less: Operator<{
    Scalar: (self: Tensor, other: Scalar) => Tensor;
    Scalar_out: (self: Tensor, other: Scalar, options: { out: Tensor }) => Tensor;
    Tensor: (self: Tensor, other: Tensor) => Tensor;
    Tensor_out: (self: Tensor, other: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly less_: Operator<{
    Scalar: (self: Tensor, other: Scalar) => Tensor;
    Tensor: (self: Tensor, other: Tensor) => Tensor;
  }>;
  readonly less_equal: Operator<{
    Scalar: (self: Tensor, other: Scalar) => Tensor;
    Scalar_out: (self: Tensor, other: Scalar, options: { out: Tensor }) => Tensor;
    Tensor: (self: Tensor, other: Tensor) => Tensor;
    Tensor_out: (self: Tensor, other: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly less_equal_: Operator<{
    Scalar: (self: Tensor, other: Scalar) => Tensor;
    Tensor: (self: Tensor, other: Tensor) => Tensor;
  }>;
  readonly lgamma: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly lgamma_: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly lift: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly lift_fresh: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly lift_fresh_copy: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly linalg__powsum: Operator<{
    default: (...args: Args<[self: Tensor], [ord: Scalar, dim: Ints | null, keepdim: boolean], { ord?: Scalar; dim?: Ints | null; keepdim?: boolean; dtype?: DType | null }>) => Tensor;
  }>;
  readonly linalg_cholesky: Operator<{
    default: (self: Tensor, options?: { upper?: boolean }) => Tensor;
    out: (self: Tensor, options: { upper?: boolean; out: Tensor }) => Tensor;
  }>;
  readonly linalg_cholesky_ex: Operator<{
    L: (self: Tensor, options: { upper?: boolean; check_errors?: boolean; L: Tensor; info: Tensor }) => [L: Tensor, info: Tensor];
    default: (self: Tensor, options?: { upper?: boolean; check_errors?: boolean }) => [L: Tensor, info: Tensor];
  }>;
  readonly linalg_cond: Operator<{
    default: (...args: Args<[self: Tensor], [p: Scalar | null], { p?: Scalar | null }>) => Tensor;
    out: (self: Tensor, options: { p?: Scalar | null; out: Tensor }) => Tensor;
    p_str: (self: Tensor, p: string) => Tensor;
    p_str_out: (self: Tensor, p: string, options: { out: Tensor }) => Tensor;
  }>;
  readonly linalg_cross: Operator<{
    default: (self: Tensor, other: Tensor, options?: { dim?: Int }) => Tensor;
    out: (self: Tensor, other: Tensor, options: { dim?: Int; out: Tensor }) => Tensor;
  }>;
  readonly linalg_det: Operator<{
    default: (A: Tensor) => Tensor;
    out: (A: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly linalg_diagonal: Operator<{
    default: (A: Tensor, options?: { offset?: Int; dim1?: Int; dim2?: Int }) => Tensor;
  }>;
  readonly linalg_eig: Operator<{
    default: (self: Tensor) => [eigenvalues: Tensor, eigenvectors: Tensor];
    out: (self: Tensor, options: { eigenvalues: Tensor; eigenvectors: Tensor }) => [eigenvalues: Tensor, eigenvectors: Tensor];
  }>;
  readonly linalg_eigh: Operator<{
    default: (...args: Args<[self: Tensor], [UPLO: string], { UPLO?: string }>) => [eigenvalues: Tensor, eigenvectors: Tensor];
    eigvals: (self: Tensor, options: { UPLO?: string; eigvals: Tensor; eigvecs: Tensor }) => [eigenvalues: Tensor, eigenvectors: Tensor];
  }>;
  readonly linalg_eigvals: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly linalg_eigvalsh: Operator<{
    default: (...args: Args<[self: Tensor], [UPLO: string], { UPLO?: string }>) => Tensor;
    out: (self: Tensor, options: { UPLO?: string; out: Tensor }) => Tensor;
  }>;
  readonly linalg_householder_product: Operator<{
    default: (input: Tensor, tau: Tensor) => Tensor;
    out: (input: Tensor, tau: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly linalg_inv: Operator<{
    default: (A: Tensor) => Tensor;
    out: (A: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly linalg_inv_ex: Operator<{
    default: (A: Tensor, options?: { check_errors?: boolean }) => [inverse: Tensor, info: Tensor];
    inverse: (A: Tensor, options: { check_errors?: boolean; inverse: Tensor; info: Tensor }) => [inverse: Tensor, info: Tensor];
  }>;
  readonly linalg_ldl_factor: Operator<{
    default: (self: Tensor, options?: { hermitian?: boolean }) => [LD: Tensor, pivots: Tensor];
    out: (self: Tensor, options: { hermitian?: boolean; LD: Tensor; pivots: Tensor }) => [LD: Tensor, pivots: Tensor];
  }>;
  readonly linalg_ldl_factor_ex: Operator<{
    default: (self: Tensor, options?: { hermitian?: boolean; check_errors?: boolean }) => [LD: Tensor, pivots: Tensor, info: Tensor];
    out: (self: Tensor, options: { hermitian?: boolean; check_errors?: boolean; LD: Tensor; pivots: Tensor; info: Tensor }) => [LD: Tensor, pivots: Tensor, info: Tensor];
  }>;
  readonly linalg_ldl_solve: Operator<{
    default: (LD: Tensor, pivots: Tensor, B: Tensor, options?: { hermitian?: boolean }) => Tensor;
    out: (LD: Tensor, pivots: Tensor, B: Tensor, options: { hermitian?: boolean; out: Tensor }) => Tensor;
  }>;
  readonly linalg_lstsq: Operator<{
    default: (...args: Args<[self: Tensor, b: Tensor], [rcond: number | null], { rcond?: number | null; driver?: string | null }>) => [solution: Tensor, residuals: Tensor, rank: Tensor, singular_values: Tensor];
    out: (self: Tensor, b: Tensor, options: { rcond?: number | null; driver?: string | null; solution: Tensor; residuals: Tensor; rank: Tensor; singular_values: Tensor }) => [solution: Tensor, residuals: Tensor, rank: Tensor, singular_values: Tensor];
  }>;
  readonly linalg_lu: Operator<{
    default: (A: Tensor, options?: { pivot?: boolean }) => [P: Tensor, L: Tensor, U: Tensor];
    out: (A: Tensor, options: { pivot?: boolean; P: Tensor; L: Tensor; U: Tensor }) => [P: Tensor, L: Tensor, U: Tensor];
  }>;
  readonly linalg_lu_factor: Operator<{
    default: (A: Tensor, options?: { pivot?: boolean }) => [LU: Tensor, pivots: Tensor];
    out: (A: Tensor, options: { pivot?: boolean; LU: Tensor; pivots: Tensor }) => [LU: Tensor, pivots: Tensor];
  }>;
  readonly linalg_lu_factor_ex: Operator<{
    default: (A: Tensor, options?: { pivot?: boolean; check_errors?: boolean }) => [LU: Tensor, pivots: Tensor, info: Tensor];
    out: (A: Tensor, options: { pivot?: boolean; check_errors?: boolean; LU: Tensor; pivots: Tensor; info: Tensor }) => [LU: Tensor, pivots: Tensor, info: Tensor];
  }>;
  readonly linalg_lu_solve: Operator<{
    default: (LU: Tensor, pivots: Tensor, B: Tensor, options?: { left?: boolean; adjoint?: boolean }) => Tensor;
    out: (LU: Tensor, pivots: Tensor, B: Tensor, options: { left?: boolean; adjoint?: boolean; out: Tensor }) => Tensor;
  }>;
  readonly linalg_matmul: Operator<{
    default: (self: Tensor, other: Tensor) => Tensor;
    out: (self: Tensor, other: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly linalg_matrix_exp: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly linalg_matrix_norm: Operator<{
    default: (...args: Args<[self: Tensor, ord: Scalar], [dim: readonly Int[], keepdim: boolean], { dim?: readonly Int[]; keepdim?: boolean; dtype?: DType | null }>) => Tensor;
    out: (self: Tensor, ord: Scalar, options: { dim?: readonly Int[]; keepdim?: boolean; dtype?: DType | null; out: Tensor }) => Tensor;
    str_ord: (...args: Args<[self: Tensor], [ord: string, dim: readonly Int[], keepdim: boolean], { ord?: string; dim?: readonly Int[]; keepdim?: boolean; dtype?: DType | null }>) => Tensor;
    str_ord_out: (self: Tensor, options: { ord?: string; dim?: readonly Int[]; keepdim?: boolean; dtype?: DType | null; out: Tensor }) => Tensor;
  }>;
  readonly linalg_matrix_power: Operator<{
    default: (self: Tensor, n: Int) => Tensor;
    out: (self: Tensor, n: Int, options: { out: Tensor }) => Tensor;
  }>;
  readonly linalg_matrix_rank: Operator<{
    atol_rtol_float: (self: Tensor, options?: { atol?: number | null; rtol?: number | null; hermitian?: boolean }) => Tensor;
    atol_rtol_float_out: (self: Tensor, options: { atol?: number | null; rtol?: number | null; hermitian?: boolean; out: Tensor }) => Tensor;
    atol_rtol_tensor: (input: Tensor, options?: { atol?: Tensor | null; rtol?: Tensor | null; hermitian?: boolean }) => Tensor;
    atol_rtol_tensor_out: (input: Tensor, options: { atol?: Tensor | null; rtol?: Tensor | null; hermitian?: boolean; out: Tensor }) => Tensor;
    default: (...args: Args<[self: Tensor, tol: number], [hermitian: boolean], { hermitian?: boolean }>) => Tensor;
    out: (self: Tensor, tol: number, options: { hermitian?: boolean; out: Tensor }) => Tensor;
    out_tol_tensor: (input: Tensor, tol: Tensor, options: { hermitian?: boolean; out: Tensor }) => Tensor;
    tol_tensor: (...args: Args<[input: Tensor, tol: Tensor], [hermitian: boolean], { hermitian?: boolean }>) => Tensor;
  }>;
  readonly linalg_multi_dot: Operator<{
    default: (tensors: readonly Tensor[]) => Tensor;
    out: (tensors: readonly Tensor[], options: { out: Tensor }) => Tensor;
  }>;
  readonly linalg_norm: Operator<{
    default: (...args: Args<[self: Tensor], [ord: Scalar | null, dim: Ints | null, keepdim: boolean], { ord?: Scalar | null; dim?: Ints | null; keepdim?: boolean; dtype?: DType | null }>) => Tensor;
    ord_str: (...args: Args<[self: Tensor, ord: string], [dim: Ints | null, keepdim: boolean], { dim?: Ints | null; keepdim?: boolean; dtype?: DType | null }>) => Tensor;
    ord_str_out: (self: Tensor, ord: string, options: { dim?: Ints | null; keepdim?: boolean; dtype?: DType | null; out: Tensor }) => Tensor;
    out: (self: Tensor, options: { ord?: Scalar | null; dim?: Ints | null; keepdim?: boolean; dtype?: DType | null; out: Tensor }) => Tensor;
  }>;
  readonly linalg_pinv: Operator<{
    atol_rtol_float: (self: Tensor, options?: { atol?: number | null; rtol?: number | null; hermitian?: boolean }) => Tensor;
    atol_rtol_float_out: (self: Tensor, options: { atol?: number | null; rtol?: number | null; hermitian?: boolean; out: Tensor }) => Tensor;
    atol_rtol_tensor: (self: Tensor, options?: { atol?: Tensor | null; rtol?: Tensor | null; hermitian?: boolean }) => Tensor;
    atol_rtol_tensor_out: (self: Tensor, options: { atol?: Tensor | null; rtol?: Tensor | null; hermitian?: boolean; out: Tensor }) => Tensor;
    default: (...args: Args<[self: Tensor, rcond: number], [hermitian: boolean], { hermitian?: boolean }>) => Tensor;
    out: (self: Tensor, rcond: number, options: { hermitian?: boolean; out: Tensor }) => Tensor;
    out_rcond_tensor: (self: Tensor, rcond: Tensor, options: { hermitian?: boolean; out: Tensor }) => Tensor;
    rcond_tensor: (...args: Args<[self: Tensor, rcond: Tensor], [hermitian: boolean], { hermitian?: boolean }>) => Tensor;
  }>;
  readonly linalg_qr: Operator<{
    default: (...args: Args<[A: Tensor], [mode: string], { mode?: string }>) => [Q: Tensor, R: Tensor];
    out: (A: Tensor, options: { mode?: string; Q: Tensor; R: Tensor }) => [Q: Tensor, R: Tensor];
  }>;
  readonly linalg_slogdet: Operator<{
    default: (A: Tensor) => [sign: Tensor, logabsdet: Tensor];
    out: (A: Tensor, options: { sign: Tensor; logabsdet: Tensor }) => [sign: Tensor, logabsdet: Tensor];
  }>;
  readonly linalg_solve: Operator<{
    default: (A: Tensor, B: Tensor, options?: { left?: boolean }) => Tensor;
    out: (A: Tensor, B: Tensor, options: { left?: boolean; out: Tensor }) => Tensor;
  }>;
  readonly linalg_solve_ex: Operator<{
    default: (A: Tensor, B: Tensor, options?: { left?: boolean; check_errors?: boolean }) => [result: Tensor, info: Tensor];
    out: (A: Tensor, B: Tensor, options: { left?: boolean; check_errors?: boolean; result: Tensor; info: Tensor }) => [result: Tensor, info: Tensor];
  }>;
  readonly linalg_solve_triangular: Operator<{
    default: (self: Tensor, B: Tensor, options: { upper: boolean; left?: boolean; unitriangular?: boolean }) => Tensor;
    out: (self: Tensor, B: Tensor, options: { upper: boolean; left?: boolean; unitriangular?: boolean; out: Tensor }) => Tensor;
  }>;
  readonly linalg_svd: Operator<{
    U: (A: Tensor, options: { full_matrices?: boolean; driver?: string | null; U: Tensor; S: Tensor; Vh: Tensor }) => [U: Tensor, S: Tensor, Vh: Tensor];
    default: (...args: Args<[A: Tensor], [full_matrices: boolean], { full_matrices?: boolean; driver?: string | null }>) => [U: Tensor, S: Tensor, Vh: Tensor];
  }>;
  readonly linalg_svdvals: Operator<{
    default: (A: Tensor, options?: { driver?: string | null }) => Tensor;
    out: (A: Tensor, options: { driver?: string | null; out: Tensor }) => Tensor;
  }>;
  readonly linalg_tensorinv: Operator<{
    default: (...args: Args<[self: Tensor], [ind: Int], { ind?: Int }>) => Tensor;
    out: (self: Tensor, options: { ind?: Int; out: Tensor }) => Tensor;
  }>;
  readonly linalg_tensorsolve: Operator<{
    default: (...args: Args<[self: Tensor, other: Tensor], [dims: readonly Int[] | null], { dims?: readonly Int[] | null }>) => Tensor;
    out: (self: Tensor, other: Tensor, options: { dims?: readonly Int[] | null; out: Tensor }) => Tensor;
  }>;
  readonly linalg_vander: Operator<{
    default: (x: Tensor, options?: { N?: Int | null }) => Tensor;
  }>;
  readonly linalg_vecdot: Operator<{
    default: (x: Tensor, y: Tensor, options?: { dim?: Int }) => Tensor;
    out: (x: Tensor, y: Tensor, options: { dim?: Int; out: Tensor }) => Tensor;
  }>;
  readonly linalg_vector_norm: Operator<{
    default: (...args: Args<[self: Tensor], [ord: Scalar, dim: Ints | null, keepdim: boolean], { ord?: Scalar; dim?: Ints | null; keepdim?: boolean; dtype?: DType | null }>) => Tensor;
    out: (self: Tensor, options: { ord?: Scalar; dim?: Ints | null; keepdim?: boolean; dtype?: DType | null; out: Tensor }) => Tensor;
  }>;
  readonly linear: Operator<{
    default: (...args: Args<[input: Tensor, weight: Tensor], [bias: Tensor | null], { bias?: Tensor | null }>) => Tensor;
    out: (input: Tensor, weight: Tensor, options: { bias?: Tensor | null; out: Tensor }) => Tensor;
  }>;
  readonly linear_backward: Operator<{
    default: (self: Tensor, grad_output: Tensor, weight: Tensor, output_mask: readonly boolean[]) => [Tensor, Tensor, Tensor];
    out: (self: Tensor, grad_output: Tensor, weight: Tensor, output_mask: readonly boolean[], options: { out0: Tensor; out1: Tensor; out2: Tensor }) => [Tensor, Tensor, Tensor];
  }>;
  readonly linspace: Operator<{
    Scalar_Tensor: (start: Scalar, end: Tensor, steps: Int, options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }) => Tensor;
    Scalar_Tensor_out: (start: Scalar, end: Tensor, steps: Int, options: { out: Tensor }) => Tensor;
    Tensor_Scalar: (start: Tensor, end: Scalar, steps: Int, options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }) => Tensor;
    Tensor_Scalar_out: (start: Tensor, end: Scalar, steps: Int, options: { out: Tensor }) => Tensor;
    Tensor_Tensor: (start: Tensor, end: Tensor, steps: Int, options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }) => Tensor;
    Tensor_Tensor_out: (start: Tensor, end: Tensor, steps: Int, options: { out: Tensor }) => Tensor;
    default: (start: Scalar, end: Scalar, steps: Int, options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }) => Tensor;
    out: (start: Scalar, end: Scalar, steps: Int, options: { out: Tensor }) => Tensor;
  }>;
  readonly log: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly log10: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly log10_: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly log1p: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly log1p_: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly log2: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly log2_: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly log_: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly log_normal: Operator<{
    default: (...args: Args<[self: Tensor], [mean: number, std: number], { mean?: number; std?: number; generator?: Generator }>) => Tensor;
    out: (self: Tensor, options: { mean?: number; std?: number; generator?: Generator; out: Tensor }) => Tensor;
  }>;
  readonly log_normal_: Operator<{
    default: (...args: Args<[self: Tensor], [mean: number, std: number], { mean?: number; std?: number; generator?: Generator }>) => Tensor;
  }>;
  readonly log_sigmoid: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly log_sigmoid_backward: Operator<{
    default: (grad_output: Tensor, self: Tensor, buffer: Tensor) => Tensor;
    grad_input: (grad_output: Tensor, self: Tensor, buffer: Tensor, options: { grad_input: Tensor }) => Tensor;
  }>;
  readonly log_sigmoid_forward: Operator<{
    default: (self: Tensor) => [output: Tensor, buffer: Tensor];
    output: (self: Tensor, options: { output: Tensor; buffer: Tensor }) => [Tensor, Tensor];
  }>;
  readonly log_softmax: Operator<{
    int: (...args: Args<[self: Tensor, dim: Int], [dtype: DType | null], { dtype?: DType | null }>) => Tensor;
    int_out: (self: Tensor, dim: Int, options: { dtype?: DType | null; out: Tensor }) => Tensor;
  }>;
  readonly logaddexp: Operator<{
    default: (self: Tensor, other: Tensor) => Tensor;
    out: (self: Tensor, other: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly logaddexp2: Operator<{
    default: (self: Tensor, other: Tensor) => Tensor;
    out: (self: Tensor, other: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly logcumsumexp: Operator<{
    default: (self: Tensor, dim: Int) => Tensor;
    out: (self: Tensor, dim: Int, options: { out: Tensor }) => Tensor;
  }>;
  readonly logdet: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly logical_and: Operator<{
    default: (self: Tensor, other: Tensor) => Tensor;
    out: (self: Tensor, other: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly logical_and_: Operator<{
    default: (self: Tensor, other: Tensor) => Tensor;
  }>;
  readonly logical_not: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly logical_not_: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly logical_or: Operator<{
    default: (self: Tensor, other: Tensor) => Tensor;
    out: (self: Tensor, other: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly logical_or_: Operator<{
    default: (self: Tensor, other: Tensor) => Tensor;
  }>;
  readonly logical_xor: Operator<{
    default: (self: Tensor, other: Tensor) => Tensor;
    out: (self: Tensor, other: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly logical_xor_: Operator<{
    default: (self: Tensor, other: Tensor) => Tensor;
  }>;
  readonly logit: Operator<{
    default: (...args: Args<[self: Tensor], [eps: number | null], { eps?: number | null }>) => Tensor;
    out: (self: Tensor, options: { eps?: number | null; out: Tensor }) => Tensor;
  }>;
  readonly logit_: Operator<{
    default: (...args: Args<[self: Tensor], [eps: number | null], { eps?: number | null }>) => Tensor;
  }>;
  readonly logit_backward: Operator<{
    default: (...args: Args<[grad_output: Tensor, self: Tensor], [eps: number | null], { eps?: number | null }>) => Tensor;
    grad_input: (grad_output: Tensor, self: Tensor, options: { eps?: number | null; grad_input: Tensor }) => Tensor;
  }>;
  readonly logspace: Operator<{
    Scalar_Tensor: (...args: Args<[start: Scalar, end: Tensor, steps: Int], [base: number], { base?: number; dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }>) => Tensor;
    Scalar_Tensor_out: (start: Scalar, end: Tensor, steps: Int, options: { base?: number; out: Tensor }) => Tensor;
    Tensor_Scalar: (...args: Args<[start: Tensor, end: Scalar, steps: Int], [base: number], { base?: number; dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }>) => Tensor;
    Tensor_Scalar_out: (start: Tensor, end: Scalar, steps: Int, options: { base?: number; out: Tensor }) => Tensor;
    Tensor_Tensor: (...args: Args<[start: Tensor, end: Tensor, steps: Int], [base: number], { base?: number; dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }>) => Tensor;
    Tensor_Tensor_out: (start: Tensor, end: Tensor, steps: Int, options: { base?: number; out: Tensor }) => Tensor;
    default: (...args: Args<[start: Scalar, end: Scalar, steps: Int], [base: number], { base?: number; dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }>) => Tensor;
    out: (start: Scalar, end: Scalar, steps: Int, options: { base?: number; out: Tensor }) => Tensor;
  }>;
  readonly logsumexp: Operator<{
    default: (...args: Args<[self: Tensor, dim: Ints], [keepdim: boolean], { keepdim?: boolean }>) => Tensor;
    out: (self: Tensor, dim: Ints, options: { keepdim?: boolean; out: Tensor }) => Tensor;
  }>;
  readonly lstm: Operator<{
    data: (data: Tensor, batch_sizes: Tensor, hx: readonly Tensor[], params: readonly Tensor[], has_biases: boolean, num_layers: Int, dropout: number, train: boolean, bidirectional: boolean) => [Tensor, Tensor, Tensor];
    input: (input: Tensor, hx: readonly Tensor[], params: readonly Tensor[], has_biases: boolean, num_layers: Int, dropout: number, train: boolean, bidirectional: boolean, batch_first: boolean) => [Tensor, Tensor, Tensor];
  }>;
  readonly lstm_cell: Operator<{
    default: (...args: Args<[input: Tensor, hx: readonly Tensor[], w_ih: Tensor, w_hh: Tensor], [b_ih: Tensor | null, b_hh: Tensor | null], { b_ih?: Tensor | null; b_hh?: Tensor | null }>) => [Tensor, Tensor];
  }>;
  readonly lstm_mps_backward: Operator<{
    default: (grad_y: Tensor | null, grad_hy: Tensor | null, grad_cy: Tensor | null, z_state: Tensor, cell_state_fwd: Tensor, input: Tensor, layersOutputs: Tensor, hx: readonly Tensor[], params: readonly Tensor[], has_biases: boolean, num_layers: Int, dropout: number, train: boolean, bidirectional: boolean, batch_first: boolean) => [Tensor, Tensor[], Tensor[]];
    out: (grad_y: Tensor | null, grad_hy: Tensor | null, grad_cy: Tensor | null, z_state: Tensor, cell_state_fwd: Tensor, input: Tensor, layersOutputs: Tensor, hx: readonly Tensor[], params: readonly Tensor[], has_biases: boolean, num_layers: Int, dropout: number, train: boolean, bidirectional: boolean, batch_first: boolean, options: { out0: Tensor; out1: readonly Tensor[]; out2: readonly Tensor[] }) => void;
  }>;
  readonly lt: Operator<{
    Scalar: (self: Tensor, other: Scalar) => Tensor;
    Scalar_out: (self: Tensor, other: Scalar, options: { out: Tensor }) => Tensor;
    Tensor: (self: Tensor, other: Tensor) => Tensor;
    Tensor_out: (self: Tensor, other: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly lt_: Operator<{
    Scalar: (self: Tensor, other: Scalar) => Tensor;
    Tensor: (self: Tensor, other: Tensor) => Tensor;
  }>;
  readonly lu_solve: Operator<{
    default: (self: Tensor, LU_data: Tensor, LU_pivots: Tensor) => Tensor;
    out: (self: Tensor, LU_data: Tensor, LU_pivots: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly lu_unpack: Operator<{
    default: (...args: Args<[LU_data: Tensor, LU_pivots: Tensor], [unpack_data: boolean, unpack_pivots: boolean], { unpack_data?: boolean; unpack_pivots?: boolean }>) => [P: Tensor, L: Tensor, U: Tensor];
    out: (LU_data: Tensor, LU_pivots: Tensor, options: { unpack_data?: boolean; unpack_pivots?: boolean; P: Tensor; L: Tensor; U: Tensor }) => [P: Tensor, L: Tensor, U: Tensor];
  }>;
  readonly mH: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly mT: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly margin_ranking_loss: Operator<{
    default: (...args: Args<[input1: Tensor, input2: Tensor, target: Tensor], [margin: number, reduction: Int], { margin?: number; reduction?: Int }>) => Tensor;
  }>;
  readonly masked_fill: Operator<{
    Scalar: (self: Tensor, mask: Tensor, value: Scalar) => Tensor;
    Scalar_out: (self: Tensor, mask: Tensor, value: Scalar, options: { out: Tensor }) => Tensor;
    Tensor: (self: Tensor, mask: Tensor, value: Tensor) => Tensor;
    Tensor_out: (self: Tensor, mask: Tensor, value: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly masked_fill_: Operator<{
    Scalar: (self: Tensor, mask: Tensor, value: Scalar) => Tensor;
    Tensor: (self: Tensor, mask: Tensor, value: Tensor) => Tensor;
  }>;
  readonly masked_scatter: Operator<{
    default: (self: Tensor, mask: Tensor, source: Tensor) => Tensor;
    out: (self: Tensor, mask: Tensor, source: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly masked_scatter_: Operator<{
    default: (self: Tensor, mask: Tensor, source: Tensor) => Tensor;
  }>;
  readonly masked_scatter_backward: Operator<{
    default: (grad_output: Tensor, mask: Tensor, sizes: readonly Int[]) => Tensor;
  }>;
  readonly masked_select: Operator<{
    default: (self: Tensor, mask: Tensor) => Tensor;
    out: (self: Tensor, mask: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly masked_select_backward: Operator<{
    default: (grad: Tensor, input: Tensor, mask: Tensor) => Tensor;
  }>;
  readonly matmul: Operator<{
    default: (self: Tensor, other: Tensor) => Tensor;
    out: (self: Tensor, other: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly matmul_backward: Operator<{
    default: (grad: Tensor, self: Tensor, other: Tensor, mask: readonly boolean[]) => [Tensor, Tensor];
    out: (grad: Tensor, self: Tensor, other: Tensor, mask: readonly boolean[], options: { out0: Tensor; out1: Tensor }) => [Tensor, Tensor];
  }>;
  readonly matrix_H: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly matrix_exp: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly matrix_exp_backward: Operator<{
    default: (self: Tensor, grad: Tensor) => Tensor;
  }>;
  readonly matrix_power: Operator<{
    default: (self: Tensor, n: Int) => Tensor;
    out: (self: Tensor, n: Int, options: { out: Tensor }) => Tensor;
  }>;
  readonly max: Operator<{
    default: (self: Tensor) => Tensor;
    dim: (...args: Args<[self: Tensor, dim: Int], [keepdim: boolean], { keepdim?: boolean }>) => [values: Tensor, indices: Tensor];
    dim_max: (self: Tensor, dim: Int, options: { keepdim?: boolean; max: Tensor; max_values: Tensor }) => [values: Tensor, indices: Tensor];
    other: (self: Tensor, other: Tensor) => Tensor;
    out: (self: Tensor, other: Tensor, options: { out: Tensor }) => Tensor;
    unary_out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly max_pool1d: Operator<{
    default: (...args: Args<[self: Tensor, kernel_size: Ints], [stride: Ints, padding: Ints, dilation: Ints, ceil_mode: boolean], { stride?: Ints; padding?: Ints; dilation?: Ints; ceil_mode?: boolean }>) => Tensor;
  }>;
  readonly max_pool1d_with_indices: Operator<{
    default: (...args: Args<[self: Tensor, kernel_size: Ints], [stride: Ints, padding: Ints, dilation: Ints, ceil_mode: boolean], { stride?: Ints; padding?: Ints; dilation?: Ints; ceil_mode?: boolean }>) => [Tensor, Tensor];
  }>;
  readonly max_pool2d: Operator<{
    default: (...args: Args<[self: Tensor, kernel_size: Ints], [stride: Ints, padding: Ints, dilation: Ints, ceil_mode: boolean], { stride?: Ints; padding?: Ints; dilation?: Ints; ceil_mode?: boolean }>) => Tensor;
  }>;
  readonly max_pool2d_backward: Operator<{
    default: (...args: Args<[grad_output: Tensor, self: Tensor, kernel_size: Ints], [stride: Ints, padding: Ints, dilation: Ints, ceil_mode: boolean], { stride?: Ints; padding?: Ints; dilation?: Ints; ceil_mode?: boolean }>) => Tensor;
    out: (grad_output: Tensor, self: Tensor, kernel_size: Ints, options: { stride?: Ints; padding?: Ints; dilation?: Ints; ceil_mode?: boolean; out: Tensor }) => Tensor;
  }>;
  readonly max_pool2d_with_indices: Operator<{
    default: (...args: Args<[self: Tensor, kernel_size: Ints], [stride: Ints, padding: Ints, dilation: Ints, ceil_mode: boolean], { stride?: Ints; padding?: Ints; dilation?: Ints; ceil_mode?: boolean }>) => [Tensor, Tensor];
    out: (self: Tensor, kernel_size: Ints, options: { stride?: Ints; padding?: Ints; dilation?: Ints; ceil_mode?: boolean; out: Tensor; indices: Tensor }) => [Tensor, Tensor];
  }>;
  readonly max_pool2d_with_indices_backward: Operator<{
    default: (grad_output: Tensor, self: Tensor, kernel_size: Ints, stride: Ints, padding: Ints, dilation: Ints, ceil_mode: boolean, indices: Tensor) => Tensor;
    grad_input: (grad_output: Tensor, self: Tensor, kernel_size: Ints, stride: Ints, padding: Ints, dilation: Ints, ceil_mode: boolean, indices: Tensor, options: { grad_input: Tensor }) => Tensor;
  }>;
  readonly max_pool3d: Operator<{
    default: (...args: Args<[self: Tensor, kernel_size: Ints], [stride: Ints, padding: Ints, dilation: Ints, ceil_mode: boolean], { stride?: Ints; padding?: Ints; dilation?: Ints; ceil_mode?: boolean }>) => Tensor;
  }>;
  readonly max_pool3d_with_indices: Operator<{
    default: (...args: Args<[self: Tensor, kernel_size: Ints], [stride: Ints, padding: Ints, dilation: Ints, ceil_mode: boolean], { stride?: Ints; padding?: Ints; dilation?: Ints; ceil_mode?: boolean }>) => [Tensor, Tensor];
    out: (self: Tensor, kernel_size: Ints, options: { stride?: Ints; padding?: Ints; dilation?: Ints; ceil_mode?: boolean; out: Tensor; indices: Tensor }) => [Tensor, Tensor];
  }>;
  readonly max_pool3d_with_indices_backward: Operator<{
    default: (grad_output: Tensor, self: Tensor, kernel_size: Ints, stride: Ints, padding: Ints, dilation: Ints, ceil_mode: boolean, indices: Tensor) => Tensor;
    grad_input: (grad_output: Tensor, self: Tensor, kernel_size: Ints, stride: Ints, padding: Ints, dilation: Ints, ceil_mode: boolean, indices: Tensor, options: { grad_input: Tensor }) => Tensor;
  }>;
  readonly max_unpool2d: Operator<{
    default: (self: Tensor, indices: Tensor, output_size: Ints) => Tensor;
    out: (self: Tensor, indices: Tensor, output_size: Ints, options: { out: Tensor }) => Tensor;
  }>;
  readonly max_unpool3d: Operator<{
    default: (self: Tensor, indices: Tensor, output_size: Ints, stride: Ints, padding: Ints) => Tensor;
    out: (self: Tensor, indices: Tensor, output_size: Ints, stride: Ints, padding: Ints, options: { out: Tensor }) => Tensor;
  }>;
  readonly maximum: Operator<{
    default: (self: Tensor, other: Tensor) => Tensor;
    out: (self: Tensor, other: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly mean: Operator<{
    default: (self: Tensor, options?: { dtype?: DType | null }) => Tensor;
    dim: (...args: Args<[self: Tensor, dim: Ints | null], [keepdim: boolean], { keepdim?: boolean; dtype?: DType | null }>) => Tensor;
    dtype_out: (self: Tensor, options: { dtype?: DType | null; out: Tensor }) => Tensor;
    out: (self: Tensor, dim: Ints | null, options: { keepdim?: boolean; dtype?: DType | null; out: Tensor }) => Tensor;
  }>;
  readonly median: Operator<{
    default: (self: Tensor) => Tensor;
    dim: (...args: Args<[self: Tensor, dim: Int], [keepdim: boolean], { keepdim?: boolean }>) => [values: Tensor, indices: Tensor];
    dim_values: (self: Tensor, dim: Int, options: { keepdim?: boolean; values: Tensor; indices: Tensor }) => [values: Tensor, indices: Tensor];
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly meshgrid: Operator<{
    default: (tensors: readonly Tensor[]) => Tensor[];
    indexing: (tensors: readonly Tensor[], options: { indexing: string }) => Tensor[];
  }>;
  readonly min: Operator<{
    default: (self: Tensor) => Tensor;
    dim: (...args: Args<[self: Tensor, dim: Int], [keepdim: boolean], { keepdim?: boolean }>) => [values: Tensor, indices: Tensor];
    dim_min: (self: Tensor, dim: Int, options: { keepdim?: boolean; min: Tensor; min_indices: Tensor }) => [values: Tensor, indices: Tensor];
    other: (self: Tensor, other: Tensor) => Tensor;
    out: (self: Tensor, other: Tensor, options: { out: Tensor }) => Tensor;
    unary_out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly minimum: Operator<{
    default: (self: Tensor, other: Tensor) => Tensor;
    out: (self: Tensor, other: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly miopen_batch_norm: Operator<{
    default: (input: Tensor, weight: Tensor, bias: Tensor | null, running_mean: Tensor | null, running_var: Tensor | null, training: boolean, exponential_average_factor: number, epsilon: number) => [Tensor, Tensor, Tensor];
    out: (input: Tensor, weight: Tensor, bias: Tensor | null, running_mean: Tensor | null, running_var: Tensor | null, training: boolean, exponential_average_factor: number, epsilon: number, options: { out0: Tensor; out1: Tensor; out2: Tensor }) => [Tensor, Tensor, Tensor];
  }>;
  readonly miopen_batch_norm_backward: Operator<{
    default: (input: Tensor, grad_output: Tensor, weight: Tensor, running_mean: Tensor | null, running_var: Tensor | null, save_mean: Tensor | null, save_var: Tensor | null, epsilon: number) => [Tensor, Tensor, Tensor];
    out: (input: Tensor, grad_output: Tensor, weight: Tensor, running_mean: Tensor | null, running_var: Tensor | null, save_mean: Tensor | null, save_var: Tensor | null, epsilon: number, options: { out0: Tensor; out1: Tensor; out2: Tensor }) => [Tensor, Tensor, Tensor];
  }>;
  readonly miopen_convolution: Operator<{
    default: (self: Tensor, weight: Tensor, bias: Tensor | null, padding: readonly Int[], stride: readonly Int[], dilation: readonly Int[], groups: Int, benchmark: boolean, deterministic: boolean) => Tensor;
    out: (self: Tensor, weight: Tensor, bias: Tensor | null, padding: readonly Int[], stride: readonly Int[], dilation: readonly Int[], groups: Int, benchmark: boolean, deterministic: boolean, options: { out: Tensor }) => Tensor;
  }>;
  readonly miopen_convolution_add_relu: Operator<{
    default: (self: Tensor, weight: Tensor, z: Tensor, alpha: Scalar | null, bias: Tensor | null, stride: readonly Int[], padding: readonly Int[], dilation: readonly Int[], groups: Int) => Tensor;
  }>;
  readonly miopen_convolution_relu: Operator<{
    default: (self: Tensor, weight: Tensor, bias: Tensor | null, stride: readonly Int[], padding: readonly Int[], dilation: readonly Int[], groups: Int) => Tensor;
  }>;
  readonly miopen_convolution_transpose: Operator<{
    default: (self: Tensor, weight: Tensor, bias: Tensor | null, padding: readonly Int[], output_padding: readonly Int[], stride: readonly Int[], dilation: readonly Int[], groups: Int, benchmark: boolean, deterministic: boolean) => Tensor;
    out: (self: Tensor, weight: Tensor, bias: Tensor | null, padding: readonly Int[], output_padding: readonly Int[], stride: readonly Int[], dilation: readonly Int[], groups: Int, benchmark: boolean, deterministic: boolean, options: { out: Tensor }) => Tensor;
  }>;
  readonly miopen_ctc_loss: Operator<{
    Tensor: (log_probs: Tensor, targets: Tensor, input_lengths: Tensor, target_lengths: Tensor, blank: Int, deterministic: boolean, zero_infinity: boolean) => [Tensor, Tensor];
    default: (log_probs: Tensor, targets: Tensor, input_lengths: readonly Int[], target_lengths: readonly Int[], blank: Int, deterministic: boolean, zero_infinity: boolean) => [Tensor, Tensor];
    out: (log_probs: Tensor, targets: Tensor, input_lengths: readonly Int[], target_lengths: readonly Int[], blank: Int, deterministic: boolean, zero_infinity: boolean, options: { out0: Tensor; out1: Tensor }) => [Tensor, Tensor];
  }>;
  readonly miopen_depthwise_convolution: Operator<{
    default: (self: Tensor, weight: Tensor, bias: Tensor | null, padding: readonly Int[], stride: readonly Int[], dilation: readonly Int[], groups: Int, benchmark: boolean, deterministic: boolean) => Tensor;
    out: (self: Tensor, weight: Tensor, bias: Tensor | null, padding: readonly Int[], stride: readonly Int[], dilation: readonly Int[], groups: Int, benchmark: boolean, deterministic: boolean, options: { out: Tensor }) => Tensor;
  }>;
  readonly miopen_rnn: Operator<{
    default: (input: Tensor, weight: readonly Tensor[], weight_stride0: Int, hx: Tensor, cx: Tensor | null, mode: Int, hidden_size: Int, num_layers: Int, batch_first: boolean, dropout: number, train: boolean, bidirectional: boolean, batch_sizes: readonly Int[], dropout_state: Tensor | null) => [Tensor, Tensor, Tensor, Tensor, Tensor];
    out: (input: Tensor, weight: readonly Tensor[], weight_stride0: Int, hx: Tensor, cx: Tensor | null, mode: Int, hidden_size: Int, num_layers: Int, batch_first: boolean, dropout: number, train: boolean, bidirectional: boolean, batch_sizes: readonly Int[], dropout_state: Tensor | null, options: { out0: Tensor; out1: Tensor; out2: Tensor; out3: Tensor; out4: Tensor }) => [Tensor, Tensor, Tensor, Tensor, Tensor];
  }>;
  readonly miopen_rnn_backward: Operator<{
    default: (input: Tensor, weight: readonly Tensor[], weight_stride0: Int, weight_buf: Tensor, hx: Tensor, cx: Tensor | null, output: Tensor, grad_output: Tensor | null, grad_hy: Tensor | null, grad_cy: Tensor | null, mode: Int, hidden_size: Int, num_layers: Int, batch_first: boolean, dropout: number, train: boolean, bidirectional: boolean, batch_sizes: readonly Int[], dropout_state: Tensor | null, reserve: Tensor, output_mask: readonly boolean[]) => [Tensor, Tensor, Tensor, Tensor[]];
    out: (input: Tensor, weight: readonly Tensor[], weight_stride0: Int, weight_buf: Tensor, hx: Tensor, cx: Tensor | null, output: Tensor, grad_output: Tensor | null, grad_hy: Tensor | null, grad_cy: Tensor | null, mode: Int, hidden_size: Int, num_layers: Int, batch_first: boolean, dropout: number, train: boolean, bidirectional: boolean, batch_sizes: readonly Int[], dropout_state: Tensor | null, reserve: Tensor, output_mask: readonly boolean[], options: { out0: Tensor; out1: Tensor; out2: Tensor; out3: readonly Tensor[] }) => void;
  }>;
  readonly mish: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly mish_: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly mish_backward: Operator<{
    default: (grad_output: Tensor, self: Tensor) => Tensor;
  }>;
  readonly mkldnn_adaptive_avg_pool2d: Operator<{
    default: (self: Tensor, output_size: Ints) => Tensor;
    out: (self: Tensor, output_size: Ints, options: { out: Tensor }) => Tensor;
  }>;
  readonly mkldnn_adaptive_avg_pool2d_backward: Operator<{
    default: (grad_output: Tensor, self: Tensor) => Tensor;
    out: (grad_output: Tensor, self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly mkldnn_convolution: Operator<{
    default: (self: Tensor, weight: Tensor, bias: Tensor | null, padding: readonly Int[], stride: readonly Int[], dilation: readonly Int[], groups: Int) => Tensor;
    out: (self: Tensor, weight: Tensor, bias: Tensor | null, padding: readonly Int[], stride: readonly Int[], dilation: readonly Int[], groups: Int, options: { out: Tensor }) => Tensor;
  }>;
  readonly mkldnn_linear: Operator<{
    default: (...args: Args<[self: Tensor, weight: Tensor], [bias: Tensor | null], { bias?: Tensor | null }>) => Tensor;
    out: (self: Tensor, weight: Tensor, options: { bias?: Tensor | null; out: Tensor }) => Tensor;
  }>;
  readonly mkldnn_linear_backward: Operator<{
    default: (self: Tensor, grad_output: Tensor, weight: Tensor, output_mask: readonly boolean[]) => [Tensor, Tensor, Tensor];
    out: (self: Tensor, grad_output: Tensor, weight: Tensor, output_mask: readonly boolean[], options: { out0: Tensor; out1: Tensor; out2: Tensor }) => [Tensor, Tensor, Tensor];
  }>;
  readonly mkldnn_linear_backward_input: Operator<{
    default: (input_size: readonly Int[], grad_output: Tensor, weight: Tensor) => Tensor;
    out: (input_size: readonly Int[], grad_output: Tensor, weight: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly mkldnn_linear_backward_weights: Operator<{
    default: (grad_output: Tensor, input: Tensor, weight: Tensor, bias_defined: boolean) => [Tensor, Tensor];
    out: (grad_output: Tensor, input: Tensor, weight: Tensor, bias_defined: boolean, options: { out0: Tensor; out1: Tensor }) => [Tensor, Tensor];
  }>;
  readonly mkldnn_max_pool2d: Operator<{
    default: (...args: Args<[self: Tensor, kernel_size: Ints], [stride: Ints, padding: Ints, dilation: Ints, ceil_mode: boolean], { stride?: Ints; padding?: Ints; dilation?: Ints; ceil_mode?: boolean }>) => Tensor;
    out: (self: Tensor, kernel_size: Ints, options: { stride?: Ints; padding?: Ints; dilation?: Ints; ceil_mode?: boolean; out: Tensor }) => Tensor;
  }>;
  readonly mkldnn_max_pool2d_backward: Operator<{
    default: (...args: Args<[grad_output: Tensor, output: Tensor, input: Tensor, kernel_size: Ints], [stride: Ints, padding: Ints, dilation: Ints, ceil_mode: boolean], { stride?: Ints; padding?: Ints; dilation?: Ints; ceil_mode?: boolean }>) => Tensor;
    out: (grad_output: Tensor, output: Tensor, input: Tensor, kernel_size: Ints, options: { stride?: Ints; padding?: Ints; dilation?: Ints; ceil_mode?: boolean; out: Tensor }) => Tensor;
  }>;
  readonly mkldnn_max_pool3d: Operator<{
    default: (...args: Args<[self: Tensor, kernel_size: Ints], [stride: Ints, padding: Ints, dilation: Ints, ceil_mode: boolean], { stride?: Ints; padding?: Ints; dilation?: Ints; ceil_mode?: boolean }>) => Tensor;
    out: (self: Tensor, kernel_size: Ints, options: { stride?: Ints; padding?: Ints; dilation?: Ints; ceil_mode?: boolean; out: Tensor }) => Tensor;
  }>;
  readonly mkldnn_max_pool3d_backward: Operator<{
    default: (...args: Args<[grad_output: Tensor, output: Tensor, input: Tensor, kernel_size: Ints], [stride: Ints, padding: Ints, dilation: Ints, ceil_mode: boolean], { stride?: Ints; padding?: Ints; dilation?: Ints; ceil_mode?: boolean }>) => Tensor;
    out: (grad_output: Tensor, output: Tensor, input: Tensor, kernel_size: Ints, options: { stride?: Ints; padding?: Ints; dilation?: Ints; ceil_mode?: boolean; out: Tensor }) => Tensor;
  }>;
  readonly mkldnn_reorder_conv2d_weight: Operator<{
    default: (...args: Args<[self: Tensor], [padding: Ints, stride: Ints, dilation: Ints, groups: Int, input_size: readonly Int[] | null], { padding?: Ints; stride?: Ints; dilation?: Ints; groups?: Int; input_size?: readonly Int[] | null }>) => Tensor;
    out: (self: Tensor, options: { padding?: Ints; stride?: Ints; dilation?: Ints; groups?: Int; input_size?: readonly Int[] | null; out: Tensor }) => Tensor;
  }>;
  readonly mkldnn_reorder_conv3d_weight: Operator<{
    default: (...args: Args<[self: Tensor], [padding: Ints, stride: Ints, dilation: Ints, groups: Int, input_size: readonly Int[] | null], { padding?: Ints; stride?: Ints; dilation?: Ints; groups?: Int; input_size?: readonly Int[] | null }>) => Tensor;
    out: (self: Tensor, options: { padding?: Ints; stride?: Ints; dilation?: Ints; groups?: Int; input_size?: readonly Int[] | null; out: Tensor }) => Tensor;
  }>;
  readonly mkldnn_rnn_layer: Operator<{
    default: (input: Tensor, weight0: Tensor, weight1: Tensor, weight2: Tensor, weight3: Tensor, hx_: Tensor, cx_: Tensor, reverse: boolean, batch_sizes: readonly Int[], mode: Int, hidden_size: Int, num_layers: Int, has_biases: boolean, bidirectional: boolean, batch_first: boolean, train: boolean) => [Tensor, Tensor, Tensor, Tensor];
    out: (input: Tensor, weight0: Tensor, weight1: Tensor, weight2: Tensor, weight3: Tensor, hx_: Tensor, cx_: Tensor, reverse: boolean, batch_sizes: readonly Int[], mode: Int, hidden_size: Int, num_layers: Int, has_biases: boolean, bidirectional: boolean, batch_first: boolean, train: boolean, options: { out0: Tensor; out1: Tensor; out2: Tensor; out3: Tensor }) => [Tensor, Tensor, Tensor, Tensor];
  }>;
  readonly mkldnn_rnn_layer_backward: Operator<{
    default: (input: Tensor, weight1: Tensor, weight2: Tensor, weight3: Tensor, weight4: Tensor, hx_: Tensor, cx_tmp: Tensor, output: Tensor, hy_: Tensor, cy_: Tensor, grad_output: Tensor | null, grad_hy: Tensor | null, grad_cy: Tensor | null, reverse: boolean, mode: Int, hidden_size: Int, num_layers: Int, has_biases: boolean, train: boolean, bidirectional: boolean, batch_sizes: readonly Int[], batch_first: boolean, workspace: Tensor) => [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor];
    out: (input: Tensor, weight1: Tensor, weight2: Tensor, weight3: Tensor, weight4: Tensor, hx_: Tensor, cx_tmp: Tensor, output: Tensor, hy_: Tensor, cy_: Tensor, grad_output: Tensor | null, grad_hy: Tensor | null, grad_cy: Tensor | null, reverse: boolean, mode: Int, hidden_size: Int, num_layers: Int, has_biases: boolean, train: boolean, bidirectional: boolean, batch_sizes: readonly Int[], batch_first: boolean, workspace: Tensor, options: { out0: Tensor; out1: Tensor; out2: Tensor; out3: Tensor; out4: Tensor; out5: Tensor; out6: Tensor }) => [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor];
  }>;
  readonly mm: Operator<{
    default: (self: Tensor, mat2: Tensor) => Tensor;
    dtype: (self: Tensor, mat2: Tensor, out_dtype: DType) => Tensor;
    dtype_out: (self: Tensor, mat2: Tensor, out_dtype: DType, options: { out: Tensor }) => Tensor;
    out: (self: Tensor, mat2: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly mode: Operator<{
    default: (...args: Args<[self: Tensor], [dim: Int, keepdim: boolean], { dim?: Int; keepdim?: boolean }>) => [values: Tensor, indices: Tensor];
    values: (self: Tensor, options: { dim?: Int; keepdim?: boolean; values: Tensor; indices: Tensor }) => [values: Tensor, indices: Tensor];
  }>;
  readonly moveaxis: Operator<{
    int: (self: Tensor, source: Int, destination: Int) => Tensor;
    intlist: (self: Tensor, source: readonly Int[], destination: readonly Int[]) => Tensor;
  }>;
  readonly movedim: Operator<{
    int: (self: Tensor, source: Int, destination: Int) => Tensor;
    intlist: (self: Tensor, source: readonly Int[], destination: readonly Int[]) => Tensor;
  }>;
  readonly mps_convolution_backward: Operator<{
    default: (self: Tensor, grad_output: Tensor, weight: Tensor, padding: readonly Int[], stride: readonly Int[], dilation: readonly Int[], groups: Int, output_mask: readonly boolean[]) => [Tensor, Tensor, Tensor];
    out: (self: Tensor, grad_output: Tensor, weight: Tensor, padding: readonly Int[], stride: readonly Int[], dilation: readonly Int[], groups: Int, output_mask: readonly boolean[], options: { out0: Tensor; out1: Tensor; out2: Tensor }) => [Tensor, Tensor, Tensor];
  }>;
  readonly mps_convolution_transpose_backward: Operator<{
    default: (self: Tensor, grad_output: Tensor, weight: Tensor, padding: readonly Int[], output_padding: readonly Int[], stride: readonly Int[], dilation: readonly Int[], groups: Int, output_mask: readonly boolean[]) => [Tensor, Tensor];
    out: (self: Tensor, grad_output: Tensor, weight: Tensor, padding: readonly Int[], output_padding: readonly Int[], stride: readonly Int[], dilation: readonly Int[], groups: Int, output_mask: readonly boolean[], options: { out0: Tensor; out1: Tensor }) => [Tensor, Tensor];
  }>;
  readonly mse_loss: Operator<{
    default: (...args: Args<[self: Tensor, target: Tensor], [reduction: Int], { reduction?: Int }>) => Tensor;
    out: (self: Tensor, target: Tensor, options: { reduction?: Int; out: Tensor }) => Tensor;
  }>;
  readonly mse_loss_backward: Operator<{
    default: (grad_output: Tensor, self: Tensor, target: Tensor, reduction: Int) => Tensor;
    grad_input: (grad_output: Tensor, self: Tensor, target: Tensor, reduction: Int, options: { grad_input: Tensor }) => Tensor;
  }>;
  readonly msort: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly mul: Operator<{
    Scalar: (self: Tensor, other: Scalar) => Tensor;
    Scalar_out: (self: Tensor, other: Scalar, options: { out: Tensor }) => Tensor;
    Tensor: (self: Tensor, other: Tensor) => Tensor;
    out: (self: Tensor, other: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly mul_: Operator<{
    Scalar: (self: Tensor, other: Scalar) => Tensor;
    Tensor: (self: Tensor, other: Tensor) => Tensor;
  }>;
  readonly multi_margin_loss: Operator<{
    default: (...args: Args<[self: Tensor, target: Tensor], [p: Scalar, margin: Scalar, weight: Tensor | null, reduction: Int], { p?: Scalar; margin?: Scalar; weight?: Tensor | null; reduction?: Int }>) => Tensor;
    out: (self: Tensor, target: Tensor, options: { p?: Scalar; margin?: Scalar; weight?: Tensor | null; reduction?: Int; out: Tensor }) => Tensor;
  }>;
  readonly multi_margin_loss_backward: Operator<{
    default: (...args: Args<[grad_output: Tensor, self: Tensor, target: Tensor, p: Scalar, margin: Scalar], [weight: Tensor | null, reduction: Int], { weight?: Tensor | null; reduction?: Int }>) => Tensor;
    grad_input: (grad_output: Tensor, self: Tensor, target: Tensor, p: Scalar, margin: Scalar, options: { weight?: Tensor | null; reduction?: Int; grad_input: Tensor }) => Tensor;
  }>;
  readonly multilabel_margin_loss: Operator<{
    default: (...args: Args<[self: Tensor, target: Tensor], [reduction: Int], { reduction?: Int }>) => Tensor;
    out: (self: Tensor, target: Tensor, options: { reduction?: Int; out: Tensor }) => Tensor;
  }>;
  readonly multilabel_margin_loss_backward: Operator<{
    default: (grad_output: Tensor, self: Tensor, target: Tensor, reduction: Int, is_target: Tensor) => Tensor;
    grad_input: (grad_output: Tensor, self: Tensor, target: Tensor, reduction: Int, is_target: Tensor, options: { grad_input: Tensor }) => Tensor;
  }>;
  readonly multilabel_margin_loss_forward: Operator<{
    default: (self: Tensor, target: Tensor, reduction: Int) => [output: Tensor, is_target: Tensor];
    output: (self: Tensor, target: Tensor, reduction: Int, options: { output: Tensor; is_target: Tensor }) => [Tensor, Tensor];
  }>;
  readonly multinomial: Operator<{
    default: (...args: Args<[self: Tensor, num_samples: Int], [replacement: boolean], { replacement?: boolean; generator?: Generator }>) => Tensor;
    out: (self: Tensor, num_samples: Int, options: { replacement?: boolean; generator?: Generator; out: Tensor }) => Tensor;
  }>;
  readonly multiply: Operator<{
    Scalar: (self: Tensor, other: Scalar) => Tensor;
    Tensor: (self: Tensor, other: Tensor) => Tensor;
    out: (self: Tensor, other: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly multiply_: Operator<{
    Scalar: (self: Tensor, other: Scalar) => Tensor;
    Tensor: (self: Tensor, other: Tensor) => Tensor;
  }>;
  readonly mv: Operator<{
    default: (self: Tensor, vec: Tensor) => Tensor;
    out: (self: Tensor, vec: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly mvlgamma: Operator<{
    default: (self: Tensor, p: Int) => Tensor;
    out: (self: Tensor, p: Int, options: { out: Tensor }) => Tensor;
  }>;
  readonly mvlgamma_: Operator<{
    default: (self: Tensor, p: Int) => Tensor;
  }>;
  readonly nan_to_num: Operator<{
    default: (...args: Args<[self: Tensor], [nan: number | null, posinf: number | null, neginf: number | null], { nan?: number | null; posinf?: number | null; neginf?: number | null }>) => Tensor;
    out: (self: Tensor, options: { nan?: number | null; posinf?: number | null; neginf?: number | null; out: Tensor }) => Tensor;
  }>;
  readonly nan_to_num_: Operator<{
    default: (...args: Args<[self: Tensor], [nan: number | null, posinf: number | null, neginf: number | null], { nan?: number | null; posinf?: number | null; neginf?: number | null }>) => Tensor;
  }>;
  readonly nanmean: Operator<{
    default: (...args: Args<[self: Tensor], [dim: Ints | null, keepdim: boolean], { dim?: Ints | null; keepdim?: boolean; dtype?: DType | null }>) => Tensor;
    out: (self: Tensor, options: { dim?: Ints | null; keepdim?: boolean; dtype?: DType | null; out: Tensor }) => Tensor;
  }>;
  readonly nanmedian: Operator<{
    default: (self: Tensor) => Tensor;
    dim: (...args: Args<[self: Tensor, dim: Int], [keepdim: boolean], { keepdim?: boolean }>) => [values: Tensor, indices: Tensor];
    dim_values: (self: Tensor, dim: Int, options: { keepdim?: boolean; values: Tensor; indices: Tensor }) => [values: Tensor, indices: Tensor];
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly nanquantile: Operator<{
    default: (...args: Args<[self: Tensor, q: Tensor], [dim: Int | null, keepdim: boolean], { dim?: Int | null; keepdim?: boolean; interpolation?: string }>) => Tensor;
    out: (self: Tensor, q: Tensor, options: { dim?: Int | null; keepdim?: boolean; interpolation?: string; out: Tensor }) => Tensor;
    scalar: (...args: Args<[self: Tensor, q: number], [dim: Int | null, keepdim: boolean], { dim?: Int | null; keepdim?: boolean; interpolation?: string }>) => Tensor;
    scalar_out: (self: Tensor, q: number, options: { dim?: Int | null; keepdim?: boolean; interpolation?: string; out: Tensor }) => Tensor;
  }>;
  readonly nansum: Operator<{
    default: (...args: Args<[self: Tensor], [dim: Ints | null, keepdim: boolean], { dim?: Ints | null; keepdim?: boolean; dtype?: DType | null }>) => Tensor;
    out: (self: Tensor, options: { dim?: Ints | null; keepdim?: boolean; dtype?: DType | null; out: Tensor }) => Tensor;
  }>;
  readonly narrow: Operator<{
    Tensor: (self: Tensor, dim: Int, start: Tensor, length: Int) => Tensor;
    default: (self: Tensor, dim: Int, start: Int, length: Int) => Tensor;
  }>;
  readonly narrow_copy: Operator<{
    default: (self: Tensor, dim: Int, start: Int, length: Int) => Tensor;
    out: (self: Tensor, dim: Int, start: Int, length: Int, options: { out: Tensor }) => Tensor;
  }>;
  readonly native_batch_norm: Operator<{
    default: (input: Tensor, weight: Tensor | null, bias: Tensor | null, running_mean: Tensor | null, running_var: Tensor | null, training: boolean, momentum: number, eps: number) => [Tensor, Tensor, Tensor];
    out: (input: Tensor, weight: Tensor | null, bias: Tensor | null, running_mean: Tensor | null, running_var: Tensor | null, training: boolean, momentum: number, eps: number, options: { out: Tensor; save_mean: Tensor; save_invstd: Tensor }) => [Tensor, Tensor, Tensor];
  }>;
  readonly native_batch_norm_backward: Operator<{
    default: (grad_out: Tensor, input: Tensor, weight: Tensor | null, running_mean: Tensor | null, running_var: Tensor | null, save_mean: Tensor | null, save_invstd: Tensor | null, train: boolean, eps: number, output_mask: readonly boolean[]) => [Tensor, Tensor, Tensor];
    out: (grad_out: Tensor, input: Tensor, weight: Tensor | null, running_mean: Tensor | null, running_var: Tensor | null, save_mean: Tensor | null, save_invstd: Tensor | null, train: boolean, eps: number, output_mask: readonly boolean[], options: { out0: Tensor; out1: Tensor; out2: Tensor }) => [Tensor, Tensor, Tensor];
  }>;
  readonly native_channel_shuffle: Operator<{
    default: (self: Tensor, groups: Int) => Tensor;
  }>;
  readonly native_dropout: Operator<{
    default: (input: Tensor, p: number, train: boolean | null) => [Tensor, Tensor];
    out: (input: Tensor, p: number, train: boolean | null, options: { out0: Tensor; out1: Tensor }) => [Tensor, Tensor];
  }>;
  readonly native_dropout_backward: Operator<{
    default: (grad_output: Tensor, mask: Tensor, scale: number) => Tensor;
    out: (grad_output: Tensor, mask: Tensor, scale: number, options: { out: Tensor }) => Tensor;
  }>;
  readonly native_group_norm: Operator<{
    default: (input: Tensor, weight: Tensor | null, bias: Tensor | null, N: Int, C: Int, HxW: Int, group: Int, eps: number) => [Tensor, Tensor, Tensor];
    out: (input: Tensor, weight: Tensor | null, bias: Tensor | null, N: Int, C: Int, HxW: Int, group: Int, eps: number, options: { out0: Tensor; out1: Tensor; out2: Tensor }) => [Tensor, Tensor, Tensor];
  }>;
  readonly native_group_norm_backward: Operator<{
    default: (grad_out: Tensor, input: Tensor, mean: Tensor, rstd: Tensor, weight: Tensor | null, N: Int, C: Int, HxW: Int, group: Int, output_mask: readonly boolean[]) => [Tensor, Tensor, Tensor];
    out: (grad_out: Tensor, input: Tensor, mean: Tensor, rstd: Tensor, weight: Tensor | null, N: Int, C: Int, HxW: Int, group: Int, output_mask: readonly boolean[], options: { out0: Tensor; out1: Tensor; out2: Tensor }) => [Tensor, Tensor, Tensor];
  }>;
  readonly native_layer_norm: Operator<{
    default: (input: Tensor, normalized_shape: readonly Int[], weight: Tensor | null, bias: Tensor | null, eps: number) => [Tensor, Tensor, Tensor];
    out: (input: Tensor, normalized_shape: readonly Int[], weight: Tensor | null, bias: Tensor | null, eps: number, options: { out0: Tensor; out1: Tensor; out2: Tensor }) => [Tensor, Tensor, Tensor];
  }>;
  readonly native_layer_norm_backward: Operator<{
    default: (grad_out: Tensor, input: Tensor, normalized_shape: readonly Int[], mean: Tensor, rstd: Tensor, weight: Tensor | null, bias: Tensor | null, output_mask: readonly boolean[]) => [Tensor, Tensor, Tensor];
    out: (grad_out: Tensor, input: Tensor, normalized_shape: readonly Int[], mean: Tensor, rstd: Tensor, weight: Tensor | null, bias: Tensor | null, output_mask: readonly boolean[], options: { out0: Tensor; out1: Tensor; out2: Tensor }) => [Tensor, Tensor, Tensor];
  }>;
  readonly native_norm: Operator<{
    ScalarOpt_dim_dtype: (self: Tensor, p: Scalar | null, dim: Ints, keepdim: boolean, dtype: DType | null) => Tensor;
    ScalarOpt_dim_dtype_out: (self: Tensor, p: Scalar | null, dim: Ints, keepdim: boolean, dtype: DType | null, options: { out: Tensor }) => Tensor;
    default: (...args: Args<[self: Tensor], [p: Scalar], { p?: Scalar }>) => Tensor;
    out: (self: Tensor, options: { p?: Scalar; out: Tensor }) => Tensor;
  }>;
  readonly ne: Operator<{
    Scalar: (self: Tensor, other: Scalar) => Tensor;
    Scalar_out: (self: Tensor, other: Scalar, options: { out: Tensor }) => Tensor;
    Tensor: (self: Tensor, other: Tensor) => Tensor;
    Tensor_out: (self: Tensor, other: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly ne_: Operator<{
    Scalar: (self: Tensor, other: Scalar) => Tensor;
    Tensor: (self: Tensor, other: Tensor) => Tensor;
  }>;
  readonly neg: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly neg_: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly negative: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly negative_: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly nested_to_padded_tensor: Operator<{
    default: (...args: Args<[self: Tensor, padding: number], [output_size: readonly Int[] | null], { output_size?: readonly Int[] | null }>) => Tensor;
  }>;
  readonly new_empty: Operator<{
    default: (self: Tensor, size: readonly Int[], options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }) => Tensor;
    out: (self: Tensor, size: readonly Int[], options: { out: Tensor }) => Tensor;
  }>;
  readonly new_empty_strided: Operator<{
    default: (self: Tensor, size: readonly Int[], stride: readonly Int[], options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }) => Tensor;
    out: (self: Tensor, size: readonly Int[], stride: readonly Int[], options: { out: Tensor }) => Tensor;
  }>;
  readonly new_full: Operator<{
    default: (self: Tensor, size: readonly Int[], fill_value: Scalar, options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }) => Tensor;
    out: (self: Tensor, size: readonly Int[], fill_value: Scalar, options: { out: Tensor }) => Tensor;
  }>;
  readonly new_ones: Operator<{
    default: (self: Tensor, size: readonly Int[], options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }) => Tensor;
    out: (self: Tensor, size: readonly Int[], options: { out: Tensor }) => Tensor;
  }>;
  readonly new_zeros: Operator<{
    default: (self: Tensor, size: readonly Int[], options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }) => Tensor;
    out: (self: Tensor, size: readonly Int[], options: { out: Tensor }) => Tensor;
  }>;
  readonly nextafter: Operator<{
    default: (self: Tensor, other: Tensor) => Tensor;
    out: (self: Tensor, other: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly nextafter_: Operator<{
    default: (self: Tensor, other: Tensor) => Tensor;
  }>;
  readonly nll_loss: Operator<{
    default: (...args: Args<[self: Tensor, target: Tensor], [weight: Tensor | null, reduction: Int, ignore_index: Int], { weight?: Tensor | null; reduction?: Int; ignore_index?: Int }>) => Tensor;
    out: (self: Tensor, target: Tensor, options: { weight?: Tensor | null; reduction?: Int; ignore_index?: Int; out: Tensor }) => Tensor;
  }>;
  readonly nll_loss2d: Operator<{
    default: (...args: Args<[self: Tensor, target: Tensor], [weight: Tensor | null, reduction: Int, ignore_index: Int], { weight?: Tensor | null; reduction?: Int; ignore_index?: Int }>) => Tensor;
    out: (self: Tensor, target: Tensor, options: { weight?: Tensor | null; reduction?: Int; ignore_index?: Int; out: Tensor }) => Tensor;
  }>;
  readonly nll_loss2d_backward: Operator<{
    default: (grad_output: Tensor, self: Tensor, target: Tensor, weight: Tensor | null, reduction: Int, ignore_index: Int, total_weight: Tensor) => Tensor;
    grad_input: (grad_output: Tensor, self: Tensor, target: Tensor, weight: Tensor | null, reduction: Int, ignore_index: Int, total_weight: Tensor, options: { grad_input: Tensor }) => Tensor;
  }>;
  readonly nll_loss2d_forward: Operator<{
    default: (self: Tensor, target: Tensor, weight: Tensor | null, reduction: Int, ignore_index: Int) => [output: Tensor, total_weight: Tensor];
    output: (self: Tensor, target: Tensor, weight: Tensor | null, reduction: Int, ignore_index: Int, options: { output: Tensor; total_weight: Tensor }) => [Tensor, Tensor];
  }>;
  readonly nll_loss_backward: Operator<{
    default: (grad_output: Tensor, self: Tensor, target: Tensor, weight: Tensor | null, reduction: Int, ignore_index: Int, total_weight: Tensor) => Tensor;
    grad_input: (grad_output: Tensor, self: Tensor, target: Tensor, weight: Tensor | null, reduction: Int, ignore_index: Int, total_weight: Tensor, options: { grad_input: Tensor }) => Tensor;
  }>;
  readonly nll_loss_forward: Operator<{
    default: (self: Tensor, target: Tensor, weight: Tensor | null, reduction: Int, ignore_index: Int) => [output: Tensor, total_weight: Tensor];
    output: (self: Tensor, target: Tensor, weight: Tensor | null, reduction: Int, ignore_index: Int, options: { output: Tensor; total_weight: Tensor }) => [Tensor, Tensor];
  }>;
  readonly nll_loss_nd: Operator<{
    default: (...args: Args<[self: Tensor, target: Tensor], [weight: Tensor | null, reduction: Int, ignore_index: Int], { weight?: Tensor | null; reduction?: Int; ignore_index?: Int }>) => Tensor;
  }>;
  readonly nonzero: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly nonzero_numpy: Operator<{
    default: (self: Tensor) => Tensor[];
  }>;
  readonly nonzero_static: Operator<{
    default: (self: Tensor, options: { size: Int; fill_value?: Int }) => Tensor;
    out: (self: Tensor, options: { size: Int; fill_value?: Int; out: Tensor }) => Tensor;
  }>;
  readonly norm: Operator<{
    Scalar: (...args: Args<[self: Tensor], [p: Scalar], { p?: Scalar }>) => Tensor;
    ScalarOpt_dim: (...args: Args<[self: Tensor, p: Scalar | null, dim: Ints], [keepdim: boolean], { keepdim?: boolean }>) => Tensor;
    ScalarOpt_dim_dtype: (self: Tensor, p: Scalar | null, dim: Ints, keepdim: boolean, options: { dtype: DType }) => Tensor;
    ScalarOpt_dtype: (self: Tensor, p: Scalar | null, options: { dtype: DType }) => Tensor;
    ScalarOpt_dtype_out: (self: Tensor, p: Scalar | null, options: { dtype: DType; out: Tensor }) => Tensor;
    Scalar_out: (self: Tensor, options: { p?: Scalar; out: Tensor }) => Tensor;
    dtype_out: (self: Tensor, p: Scalar | null, dim: Ints, keepdim: boolean, options: { dtype: DType; out: Tensor }) => Tensor;
    out: (self: Tensor, p: Scalar | null, dim: Ints, options: { keepdim?: boolean; out: Tensor }) => Tensor;
  }>;
  readonly norm_except_dim: Operator<{
    default: (...args: Args<[v: Tensor], [pow: Int, dim: Int], { pow?: Int; dim?: Int }>) => Tensor;
  }>;
  readonly normal: Operator<{
    Tensor_Tensor: (mean: Tensor, std: Tensor, options?: { generator?: Generator }) => Tensor;
    Tensor_Tensor_out: (mean: Tensor, std: Tensor, options: { generator?: Generator; out: Tensor }) => Tensor;
    Tensor_float: (...args: Args<[mean: Tensor], [std: number], { std?: number; generator?: Generator }>) => Tensor;
    Tensor_float_out: (mean: Tensor, options: { std?: number; generator?: Generator; out: Tensor }) => Tensor;
    float_Tensor: (mean: number, std: Tensor, options?: { generator?: Generator }) => Tensor;
    float_Tensor_out: (mean: number, std: Tensor, options: { generator?: Generator; out: Tensor }) => Tensor;
    float_float: (mean: number, std: number, size: readonly Int[], options?: { generator?: Generator; dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }) => Tensor;
    float_float_out: (mean: number, std: number, size: readonly Int[], options: { generator?: Generator; out: Tensor }) => Tensor;
    out: (self: Tensor, options: { mean?: number; std?: number; generator?: Generator; out: Tensor }) => Tensor;
  }>;
  readonly normal_: Operator<{
    default: (...args: Args<[self: Tensor], [mean: number, std: number], { mean?: number; std?: number; generator?: Generator }>) => Tensor;
  }>;
  readonly normal_functional: Operator<{
    default: (...args: Args<[self: Tensor], [mean: number, std: number], { mean?: number; std?: number; generator?: Generator }>) => Tensor;
  }>;
  readonly not_equal: Operator<{
    Scalar: (self: Tensor, other: Scalar) => Tensor;
    Scalar_out: (self: Tensor, other: Scalar, options: { out: Tensor }) => Tensor;
    Tensor: (self: Tensor, other: Tensor) => Tensor;
    Tensor_out: (self: Tensor, other: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly not_equal_: Operator<{
    Scalar: (self: Tensor, other: Scalar) => Tensor;
    Tensor: (self: Tensor, other: Tensor) => Tensor;
  }>;
  readonly nuclear_norm: Operator<{
    default: (...args: Args<[self: Tensor], [keepdim: boolean], { keepdim?: boolean }>) => Tensor;
    dim: (...args: Args<[self: Tensor, dim: Ints], [keepdim: boolean], { keepdim?: boolean }>) => Tensor;
    dim_out: (self: Tensor, dim: Ints, options: { keepdim?: boolean; out: Tensor }) => Tensor;
    out: (self: Tensor, options: { keepdim?: boolean; out: Tensor }) => Tensor;
  }>;
  readonly numel: Operator<{
    default: (self: Tensor) => number;
  }>;
  readonly numpy_T: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly one_hot: Operator<{
    default: (...args: Args<[self: Tensor], [num_classes: Int], { num_classes?: Int }>) => Tensor;
  }>;
  readonly ones: Operator<{
    default: (size: readonly Int[], options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }) => Tensor;
    out: (size: readonly Int[], options: { out: Tensor }) => Tensor;
  }>;
  readonly ones_like: Operator<{
    default: (self: Tensor, options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null; memory_format?: MemoryFormat | null }) => Tensor;
    out: (self: Tensor, options: { memory_format?: MemoryFormat | null; out: Tensor }) => Tensor;
  }>;
  readonly orgqr: Operator<{
    default: (self: Tensor, input2: Tensor) => Tensor;
    out: (self: Tensor, input2: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly ormqr: Operator<{
    default: (...args: Args<[self: Tensor, input2: Tensor, input3: Tensor], [left: boolean, transpose: boolean], { left?: boolean; transpose?: boolean }>) => Tensor;
    out: (self: Tensor, input2: Tensor, input3: Tensor, options: { left?: boolean; transpose?: boolean; out: Tensor }) => Tensor;
  }>;
  readonly outer: Operator<{
    default: (self: Tensor, vec2: Tensor) => Tensor;
    out: (self: Tensor, vec2: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly output_nr: Operator<{
    default: (self: Tensor) => number;
  }>;
  readonly pad: Operator<{
    default: (...args: Args<[self: Tensor, pad: readonly Int[]], [mode: string, value: number | null], { mode?: string; value?: number | null }>) => Tensor;
  }>;
  readonly pad_sequence: Operator<{
    default: (...args: Args<[sequences: readonly Tensor[]], [batch_first: boolean, padding_value: number, padding_side: string], { batch_first?: boolean; padding_value?: number; padding_side?: string }>) => Tensor;
  }>;
  readonly pairwise_distance: Operator<{
    default: (...args: Args<[x1: Tensor, x2: Tensor], [p: number, eps: number, keepdim: boolean], { p?: number; eps?: number; keepdim?: boolean }>) => Tensor;
  }>;
  readonly pdist: Operator<{
    default: (...args: Args<[self: Tensor], [p: number], { p?: number }>) => Tensor;
  }>;
  readonly permute: Operator<{
    default: (self: Tensor, dims: readonly Int[]) => Tensor;
  }>;
  readonly permute_copy: Operator<{
    default: (self: Tensor, dims: readonly Int[]) => Tensor;
    out: (self: Tensor, dims: readonly Int[], options: { out: Tensor }) => Tensor;
  }>;
  readonly pin_memory: Operator<{
    default: (...args: Args<[self: Tensor], [device: string | null], { device?: string | null }>) => Tensor;
  }>;
  readonly pinverse: Operator<{
    default: (...args: Args<[self: Tensor], [rcond: number], { rcond?: number }>) => Tensor;
  }>;
  readonly pixel_shuffle: Operator<{
    default: (self: Tensor, upscale_factor: Int) => Tensor;
    out: (self: Tensor, upscale_factor: Int, options: { out: Tensor }) => Tensor;
  }>;
  readonly pixel_unshuffle: Operator<{
    default: (self: Tensor, downscale_factor: Int) => Tensor;
    out: (self: Tensor, downscale_factor: Int, options: { out: Tensor }) => Tensor;
  }>;
  readonly poisson: Operator<{
    default: (...args: Args<[self: Tensor], [generator: Generator], { generator?: Generator }>) => Tensor;
    out: (self: Tensor, options: { generator?: Generator; out: Tensor }) => Tensor;
  }>;
  readonly poisson_nll_loss: Operator<{
    default: (input: Tensor, target: Tensor, log_input: boolean, full: boolean, eps: number, reduction: Int) => Tensor;
  }>;
  readonly polar: Operator<{
    default: (abs: Tensor, angle: Tensor) => Tensor;
    out: (abs: Tensor, angle: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly polygamma: Operator<{
    default: (n: Int, self: Tensor) => Tensor;
    out: (n: Int, self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly polygamma_: Operator<{
    default: (self: Tensor, n: Int) => Tensor;
  }>;
  readonly positive: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly pow: Operator<{
    Scalar: (self: Scalar, exponent: Tensor) => Tensor;
    Scalar_out: (self: Scalar, exponent: Tensor, options: { out: Tensor }) => Tensor;
    Tensor_Scalar: (self: Tensor, exponent: Scalar) => Tensor;
    Tensor_Scalar_out: (self: Tensor, exponent: Scalar, options: { out: Tensor }) => Tensor;
    Tensor_Tensor: (self: Tensor, exponent: Tensor) => Tensor;
    Tensor_Tensor_out: (self: Tensor, exponent: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly pow_: Operator<{
    Scalar: (self: Tensor, exponent: Scalar) => Tensor;
    Tensor: (self: Tensor, exponent: Tensor) => Tensor;
  }>;
  readonly prelu: Operator<{
    default: (self: Tensor, weight: Tensor) => Tensor;
  }>;
  readonly prod: Operator<{
    default: (self: Tensor, options?: { dtype?: DType | null }) => Tensor;
    dim_int: (...args: Args<[self: Tensor, dim: Int], [keepdim: boolean], { keepdim?: boolean; dtype?: DType | null }>) => Tensor;
    int_out: (self: Tensor, dim: Int, options: { keepdim?: boolean; dtype?: DType | null; out: Tensor }) => Tensor;
    out: (self: Tensor, options: { dtype?: DType | null; out: Tensor }) => Tensor;
  }>;
  readonly promote_types: Operator<{
    default: (type1: DType, type2: DType) => number;
  }>;
  readonly put: Operator<{
    default: (...args: Args<[self: Tensor, index: Tensor, source: Tensor], [accumulate: boolean], { accumulate?: boolean }>) => Tensor;
    out: (self: Tensor, index: Tensor, source: Tensor, options: { accumulate?: boolean; out: Tensor }) => Tensor;
  }>;
  readonly put_: Operator<{
    default: (...args: Args<[self: Tensor, index: Tensor, source: Tensor], [accumulate: boolean], { accumulate?: boolean }>) => Tensor;
  }>;
  readonly q_per_channel_axis: Operator<{
    default: (self: Tensor) => number;
  }>;
  readonly q_per_channel_scales: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly q_per_channel_zero_points: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly q_scale: Operator<{
    default: (self: Tensor) => number;
  }>;
  readonly q_zero_point: Operator<{
    default: (self: Tensor) => number;
  }>;
  readonly qr: Operator<{
    Q: (self: Tensor, options: { some?: boolean; Q: Tensor; R: Tensor }) => [Q: Tensor, R: Tensor];
    default: (...args: Args<[self: Tensor], [some: boolean], { some?: boolean }>) => [Q: Tensor, R: Tensor];
  }>;
  readonly quantile: Operator<{
    default: (...args: Args<[self: Tensor, q: Tensor], [dim: Int | null, keepdim: boolean], { dim?: Int | null; keepdim?: boolean; interpolation?: string }>) => Tensor;
    out: (self: Tensor, q: Tensor, options: { dim?: Int | null; keepdim?: boolean; interpolation?: string; out: Tensor }) => Tensor;
    scalar: (...args: Args<[self: Tensor, q: number], [dim: Int | null, keepdim: boolean], { dim?: Int | null; keepdim?: boolean; interpolation?: string }>) => Tensor;
    scalar_out: (self: Tensor, q: number, options: { dim?: Int | null; keepdim?: boolean; interpolation?: string; out: Tensor }) => Tensor;
  }>;
  readonly quantize_per_channel: Operator<{
    default: (self: Tensor, scales: Tensor, zero_points: Tensor, axis: Int, dtype: DType) => Tensor;
    out: (self: Tensor, scales: Tensor, zero_points: Tensor, axis: Int, dtype: DType, options: { out: Tensor }) => Tensor;
  }>;
  readonly quantize_per_tensor: Operator<{
    default: (self: Tensor, scale: number, zero_point: Int, dtype: DType) => Tensor;
    out: (self: Tensor, scale: number, zero_point: Int, dtype: DType, options: { out: Tensor }) => Tensor;
    tensor_qparams: (self: Tensor, scale: Tensor, zero_point: Tensor, dtype: DType) => Tensor;
    tensor_qparams_out: (self: Tensor, scale: Tensor, zero_point: Tensor, dtype: DType, options: { out: Tensor }) => Tensor;
    tensors: (tensors: readonly Tensor[], scales: Tensor, zero_points: Tensor, dtype: DType) => Tensor[];
    tensors_out: (tensors: readonly Tensor[], scales: Tensor, zero_points: Tensor, dtype: DType, options: { out: readonly Tensor[] }) => void;
  }>;
  readonly quantize_per_tensor_dynamic: Operator<{
    default: (self: Tensor, dtype: DType, reduce_range: boolean) => Tensor;
    out: (self: Tensor, dtype: DType, reduce_range: boolean, options: { out: Tensor }) => Tensor;
  }>;
  readonly quantized_batch_norm: Operator<{
    default: (input: Tensor, weight: Tensor | null, bias: Tensor | null, mean: Tensor, var_: Tensor, eps: number, output_scale: number, output_zero_point: Int) => Tensor;
    out: (input: Tensor, weight: Tensor | null, bias: Tensor | null, mean: Tensor, var_: Tensor, eps: number, output_scale: number, output_zero_point: Int, options: { out: Tensor }) => Tensor;
  }>;
  readonly quantized_gru: Operator<{
    data_legacy: (data: Tensor, batch_sizes: Tensor, hx: Tensor, params: readonly Tensor[], has_biases: boolean, num_layers: Int, dropout: number, train: boolean, bidirectional: boolean) => [Tensor, Tensor];
    input_legacy: (input: Tensor, hx: Tensor, params: readonly Tensor[], has_biases: boolean, num_layers: Int, dropout: number, train: boolean, bidirectional: boolean, batch_first: boolean) => [Tensor, Tensor];
  }>;
  readonly quantized_gru_cell: Operator<{
    default: (input: Tensor, hx: Tensor, w_ih: Tensor, w_hh: Tensor, b_ih: Tensor, b_hh: Tensor, packed_ih: Tensor, packed_hh: Tensor, col_offsets_ih: Tensor, col_offsets_hh: Tensor, scale_ih: Scalar, scale_hh: Scalar, zero_point_ih: Scalar, zero_point_hh: Scalar) => Tensor;
  }>;
  readonly quantized_lstm: Operator<{
    data_legacy: (data: Tensor, batch_sizes: Tensor, hx: readonly Tensor[], params: readonly Tensor[], has_biases: boolean, num_layers: Int, dropout: number, train: boolean, bidirectional: boolean, options?: { dtype?: DType | null; use_dynamic?: boolean }) => [Tensor, Tensor, Tensor];
    input_legacy: (input: Tensor, hx: readonly Tensor[], params: readonly Tensor[], has_biases: boolean, num_layers: Int, dropout: number, train: boolean, bidirectional: boolean, batch_first: boolean, options?: { dtype?: DType | null; use_dynamic?: boolean }) => [Tensor, Tensor, Tensor];
  }>;
  readonly quantized_lstm_cell: Operator<{
    default: (input: Tensor, hx: readonly Tensor[], w_ih: Tensor, w_hh: Tensor, b_ih: Tensor, b_hh: Tensor, packed_ih: Tensor, packed_hh: Tensor, col_offsets_ih: Tensor, col_offsets_hh: Tensor, scale_ih: Scalar, scale_hh: Scalar, zero_point_ih: Scalar, zero_point_hh: Scalar) => [Tensor, Tensor];
  }>;
  readonly quantized_max_pool1d: Operator<{
    default: (...args: Args<[self: Tensor, kernel_size: Ints], [stride: Ints, padding: Ints, dilation: Ints, ceil_mode: boolean], { stride?: Ints; padding?: Ints; dilation?: Ints; ceil_mode?: boolean }>) => Tensor;
    out: (self: Tensor, kernel_size: Ints, options: { stride?: Ints; padding?: Ints; dilation?: Ints; ceil_mode?: boolean; out: Tensor }) => Tensor;
  }>;
  readonly quantized_max_pool2d: Operator<{
    default: (...args: Args<[self: Tensor, kernel_size: Ints], [stride: Ints, padding: Ints, dilation: Ints, ceil_mode: boolean], { stride?: Ints; padding?: Ints; dilation?: Ints; ceil_mode?: boolean }>) => Tensor;
    out: (self: Tensor, kernel_size: Ints, options: { stride?: Ints; padding?: Ints; dilation?: Ints; ceil_mode?: boolean; out: Tensor }) => Tensor;
  }>;
  readonly quantized_max_pool3d: Operator<{
    default: (...args: Args<[self: Tensor, kernel_size: Ints], [stride: Ints, padding: Ints, dilation: Ints, ceil_mode: boolean], { stride?: Ints; padding?: Ints; dilation?: Ints; ceil_mode?: boolean }>) => Tensor;
    out: (self: Tensor, kernel_size: Ints, options: { stride?: Ints; padding?: Ints; dilation?: Ints; ceil_mode?: boolean; out: Tensor }) => Tensor;
  }>;
  readonly quantized_rnn_relu_cell: Operator<{
    default: (input: Tensor, hx: Tensor, w_ih: Tensor, w_hh: Tensor, b_ih: Tensor, b_hh: Tensor, packed_ih: Tensor, packed_hh: Tensor, col_offsets_ih: Tensor, col_offsets_hh: Tensor, scale_ih: Scalar, scale_hh: Scalar, zero_point_ih: Scalar, zero_point_hh: Scalar) => Tensor;
  }>;
  readonly quantized_rnn_tanh_cell: Operator<{
    default: (input: Tensor, hx: Tensor, w_ih: Tensor, w_hh: Tensor, b_ih: Tensor, b_hh: Tensor, packed_ih: Tensor, packed_hh: Tensor, col_offsets_ih: Tensor, col_offsets_hh: Tensor, scale_ih: Scalar, scale_hh: Scalar, zero_point_ih: Scalar, zero_point_hh: Scalar) => Tensor;
  }>;
  readonly rad2deg: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly rad2deg_: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly rand: Operator<{
    default: (size: readonly Int[], options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }) => Tensor;
    generator: (size: readonly Int[], options: { generator: Generator; dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }) => Tensor;
    generator_out: (size: readonly Int[], options: { generator: Generator; out: Tensor }) => Tensor;
    out: (size: readonly Int[], options: { out: Tensor }) => Tensor;
  }>;
  readonly rand_like: Operator<{
    default: (self: Tensor, options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null; memory_format?: MemoryFormat | null }) => Tensor;
    generator: (self: Tensor, options: { generator: Generator; dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null; memory_format?: MemoryFormat | null }) => Tensor;
    generator_out: (self: Tensor, options: { generator: Generator; memory_format?: MemoryFormat | null; out: Tensor }) => Tensor;
    out: (self: Tensor, options: { memory_format?: MemoryFormat | null; out: Tensor }) => Tensor;
  }>;
  readonly randint: Operator<{
    default: (high: Int, size: readonly Int[], options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }) => Tensor;
    generator: (high: Int, size: readonly Int[], options: { generator: Generator; dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }) => Tensor;
    generator_out: (high: Int, size: readonly Int[], options: { generator: Generator; out: Tensor }) => Tensor;
    low: (low: Int, high: Int, size: readonly Int[], options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }) => Tensor;
    low_generator: (low: Int, high: Int, size: readonly Int[], options: { generator: Generator; dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }) => Tensor;
    low_generator_out: (low: Int, high: Int, size: readonly Int[], options: { generator: Generator; out: Tensor }) => Tensor;
    low_out: (low: Int, high: Int, size: readonly Int[], options: { out: Tensor }) => Tensor;
    out: (high: Int, size: readonly Int[], options: { out: Tensor }) => Tensor;
  }>;
  readonly randint_like: Operator<{
    Tensor: (self: Tensor, high: Tensor, options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null; memory_format?: MemoryFormat | null }) => Tensor;
    Tensor_generator: (self: Tensor, high: Tensor, options: { generator: Generator; dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null; memory_format?: MemoryFormat | null }) => Tensor;
    Tensor_generator_out: (self: Tensor, high: Tensor, options: { generator: Generator; memory_format?: MemoryFormat | null; out: Tensor }) => Tensor;
    Tensor_out: (self: Tensor, high: Tensor, options: { memory_format?: MemoryFormat | null; out: Tensor }) => Tensor;
    default: (self: Tensor, high: Int, options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null; memory_format?: MemoryFormat | null }) => Tensor;
    generator: (self: Tensor, high: Int, options: { generator: Generator; dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null; memory_format?: MemoryFormat | null }) => Tensor;
    generator_out: (self: Tensor, high: Int, options: { generator: Generator; memory_format?: MemoryFormat | null; out: Tensor }) => Tensor;
    low_dtype: (self: Tensor, low: Int, high: Int, options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null; memory_format?: MemoryFormat | null }) => Tensor;
    low_dtype_out: (self: Tensor, low: Int, high: Int, options: { memory_format?: MemoryFormat | null; out: Tensor }) => Tensor;
    low_generator_dtype: (self: Tensor, low: Int, high: Int, options: { generator: Generator; dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null; memory_format?: MemoryFormat | null }) => Tensor;
    low_generator_dtype_out: (self: Tensor, low: Int, high: Int, options: { generator: Generator; memory_format?: MemoryFormat | null; out: Tensor }) => Tensor;
    out: (self: Tensor, high: Int, options: { memory_format?: MemoryFormat | null; out: Tensor }) => Tensor;
  }>;
  readonly randn: Operator<{
    default: (size: readonly Int[], options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }) => Tensor;
    generator: (size: readonly Int[], options: { generator: Generator; dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }) => Tensor;
    generator_out: (size: readonly Int[], options: { generator: Generator; out: Tensor }) => Tensor;
    out: (size: readonly Int[], options: { out: Tensor }) => Tensor;
  }>;
  readonly randn_like: Operator<{
    default: (self: Tensor, options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null; memory_format?: MemoryFormat | null }) => Tensor;
    generator: (self: Tensor, options: { generator: Generator; dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null; memory_format?: MemoryFormat | null }) => Tensor;
    generator_out: (self: Tensor, options: { generator: Generator; memory_format?: MemoryFormat | null; out: Tensor }) => Tensor;
    out: (self: Tensor, options: { memory_format?: MemoryFormat | null; out: Tensor }) => Tensor;
  }>;
  readonly random: Operator<{
    default: (self: Tensor, options?: { generator?: Generator }) => Tensor;
    from: (self: Tensor, from: Int, to: Int | null, options?: { generator?: Generator }) => Tensor;
    from_out: (self: Tensor, from: Int, to: Int | null, options: { generator?: Generator; out: Tensor }) => Tensor;
    out: (self: Tensor, options: { generator?: Generator; out: Tensor }) => Tensor;
    to: (self: Tensor, to: Int, options?: { generator?: Generator }) => Tensor;
    to_out: (self: Tensor, to: Int, options: { generator?: Generator; out: Tensor }) => Tensor;
  }>;
  readonly random_: Operator<{
    default: (self: Tensor, options?: { generator?: Generator }) => Tensor;
    from: (self: Tensor, from: Int, to: Int | null, options?: { generator?: Generator }) => Tensor;
    to: (self: Tensor, to: Int, options?: { generator?: Generator }) => Tensor;
  }>;
  readonly randperm: Operator<{
    default: (n: Int, options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }) => Tensor;
    generator: (n: Int, options: { generator: Generator; dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }) => Tensor;
    generator_out: (n: Int, options: { generator: Generator; out: Tensor }) => Tensor;
    out: (n: Int, options: { out: Tensor }) => Tensor;
  }>;
  readonly range: Operator<{
    default: (start: Scalar, end: Scalar, options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }) => Tensor;
    out: (start: Scalar, end: Scalar, options: { step?: Scalar; out: Tensor }) => Tensor;
    out_: (start: Scalar, end: Scalar, options: { out: Tensor }) => Tensor;
    step: (...args: Args<[start: Scalar, end: Scalar], [step: Scalar], { step?: Scalar; dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }>) => Tensor;
  }>;
  readonly ravel: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly real: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly reciprocal: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly reciprocal_: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly reflection_pad1d: Operator<{
    default: (self: Tensor, padding: Ints) => Tensor;
    out: (self: Tensor, padding: Ints, options: { out: Tensor }) => Tensor;
  }>;
  readonly reflection_pad1d_backward: Operator<{
    default: (grad_output: Tensor, self: Tensor, padding: Ints) => Tensor;
    grad_input: (grad_output: Tensor, self: Tensor, padding: Ints, options: { grad_input: Tensor }) => Tensor;
  }>;
  readonly reflection_pad2d: Operator<{
    default: (self: Tensor, padding: Ints) => Tensor;
    out: (self: Tensor, padding: Ints, options: { out: Tensor }) => Tensor;
  }>;
  readonly reflection_pad2d_backward: Operator<{
    default: (grad_output: Tensor, self: Tensor, padding: Ints) => Tensor;
    grad_input: (grad_output: Tensor, self: Tensor, padding: Ints, options: { grad_input: Tensor }) => Tensor;
  }>;
  readonly reflection_pad3d: Operator<{
    default: (self: Tensor, padding: Ints) => Tensor;
    out: (self: Tensor, padding: Ints, options: { out: Tensor }) => Tensor;
  }>;
  readonly reflection_pad3d_backward: Operator<{
    default: (grad_output: Tensor, self: Tensor, padding: Ints) => Tensor;
    grad_input: (grad_output: Tensor, self: Tensor, padding: Ints, options: { grad_input: Tensor }) => Tensor;
  }>;
  readonly relu: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly relu6: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly relu6_: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly relu_: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly remainder: Operator<{
    Scalar: (self: Tensor, other: Scalar) => Tensor;
    Scalar_Tensor: (self: Scalar, other: Tensor) => Tensor;
    Scalar_Tensor_out: (self: Scalar, other: Tensor, options: { out: Tensor }) => Tensor;
    Scalar_out: (self: Tensor, other: Scalar, options: { out: Tensor }) => Tensor;
    Tensor: (self: Tensor, other: Tensor) => Tensor;
    Tensor_out: (self: Tensor, other: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly remainder_: Operator<{
    Scalar: (self: Tensor, other: Scalar) => Tensor;
    Tensor: (self: Tensor, other: Tensor) => Tensor;
  }>;
  readonly renorm: Operator<{
    default: (self: Tensor, p: Scalar, dim: Int, maxnorm: Scalar) => Tensor;
    out: (self: Tensor, p: Scalar, dim: Int, maxnorm: Scalar, options: { out: Tensor }) => Tensor;
  }>;
  readonly renorm_: Operator<{
    default: (self: Tensor, p: Scalar, dim: Int, maxnorm: Scalar) => Tensor;
  }>;
  readonly repeat: Operator<{
    default: (self: Tensor, repeats: readonly Int[]) => Tensor;
    out: (self: Tensor, repeats: readonly Int[], options: { out: Tensor }) => Tensor;
  }>;
  readonly repeat_interleave: Operator<{
    Tensor: (repeats: Tensor, options?: { output_size?: Int | null }) => Tensor;
    Tensor_out: (repeats: Tensor, options: { output_size?: Int | null; out: Tensor }) => Tensor;
    self_Tensor: (...args: Args<[self: Tensor, repeats: Tensor], [dim: Int | null], { dim?: Int | null; output_size?: Int | null }>) => Tensor;
    self_int: (...args: Args<[self: Tensor, repeats: Int], [dim: Int | null], { dim?: Int | null; output_size?: Int | null }>) => Tensor;
  }>;
  readonly replication_pad1d: Operator<{
    default: (self: Tensor, padding: Ints) => Tensor;
    out: (self: Tensor, padding: Ints, options: { out: Tensor }) => Tensor;
  }>;
  readonly replication_pad1d_backward: Operator<{
    default: (grad_output: Tensor, self: Tensor, padding: Ints) => Tensor;
    grad_input: (grad_output: Tensor, self: Tensor, padding: Ints, options: { grad_input: Tensor }) => Tensor;
  }>;
  readonly replication_pad2d: Operator<{
    default: (self: Tensor, padding: Ints) => Tensor;
    out: (self: Tensor, padding: Ints, options: { out: Tensor }) => Tensor;
  }>;
  readonly replication_pad2d_backward: Operator<{
    default: (grad_output: Tensor, self: Tensor, padding: Ints) => Tensor;
    grad_input: (grad_output: Tensor, self: Tensor, padding: Ints, options: { grad_input: Tensor }) => Tensor;
  }>;
  readonly replication_pad3d: Operator<{
    default: (self: Tensor, padding: Ints) => Tensor;
    out: (self: Tensor, padding: Ints, options: { out: Tensor }) => Tensor;
  }>;
  readonly replication_pad3d_backward: Operator<{
    default: (grad_output: Tensor, self: Tensor, padding: Ints) => Tensor;
    grad_input: (grad_output: Tensor, self: Tensor, padding: Ints, options: { grad_input: Tensor }) => Tensor;
  }>;
  readonly requires_grad_: Operator<{
    default: (...args: Args<[self: Tensor], [requires_grad: boolean], { requires_grad?: boolean }>) => Tensor;
  }>;
  readonly reshape: Operator<{
    default: (self: Tensor, shape: readonly Int[]) => Tensor;
  }>;
  readonly reshape_as: Operator<{
    default: (self: Tensor, other: Tensor) => Tensor;
  }>;
  readonly resize: Operator<{
    default: (self: Tensor, size: readonly Int[], options?: { memory_format?: MemoryFormat | null }) => Tensor;
    out: (self: Tensor, size: readonly Int[], options: { memory_format?: MemoryFormat | null; out: Tensor }) => Tensor;
  }>;
  readonly resize_: Operator<{
    default: (self: Tensor, size: readonly Int[], options?: { memory_format?: MemoryFormat | null }) => Tensor;
  }>;
  readonly resize_as: Operator<{
    default: (self: Tensor, the_template: Tensor, options?: { memory_format?: MemoryFormat | null }) => Tensor;
    out: (self: Tensor, the_template: Tensor, options: { memory_format?: MemoryFormat | null; out: Tensor }) => Tensor;
  }>;
  readonly resize_as_: Operator<{
    default: (self: Tensor, the_template: Tensor, options?: { memory_format?: MemoryFormat | null }) => Tensor;
  }>;
  readonly resize_as_sparse: Operator<{
    default: (self: Tensor, the_template: Tensor) => Tensor;
    out: (self: Tensor, the_template: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly resize_as_sparse_: Operator<{
    default: (self: Tensor, the_template: Tensor) => Tensor;
  }>;
  readonly resolve_conj: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly resolve_neg: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly result_type: Operator<{
    Scalar: (tensor: Tensor, other: Scalar) => number;
    Scalar_Scalar: (scalar1: Scalar, scalar2: Scalar) => number;
    Scalar_Tensor: (scalar: Scalar, tensor: Tensor) => number;
    Tensor: (tensor: Tensor, other: Tensor) => number;
  }>;
  readonly retain_grad: Operator<{
    default: (self: Tensor) => void;
  }>;
  readonly retains_grad: Operator<{
    default: (self: Tensor) => boolean;
  }>;
  readonly rms_norm: Operator<{
    default: (...args: Args<[input: Tensor, normalized_shape: readonly Int[]], [weight: Tensor | null, eps: number | null], { weight?: Tensor | null; eps?: number | null }>) => Tensor;
  }>;
  readonly rnn_relu: Operator<{
    data: (data: Tensor, batch_sizes: Tensor, hx: Tensor, params: readonly Tensor[], has_biases: boolean, num_layers: Int, dropout: number, train: boolean, bidirectional: boolean) => [Tensor, Tensor];
    input: (input: Tensor, hx: Tensor, params: readonly Tensor[], has_biases: boolean, num_layers: Int, dropout: number, train: boolean, bidirectional: boolean, batch_first: boolean) => [Tensor, Tensor];
  }>;
  readonly rnn_relu_cell: Operator<{
    default: (...args: Args<[input: Tensor, hx: Tensor, w_ih: Tensor, w_hh: Tensor], [b_ih: Tensor | null, b_hh: Tensor | null], { b_ih?: Tensor | null; b_hh?: Tensor | null }>) => Tensor;
  }>;
  readonly rnn_tanh: Operator<{
    data: (data: Tensor, batch_sizes: Tensor, hx: Tensor, params: readonly Tensor[], has_biases: boolean, num_layers: Int, dropout: number, train: boolean, bidirectional: boolean) => [Tensor, Tensor];
    input: (input: Tensor, hx: Tensor, params: readonly Tensor[], has_biases: boolean, num_layers: Int, dropout: number, train: boolean, bidirectional: boolean, batch_first: boolean) => [Tensor, Tensor];
  }>;
  readonly rnn_tanh_cell: Operator<{
    default: (...args: Args<[input: Tensor, hx: Tensor, w_ih: Tensor, w_hh: Tensor], [b_ih: Tensor | null, b_hh: Tensor | null], { b_ih?: Tensor | null; b_hh?: Tensor | null }>) => Tensor;
  }>;
  readonly roll: Operator<{
    default: (...args: Args<[self: Tensor, shifts: Ints], [dims: Ints], { dims?: Ints }>) => Tensor;
    out: (self: Tensor, shifts: Ints, options: { dims?: Ints; out: Tensor }) => Tensor;
  }>;
  readonly rot90: Operator<{
    default: (...args: Args<[self: Tensor], [k: Int, dims: readonly Int[]], { k?: Int; dims?: readonly Int[] }>) => Tensor;
    out: (self: Tensor, options: { k?: Int; dims?: readonly Int[]; out: Tensor }) => Tensor;
  }>;
  readonly round: Operator<{
    decimals: (self: Tensor, options: { decimals: Int }) => Tensor;
    decimals_out: (self: Tensor, options: { decimals: Int; out: Tensor }) => Tensor;
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly round_: Operator<{
    decimals: (self: Tensor, options: { decimals: Int }) => Tensor;
    default: (self: Tensor) => Tensor;
  }>;
  readonly row_indices: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly row_indices_copy: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly row_stack: Operator<{
    default: (tensors: readonly Tensor[]) => Tensor;
    out: (tensors: readonly Tensor[], options: { out: Tensor }) => Tensor;
  }>;
  readonly rrelu: Operator<{
    default: (...args: Args<[self: Tensor], [lower: Scalar, upper: Scalar, training: boolean, generator: Generator], { lower?: Scalar; upper?: Scalar; training?: boolean; generator?: Generator }>) => Tensor;
  }>;
  readonly rrelu_: Operator<{
    default: (...args: Args<[self: Tensor], [lower: Scalar, upper: Scalar, training: boolean, generator: Generator], { lower?: Scalar; upper?: Scalar; training?: boolean; generator?: Generator }>) => Tensor;
  }>;
  readonly rrelu_with_noise: Operator<{
    default: (...args: Args<[self: Tensor, noise: Tensor], [lower: Scalar, upper: Scalar, training: boolean, generator: Generator], { lower?: Scalar; upper?: Scalar; training?: boolean; generator?: Generator }>) => Tensor;
    out: (self: Tensor, noise: Tensor, options: { lower?: Scalar; upper?: Scalar; training?: boolean; generator?: Generator; out: Tensor }) => Tensor;
  }>;
  readonly rrelu_with_noise_: Operator<{
    default: (...args: Args<[self: Tensor, noise: Tensor], [lower: Scalar, upper: Scalar, training: boolean, generator: Generator], { lower?: Scalar; upper?: Scalar; training?: boolean; generator?: Generator }>) => Tensor;
  }>;
  readonly rrelu_with_noise_backward: Operator<{
    default: (grad_output: Tensor, self: Tensor, noise: Tensor, lower: Scalar, upper: Scalar, training: boolean, self_is_result: boolean) => Tensor;
    out: (grad_output: Tensor, self: Tensor, noise: Tensor, lower: Scalar, upper: Scalar, training: boolean, self_is_result: boolean, options: { out: Tensor }) => Tensor;
  }>;
  readonly rrelu_with_noise_functional: Operator<{
    default: (...args: Args<[self: Tensor, noise: Tensor], [lower: Scalar, upper: Scalar, training: boolean, generator: Generator], { lower?: Scalar; upper?: Scalar; training?: boolean; generator?: Generator }>) => [Tensor, Tensor];
  }>;
  readonly rsqrt: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly rsqrt_: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly rsub: Operator<{
    Scalar: (...args: Args<[self: Tensor, other: Scalar], [alpha: Scalar], { alpha?: Scalar }>) => Tensor;
    Scalar_out: (self: Tensor, other: Scalar, options: { alpha?: Scalar; out: Tensor }) => Tensor;
    Tensor: (self: Tensor, other: Tensor, options?: { alpha?: Scalar }) => Tensor;
    Tensor_out: (self: Tensor, other: Tensor, options: { alpha?: Scalar; out: Tensor }) => Tensor;
  }>;
  readonly scalar_tensor: Operator<{
    default: (s: Scalar, options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }) => Tensor;
    out: (s: Scalar, options: { out: Tensor }) => Tensor;
  }>;
  readonly scaled_dot_product_attention: Operator<{
    default: (...args: Args<[query: Tensor, key: Tensor, value: Tensor], [attn_mask: Tensor | null, dropout_p: number, is_causal: boolean], { attn_mask?: Tensor | null; dropout_p?: number; is_causal?: boolean; scale?: number | null; enable_gqa?: boolean }>) => Tensor;
  }>;
  readonly scatter: Operator<{
    reduce: (self: Tensor, dim: Int, index: Tensor, src: Tensor, options: { reduce: string }) => Tensor;
    reduce_out: (self: Tensor, dim: Int, index: Tensor, src: Tensor, options: { reduce: string; out: Tensor }) => Tensor;
    src: (self: Tensor, dim: Int, index: Tensor, src: Tensor) => Tensor;
    src_out: (self: Tensor, dim: Int, index: Tensor, src: Tensor, options: { out: Tensor }) => Tensor;
    value: (self: Tensor, dim: Int, index: Tensor, value: Scalar) => Tensor;
    value_out: (self: Tensor, dim: Int, index: Tensor, value: Scalar, options: { out: Tensor }) => Tensor;
    value_reduce: (self: Tensor, dim: Int, index: Tensor, value: Scalar, options: { reduce: string }) => Tensor;
    value_reduce_out: (self: Tensor, dim: Int, index: Tensor, value: Scalar, options: { reduce: string; out: Tensor }) => Tensor;
  }>;
  readonly scatter_: Operator<{
    reduce: (self: Tensor, dim: Int, index: Tensor, src: Tensor, options: { reduce: string }) => Tensor;
    src: (self: Tensor, dim: Int, index: Tensor, src: Tensor) => Tensor;
    value: (self: Tensor, dim: Int, index: Tensor, value: Scalar) => Tensor;
    value_reduce: (self: Tensor, dim: Int, index: Tensor, value: Scalar, options: { reduce: string }) => Tensor;
  }>;
  readonly scatter_add: Operator<{
    default: (self: Tensor, dim: Int, index: Tensor, src: Tensor) => Tensor;
    out: (self: Tensor, dim: Int, index: Tensor, src: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly scatter_add_: Operator<{
    default: (self: Tensor, dim: Int, index: Tensor, src: Tensor) => Tensor;
  }>;
  readonly scatter_reduce: Operator<{
    two: (self: Tensor, dim: Int, index: Tensor, src: Tensor, reduce: string, options?: { include_self?: boolean }) => Tensor;
    two_out: (self: Tensor, dim: Int, index: Tensor, src: Tensor, reduce: string, options: { include_self?: boolean; out: Tensor }) => Tensor;
  }>;
  readonly scatter_reduce_: Operator<{
    two: (self: Tensor, dim: Int, index: Tensor, src: Tensor, reduce: string, options?: { include_self?: boolean }) => Tensor;
  }>;
  readonly searchsorted: Operator<{
    Scalar: (sorted_sequence: Tensor, self: Scalar, options?: { out_int32?: boolean; right?: boolean; side?: string | null; sorter?: Tensor | null }) => Tensor;
    Scalar_out: (sorted_sequence: Tensor, self: Scalar, options: { out_int32?: boolean; right?: boolean; side?: string | null; sorter?: Tensor | null; out: Tensor }) => Tensor;
    Tensor: (sorted_sequence: Tensor, self: Tensor, options?: { out_int32?: boolean; right?: boolean; side?: string | null; sorter?: Tensor | null }) => Tensor;
    Tensor_out: (sorted_sequence: Tensor, self: Tensor, options: { out_int32?: boolean; right?: boolean; side?: string | null; sorter?: Tensor | null; out: Tensor }) => Tensor;
  }>;
  readonly segment_reduce: Operator<{
    default: (data: Tensor, reduce: string, options?: { lengths?: Tensor | null; indices?: Tensor | null; offsets?: Tensor | null; axis?: Int; unsafe?: boolean; initial?: Scalar | null }) => Tensor;
    out: (data: Tensor, reduce: string, options: { lengths?: Tensor | null; indices?: Tensor | null; offsets?: Tensor | null; axis?: Int; unsafe?: boolean; initial?: Scalar | null; out: Tensor }) => Tensor;
  }>;
  readonly select: Operator<{
    int: (self: Tensor, dim: Int, index: Int) => Tensor;
  }>;
  readonly select_backward: Operator<{
    default: (grad_output: Tensor, input_sizes: readonly Int[], dim: Int, index: Int) => Tensor;
    out: (grad_output: Tensor, input_sizes: readonly Int[], dim: Int, index: Int, options: { out: Tensor }) => Tensor;
  }>;
  readonly select_copy: Operator<{
    int: (self: Tensor, dim: Int, index: Int) => Tensor;
    int_out: (self: Tensor, dim: Int, index: Int, options: { out: Tensor }) => Tensor;
  }>;
  readonly select_scatter: Operator<{
    default: (self: Tensor, src: Tensor, dim: Int, index: Int) => Tensor;
    out: (self: Tensor, src: Tensor, dim: Int, index: Int, options: { out: Tensor }) => Tensor;
  }>;
  readonly selu: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly selu_: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly set: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
    source_Tensor: (self: Tensor, source: Tensor) => Tensor;
    source_Tensor_out: (self: Tensor, source: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly set_: Operator<{
    default: (self: Tensor) => Tensor;
    source_Tensor: (self: Tensor, source: Tensor) => Tensor;
    source_Tensor_storage_offset: (...args: Args<[self: Tensor, source: Tensor, storage_offset: Int, size: readonly Int[]], [stride: readonly Int[]], { stride?: readonly Int[] }>) => Tensor;
  }>;
  readonly set_data: Operator<{
    default: (self: Tensor, new_data: Tensor) => void;
  }>;
  readonly sgn: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly sgn_: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly sigmoid: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly sigmoid_: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly sigmoid_backward: Operator<{
    default: (grad_output: Tensor, output: Tensor) => Tensor;
    grad_input: (grad_output: Tensor, output: Tensor, options: { grad_input: Tensor }) => Tensor;
  }>;
  readonly sign: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly sign_: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly signbit: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly silu: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly silu_: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly silu_backward: Operator<{
    default: (grad_output: Tensor, self: Tensor) => Tensor;
    grad_input: (grad_output: Tensor, self: Tensor, options: { grad_input: Tensor }) => Tensor;
  }>;
  readonly sin: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly sin_: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly sinc: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly sinc_: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly sinh: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly sinh_: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly size: Operator<{
    int: (self: Tensor, dim: Int) => number;
  }>;
  readonly slice: Operator<{
    Tensor: (...args: Args<[self: Tensor], [dim: Int, start: Int | null, end: Int | null, step: Int], { dim?: Int; start?: Int | null; end?: Int | null; step?: Int }>) => Tensor;
  }>;
  readonly slice_backward: Operator<{
    default: (grad_output: Tensor, input_sizes: readonly Int[], dim: Int, start: Int, end: Int, step: Int) => Tensor;
    out: (grad_output: Tensor, input_sizes: readonly Int[], dim: Int, start: Int, end: Int, step: Int, options: { out: Tensor }) => Tensor;
  }>;
  readonly slice_copy: Operator<{
    Tensor: (...args: Args<[self: Tensor], [dim: Int, start: Int | null, end: Int | null, step: Int], { dim?: Int; start?: Int | null; end?: Int | null; step?: Int }>) => Tensor;
    Tensor_out: (self: Tensor, options: { dim?: Int; start?: Int | null; end?: Int | null; step?: Int; out: Tensor }) => Tensor;
  }>;
  readonly slice_inverse: Operator<{
    default: (...args: Args<[self: Tensor, src: Tensor], [dim: Int, start: Int | null, end: Int | null, step: Int], { dim?: Int; start?: Int | null; end?: Int | null; step?: Int }>) => Tensor;
  }>;
  readonly slice_scatter: Operator<{
    default: (...args: Args<[self: Tensor, src: Tensor], [dim: Int, start: Int | null, end: Int | null, step: Int], { dim?: Int; start?: Int | null; end?: Int | null; step?: Int }>) => Tensor;
    out: (self: Tensor, src: Tensor, options: { dim?: Int; start?: Int | null; end?: Int | null; step?: Int; out: Tensor }) => Tensor;
  }>;
  readonly slogdet: Operator<{
    default: (self: Tensor) => [sign: Tensor, logabsdet: Tensor];
    out: (self: Tensor, options: { sign: Tensor; logabsdet: Tensor }) => [sign: Tensor, logabsdet: Tensor];
  }>;
  readonly slow_conv3d: Operator<{
    default: (...args: Args<[self: Tensor, weight: Tensor, kernel_size: Ints], [bias: Tensor | null, stride: Ints, padding: Ints], { bias?: Tensor | null; stride?: Ints; padding?: Ints }>) => Tensor;
    out: (self: Tensor, weight: Tensor, kernel_size: Ints, options: { bias?: Tensor | null; stride?: Ints; padding?: Ints; out: Tensor }) => Tensor;
  }>;
  readonly slow_conv3d_forward: Operator<{
    default: (self: Tensor, weight: Tensor, kernel_size: Ints, bias: Tensor | null, stride: Ints, padding: Ints) => Tensor;
    output: (self: Tensor, weight: Tensor, kernel_size: Ints, bias: Tensor | null, stride: Ints, padding: Ints, options: { output: Tensor }) => Tensor;
  }>;
  readonly slow_conv_dilated2d: Operator<{
    default: (...args: Args<[self: Tensor, weight: Tensor, kernel_size: Ints], [bias: Tensor | null, stride: Ints, padding: Ints, dilation: Ints], { bias?: Tensor | null; stride?: Ints; padding?: Ints; dilation?: Ints }>) => Tensor;
    out: (self: Tensor, weight: Tensor, kernel_size: Ints, options: { bias?: Tensor | null; stride?: Ints; padding?: Ints; dilation?: Ints; out: Tensor }) => Tensor;
  }>;
  readonly slow_conv_dilated3d: Operator<{
    default: (...args: Args<[self: Tensor, weight: Tensor, kernel_size: Ints], [bias: Tensor | null, stride: Ints, padding: Ints, dilation: Ints], { bias?: Tensor | null; stride?: Ints; padding?: Ints; dilation?: Ints }>) => Tensor;
    out: (self: Tensor, weight: Tensor, kernel_size: Ints, options: { bias?: Tensor | null; stride?: Ints; padding?: Ints; dilation?: Ints; out: Tensor }) => Tensor;
  }>;
  readonly slow_conv_transpose2d: Operator<{
    default: (...args: Args<[self: Tensor, weight: Tensor, kernel_size: Ints], [bias: Tensor | null, stride: Ints, padding: Ints, output_padding: Ints, dilation: Ints], { bias?: Tensor | null; stride?: Ints; padding?: Ints; output_padding?: Ints; dilation?: Ints }>) => Tensor;
    out: (self: Tensor, weight: Tensor, kernel_size: Ints, options: { bias?: Tensor | null; stride?: Ints; padding?: Ints; output_padding?: Ints; dilation?: Ints; out: Tensor }) => Tensor;
  }>;
  readonly slow_conv_transpose3d: Operator<{
    default: (...args: Args<[self: Tensor, weight: Tensor, kernel_size: Ints], [bias: Tensor | null, stride: Ints, padding: Ints, output_padding: Ints, dilation: Ints], { bias?: Tensor | null; stride?: Ints; padding?: Ints; output_padding?: Ints; dilation?: Ints }>) => Tensor;
    out: (self: Tensor, weight: Tensor, kernel_size: Ints, options: { bias?: Tensor | null; stride?: Ints; padding?: Ints; output_padding?: Ints; dilation?: Ints; out: Tensor }) => Tensor;
  }>;
  readonly smm: Operator<{
    default: (self: Tensor, mat2: Tensor) => Tensor;
  }>;
  readonly smooth_l1_loss: Operator<{
    default: (...args: Args<[self: Tensor, target: Tensor], [reduction: Int, beta: number], { reduction?: Int; beta?: number }>) => Tensor;
    out: (self: Tensor, target: Tensor, options: { reduction?: Int; beta?: number; out: Tensor }) => Tensor;
  }>;
  readonly smooth_l1_loss_backward: Operator<{
    default: (grad_output: Tensor, self: Tensor, target: Tensor, reduction: Int, beta: number) => Tensor;
    grad_input: (grad_output: Tensor, self: Tensor, target: Tensor, reduction: Int, beta: number, options: { grad_input: Tensor }) => Tensor;
  }>;
  readonly soft_margin_loss: Operator<{
    default: (...args: Args<[self: Tensor, target: Tensor], [reduction: Int], { reduction?: Int }>) => Tensor;
    out: (self: Tensor, target: Tensor, options: { reduction?: Int; out: Tensor }) => Tensor;
  }>;
  readonly soft_margin_loss_backward: Operator<{
    default: (grad_output: Tensor, self: Tensor, target: Tensor, reduction: Int) => Tensor;
    grad_input: (grad_output: Tensor, self: Tensor, target: Tensor, reduction: Int, options: { grad_input: Tensor }) => Tensor;
  }>;
  readonly softmax: Operator<{
    int: (...args: Args<[self: Tensor, dim: Int], [dtype: DType | null], { dtype?: DType | null }>) => Tensor;
    int_out: (self: Tensor, dim: Int, options: { dtype?: DType | null; out: Tensor }) => Tensor;
  }>;
  readonly softplus: Operator<{
    default: (...args: Args<[self: Tensor], [beta: Scalar, threshold: Scalar], { beta?: Scalar; threshold?: Scalar }>) => Tensor;
    out: (self: Tensor, options: { beta?: Scalar; threshold?: Scalar; out: Tensor }) => Tensor;
  }>;
  readonly softplus_backward: Operator<{
    default: (grad_output: Tensor, self: Tensor, beta: Scalar, threshold: Scalar) => Tensor;
    grad_input: (grad_output: Tensor, self: Tensor, beta: Scalar, threshold: Scalar, options: { grad_input: Tensor }) => Tensor;
  }>;
  readonly softshrink: Operator<{
    default: (...args: Args<[self: Tensor], [lambd: Scalar], { lambd?: Scalar }>) => Tensor;
    out: (self: Tensor, options: { lambd?: Scalar; out: Tensor }) => Tensor;
  }>;
  readonly softshrink_backward: Operator<{
    default: (grad_output: Tensor, self: Tensor, lambd: Scalar) => Tensor;
    grad_input: (grad_output: Tensor, self: Tensor, lambd: Scalar, options: { grad_input: Tensor }) => Tensor;
  }>;
  readonly sort: Operator<{
    default: (...args: Args<[self: Tensor], [dim: Int, descending: boolean], { dim?: Int; descending?: boolean }>) => [values: Tensor, indices: Tensor];
    stable: (self: Tensor, options: { stable: boolean | null; dim?: Int; descending?: boolean }) => [values: Tensor, indices: Tensor];
    values: (self: Tensor, options: { dim?: Int; descending?: boolean; values: Tensor; indices: Tensor }) => [values: Tensor, indices: Tensor];
    values_stable: (self: Tensor, options: { stable: boolean | null; dim?: Int; descending?: boolean; values: Tensor; indices: Tensor }) => [values: Tensor, indices: Tensor];
  }>;
  readonly sparse_bsc_tensor: Operator<{
    ccol_row_value: (ccol_indices: Tensor, row_indices: Tensor, values: Tensor, options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }) => Tensor;
    ccol_row_value_size: (ccol_indices: Tensor, row_indices: Tensor, values: Tensor, size: readonly Int[], options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }) => Tensor;
  }>;
  readonly sparse_bsr_tensor: Operator<{
    crow_col_value: (crow_indices: Tensor, col_indices: Tensor, values: Tensor, options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }) => Tensor;
    crow_col_value_size: (crow_indices: Tensor, col_indices: Tensor, values: Tensor, size: readonly Int[], options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }) => Tensor;
  }>;
  readonly sparse_compressed_tensor: Operator<{
    comp_plain_value: (compressed_indices: Tensor, plain_indices: Tensor, values: Tensor, options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }) => Tensor;
    comp_plain_value_size: (compressed_indices: Tensor, plain_indices: Tensor, values: Tensor, size: readonly Int[], options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }) => Tensor;
  }>;
  readonly sparse_coo_tensor: Operator<{
    indices: (indices: Tensor, values: Tensor, options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null; is_coalesced?: boolean | null }) => Tensor;
    indices_size: (indices: Tensor, values: Tensor, size: readonly Int[], options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null; is_coalesced?: boolean | null }) => Tensor;
    size: (size: readonly Int[], options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }) => Tensor;
    size_out: (size: readonly Int[], options: { out: Tensor }) => Tensor;
  }>;
  readonly sparse_csc_tensor: Operator<{
    ccol_row_value: (ccol_indices: Tensor, row_indices: Tensor, values: Tensor, options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }) => Tensor;
    ccol_row_value_size: (ccol_indices: Tensor, row_indices: Tensor, values: Tensor, size: readonly Int[], options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }) => Tensor;
  }>;
  readonly sparse_csr_tensor: Operator<{
    crow_col_value: (crow_indices: Tensor, col_indices: Tensor, values: Tensor, options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }) => Tensor;
    crow_col_value_size: (crow_indices: Tensor, col_indices: Tensor, values: Tensor, size: readonly Int[], options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }) => Tensor;
  }>;
  readonly sparse_dim: Operator<{
    default: (self: Tensor) => number;
  }>;
  readonly sparse_mask: Operator<{
    default: (self: Tensor, mask: Tensor) => Tensor;
    out: (self: Tensor, mask: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly sparse_resize: Operator<{
    default: (self: Tensor, size: readonly Int[], sparse_dim: Int, dense_dim: Int) => Tensor;
    out: (self: Tensor, size: readonly Int[], sparse_dim: Int, dense_dim: Int, options: { out: Tensor }) => Tensor;
  }>;
  readonly sparse_resize_: Operator<{
    default: (self: Tensor, size: readonly Int[], sparse_dim: Int, dense_dim: Int) => Tensor;
  }>;
  readonly sparse_resize_and_clear: Operator<{
    default: (self: Tensor, size: readonly Int[], sparse_dim: Int, dense_dim: Int) => Tensor;
    out: (self: Tensor, size: readonly Int[], sparse_dim: Int, dense_dim: Int, options: { out: Tensor }) => Tensor;
  }>;
  readonly sparse_resize_and_clear_: Operator<{
    default: (self: Tensor, size: readonly Int[], sparse_dim: Int, dense_dim: Int) => Tensor;
  }>;
  readonly sparse_sampled_addmm: Operator<{
    default: (self: Tensor, mat1: Tensor, mat2: Tensor, options?: { beta?: Scalar; alpha?: Scalar }) => Tensor;
    out: (self: Tensor, mat1: Tensor, mat2: Tensor, options: { beta?: Scalar; alpha?: Scalar; out: Tensor }) => Tensor;
  }>;
  readonly special_airy_ai: Operator<{
    default: (x: Tensor) => Tensor;
    out: (x: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly special_bessel_j0: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly special_bessel_j1: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly special_bessel_y0: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly special_bessel_y1: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly special_chebyshev_polynomial_t: Operator<{
    default: (x: Tensor, n: Tensor) => Tensor;
    n_scalar: (x: Tensor, n: Scalar) => Tensor;
    n_scalar_out: (x: Tensor, n: Scalar, options: { out: Tensor }) => Tensor;
    out: (x: Tensor, n: Tensor, options: { out: Tensor }) => Tensor;
    x_scalar: (x: Scalar, n: Tensor) => Tensor;
    x_scalar_out: (x: Scalar, n: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly special_chebyshev_polynomial_u: Operator<{
    default: (x: Tensor, n: Tensor) => Tensor;
    n_scalar: (x: Tensor, n: Scalar) => Tensor;
    n_scalar_out: (x: Tensor, n: Scalar, options: { out: Tensor }) => Tensor;
    out: (x: Tensor, n: Tensor, options: { out: Tensor }) => Tensor;
    x_scalar: (x: Scalar, n: Tensor) => Tensor;
    x_scalar_out: (x: Scalar, n: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly special_chebyshev_polynomial_v: Operator<{
    default: (x: Tensor, n: Tensor) => Tensor;
    n_scalar: (x: Tensor, n: Scalar) => Tensor;
    n_scalar_out: (x: Tensor, n: Scalar, options: { out: Tensor }) => Tensor;
    out: (x: Tensor, n: Tensor, options: { out: Tensor }) => Tensor;
    x_scalar: (x: Scalar, n: Tensor) => Tensor;
    x_scalar_out: (x: Scalar, n: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly special_chebyshev_polynomial_w: Operator<{
    default: (x: Tensor, n: Tensor) => Tensor;
    n_scalar: (x: Tensor, n: Scalar) => Tensor;
    n_scalar_out: (x: Tensor, n: Scalar, options: { out: Tensor }) => Tensor;
    out: (x: Tensor, n: Tensor, options: { out: Tensor }) => Tensor;
    x_scalar: (x: Scalar, n: Tensor) => Tensor;
    x_scalar_out: (x: Scalar, n: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly special_digamma: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly special_entr: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly special_erf: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly special_erfc: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly special_erfcx: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly special_erfinv: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly special_exp2: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly special_expit: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly special_expm1: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly special_gammainc: Operator<{
    default: (self: Tensor, other: Tensor) => Tensor;
    out: (self: Tensor, other: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly special_gammaincc: Operator<{
    default: (self: Tensor, other: Tensor) => Tensor;
    out: (self: Tensor, other: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly special_gammaln: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly special_hermite_polynomial_h: Operator<{
    default: (x: Tensor, n: Tensor) => Tensor;
    n_scalar: (x: Tensor, n: Scalar) => Tensor;
    n_scalar_out: (x: Tensor, n: Scalar, options: { out: Tensor }) => Tensor;
    out: (x: Tensor, n: Tensor, options: { out: Tensor }) => Tensor;
    x_scalar: (x: Scalar, n: Tensor) => Tensor;
    x_scalar_out: (x: Scalar, n: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly special_hermite_polynomial_he: Operator<{
    default: (x: Tensor, n: Tensor) => Tensor;
    n_scalar: (x: Tensor, n: Scalar) => Tensor;
    n_scalar_out: (x: Tensor, n: Scalar, options: { out: Tensor }) => Tensor;
    out: (x: Tensor, n: Tensor, options: { out: Tensor }) => Tensor;
    x_scalar: (x: Scalar, n: Tensor) => Tensor;
    x_scalar_out: (x: Scalar, n: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly special_i0: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly special_i0e: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly special_i1: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly special_i1e: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly special_laguerre_polynomial_l: Operator<{
    default: (x: Tensor, n: Tensor) => Tensor;
    n_scalar: (x: Tensor, n: Scalar) => Tensor;
    n_scalar_out: (x: Tensor, n: Scalar, options: { out: Tensor }) => Tensor;
    out: (x: Tensor, n: Tensor, options: { out: Tensor }) => Tensor;
    x_scalar: (x: Scalar, n: Tensor) => Tensor;
    x_scalar_out: (x: Scalar, n: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly special_legendre_polynomial_p: Operator<{
    default: (x: Tensor, n: Tensor) => Tensor;
    n_scalar: (x: Tensor, n: Scalar) => Tensor;
    n_scalar_out: (x: Tensor, n: Scalar, options: { out: Tensor }) => Tensor;
    out: (x: Tensor, n: Tensor, options: { out: Tensor }) => Tensor;
    x_scalar: (x: Scalar, n: Tensor) => Tensor;
    x_scalar_out: (x: Scalar, n: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly special_log1p: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly special_log_ndtr: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly special_log_softmax: Operator<{
    default: (self: Tensor, dim: Int, options?: { dtype?: DType | null }) => Tensor;
  }>;
  readonly special_logit: Operator<{
    default: (...args: Args<[self: Tensor], [eps: number | null], { eps?: number | null }>) => Tensor;
    out: (self: Tensor, options: { eps?: number | null; out: Tensor }) => Tensor;
  }>;
  readonly special_logsumexp: Operator<{
    default: (...args: Args<[self: Tensor, dim: Ints], [keepdim: boolean], { keepdim?: boolean }>) => Tensor;
    out: (self: Tensor, dim: Ints, options: { keepdim?: boolean; out: Tensor }) => Tensor;
  }>;
  readonly special_modified_bessel_i0: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly special_modified_bessel_i1: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly special_modified_bessel_k0: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly special_modified_bessel_k1: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly special_multigammaln: Operator<{
    default: (self: Tensor, p: Int) => Tensor;
    out: (self: Tensor, p: Int, options: { out: Tensor }) => Tensor;
  }>;
  readonly special_ndtr: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly special_ndtri: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly special_polygamma: Operator<{
    default: (n: Int, self: Tensor) => Tensor;
    out: (n: Int, self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly special_psi: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly special_round: Operator<{
    default: (self: Tensor, options?: { decimals?: Int }) => Tensor;
    out: (self: Tensor, options: { decimals?: Int; out: Tensor }) => Tensor;
  }>;
  readonly special_scaled_modified_bessel_k0: Operator<{
    default: (x: Tensor) => Tensor;
    out: (x: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly special_scaled_modified_bessel_k1: Operator<{
    default: (x: Tensor) => Tensor;
    out: (x: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly special_shifted_chebyshev_polynomial_t: Operator<{
    default: (x: Tensor, n: Tensor) => Tensor;
    n_scalar: (x: Tensor, n: Scalar) => Tensor;
    n_scalar_out: (x: Tensor, n: Scalar, options: { out: Tensor }) => Tensor;
    out: (x: Tensor, n: Tensor, options: { out: Tensor }) => Tensor;
    x_scalar: (x: Scalar, n: Tensor) => Tensor;
    x_scalar_out: (x: Scalar, n: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly special_shifted_chebyshev_polynomial_u: Operator<{
    default: (x: Tensor, n: Tensor) => Tensor;
    n_scalar: (x: Tensor, n: Scalar) => Tensor;
    n_scalar_out: (x: Tensor, n: Scalar, options: { out: Tensor }) => Tensor;
    out: (x: Tensor, n: Tensor, options: { out: Tensor }) => Tensor;
    x_scalar: (x: Scalar, n: Tensor) => Tensor;
    x_scalar_out: (x: Scalar, n: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly special_shifted_chebyshev_polynomial_v: Operator<{
    default: (x: Tensor, n: Tensor) => Tensor;
    n_scalar: (x: Tensor, n: Scalar) => Tensor;
    n_scalar_out: (x: Tensor, n: Scalar, options: { out: Tensor }) => Tensor;
    out: (x: Tensor, n: Tensor, options: { out: Tensor }) => Tensor;
    x_scalar: (x: Scalar, n: Tensor) => Tensor;
    x_scalar_out: (x: Scalar, n: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly special_shifted_chebyshev_polynomial_w: Operator<{
    default: (x: Tensor, n: Tensor) => Tensor;
    n_scalar: (x: Tensor, n: Scalar) => Tensor;
    n_scalar_out: (x: Tensor, n: Scalar, options: { out: Tensor }) => Tensor;
    out: (x: Tensor, n: Tensor, options: { out: Tensor }) => Tensor;
    x_scalar: (x: Scalar, n: Tensor) => Tensor;
    x_scalar_out: (x: Scalar, n: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly special_sinc: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly special_softmax: Operator<{
    default: (...args: Args<[self: Tensor, dim: Int], [dtype: DType | null], { dtype?: DType | null }>) => Tensor;
  }>;
  readonly special_spherical_bessel_j0: Operator<{
    default: (x: Tensor) => Tensor;
    out: (x: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly special_xlog1py: Operator<{
    default: (self: Tensor, other: Tensor) => Tensor;
    other_scalar: (self: Tensor, other: Scalar) => Tensor;
    other_scalar_out: (self: Tensor, other: Scalar, options: { out: Tensor }) => Tensor;
    out: (self: Tensor, other: Tensor, options: { out: Tensor }) => Tensor;
    self_scalar: (self: Scalar, other: Tensor) => Tensor;
    self_scalar_out: (self: Scalar, other: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly special_xlogy: Operator<{
    default: (self: Tensor, other: Tensor) => Tensor;
    other_scalar: (self: Tensor, other: Scalar) => Tensor;
    other_scalar_out: (self: Tensor, other: Scalar, options: { out: Tensor }) => Tensor;
    out: (self: Tensor, other: Tensor, options: { out: Tensor }) => Tensor;
    self_scalar: (self: Scalar, other: Tensor) => Tensor;
    self_scalar_out: (self: Scalar, other: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly special_zeta: Operator<{
    default: (self: Tensor, other: Tensor) => Tensor;
    other_scalar: (self: Tensor, other: Scalar) => Tensor;
    other_scalar_out: (self: Tensor, other: Scalar, options: { out: Tensor }) => Tensor;
    out: (self: Tensor, other: Tensor, options: { out: Tensor }) => Tensor;
    self_scalar: (self: Scalar, other: Tensor) => Tensor;
    self_scalar_out: (self: Scalar, other: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly split: Operator<{
    Tensor: (...args: Args<[self: Tensor, split_size: Int], [dim: Int], { dim?: Int }>) => Tensor[];
    sizes: (...args: Args<[self: Tensor, split_size: readonly Int[]], [dim: Int], { dim?: Int }>) => Tensor[];
  }>;
  readonly split_copy: Operator<{
    Tensor: (...args: Args<[self: Tensor, split_size: Int], [dim: Int], { dim?: Int }>) => Tensor[];
    Tensor_out: (self: Tensor, split_size: Int, options: { dim?: Int; out: readonly Tensor[] }) => void;
  }>;
  readonly split_with_sizes: Operator<{
    default: (...args: Args<[self: Tensor, split_sizes: readonly Int[]], [dim: Int], { dim?: Int }>) => Tensor[];
  }>;
  readonly split_with_sizes_copy: Operator<{
    default: (...args: Args<[self: Tensor, split_sizes: readonly Int[]], [dim: Int], { dim?: Int }>) => Tensor[];
    out: (self: Tensor, split_sizes: readonly Int[], options: { dim?: Int; out: readonly Tensor[] }) => void;
  }>;
  readonly sqrt: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly sqrt_: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly square: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly square_: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly squeeze: Operator<{
    default: (self: Tensor) => Tensor;
    dim: (self: Tensor, dim: Int) => Tensor;
    dims: (self: Tensor, dim: readonly Int[]) => Tensor;
  }>;
  readonly squeeze_: Operator<{
    default: (self: Tensor) => Tensor;
    dim: (self: Tensor, dim: Int) => Tensor;
    dims: (self: Tensor, dim: readonly Int[]) => Tensor;
  }>;
  readonly squeeze_copy: Operator<{
    default: (self: Tensor) => Tensor;
    dim: (self: Tensor, dim: Int) => Tensor;
    dim_out: (self: Tensor, dim: Int, options: { out: Tensor }) => Tensor;
    dims: (self: Tensor, dim: readonly Int[]) => Tensor;
    dims_out: (self: Tensor, dim: readonly Int[], options: { out: Tensor }) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly sspaddmm: Operator<{
    default: (self: Tensor, mat1: Tensor, mat2: Tensor, options?: { beta?: Scalar; alpha?: Scalar }) => Tensor;
    out: (self: Tensor, mat1: Tensor, mat2: Tensor, options: { beta?: Scalar; alpha?: Scalar; out: Tensor }) => Tensor;
  }>;
  readonly stack: Operator<{
    default: (...args: Args<[tensors: readonly Tensor[]], [dim: Int], { dim?: Int }>) => Tensor;
    out: (tensors: readonly Tensor[], options: { dim?: Int; out: Tensor }) => Tensor;
  }>;
  readonly std: Operator<{
    correction: (...args: Args<[self: Tensor], [dim: Ints | null], { dim?: Ints | null; correction?: Scalar | null; keepdim?: boolean }>) => Tensor;
    correction_out: (self: Tensor, options: { dim?: Ints | null; correction?: Scalar | null; keepdim?: boolean; out: Tensor }) => Tensor;
    default: (...args: Args<[self: Tensor], [unbiased: boolean], { unbiased?: boolean }>) => Tensor;
    dim: (...args: Args<[self: Tensor, dim: Ints | null], [unbiased: boolean, keepdim: boolean], { unbiased?: boolean; keepdim?: boolean }>) => Tensor;
    out: (self: Tensor, dim: Ints | null, options: { unbiased?: boolean; keepdim?: boolean; out: Tensor }) => Tensor;
  }>;
  readonly std_mean: Operator<{
    correction: (...args: Args<[self: Tensor], [dim: Ints | null], { dim?: Ints | null; correction?: Scalar | null; keepdim?: boolean }>) => [Tensor, Tensor];
    correction_out: (self: Tensor, options: { dim?: Ints | null; correction?: Scalar | null; keepdim?: boolean; out0: Tensor; out1: Tensor }) => [Tensor, Tensor];
    default: (...args: Args<[self: Tensor], [unbiased: boolean], { unbiased?: boolean }>) => [Tensor, Tensor];
    dim: (...args: Args<[self: Tensor, dim: Ints | null], [unbiased: boolean, keepdim: boolean], { unbiased?: boolean; keepdim?: boolean }>) => [Tensor, Tensor];
  }>;
  readonly stft: Operator<{
    center: (...args: Args<[self: Tensor, n_fft: Int], [hop_length: Int | null, win_length: Int | null, window: Tensor | null, center: boolean, pad_mode: string, normalized: boolean, onesided: boolean | null, return_complex: boolean | null, align_to_window: boolean | null], { hop_length?: Int | null; win_length?: Int | null; window?: Tensor | null; center?: boolean; pad_mode?: string; normalized?: boolean; onesided?: boolean | null; return_complex?: boolean | null; align_to_window?: boolean | null }>) => Tensor;
    default: (...args: Args<[self: Tensor, n_fft: Int], [hop_length: Int | null, win_length: Int | null, window: Tensor | null, normalized: boolean, onesided: boolean | null, return_complex: boolean | null, align_to_window: boolean | null], { hop_length?: Int | null; win_length?: Int | null; window?: Tensor | null; normalized?: boolean; onesided?: boolean | null; return_complex?: boolean | null; align_to_window?: boolean | null }>) => Tensor;
  }>;
  readonly storage_offset: Operator<{
    default: (self: Tensor) => number;
  }>;
  readonly stride: Operator<{
    int: (self: Tensor, dim: Int) => number;
  }>;
  readonly sub: Operator<{
    Scalar: (...args: Args<[self: Tensor, other: Scalar], [alpha: Scalar], { alpha?: Scalar }>) => Tensor;
    Scalar_out: (self: Tensor, other: Scalar, options: { alpha?: Scalar; out: Tensor }) => Tensor;
    Tensor: (self: Tensor, other: Tensor, options?: { alpha?: Scalar }) => Tensor;
    out: (self: Tensor, other: Tensor, options: { alpha?: Scalar; out: Tensor }) => Tensor;
  }>;
  readonly sub_: Operator<{
    Scalar: (...args: Args<[self: Tensor, other: Scalar], [alpha: Scalar], { alpha?: Scalar }>) => Tensor;
    Tensor: (self: Tensor, other: Tensor, options?: { alpha?: Scalar }) => Tensor;
  }>;
  readonly subtract: Operator<{
    Scalar: (...args: Args<[self: Tensor, other: Scalar], [alpha: Scalar], { alpha?: Scalar }>) => Tensor;
    Tensor: (self: Tensor, other: Tensor, options?: { alpha?: Scalar }) => Tensor;
    out: (self: Tensor, other: Tensor, options: { alpha?: Scalar; out: Tensor }) => Tensor;
  }>;
  readonly subtract_: Operator<{
    Scalar: (...args: Args<[self: Tensor, other: Scalar], [alpha: Scalar], { alpha?: Scalar }>) => Tensor;
    Tensor: (self: Tensor, other: Tensor, options?: { alpha?: Scalar }) => Tensor;
  }>;
  readonly sum: Operator<{
    IntList_out: (self: Tensor, dim: Ints | null, options: { keepdim?: boolean; dtype?: DType | null; out: Tensor }) => Tensor;
    default: (self: Tensor, options?: { dtype?: DType | null }) => Tensor;
    dim_IntList: (...args: Args<[self: Tensor, dim: Ints | null], [keepdim: boolean], { keepdim?: boolean; dtype?: DType | null }>) => Tensor;
    out: (self: Tensor, options: { dtype?: DType | null; out: Tensor }) => Tensor;
  }>;
  readonly sum_to_size: Operator<{
    default: (self: Tensor, size: readonly Int[]) => Tensor;
  }>;
  readonly svd: Operator<{
    U: (self: Tensor, options: { some?: boolean; compute_uv?: boolean; U: Tensor; S: Tensor; V: Tensor }) => [U: Tensor, S: Tensor, V: Tensor];
    default: (...args: Args<[self: Tensor], [some: boolean, compute_uv: boolean], { some?: boolean; compute_uv?: boolean }>) => [U: Tensor, S: Tensor, V: Tensor];
  }>;
  readonly swapaxes: Operator<{
    default: (self: Tensor, axis0: Int, axis1: Int) => Tensor;
  }>;
  readonly swapaxes_: Operator<{
    default: (self: Tensor, axis0: Int, axis1: Int) => Tensor;
  }>;
  readonly swapdims: Operator<{
    default: (self: Tensor, dim0: Int, dim1: Int) => Tensor;
  }>;
  readonly swapdims_: Operator<{
    default: (self: Tensor, dim0: Int, dim1: Int) => Tensor;
  }>;
  readonly sym_constrain_range: Operator<{
    default: (size: Scalar, options?: { min?: Int | null; max?: Int | null }) => void;
  }>;
  readonly sym_constrain_range_for_size: Operator<{
    default: (size: Scalar, options?: { min?: Int | null; max?: Int | null }) => void;
  }>;
  readonly sym_numel: Operator<{
    default: (self: Tensor) => number;
  }>;
  readonly sym_size: Operator<{
    int: (self: Tensor, dim: Int) => number;
  }>;
  readonly sym_storage_offset: Operator<{
    default: (self: Tensor) => number;
  }>;
  readonly sym_stride: Operator<{
    int: (self: Tensor, dim: Int) => number;
  }>;
  readonly t: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly t_: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly t_copy: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly take: Operator<{
    default: (self: Tensor, index: Tensor) => Tensor;
    out: (self: Tensor, index: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly take_along_dim: Operator<{
    default: (...args: Args<[self: Tensor, indices: Tensor], [dim: Int | null], { dim?: Int | null }>) => Tensor;
    out: (self: Tensor, indices: Tensor, options: { dim?: Int | null; out: Tensor }) => Tensor;
  }>;
  readonly tan: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly tan_: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly tanh: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly tanh_: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly tanh_backward: Operator<{
    default: (grad_output: Tensor, output: Tensor) => Tensor;
    grad_input: (grad_output: Tensor, output: Tensor, options: { grad_input: Tensor }) => Tensor;
  }>;
  readonly tensor_split: Operator<{
    indices: (...args: Args<[self: Tensor, indices: readonly Int[]], [dim: Int], { dim?: Int }>) => Tensor[];
    sections: (...args: Args<[self: Tensor, sections: Int], [dim: Int], { dim?: Int }>) => Tensor[];
    tensor_indices_or_sections: (...args: Args<[self: Tensor, tensor_indices_or_sections: Tensor], [dim: Int], { dim?: Int }>) => Tensor[];
  }>;
  readonly tensordot: Operator<{
    default: (self: Tensor, other: Tensor, dims_self: readonly Int[], dims_other: readonly Int[]) => Tensor;
    out: (self: Tensor, other: Tensor, dims_self: readonly Int[], dims_other: readonly Int[], options: { out: Tensor }) => Tensor;
  }>;
  readonly thnn_conv2d: Operator<{
    default: (...args: Args<[self: Tensor, weight: Tensor, kernel_size: Ints], [bias: Tensor | null, stride: Ints, padding: Ints], { bias?: Tensor | null; stride?: Ints; padding?: Ints }>) => Tensor;
    out: (self: Tensor, weight: Tensor, kernel_size: Ints, options: { bias?: Tensor | null; stride?: Ints; padding?: Ints; out: Tensor }) => Tensor;
  }>;
  readonly threshold: Operator<{
    default: (self: Tensor, threshold: Scalar, value: Scalar) => Tensor;
    out: (self: Tensor, threshold: Scalar, value: Scalar, options: { out: Tensor }) => Tensor;
  }>;
  readonly threshold_: Operator<{
    default: (self: Tensor, threshold: Scalar, value: Scalar) => Tensor;
  }>;
  readonly threshold_backward: Operator<{
    default: (grad_output: Tensor, self: Tensor, threshold: Scalar) => Tensor;
    grad_input: (grad_output: Tensor, self: Tensor, threshold: Scalar, options: { grad_input: Tensor }) => Tensor;
  }>;
  readonly tile: Operator<{
    default: (self: Tensor, dims: readonly Int[]) => Tensor;
  }>;
  readonly to: Operator<{
    device: (...args: Args<[self: Tensor, device: string, dtype: DType], [non_blocking: boolean, copy: boolean, memory_format: MemoryFormat | null], { non_blocking?: boolean; copy?: boolean; memory_format?: MemoryFormat | null }>) => Tensor;
    dtype: (...args: Args<[self: Tensor, dtype: DType], [non_blocking: boolean, copy: boolean, memory_format: MemoryFormat | null], { non_blocking?: boolean; copy?: boolean; memory_format?: MemoryFormat | null }>) => Tensor;
    dtype_layout: (self: Tensor, options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null; non_blocking?: boolean; copy?: boolean; memory_format?: MemoryFormat | null }) => Tensor;
    other: (...args: Args<[self: Tensor, other: Tensor], [non_blocking: boolean, copy: boolean, memory_format: MemoryFormat | null], { non_blocking?: boolean; copy?: boolean; memory_format?: MemoryFormat | null }>) => Tensor;
  }>;
  readonly to_dense: Operator<{
    default: (...args: Args<[self: Tensor], [dtype: DType | null], { dtype?: DType | null; masked_grad?: boolean | null }>) => Tensor;
  }>;
  readonly to_dense_backward: Operator<{
    default: (...args: Args<[grad: Tensor, input: Tensor], [masked_grad: boolean | null], { masked_grad?: boolean | null }>) => Tensor;
  }>;
  readonly to_mkldnn: Operator<{
    default: (...args: Args<[self: Tensor], [dtype: DType | null], { dtype?: DType | null }>) => Tensor;
    out: (self: Tensor, options: { dtype?: DType | null; out: Tensor }) => Tensor;
  }>;
  readonly to_mkldnn_backward: Operator<{
    default: (grad: Tensor, input: Tensor) => Tensor;
  }>;
  readonly to_padded_tensor: Operator<{
    default: (...args: Args<[self: Tensor, padding: number], [output_size: readonly Int[] | null], { output_size?: readonly Int[] | null }>) => Tensor;
    out: (self: Tensor, padding: number, options: { output_size?: readonly Int[] | null; out: Tensor }) => Tensor;
  }>;
  readonly to_sparse: Operator<{
    default: (self: Tensor, options?: { layout?: Layout | null; blocksize?: Ints | null; dense_dim?: Int | null }) => Tensor;
    sparse_dim: (self: Tensor, sparse_dim: Int) => Tensor;
  }>;
  readonly to_sparse_bsc: Operator<{
    default: (...args: Args<[self: Tensor, blocksize: Ints], [dense_dim: Int | null], { dense_dim?: Int | null }>) => Tensor;
  }>;
  readonly to_sparse_bsr: Operator<{
    default: (...args: Args<[self: Tensor, blocksize: Ints], [dense_dim: Int | null], { dense_dim?: Int | null }>) => Tensor;
  }>;
  readonly to_sparse_csc: Operator<{
    default: (...args: Args<[self: Tensor], [dense_dim: Int | null], { dense_dim?: Int | null }>) => Tensor;
  }>;
  readonly to_sparse_csr: Operator<{
    default: (...args: Args<[self: Tensor], [dense_dim: Int | null], { dense_dim?: Int | null }>) => Tensor;
  }>;
  readonly topk: Operator<{
    default: (...args: Args<[self: Tensor, k: Int], [dim: Int, largest: boolean, sorted: boolean], { dim?: Int; largest?: boolean; sorted?: boolean }>) => [values: Tensor, indices: Tensor];
    values: (self: Tensor, k: Int, options: { dim?: Int; largest?: boolean; sorted?: boolean; values: Tensor; indices: Tensor }) => [values: Tensor, indices: Tensor];
  }>;
  readonly trace: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly trace_backward: Operator<{
    default: (grad: Tensor, sizes: readonly Int[]) => Tensor;
  }>;
  readonly transpose: Operator<{
    int: (self: Tensor, dim0: Int, dim1: Int) => Tensor;
  }>;
  readonly transpose_: Operator<{
    default: (self: Tensor, dim0: Int, dim1: Int) => Tensor;
  }>;
  readonly transpose_copy: Operator<{
    int: (self: Tensor, dim0: Int, dim1: Int) => Tensor;
    int_out: (self: Tensor, dim0: Int, dim1: Int, options: { out: Tensor }) => Tensor;
  }>;
  readonly trapezoid: Operator<{
    dx: (y: Tensor, options?: { dx?: Scalar; dim?: Int }) => Tensor;
    x: (y: Tensor, x: Tensor, options?: { dim?: Int }) => Tensor;
  }>;
  readonly trapz: Operator<{
    dx: (y: Tensor, options?: { dx?: number; dim?: Int }) => Tensor;
    x: (y: Tensor, x: Tensor, options?: { dim?: Int }) => Tensor;
  }>;
  readonly triangular_solve: Operator<{
    X: (self: Tensor, A: Tensor, options: { upper?: boolean; transpose?: boolean; unitriangular?: boolean; X: Tensor; M: Tensor }) => [solution: Tensor, cloned_coefficient: Tensor];
    default: (...args: Args<[self: Tensor, A: Tensor], [upper: boolean, transpose: boolean, unitriangular: boolean], { upper?: boolean; transpose?: boolean; unitriangular?: boolean }>) => [solution: Tensor, cloned_coefficient: Tensor];
  }>;
  readonly tril: Operator<{
    default: (...args: Args<[self: Tensor], [diagonal: Int], { diagonal?: Int }>) => Tensor;
    out: (self: Tensor, options: { diagonal?: Int; out: Tensor }) => Tensor;
  }>;
  readonly tril_: Operator<{
    default: (...args: Args<[self: Tensor], [diagonal: Int], { diagonal?: Int }>) => Tensor;
  }>;
  readonly tril_indices: Operator<{
    default: (...args: Args<[row: Int, col: Int], [offset: Int], { offset?: Int; dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }>) => Tensor;
    out: (row: Int, col: Int, options: { offset?: Int; out: Tensor }) => Tensor;
  }>;
  readonly triplet_margin_loss: Operator<{
    default: (...args: Args<[anchor: Tensor, positive: Tensor, negative: Tensor], [margin: number, p: number, eps: number, swap: boolean, reduction: Int], { margin?: number; p?: number; eps?: number; swap?: boolean; reduction?: Int }>) => Tensor;
  }>;
  readonly triu: Operator<{
    default: (...args: Args<[self: Tensor], [diagonal: Int], { diagonal?: Int }>) => Tensor;
    out: (self: Tensor, options: { diagonal?: Int; out: Tensor }) => Tensor;
  }>;
  readonly triu_: Operator<{
    default: (...args: Args<[self: Tensor], [diagonal: Int], { diagonal?: Int }>) => Tensor;
  }>;
  readonly triu_indices: Operator<{
    default: (...args: Args<[row: Int, col: Int], [offset: Int], { offset?: Int; dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }>) => Tensor;
    out: (row: Int, col: Int, options: { offset?: Int; out: Tensor }) => Tensor;
  }>;
  readonly true_divide: Operator<{
    Scalar: (self: Tensor, other: Scalar) => Tensor;
    Tensor: (self: Tensor, other: Tensor) => Tensor;
    out: (self: Tensor, other: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly true_divide_: Operator<{
    Scalar: (self: Tensor, other: Scalar) => Tensor;
    Tensor: (self: Tensor, other: Tensor) => Tensor;
  }>;
  readonly trunc: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly trunc_: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly type_as: Operator<{
    default: (self: Tensor, other: Tensor) => Tensor;
  }>;
  readonly unbind: Operator<{
    int: (...args: Args<[self: Tensor], [dim: Int], { dim?: Int }>) => Tensor[];
  }>;
  readonly unbind_copy: Operator<{
    int: (...args: Args<[self: Tensor], [dim: Int], { dim?: Int }>) => Tensor[];
    int_out: (self: Tensor, options: { dim?: Int; out: readonly Tensor[] }) => void;
  }>;
  readonly unflatten: Operator<{
    int: (self: Tensor, dim: Int, sizes: readonly Int[]) => Tensor;
  }>;
  readonly unflatten_dense_tensors: Operator<{
    default: (flat: Tensor, tensors: readonly Tensor[]) => Tensor[];
  }>;
  readonly unfold: Operator<{
    default: (self: Tensor, dimension: Int, size: Int, step: Int) => Tensor;
  }>;
  readonly unfold_backward: Operator<{
    default: (grad_in: Tensor, input_sizes: readonly Int[], dim: Int, size: Int, step: Int) => Tensor;
    out: (grad_in: Tensor, input_sizes: readonly Int[], dim: Int, size: Int, step: Int, options: { out: Tensor }) => Tensor;
  }>;
  readonly unfold_copy: Operator<{
    default: (self: Tensor, dimension: Int, size: Int, step: Int) => Tensor;
    out: (self: Tensor, dimension: Int, size: Int, step: Int, options: { out: Tensor }) => Tensor;
  }>;
  readonly uniform: Operator<{
    default: (...args: Args<[self: Tensor], [from: number, to: number], { from?: number; to?: number; generator?: Generator }>) => Tensor;
    out: (self: Tensor, options: { from?: number; to?: number; generator?: Generator; out: Tensor }) => Tensor;
  }>;
  readonly uniform_: Operator<{
    default: (...args: Args<[self: Tensor], [from: number, to: number], { from?: number; to?: number; generator?: Generator }>) => Tensor;
  }>;
  readonly unique_consecutive: Operator<{
    default: (...args: Args<[self: Tensor], [return_inverse: boolean, return_counts: boolean, dim: Int | null], { return_inverse?: boolean; return_counts?: boolean; dim?: Int | null }>) => [Tensor, Tensor, Tensor];
    out: (self: Tensor, options: { return_inverse?: boolean; return_counts?: boolean; dim?: Int | null; out0: Tensor; out1: Tensor; out2: Tensor }) => [Tensor, Tensor, Tensor];
  }>;
  readonly unique_dim: Operator<{
    default: (...args: Args<[self: Tensor, dim: Int], [sorted: boolean, return_inverse: boolean, return_counts: boolean], { sorted?: boolean; return_inverse?: boolean; return_counts?: boolean }>) => [Tensor, Tensor, Tensor];
    out: (self: Tensor, dim: Int, options: { sorted?: boolean; return_inverse?: boolean; return_counts?: boolean; out0: Tensor; out1: Tensor; out2: Tensor }) => [Tensor, Tensor, Tensor];
  }>;
  readonly unique_dim_consecutive: Operator<{
    default: (...args: Args<[self: Tensor, dim: Int], [return_inverse: boolean, return_counts: boolean], { return_inverse?: boolean; return_counts?: boolean }>) => [Tensor, Tensor, Tensor];
    out: (self: Tensor, dim: Int, options: { return_inverse?: boolean; return_counts?: boolean; out0: Tensor; out1: Tensor; out2: Tensor }) => [Tensor, Tensor, Tensor];
  }>;
  readonly unsafe_chunk: Operator<{
    default: (...args: Args<[self: Tensor, chunks: Int], [dim: Int], { dim?: Int }>) => Tensor[];
  }>;
  readonly unsafe_split: Operator<{
    Tensor: (...args: Args<[self: Tensor, split_size: Int], [dim: Int], { dim?: Int }>) => Tensor[];
    Tensor_out: (self: Tensor, split_size: Int, options: { dim?: Int; out: readonly Tensor[] }) => void;
  }>;
  readonly unsafe_split_with_sizes: Operator<{
    default: (...args: Args<[self: Tensor, split_sizes: readonly Int[]], [dim: Int], { dim?: Int }>) => Tensor[];
    out: (self: Tensor, split_sizes: readonly Int[], options: { dim?: Int; out: readonly Tensor[] }) => void;
  }>;
  readonly unsqueeze: Operator<{
    default: (self: Tensor, dim: Int) => Tensor;
  }>;
  readonly unsqueeze_: Operator<{
    default: (self: Tensor, dim: Int) => Tensor;
  }>;
  readonly unsqueeze_copy: Operator<{
    default: (self: Tensor, dim: Int) => Tensor;
    out: (self: Tensor, dim: Int, options: { out: Tensor }) => Tensor;
  }>;
  readonly upsample_bicubic2d: Operator<{
    default: (...args: Args<[self: Tensor, output_size: Ints, align_corners: boolean], [scales_h: number | null, scales_w: number | null], { scales_h?: number | null; scales_w?: number | null }>) => Tensor;
    out: (self: Tensor, output_size: Ints, align_corners: boolean, options: { scales_h?: number | null; scales_w?: number | null; out: Tensor }) => Tensor;
    vec: (input: Tensor, output_size: readonly Int[] | null, align_corners: boolean, scale_factors: readonly number[] | null) => Tensor;
  }>;
  readonly upsample_bicubic2d_backward: Operator<{
    default: (...args: Args<[grad_output: Tensor, output_size: Ints, input_size: Ints, align_corners: boolean], [scales_h: number | null, scales_w: number | null], { scales_h?: number | null; scales_w?: number | null }>) => Tensor;
    grad_input: (grad_output: Tensor, output_size: Ints, input_size: Ints, align_corners: boolean, options: { scales_h?: number | null; scales_w?: number | null; grad_input: Tensor }) => Tensor;
  }>;
  readonly upsample_bilinear2d: Operator<{
    default: (...args: Args<[self: Tensor, output_size: Ints, align_corners: boolean], [scales_h: number | null, scales_w: number | null], { scales_h?: number | null; scales_w?: number | null }>) => Tensor;
    out: (self: Tensor, output_size: Ints, align_corners: boolean, options: { scales_h?: number | null; scales_w?: number | null; out: Tensor }) => Tensor;
    vec: (input: Tensor, output_size: readonly Int[] | null, align_corners: boolean, scale_factors: readonly number[] | null) => Tensor;
    vec_out: (input: Tensor, output_size: readonly Int[] | null, align_corners: boolean, scale_factors: readonly number[] | null, options: { out: Tensor }) => Tensor;
  }>;
  readonly upsample_bilinear2d_backward: Operator<{
    default: (...args: Args<[grad_output: Tensor, output_size: Ints, input_size: Ints, align_corners: boolean], [scales_h: number | null, scales_w: number | null], { scales_h?: number | null; scales_w?: number | null }>) => Tensor;
    grad_input: (grad_output: Tensor, output_size: Ints, input_size: Ints, align_corners: boolean, options: { scales_h?: number | null; scales_w?: number | null; grad_input: Tensor }) => Tensor;
  }>;
  readonly upsample_linear1d: Operator<{
    default: (...args: Args<[self: Tensor, output_size: Ints, align_corners: boolean], [scales: number | null], { scales?: number | null }>) => Tensor;
    out: (self: Tensor, output_size: Ints, align_corners: boolean, options: { scales?: number | null; out: Tensor }) => Tensor;
    vec: (input: Tensor, output_size: readonly Int[] | null, align_corners: boolean, scale_factors: readonly number[] | null) => Tensor;
  }>;
  readonly upsample_linear1d_backward: Operator<{
    default: (...args: Args<[grad_output: Tensor, output_size: Ints, input_size: Ints, align_corners: boolean], [scales: number | null], { scales?: number | null }>) => Tensor;
    grad_input: (grad_output: Tensor, output_size: Ints, input_size: Ints, align_corners: boolean, options: { scales?: number | null; grad_input: Tensor }) => Tensor;
  }>;
  readonly upsample_nearest1d: Operator<{
    default: (...args: Args<[self: Tensor, output_size: Ints], [scales: number | null], { scales?: number | null }>) => Tensor;
    out: (self: Tensor, output_size: Ints, options: { scales?: number | null; out: Tensor }) => Tensor;
    vec: (input: Tensor, output_size: readonly Int[] | null, scale_factors: readonly number[] | null) => Tensor;
  }>;
  readonly upsample_nearest1d_backward: Operator<{
    default: (...args: Args<[grad_output: Tensor, output_size: Ints, input_size: Ints], [scales: number | null], { scales?: number | null }>) => Tensor;
    grad_input: (grad_output: Tensor, output_size: Ints, input_size: Ints, options: { scales?: number | null; grad_input: Tensor }) => Tensor;
  }>;
  readonly upsample_nearest2d: Operator<{
    default: (...args: Args<[self: Tensor, output_size: Ints], [scales_h: number | null, scales_w: number | null], { scales_h?: number | null; scales_w?: number | null }>) => Tensor;
    out: (self: Tensor, output_size: Ints, options: { scales_h?: number | null; scales_w?: number | null; out: Tensor }) => Tensor;
    vec: (input: Tensor, output_size: readonly Int[] | null, scale_factors: readonly number[] | null) => Tensor;
    vec_out: (input: Tensor, output_size: readonly Int[] | null, scale_factors: readonly number[] | null, options: { out: Tensor }) => Tensor;
  }>;
  readonly upsample_nearest2d_backward: Operator<{
    default: (...args: Args<[grad_output: Tensor, output_size: Ints, input_size: Ints], [scales_h: number | null, scales_w: number | null], { scales_h?: number | null; scales_w?: number | null }>) => Tensor;
    grad_input: (grad_output: Tensor, output_size: Ints, input_size: Ints, options: { scales_h?: number | null; scales_w?: number | null; grad_input: Tensor }) => Tensor;
  }>;
  readonly upsample_nearest3d: Operator<{
    default: (...args: Args<[self: Tensor, output_size: Ints], [scales_d: number | null, scales_h: number | null, scales_w: number | null], { scales_d?: number | null; scales_h?: number | null; scales_w?: number | null }>) => Tensor;
    out: (self: Tensor, output_size: Ints, options: { scales_d?: number | null; scales_h?: number | null; scales_w?: number | null; out: Tensor }) => Tensor;
    vec: (input: Tensor, output_size: readonly Int[] | null, scale_factors: readonly number[] | null) => Tensor;
  }>;
  readonly upsample_nearest3d_backward: Operator<{
    default: (...args: Args<[grad_output: Tensor, output_size: Ints, input_size: Ints], [scales_d: number | null, scales_h: number | null, scales_w: number | null], { scales_d?: number | null; scales_h?: number | null; scales_w?: number | null }>) => Tensor;
    grad_input: (grad_output: Tensor, output_size: Ints, input_size: Ints, options: { scales_d?: number | null; scales_h?: number | null; scales_w?: number | null; grad_input: Tensor }) => Tensor;
  }>;
  readonly upsample_trilinear3d: Operator<{
    default: (...args: Args<[self: Tensor, output_size: Ints, align_corners: boolean], [scales_d: number | null, scales_h: number | null, scales_w: number | null], { scales_d?: number | null; scales_h?: number | null; scales_w?: number | null }>) => Tensor;
    out: (self: Tensor, output_size: Ints, align_corners: boolean, options: { scales_d?: number | null; scales_h?: number | null; scales_w?: number | null; out: Tensor }) => Tensor;
    vec: (input: Tensor, output_size: readonly Int[] | null, align_corners: boolean, scale_factors: readonly number[] | null) => Tensor;
  }>;
  readonly upsample_trilinear3d_backward: Operator<{
    default: (...args: Args<[grad_output: Tensor, output_size: Ints, input_size: Ints, align_corners: boolean], [scales_d: number | null, scales_h: number | null, scales_w: number | null], { scales_d?: number | null; scales_h?: number | null; scales_w?: number | null }>) => Tensor;
    grad_input: (grad_output: Tensor, output_size: Ints, input_size: Ints, align_corners: boolean, options: { scales_d?: number | null; scales_h?: number | null; scales_w?: number | null; grad_input: Tensor }) => Tensor;
  }>;
  readonly value_selecting_reduction_backward: Operator<{
    default: (grad: Tensor, dim: Int, indices: Tensor, sizes: readonly Int[], keepdim: boolean) => Tensor;
  }>;
  readonly values: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly values_copy: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly vander: Operator<{
    default: (...args: Args<[x: Tensor], [N: Int | null, increasing: boolean], { N?: Int | null; increasing?: boolean }>) => Tensor;
  }>;
  readonly var: Operator<{
    correction: (...args: Args<[self: Tensor], [dim: Ints | null], { dim?: Ints | null; correction?: Scalar | null; keepdim?: boolean }>) => Tensor;
    correction_out: (self: Tensor, options: { dim?: Ints | null; correction?: Scalar | null; keepdim?: boolean; out: Tensor }) => Tensor;
    default: (...args: Args<[self: Tensor], [unbiased: boolean], { unbiased?: boolean }>) => Tensor;
    dim: (...args: Args<[self: Tensor, dim: Ints | null], [unbiased: boolean, keepdim: boolean], { unbiased?: boolean; keepdim?: boolean }>) => Tensor;
    out: (self: Tensor, dim: Ints | null, options: { unbiased?: boolean; keepdim?: boolean; out: Tensor }) => Tensor;
  }>;
  readonly var_mean: Operator<{
    correction: (...args: Args<[self: Tensor], [dim: Ints | null], { dim?: Ints | null; correction?: Scalar | null; keepdim?: boolean }>) => [Tensor, Tensor];
    correction_out: (self: Tensor, options: { dim?: Ints | null; correction?: Scalar | null; keepdim?: boolean; out0: Tensor; out1: Tensor }) => [Tensor, Tensor];
    default: (...args: Args<[self: Tensor], [unbiased: boolean], { unbiased?: boolean }>) => [Tensor, Tensor];
    dim: (...args: Args<[self: Tensor, dim: Ints | null], [unbiased: boolean, keepdim: boolean], { unbiased?: boolean; keepdim?: boolean }>) => [Tensor, Tensor];
  }>;
  readonly vdot: Operator<{
    default: (self: Tensor, other: Tensor) => Tensor;
    out: (self: Tensor, other: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly view: Operator<{
    default: (self: Tensor, size: readonly Int[]) => Tensor;
    dtype: (self: Tensor, dtype: DType) => Tensor;
  }>;
  readonly view_as: Operator<{
    default: (self: Tensor, other: Tensor) => Tensor;
  }>;
  readonly view_as_complex: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly view_as_complex_copy: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly view_as_real: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly view_as_real_copy: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly view_copy: Operator<{
    default: (self: Tensor, size: readonly Int[]) => Tensor;
    dtype: (self: Tensor, dtype: DType) => Tensor;
    dtype_out: (self: Tensor, dtype: DType, options: { out: Tensor }) => Tensor;
    out: (self: Tensor, size: readonly Int[], options: { out: Tensor }) => Tensor;
  }>;
  readonly vsplit: Operator<{
    array: (self: Tensor, indices: readonly Int[]) => Tensor[];
    int: (self: Tensor, sections: Int) => Tensor[];
  }>;
  readonly vstack: Operator<{
    default: (tensors: readonly Tensor[]) => Tensor;
    out: (tensors: readonly Tensor[], options: { out: Tensor }) => Tensor;
  }>;
  readonly where: Operator<{
    Scalar: (condition: Tensor, self: Scalar, other: Scalar) => Tensor;
    ScalarOther: (condition: Tensor, self: Tensor, other: Scalar) => Tensor;
    ScalarSelf: (condition: Tensor, self: Scalar, other: Tensor) => Tensor;
    default: (condition: Tensor) => Tensor[];
    self: (condition: Tensor, self: Tensor, other: Tensor) => Tensor;
    self_out: (condition: Tensor, self: Tensor, other: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly xlogy: Operator<{
    OutScalar_Other: (self: Tensor, other: Scalar, options: { out: Tensor }) => Tensor;
    OutScalar_Self: (self: Scalar, other: Tensor, options: { out: Tensor }) => Tensor;
    OutTensor: (self: Tensor, other: Tensor, options: { out: Tensor }) => Tensor;
    Scalar_Other: (self: Tensor, other: Scalar) => Tensor;
    Scalar_Self: (self: Scalar, other: Tensor) => Tensor;
    Tensor: (self: Tensor, other: Tensor) => Tensor;
  }>;
  readonly xlogy_: Operator<{
    Scalar_Other: (self: Tensor, other: Scalar) => Tensor;
    Tensor: (self: Tensor, other: Tensor) => Tensor;
  }>;
  readonly zero: Operator<{
    default: (self: Tensor) => Tensor;
    out: (self: Tensor, options: { out: Tensor }) => Tensor;
  }>;
  readonly zero_: Operator<{
    default: (self: Tensor) => Tensor;
  }>;
  readonly zeros: Operator<{
    default: (size: readonly Int[], options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null }) => Tensor;
    out: (size: readonly Int[], options: { out: Tensor }) => Tensor;
  }>;
  readonly zeros_like: Operator<{
    default: (self: Tensor, options?: { dtype?: DType | null; layout?: Layout | null; device?: string | null; pin_memory?: boolean | null; memory_format?: MemoryFormat | null }) => Tensor;
    out: (self: Tensor, options: { memory_format?: MemoryFormat | null; out: Tensor }) => Tensor;
  }>;
}

export interface PotstillOps {
  readonly _attention_transfer_forward: Operator<{
    default: (student: Tensor, teacher: Tensor, paper: boolean, want_gradient: boolean) => [loss: Tensor, gradient: Tensor];
  }>;
  readonly _dist_forward: Operator<{
    default: (student: Tensor, teacher: Tensor, beta: number, gamma: number, temperature: number, scale: boolean, mask: Tensor | null, want_gradient: boolean) => [loss: Tensor, gradient: Tensor];
  }>;
  readonly _divergence_forward: Operator<{
    default: (student: Tensor, teacher: Tensor, labels: Tensor | null, mask: Tensor | null, divergence: Int, first: number, second: number, temperature: number, scale: boolean, want_gradient: boolean) => [loss: Tensor, gradient: Tensor];
  }>;
  readonly _fused_linear_soft_targets_forward: Operator<{
    default: (student: Tensor, student_weight: Tensor, student_bias: Tensor | null, teacher: Tensor, teacher_weight: Tensor, teacher_bias: Tensor | null, labels: Tensor | null, alpha: number, temperature: number, label_smoothing: number, ignore_index: Int, chunk: Int, wanted: readonly boolean[]) => [loss: Tensor, hidden: Tensor, weight: Tensor, bias: Tensor];
  }>;
  readonly _hint_mse_forward: Operator<{
    default: (student: Tensor, teacher: Tensor, mask: Tensor | null, want_gradient: boolean) => [loss: Tensor, gradient: Tensor];
  }>;
  readonly _int16_convolution: Operator<{
    default: (...args: Args<[input: Tensor, packed: Tensor, scales: Tensor, bias: Tensor | null, other: Tensor | null, kernel: Ints, stride: Ints, padding: Ints], [relu: boolean], { relu?: boolean }>) => Tensor;
  }>;
  readonly _int16_linear: Operator<{
    default: (...args: Args<[input: Tensor, packed: Tensor, scales: Tensor, bias: Tensor | null], [relu: boolean], { relu?: boolean }>) => Tensor;
  }>;
  readonly _matrix_product: Operator<{
    default: (...args: Args<[left: Tensor, right: Tensor], [bias: Tensor | null, activation: string, packed: boolean], { bias?: Tensor | null; activation?: string; packed?: boolean }>) => Tensor;
  }>;
  readonly _nst_forward: Operator<{
    default: (student: Tensor, teacher: Tensor, want_gradient: boolean) => [loss: Tensor, gradient: Tensor];
  }>;
  readonly _pack_int16_weight: Operator<{
    default: (weight: Tensor) => [packed: Tensor, scales: Tensor];
  }>;
  readonly _pack_pointwise: Operator<{
    default: (weight: Tensor) => Tensor;
  }>;
  readonly _pack_winograd: Operator<{
    default: (...args: Args<[weight: Tensor, tile: Int], [stride: Int], { stride?: Int }>) => Tensor;
  }>;
  readonly _pkt_forward: Operator<{
    default: (student: Tensor, teacher: Tensor, eps: number, want_gradient: boolean) => [loss: Tensor, gradient: Tensor];
  }>;
  readonly _pointwise_convolution: Operator<{
    default: (input: Tensor, packed: Tensor, bias: Tensor | null, other: Tensor | null, relu: boolean, outputs: Int) => Tensor;
  }>;
  readonly _rkd_forward: Operator<{
    default: (student: Tensor, teacher: Tensor, distance: number, angle: number, want_gradient: boolean) => [loss: Tensor, gradient: Tensor];
  }>;
  readonly _scale_gradient: Operator<{
    default: (grad_output: Tensor, gradient: Tensor, dtype: DType) => Tensor;
  }>;
  readonly _similarity_forward: Operator<{
    default: (student: Tensor, teacher: Tensor, want_gradient: boolean) => [loss: Tensor, gradient: Tensor];
  }>;
  readonly _soft_target_ce_forward: Operator<{
    default: (student: Tensor, teacher: Tensor, labels: Tensor | null, alpha: number, temperature: number, label_smoothing: number, ignore_index: Int, want_gradient: boolean) => [loss: Tensor, gradient: Tensor];
  }>;
  readonly _soft_target_ce_rows: Operator<{
    default: (student: Tensor, teacher: Tensor, labels: Tensor | null, values: Tensor, alpha: number, temperature: number, label_smoothing: number, ignore_index: Int, divisor: number, want_gradient: boolean) => void;
  }>;
  readonly _winograd_conv2d: Operator<{
    default: (...args: Args<[input: Tensor, weight: Tensor, bias: Tensor | null, relu: boolean, padding: Ints, tile: Int], [stride: Int], { stride?: Int }>) => Tensor;
  }>;
  readonly _winograd_convolution: Operator<{
    default: (...args: Args<[input: Tensor, packed: Tensor, bias: Tensor | null, other: Tensor | null, relu: boolean, padding: Ints, tile: Int, outputs: Int], [stride: Int], { stride?: Int }>) => Tensor;
  }>;
  readonly _winograd_input_gradient: Operator<{
    default: (...args: Args<[grad_output: Tensor, weight: Tensor, size: Ints, padding: Ints, tile: Int], [stride: Int], { stride?: Int }>) => Tensor;
  }>;
  readonly _winograd_weight_gradient: Operator<{
    default: (...args: Args<[grad_output: Tensor, input: Tensor, weight: Tensor, padding: Ints, tile: Int], [stride: Int], { stride?: Int }>) => Tensor;
  }>;
  readonly add_layer_norm: Operator<{
    default: (...args: Args<[input: Tensor, other: Tensor, normalized_shape: readonly Int[]], [weight: Tensor | null, bias: Tensor | null, eps: number], { weight?: Tensor | null; bias?: Tensor | null; eps?: number }>) => Tensor;
  }>;
  readonly attention: Operator<{
    default: (...args: Args<[query: Tensor, key: Tensor, value: Tensor], [attn_mask: Tensor | null, dropout_p: number, is_causal: boolean], { attn_mask?: Tensor | null; dropout_p?: number; is_causal?: boolean; scale?: number | null; enable_gqa?: boolean }>) => Tensor;
  }>;
  readonly attention_transfer: Operator<{
    default: (...args: Args<[student: Tensor, teacher: Tensor], [paper: boolean], { paper?: boolean }>) => Tensor;
  }>;
  readonly augment_images: Operator<{
    default: (...args: Args<[images: Tensor, indices: Tensor, mean: readonly number[], std: readonly number[]], [augment: boolean, shift: Int, flip: boolean, crop_padding: Int, cutout: Int, seed: Int, epoch: Int, ids: Tensor | null], { augment?: boolean; shift?: Int; flip?: boolean; crop_padding?: Int; cutout?: Int; seed?: Int; epoch?: Int; ids?: Tensor | null }>) => Tensor;
  }>;
  readonly batch_norm: Operator<{
    default: (...args: Args<[input: Tensor, weight: Tensor | null, bias: Tensor | null, running_mean: Tensor | null, running_var: Tensor | null, training: boolean, momentum: number, eps: number], [other: Tensor | null, relu: boolean], { other?: Tensor | null; relu?: boolean }>) => Tensor;
  }>;
  readonly conv2d: Operator<{
    default: (...args: Args<[input: Tensor, weight: Tensor, bias: Tensor | null], [stride: Ints, padding: Ints, activation: string], { stride?: Ints; padding?: Ints; activation?: string }>) => Tensor;
  }>;
  readonly cpu_capability: Operator<{
    default: () => string;
  }>;
  readonly dist: Operator<{
    default: (...args: Args<[student: Tensor, teacher: Tensor], [beta: number, gamma: number, temperature: number, scale: boolean, mask: Tensor | null], { beta?: number; gamma?: number; temperature?: number; scale?: boolean; mask?: Tensor | null }>) => Tensor;
  }>;
  readonly dkd: Operator<{
    default: (...args: Args<[student: Tensor, teacher: Tensor, labels: Tensor], [alpha: number, beta: number, temperature: number, mask: Tensor | null], { alpha?: number; beta?: number; temperature?: number; mask?: Tensor | null }>) => Tensor;
  }>;
  readonly encoder_layer: Operator<{
    default: (...args: Args<[src: Tensor, embed_dim: Int, num_heads: Int, qkv_weight: Tensor, qkv_bias: Tensor, proj_weight: Tensor, proj_bias: Tensor, use_gelu: boolean, norm_first: boolean, eps: number, norm_weight_1: Tensor, norm_bias_1: Tensor, norm_weight_2: Tensor, norm_bias_2: Tensor, ffn_weight_1: Tensor, ffn_bias_1: Tensor, ffn_weight_2: Tensor, ffn_bias_2: Tensor], [mask: Tensor | null, mask_type: Int | null], { mask?: Tensor | null; mask_type?: Int | null }>) => Tensor;
  }>;
  readonly fused_linear_soft_targets: Operator<{
    default: (...args: Args<[student: Tensor, student_weight: Tensor, student_bias: Tensor | null, teacher: Tensor, teacher_weight: Tensor, teacher_bias: Tensor | null], [labels: Tensor | null, alpha: number, temperature: number, label_smoothing: number, ignore_index: Int, chunk: Int], { labels?: Tensor | null; alpha?: number; temperature?: number; label_smoothing?: number; ignore_index?: Int; chunk?: Int }>) => Tensor;
  }>;
  readonly hint_mse: Operator<{
    default: (...args: Args<[student: Tensor, teacher: Tensor], [mask: Tensor | null], { mask?: Tensor | null }>) => Tensor;
  }>;
  readonly jsd: Operator<{
    default: (...args: Args<[student: Tensor, teacher: Tensor], [beta: number, temperature: number, scale: boolean, mask: Tensor | null], { beta?: number; temperature?: number; scale?: boolean; mask?: Tensor | null }>) => Tensor;
  }>;
  readonly linear: Operator<{
    default: (...args: Args<[input: Tensor, weight: Tensor, bias: Tensor | null], [activation: string], { activation?: string }>) => Tensor;
  }>;
  readonly linear_packed: Operator<{
    default: (...args: Args<[input: Tensor, weight: Tensor, packed: Tensor, bias: Tensor | null], [activation: string], { activation?: string }>) => Tensor;
  }>;
  readonly load_product_choices: Operator<{
    default: (table: string) => void;
  }>;
  readonly logit_mse: Operator<{
    default: (...args: Args<[student: Tensor, teacher: Tensor], [mask: Tensor | null], { mask?: Tensor | null }>) => Tensor;
  }>;
  readonly logit_standardization: Operator<{
    default: (...args: Args<[student: Tensor, teacher: Tensor], [temperature: number, mask: Tensor | null], { temperature?: number; mask?: Tensor | null }>) => Tensor;
  }>;
  readonly nst: Operator<{
    default: (student: Tensor, teacher: Tensor) => Tensor;
  }>;
  readonly pack_linear_weight: Operator<{
    default: (weight: Tensor, rows: Int) => Tensor;
  }>;
  readonly pkt: Operator<{
    default: (...args: Args<[student: Tensor, teacher: Tensor], [eps: number], { eps?: number }>) => Tensor;
  }>;
  readonly product_choices: Operator<{
    default: () => string;
  }>;
  readonly reverse_kl: Operator<{
    default: (...args: Args<[student: Tensor, teacher: Tensor], [temperature: number, mask: Tensor | null], { temperature?: number; mask?: Tensor | null }>) => Tensor;
  }>;
  readonly rkd: Operator<{
    default: (...args: Args<[student: Tensor, teacher: Tensor], [distance: number, angle: number], { distance?: number; angle?: number }>) => Tensor;
  }>;
  readonly similarity: Operator<{
    default: (student: Tensor, teacher: Tensor) => Tensor;
  }>;
  readonly skew_kl: Operator<{
    default: (...args: Args<[student: Tensor, teacher: Tensor], [skew: number, temperature: number, scale: boolean, mask: Tensor | null], { skew?: number; temperature?: number; scale?: boolean; mask?: Tensor | null }>) => Tensor;
  }>;
  readonly skew_reverse_kl: Operator<{
    default: (...args: Args<[student: Tensor, teacher: Tensor], [skew: number, temperature: number, scale: boolean, mask: Tensor | null], { skew?: number; temperature?: number; scale?: boolean; mask?: Tensor | null }>) => Tensor;
  }>;
  readonly soft_target_ce: Operator<{
    default: (...args: Args<[student: Tensor, teacher: Tensor, labels: Tensor | null, alpha: number, temperature: number], [label_smoothing: number, ignore_index: Int], { label_smoothing?: number; ignore_index?: Int }>) => Tensor;
  }>;
  readonly tap: Operator<{
    default: (value: Tensor, id: Int) => Tensor;
  }>;
}
