/** Multi-head attention and the transformer's encoder, on `scaled_dot_product_attention`. */

import { dropout } from "./activation.js";
import { count, flag, integer, number, oneOf, read, refuse } from "./check.js";
import { define, definition, float, type ModuleDef, parameter } from "./definition.js";
import { linear, linearWith } from "./linear.js";
import { layerNorm } from "./normalization.js";

export interface MultiheadAttentionOptions {
  /** In training, dropout of the attention weights; default 0. */
  dropout?: number | undefined;
  bias?: boolean | undefined;
  /** Tensors are `[B, T, E]` rather than `[T, B, E]`; default false, as in PyTorch. */
  batchFirst?: boolean | undefined;
}

export interface TransformerEncoderLayerOptions {
  /** Width of the feed-forward part; default 2048. */
  dimFeedforward?: number | undefined;
  /** Default 0.1. */
  dropout?: number | undefined;
  activation?: "relu" | "gelu" | undefined;
  /** Default 1e-5. */
  layerNormEps?: number | undefined;
  batchFirst?: boolean | undefined;
  /** Normalize before attention and feed-forward instead of after; default false. */
  normFirst?: boolean | undefined;
  bias?: boolean | undefined;
}

export interface TransformerEncoderOptions {
  /** Applied to the last layer's output. */
  norm?: ModuleDef | undefined;
}

/**
 * Attention of several heads, as torch.nn.MultiheadAttention with keys and values of the same width.
 *
 * `forward(query, key = query, value = key, attnMask?, keyPaddingMask?, isCausal = false)` gives
 * one Tensor, `[T, B, embedDim]` (see `batchFirst`); the attention weights are not returned.
 * Masks as in PyTorch: `attnMask` `[T, S]` or `[B · heads, T, S]`, `keyPaddingMask` `[B, S]`; bool
 * (true: not attended to) or float (added). Parameters: `in_proj_weight` `[3·E, E]`,
 * `in_proj_bias`, `out_proj.weight`, `out_proj.bias`.
 */
export function multiheadAttention(
  embedDim: number,
  numHeads: number,
  options?: MultiheadAttentionOptions,
): ModuleDef {
  const where = "nn.multiheadAttention";
  integer(where, "embedDim", embedDim);
  integer(where, "numHeads", numHeads);
  if (embedDim % numHeads !== 0) {
    refuse(where, `embedDim (${embedDim}) must be divisible by numHeads (${numHeads}).`);
  }
  const o = read(where, options, {
    dropout: number(0, 0, 1),
    bias: flag(true),
    batchFirst: flag(false),
  });
  const parameters = [
    parameter("in_proj_weight", [3 * embedDim, embedDim], {
      kind: "xavierUniform",
      gain: 1,
      fanIn: embedDim,
      fanOut: 3 * embedDim,
    }),
  ];
  if (o.bias) parameters.push(parameter("in_proj_bias", [3 * embedDim], { kind: "zeros" }));
  const head = embedDim / numHeads;
  const inBias = o.bias ? "self.in_proj_bias" : "None";
  // The projections of self-attention are one product.
  const project = (name: string, index: number) =>
    `torch.linear(${name}, w[${index}], ${o.bias ? `b[${index}]` : "None"})`;
  return define({
    className: "MultiheadAttention",
    parameters,
    modules: {
      // A bias of zeros that draws from the generator as PyTorch's layer does before clearing it.
      out_proj: linearWith(
        embedDim,
        embedDim,
        { bias: o.bias },
        { bias: { kind: "uniform", from: 0, to: 0 } },
      ),
    },
    source: `def heads(self, x: Tensor) -> Tensor:
    return x.unflatten(-1, [${numHeads}, ${head}]).transpose(1, 2)

def additive(self, mask: Tensor, like: Tensor) -> Tensor:
    if mask.dtype == torch.bool:
        return torch.zeros_like(mask, dtype=like.dtype).masked_fill(mask, float("-inf"))
    return mask.to(like.dtype)

def forward(self, query: Tensor, key: Optional[Tensor] = None, value: Optional[Tensor] = None, attn_mask: Optional[Tensor] = None, key_padding_mask: Optional[Tensor] = None, is_causal: bool = False) -> Tensor:
    if key is None:
        if value is not None:
            raise ValueError("MultiheadAttention: a value needs a key")
        x = query${o.batchFirst ? "" : ".transpose(0, 1)"}
        q, k, v = torch.linear(x, self.in_proj_weight, ${inBias}).chunk(3, -1)
    else:
        other = key if value is None else value
        w = self.in_proj_weight.chunk(3)
${o.bias ? "        b = self.in_proj_bias.chunk(3)\n" : ""}        q = ${project(o.batchFirst ? "query" : "query.transpose(0, 1)", 0)}
        k = ${project(o.batchFirst ? "key" : "key.transpose(0, 1)", 1)}
        v = ${project(o.batchFirst ? "other" : "other.transpose(0, 1)", 2)}
    q = self.heads(q)
    k = self.heads(k)
    v = self.heads(v)
    mask: Optional[Tensor] = None
    if attn_mask is not None:
        added = self.additive(attn_mask, q)
        mask = added if added.dim() == 2 else added.unflatten(0, [q.size(0), ${numHeads}])
    if key_padding_mask is not None:
        padding = self.additive(key_padding_mask, q).unsqueeze(1).unsqueeze(1)
        mask = padding if mask is None else mask + padding
    causal = is_causal
    if causal and mask is not None:
        hidden = torch.ones([q.size(2), k.size(2)], dtype=torch.bool, device=q.device).triu(1)
        mask = mask + self.additive(hidden, q)
        causal = False
    rate = ${float(o.dropout)} if self.training else 0.0
    y = torch.scaled_dot_product_attention(q, k, v, mask, rate, causal)
    y = self.out_proj(y.transpose(1, 2).flatten(2))
    return y${o.batchFirst ? "" : ".transpose(0, 1)"}
`,
  });
}

