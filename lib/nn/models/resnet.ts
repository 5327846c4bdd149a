/** Residual networks (He et al., 2015, arXiv:1512.03385): ImageNet's, and CIFAR's small ones. */

import { relu } from "../activation.js";
import { count, flag, integer, oneOf, read, refuse } from "../check.js";
import { sequential } from "../container.js";
import { convWith } from "../conv.js";
import { define, type ModuleDef } from "../definition.js";
import { identity, linear } from "../linear.js";
import { batchNorm2d } from "../normalization.js";
import { adaptiveAvgPool2d, maxPool2d } from "../pooling.js";

export interface ResnetOptions {
  /** Size of the output; default 1000. */
  classes?: number | undefined;
  /**
   * "imagenet": 7×7 convolution with stride 2 and max pooling, for inputs around 224×224.
   * "cifar": 3×3 convolution with stride 1 and no pooling, for inputs around 32×32.
   * Default "imagenet".
   */
  stem?: "imagenet" | "cifar" | undefined;
  /** Channels of the input; default 3. */
  channels?: number | undefined;
  /** Start every block as the identity (last scale of a block is 0); default false. */
  zeroInitResidual?: boolean | undefined;
}

export interface ResnetCifarOptions {
  /** Default 10. */
  classes?: number | undefined;
  channels?: number | undefined;
  /**
   * Where the width grows: "pad" (the paper's: every second pixel and zero channels, no parameters)
   * or "projection" (1×1 convolution with batch norm). Default "pad".
   */
  shortcut?: "pad" | "projection" | undefined;
}

/** A convolution as these networks have it: no bias, He's initialization for the outputs. */
function conv(inChannels: number, outChannels: number, kernel: number, stride = 1): ModuleDef {
  return convWith(
    2,
    inChannels,
    outChannels,
    kernel,
    { stride, padding: Math.floor(kernel / 2), bias: false },
    { weight: { kind: "kaimingNormal", gain: Math.SQRT2, fan: outChannels * kernel * kernel } },
  );
}

function norm(features: number, zero = false): ModuleDef {
  const def = batchNorm2d(features);
  if (!zero) return def;
  const [weight, bias] = def.parameters;
  return { ...def, parameters: [{ ...weight!, init: { kind: "zeros" } }, bias!] };
}

type Block = (
  from: number,
  width: number,
  stride: number,
  zero: boolean,
  shortcut: ModuleDef | null,
) => ModuleDef;

const basic: Block = (from, width, stride, zero, shortcut) =>
  define({
    className: "BasicBlock",
    modules: {
      conv1: conv(from, width, 3, stride),
      bn1: norm(width),
      relu: relu(),
      conv2: conv(width, width, 3),
      bn2: norm(width, zero),
      ...(shortcut === null ? {} : { downsample: shortcut }),
    },
    source: `def forward(self, x: Tensor) -> Tensor:
    out = self.relu(self.bn1(self.conv1(x)))
    out = self.bn2(self.conv2(out))
    return self.relu(out + ${shortcut === null ? "x" : "self.downsample(x)"})
`,
  });

/** The stride is in the 3×3 convolution, as in torchvision ("ResNet v1.5"). */
const bottleneck: Block = (from, width, stride, zero, shortcut) =>
  define({
    className: "Bottleneck",
    modules: {
      conv1: conv(from, width, 1),
      bn1: norm(width),
      conv2: conv(width, width, 3, stride),
      bn2: norm(width),
      conv3: conv(width, width * 4, 1),
      bn3: norm(width * 4, zero),
      relu: relu(),
      ...(shortcut === null ? {} : { downsample: shortcut }),
    },
    source: `def forward(self, x: Tensor) -> Tensor:
    out = self.relu(self.bn1(self.conv1(x)))
    out = self.relu(self.bn2(self.conv2(out)))
    out = self.bn3(self.conv3(out))
    return self.relu(out + ${shortcut === null ? "x" : "self.downsample(x)"})
`,
  });

function stage(
  block: Block,
  blocks: number,
  from: number,
  width: number,
  expansion: number,
  stride: number,
  zero: boolean,
): ModuleDef {
  const out = width * expansion;
  const layers: ModuleDef[] = [];
  for (let i = 0; i < blocks; i++) {
    const input = i === 0 ? from : out;
    const step = i === 0 ? stride : 1;
    const shortcut =
      step !== 1 || input !== out ? sequential(conv(input, out, 1, step), norm(out)) : null;
    layers.push(block(input, width, step, zero, shortcut));
  }
  return sequential(...layers);
}

