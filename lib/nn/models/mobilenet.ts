/** MobileNetV2 (Sandler et al., 2018, arXiv:1801.04381). */

import { dropout, relu6 } from "../activation.js";
import { count, number, oneOf, read } from "../check.js";
import { sequential } from "../container.js";
import { convWith } from "../conv.js";
import { define, type ModuleDef } from "../definition.js";
import { linearWith } from "../linear.js";
import { batchNorm2d } from "../normalization.js";

export interface MobilenetV2Options {
  /** Default 1000. */
  classes?: number | undefined;
  /** Scales the channels of every layer, rounded to multiples of 8; default 1. */
  widthMult?: number | undefined;
  /** Before the classifier; default 0.2. */
  dropout?: number | undefined;
  channels?: number | undefined;
  /** "cifar" keeps the resolution in the first convolution and the second stage; default "imagenet". */
  stem?: "imagenet" | "cifar" | undefined;
}

/** Expansion, channels, blocks and stride of each stage. */
const stages = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const;

/** The multiple of 8 next to the value, but not less than 9/10 of it. */
function divisible(value: number): number {
  const rounded = Math.max(8, Math.floor((value + 4) / 8) * 8);
  return rounded < 0.9 * value ? rounded + 8 : rounded;
}

function conv(from: number, to: number, kernel: number, stride = 1, groups = 1): ModuleDef {
  return convWith(
    2,
    from,
    to,
    kernel,
    { stride, padding: (kernel - 1) / 2, groups, bias: false },
    { weight: { kind: "kaimingNormal", gain: Math.SQRT2, fan: to * kernel * kernel } },
  );
}

function convNormRelu(from: number, to: number, kernel: number, stride = 1, groups = 1): ModuleDef {
  return sequential(conv(from, to, kernel, stride, groups), batchNorm2d(to), relu6());
}

function block(from: number, to: number, stride: number, expand: number): ModuleDef {
  const hidden = from * expand;
  const layers = [
    ...(expand === 1 ? [] : [convNormRelu(from, hidden, 1)]),
    convNormRelu(hidden, hidden, 3, stride, hidden),
    conv(hidden, to, 1),
    batchNorm2d(to),
  ];
  const skip = stride === 1 && from === to;
  return define({
    className: "InvertedResidual",
    modules: { conv: sequential(...layers) },
    source: `def forward(self, x: Tensor) -> Tensor:
    return ${skip ? "x + self.conv(x)" : "self.conv(x)"}
`,
  });
}

/** MobileNetV2, paths as torchvision's: `[B, 3, H, W]` → `[B, classes]`; 3,504,872 parameters. */
export function mobilenetV2(options?: MobilenetV2Options): ModuleDef {
  const o = read("models.mobilenetV2", options, {
    classes: count(1000),
    widthMult: number(1, 0.01, 16),
    dropout: number(0.2, 0, 1),
    channels: count(3),
    stem: oneOf(["imagenet", "cifar"], "imagenet"),
  });
  const small = o.stem === "cifar";
  let from = divisible(32 * o.widthMult);
  const features = [convNormRelu(o.channels, from, 3, small ? 1 : 2)];
  for (const [index, [expand, channels, blocks, stride]] of stages.entries()) {
    const to = divisible(channels * o.widthMult);
    for (let i = 0; i < blocks; i++) {
      const step = i === 0 && !(small && index === 1) ? stride : 1;
      features.push(block(from, to, step, expand));
      from = to;
    }
  }
  const last = divisible(1280 * Math.max(1, o.widthMult));
  features.push(convNormRelu(from, last, 1));
  return define({
    className: "MobileNetV2",
    modules: {
      features: sequential(...features),
      classifier: sequential(
        dropout(o.dropout),
        linearWith(last, o.classes, undefined, {
          weight: { kind: "normal", mean: 0, std: 0.01 },
          bias: { kind: "zeros" },
        }),
      ),
    },
    source: `def forward(self, x: Tensor) -> Tensor:
    x = self.features(x)
    x = torch.flatten(torch.adaptive_avg_pool2d(x, [1, 1]), 1)
    return self.classifier(x)
`,
  });
}