/**
 * One layer of the transformer's encoder, as torch.nn.TransformerEncoderLayer.
 *
 * `forward(src, srcMask?, srcKeyPaddingMask?, isCausal = false)`: `[T, B, dModel]` (see
 * `batchFirst`) to the same shape. Children: `self_attn`, `linear1`, `dropout`, `linear2`, `norm1`,
 * `norm2`, `dropout1`, `dropout2`.
 *
 * @param nhead Number of attention heads; divides `dModel`.
 */
export function transformerEncoderLayer(
  dModel: number,
  nhead: number,
  options?: TransformerEncoderLayerOptions,
): ModuleDef {
  const where = "nn.transformerEncoderLayer";
  const o = read(where, options, {
    dimFeedforward: count(2048),
    dropout: number(0.1, 0, 1),
    activation: oneOf(["relu", "gelu"], "relu"),
    layerNormEps: number(1e-5, 0),
    batchFirst: flag(false),
    normFirst: flag(false),
    bias: flag(true),
  });
  integer(where, "dModel", dModel);
  integer(where, "nhead", nhead);
  if (dModel % nhead !== 0) {
    refuse(where, `dModel (${dModel}) must be divisible by nhead (${nhead}).`);
  }
  const { bias, batchFirst } = o;
  const norm = () => layerNorm(dModel, { eps: o.layerNormEps, bias });
  return define({
    className: "TransformerEncoderLayer",
    modules: {
      self_attn: multiheadAttention(dModel, nhead, { dropout: o.dropout, bias, batchFirst }),
      linear1: linear(dModel, o.dimFeedforward, { bias }),
      dropout: dropout(o.dropout),
      linear2: linear(o.dimFeedforward, dModel, { bias }),
      norm1: norm(),
      norm2: norm(),
      dropout1: dropout(o.dropout),
      dropout2: dropout(o.dropout),
    },
    source: `def attend(self, x: Tensor, mask: Optional[Tensor], padding: Optional[Tensor], is_causal: bool) -> Tensor:
    return self.dropout1(self.self_attn(x, None, None, mask, padding, is_causal))

def feed(self, x: Tensor) -> Tensor:
    return self.dropout2(self.linear2(self.dropout(torch.${o.activation}(self.linear1(x)))))

def forward(self, src: Tensor, src_mask: Optional[Tensor] = None, src_key_padding_mask: Optional[Tensor] = None, is_causal: bool = False) -> Tensor:
    x = src
${
  o.normFirst
    ? `    x = x + self.attend(self.norm1(x), src_mask, src_key_padding_mask, is_causal)
    return x + self.feed(self.norm2(x))`
    : `    x = self.norm1(x + self.attend(x, src_mask, src_key_padding_mask, is_causal))
    return self.norm2(x + self.feed(x))`
}
`,
  });
}

/**
 * Several encoder layers, as torch.nn.TransformerEncoder; paths `layers.0.…`, `norm.…`. Each layer
 * gets initial weights of its own (PyTorch copies the first).
 */
export function transformerEncoder(
  layer: ModuleDef,
  numLayers: number,
  options?: TransformerEncoderOptions,
): ModuleDef {
  const where = "nn.transformerEncoder";
  definition(where, "layer", layer);
  integer(where, "numLayers", numLayers);
  const norm = options?.norm;
  const layers: Record<string, ModuleDef> = {};
  for (let i = 0; i < numLayers; i++) layers[i] = layer;
  return define({
    className: "TransformerEncoder",
    modules: {
      layers: moduleList(layers),
      ...(norm === undefined ? {} : { norm: definition(where, "options.norm", norm) }),
    },
    source: `def forward(self, src: Tensor, mask: Optional[Tensor] = None, src_key_padding_mask: Optional[Tensor] = None, is_causal: bool = False) -> Tensor:
    x = src
    for layer in self.layers:
        x = layer(x, mask, src_key_padding_mask, is_causal)
    return ${norm === undefined ? "x" : "self.norm(x)"}
`,
  });
}

/** Children by number that the parent calls itself, as torch.nn.ModuleList. */
export function moduleList(modules: Record<string, ModuleDef>): ModuleDef {
  return define({
    className: "ModuleList",
    modules,
    source: `def forward(self, input: Tensor) -> Tensor:
    raise NotImplementedError("a list of modules is not called itself")
    return input
`,
  });
}
