/** Vision transformer (Dosovitskiy et al., 2020, arXiv:2010.11929). */

import { dropout, gelu } from "../activation.js";
import { multiheadAttention } from "../attention.js";
import { count, number, read, refuse } from "../check.js";
import { sequential } from "../container.js";
import { convWith } from "../conv.js";
import { define, type ModuleDef, parameter } from "../definition.js";
import { linearWith } from "../linear.js";
import { layerNorm } from "../normalization.js";

export interface VitOptions {
  /** Side of the square input; default 224. */
  imageSize?: number | undefined;
  /** Side of a patch; divides `imageSize`. Default 16. */
  patchSize?: number | undefined;
  /** Width; default 768. */
  dim?: number | undefined;
  /** Encoder layers; default 12. */
  depth?: number | undefined;
  /** Attention heads; default 12. */
  heads?: number | undefined;
  /** Width of the hidden layer of each block; default 4 · dim. */
  mlpDim?: number | undefined;
  /** Default 1000. */
  classes?: number | undefined;
  channels?: number | undefined;
  /** Default 0. */
  dropout?: number | undefined;
  attentionDropout?: number | undefined;
}

function block(dim: number, heads: number, mlpDim: number, rate: number, attentionRate: number) {
  const dense = (from: number, to: number) =>
    linearWith(from, to, undefined, {
      weight: { kind: "xavierUniform", gain: 1, fanIn: from, fanOut: to },
      bias: { kind: "normal", mean: 0, std: 1e-6 },
    });
  return define({
    className: "EncoderBlock",
    modules: {
      ln_1: layerNorm(dim, { eps: 1e-6 }),
      self_attention: multiheadAttention(dim, heads, { dropout: attentionRate, batchFirst: true }),
      dropout: dropout(rate),
      ln_2: layerNorm(dim, { eps: 1e-6 }),
      mlp: sequential(dense(dim, mlpDim), gelu(), dropout(rate), dense(mlpDim, dim), dropout(rate)),
    },
    source: `def forward(self, input: Tensor) -> Tensor:
    x = input + self.dropout(self.self_attention(self.ln_1(input)))
    return x + self.mlp(self.ln_2(x))
`,
  });
}

/**
 * A vision transformer with a class token: `[B, 3, imageSize, imageSize]` → `[B, classes]`. The
 * defaults are ViT-B/16, paths as torchvision's; 86,567,656 parameters.
 *
 * @example
 * models.vit({ imageSize: 32, patchSize: 4, dim: 192, depth: 9, heads: 3, classes: 100 });
 */
export function vit(options?: VitOptions): ModuleDef {
  const where = "models.vit";
  const o = read(where, options, {
    imageSize: count(224),
    patchSize: count(16),
    dim: count(768),
    depth: count(12),
    heads: count(12),
    mlpDim: count(0),
    classes: count(1000),
    channels: count(3),
    dropout: number(0, 0, 1),
    attentionDropout: number(0, 0, 1),
  });
  if (o.imageSize % o.patchSize !== 0) {
    refuse(where, `patchSize (${o.patchSize}) must divide imageSize (${o.imageSize}).`);
  }
  if (o.dim % o.heads !== 0) refuse(where, `heads (${o.heads}) must divide dim (${o.dim}).`);
  const mlpDim = o.mlpDim || 4 * o.dim;
  const side = o.imageSize / o.patchSize;
  const fanIn = o.channels * o.patchSize * o.patchSize;
  const layers: Record<string, ModuleDef> = {};
  for (let i = 0; i < o.depth; i++) {
    layers[`encoder_layer_${i}`] = block(o.dim, o.heads, mlpDim, o.dropout, o.attentionDropout);
  }
  const encoder = define({
    className: "Encoder",
    parameters: [
      parameter("pos_embedding", [1, side * side + 1, o.dim], {
        kind: "normal",
        mean: 0,
        std: 0.02,
      }),
    ],
    modules: {
      dropout: dropout(o.dropout),
      layers: sequential(layers),
      ln: layerNorm(o.dim, { eps: 1e-6 }),
    },
    source: `def forward(self, input: Tensor) -> Tensor:
    return self.ln(self.layers(self.dropout(input + self.pos_embedding)))
`,
  });
  return define({
    className: "VisionTransformer",
    parameters: [parameter("class_token", [1, 1, o.dim], { kind: "zeros" })],
    modules: {
      conv_proj: convWith(
        2,
        o.channels,
        o.dim,
        o.patchSize,
        { stride: o.patchSize },
        {
          weight: { kind: "truncatedNormal", mean: 0, std: Math.sqrt(1 / fanIn), from: -2, to: 2 },
          bias: { kind: "zeros" },
        },
      ),
      encoder,
      heads: sequential({
        head: linearWith(o.dim, o.classes, undefined, {
          weight: { kind: "zeros" },
          bias: { kind: "zeros" },
        }),
      }),
    },
    source: `def forward(self, x: Tensor) -> Tensor:
    if x.size(2) != ${o.imageSize} or x.size(3) != ${o.imageSize}:
        raise ValueError("VisionTransformer expects images of ${o.imageSize}x${o.imageSize}, got " + str(x.size()))
    x = self.conv_proj(x).flatten(2).transpose(1, 2)
    x = torch.cat([self.class_token.expand(x.size(0), -1, -1), x], 1)
    return self.heads(self.encoder(x)[:, 0])
`,
  });
}