function resnet(
  name: string,
  block: Block,
  blocks: readonly [number, number, number, number],
  expansion: number,
  options?: ResnetOptions,
): ModuleDef {
  const o = read(`models.${name}`, options, {
    classes: count(1000),
    stem: oneOf(["imagenet", "cifar"], "imagenet"),
    channels: count(3),
    zeroInitResidual: flag(false),
  });
  const imagenet = o.stem === "imagenet";
  const zero = o.zeroInitResidual;
  return define({
    className: "ResNet",
    modules: {
      conv1: imagenet ? conv(o.channels, 64, 7, 2) : conv(o.channels, 64, 3),
      bn1: norm(64),
      relu: relu(),
      maxpool: imagenet ? maxPool2d(3, { stride: 2, padding: 1 }) : identity(),
      layer1: stage(block, blocks[0], 64, 64, expansion, 1, zero),
      layer2: stage(block, blocks[1], 64 * expansion, 128, expansion, 2, zero),
      layer3: stage(block, blocks[2], 128 * expansion, 256, expansion, 2, zero),
      layer4: stage(block, blocks[3], 256 * expansion, 512, expansion, 2, zero),
      avgpool: adaptiveAvgPool2d(1),
      fc: linear(512 * expansion, o.classes),
    },
    source: `def forward(self, x: Tensor) -> Tensor:
    x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
    x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
    x = torch.flatten(self.avgpool(x), 1)
    return self.fc(x)
`,
  });
}

/** ResNet-18, paths as torchvision's: `[B, 3, H, W]` → `[B, classes]`; 11,689,512 parameters. */
export function resnet18(options?: ResnetOptions): ModuleDef {
  return resnet("resnet18", basic, [2, 2, 2, 2], 1, options);
}

/** ResNet-34, paths as torchvision's; 21,797,672 parameters. */
export function resnet34(options?: ResnetOptions): ModuleDef {
  return resnet("resnet34", basic, [3, 4, 6, 3], 1, options);
}

/** ResNet-50, paths as torchvision's; 25,557,032 parameters. */
export function resnet50(options?: ResnetOptions): ModuleDef {
  return resnet("resnet50", bottleneck, [3, 4, 6, 3], 4, options);
}

/** The paper's shortcut without parameters: every second pixel, zeros for the new channels. */
function padding(from: number, to: number): ModuleDef {
  const left = Math.floor((to - from) / 2);
  return define({
    className: "PadShortcut",
    source: `def forward(self, x: Tensor) -> Tensor:
    return torch.constant_pad_nd(x[:, :, ::2, ::2], [0, 0, 0, 0, ${left}, ${to - from - left}])
`,
  });
}

/**
 * The paper's networks for CIFAR: three stages of 16, 32 and 64 channels, `[B, 3, 32, 32]` →
 * `[B, classes]`. Depth 20 has 0.27 M parameters, 32: 0.46 M, 56: 0.85 M, 110: 1.7 M.
 *
 * @param depth 6n + 2: 20, 32, 44, 56, 110, …
 */
export function resnetCifar(depth: number, options?: ResnetCifarOptions): ModuleDef {
  const where = "models.resnetCifar";
  integer(where, "depth", depth, 8);
  if ((depth - 2) % 6 !== 0) {
    refuse(where, `depth must be 6n + 2 (20, 32, 44, 56, 110, …), not ${depth}.`);
  }
  const o = read(where, options, {
    classes: count(10),
    channels: count(3),
    shortcut: oneOf(["pad", "projection"], "pad"),
  });
  const blocks = (depth - 2) / 6;
  const group = (from: number, width: number): ModuleDef => {
    const layers: ModuleDef[] = [];
    for (let i = 0; i < blocks; i++) {
      const grows = i === 0 && from !== width;
      let shortcut: ModuleDef | null = null;
      if (grows) {
        shortcut =
          o.shortcut === "pad"
            ? padding(from, width)
            : sequential(conv(from, width, 1, 2), norm(width));
      }
      layers.push(basic(grows ? from : width, width, grows ? 2 : 1, false, shortcut));
    }
    return sequential(...layers);
  };
  return define({
    className: "ResNetCifar",
    modules: {
      conv1: conv(o.channels, 16, 3),
      bn1: norm(16),
      relu: relu(),
      layer1: group(16, 16),
      layer2: group(16, 32),
      layer3: group(32, 64),
      avgpool: adaptiveAvgPool2d(1),
      fc: linear(64, o.classes),
    },
    source: `def forward(self, x: Tensor) -> Tensor:
    x = self.relu(self.bn1(self.conv1(x)))
    x = self.layer3(self.layer2(self.layer1(x)))
    x = torch.flatten(self.avgpool(x), 1)
    return self.fc(x)
`,
  });
}
