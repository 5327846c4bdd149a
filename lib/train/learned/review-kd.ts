/** The module of `losses.reviewKd`. */

import type { LossOf } from "../../losses/index.js";
import { type ModuleDef, nn } from "../../nn/index.js";
import { type FeatureShapes, pairsOf, refuse, text } from "./shapes.js";

/** Stages from shallow to deep, fused from deep to shallow. */
export function reviewKdModule(loss: LossOf<"reviewKd">, shapes: FeatureShapes): ModuleDef {
  const pairs = pairsOf(shapes);
  for (const shape of pairs.flatMap(({ student, teacher }) => [student, teacher])) {
    if (shape.length !== 4 && shape.length !== 2) {
      refuse(`it takes maps [B, C, H, W], and vectors [B, D] as maps of 1×1, got ${text(shape)}`);
    }
  }
  const middle = loss.channels ?? Math.min(512, pairs.at(-1)!.student[1]!);
  const last = pairs.length - 1;
  const modules = Object.fromEntries(
    pairs.map(({ student, teacher }, index) => [
      `stage${index}`,
      fusion(student[1]!, middle, teacher[1]!, index < last),
    ]),
  );
  const lines = pairs
    .map((_, back) => last - back)
    .map((i) => {
      const call = i === last ? `self.stage${i}(s, t)` : `self.stage${i}(s, carried, t)`;
      return `
    s = self.map(student[${i}])
    t = self.map(teacher[${i}]).detach()
    fused, carried = ${call}
    total = total + self.hierarchical(fused, t)`;
    });
  return nn.script({
    className: "ReviewKd",
    modules,
    source: `
def map(self, x: Tensor) -> Tensor:
    if x.dim() == 2:
        return x.unsqueeze(2).unsqueeze(3)
    return x

def hierarchical(self, s: Tensor, t: Tensor) -> Tensor:
    value = F.mse_loss(s, t)
    factor = 1.0
    whole = 1.0
    for size in [4, 2, 1]:
        if size < min(s.size(2), s.size(3)):
            factor = factor / 2.0
            whole = whole + factor
            off = F.adaptive_avg_pool2d(s, [size, size]) - F.adaptive_avg_pool2d(t, [size, size])
            value = value + factor * (off * off).mean()
    return value / whole

def forward(self, student: List[Tensor], teacher: List[Tensor]) -> Tensor:
    total = torch.zeros([], dtype=student[0].dtype, device=student[0].device)${lines.join("")}
    return total
`,
  });
}

/** Attention-based fusion: of a stage of the student's and what deeper ones have left. */
function fusion(from: number, middle: number, to: number, fuses: boolean): ModuleDef {
  const convolution = (input: number, output: number, kernel: 1 | 3): ModuleDef => {
    const layer = nn.conv2d(input, output, kernel, { padding: (kernel - 1) / 2, bias: false });
    const init = { kind: "kaimingUniform", a: 1, fanIn: input * kernel * kernel } as const;
    const parameters = layer.parameters.map((each) => ({ ...each, init }));
    return nn.sequential({ ...layer, parameters }, nn.batchNorm2d(output));
  };
  const ends = `
    if x.size(2) != t.size(2) or x.size(3) != t.size(3):
        x = F.interpolate(x, size=[t.size(2), t.size(3)], mode="nearest")
    return self.out(x), x
`;
  const ways = { into: convolution(from, middle, 1), out: convolution(middle, to, 3) };
  if (!fuses) {
    return nn.script({
      className: "Fusion",
      modules: ways,
      source: `
def forward(self, s: Tensor, t: Tensor) -> Tuple[Tensor, Tensor]:
    x = self.into(s)${ends}`,
    });
  }
  return nn.script({
    className: "Fusion",
    modules: { ...ways, attention: nn.conv2d(2 * middle, 2, 1) },
    source: `
def forward(self, s: Tensor, carried: Tensor, t: Tensor) -> Tuple[Tensor, Tensor]:
    x = self.into(s)
    y = F.interpolate(carried, size=[x.size(2), x.size(3)], mode="nearest")
    share = torch.sigmoid(self.attention(torch.cat([x, y], 1)))
    x = x * share.narrow(1, 0, 1) + y * share.narrow(1, 1, 1)${ends}`,
  });
}
