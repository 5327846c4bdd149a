/** The module of `losses.vid`. */

import type { LossOf } from "../../losses/index.js";
import { type ModuleDef, nn } from "../../nn/index.js";
import { type FeatureShapes, pairsOf, refuse, text } from "./shapes.js";

/** One Gaussian for each pair; the loss is the sum of theirs. */
export function vidModule(loss: LossOf<"vid">, shapes: FeatureShapes): ModuleDef {
  const pairs = pairsOf(shapes).map((pair) => gaussian(loss, pair.student, pair.teacher));
  return nn.script({
    className: "Vid",
    modules: Object.fromEntries(pairs.map((pair, index) => [`pair${index}`, pair])),
    source: `
def forward(self, student: List[Tensor], teacher: List[Tensor]) -> Tensor:
    return ${pairs.map((_, i) => `self.pair${i}(student[${i}], teacher[${i}])`).join(" + ")}
`,
  });
}

function gaussian(
  { hidden, variance, eps }: LossOf<"vid">,
  student: readonly number[],
  teacher: readonly number[],
): ModuleDef {
  const map = student.length === 4;
  if (student.length !== teacher.length || ![2, 3, 4].includes(student.length)) {
    refuse(
      `the student's feature is ${text(student)} and the teacher's ${text(teacher)}; both must be ` +
        "maps [B, C, H, W], tokens [B, T, D] or vectors [B, D]",
    );
  }
  if (student.length === 3 && student[1] !== teacher[1]) {
    refuse(`the student has ${student[1]} tokens and the teacher ${teacher[1]}; tap as many`);
  }
  if (variance <= eps) refuse(`variance: expected more than eps (${eps}), got ${variance}`);
  const channel = map ? 1 : student.length - 1;
  const [from, to] = [student[channel]!, teacher[channel]!];
  const middle = hidden ?? to;
  const layer = (input: number, output: number) =>
    map ? nn.conv2d(input, output, 1, { bias: false }) : nn.linear(input, output, { bias: false });
  return nn.script({
    className: "Gaussian",
    modules: {
      mean: nn.sequential(
        layer(from, middle),
        nn.relu(),
        layer(middle, middle),
        nn.relu(),
        layer(middle, to),
      ),
    },
    parameters: {
      // softplus(a) + eps is the variance at the start.
      spread: {
        shape: [to],
        init: { kind: "constant", value: Math.log(Math.expm1(variance - eps)) },
      },
    },
    attributes: { eps: { type: "float", value: eps } },
    source: `
def forward(self, student: Tensor, teacher: Tensor) -> Tensor:
    ${map ? pooled(student, teacher) : "pass"}
    variance = F.softplus(self.spread) + self.eps
    ${map ? "variance = variance.view(1, -1, 1, 1)" : "pass"}
    off = self.mean(student) - teacher.detach()
    return 0.5 * (off * off / variance + torch.log(variance)).mean()
`,
  });
}

/** TorchScript that averages whatever is larger down to the other. */
function pooled(student: readonly number[], teacher: readonly number[]): string {
  const size = [2, 3].map((dim) => Math.min(student[dim]!, teacher[dim]!));
  const steps = (["student", "teacher"] as const).filter((side) => {
    const shape = side === "student" ? student : teacher;
    return shape[2] !== size[0] || shape[3] !== size[1];
  });
  if (steps.length === 0) return "pass";
  return steps
    .map((side) => `${side} = F.adaptive_avg_pool2d(${side}, [${size.join(", ")}])`)
    .join("\n    ");
}
