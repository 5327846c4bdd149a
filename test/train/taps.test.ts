/** Values inside the models as a run asks for them, and what is wrong with them. */

import { describe, expect, it } from "vitest";
import { losses, type Objective } from "../../lib/losses/index.js";
import { type Module, nn } from "../../lib/nn/index.js";
import { optim } from "../../lib/optim/index.js";
import { manualSeed } from "../../lib/tensor/index.js";
import { type DistillOptions, distill } from "../../lib/train/index.js";
import { classes, features, toyData, toyModel } from "./toys.js";

async function attempt(objective: Objective, more: Partial<DistillOptions> = {}) {
  return await distill({
    teacher: await toyModel(7),
    student: nn.mlp([features, 12, classes]),
    data: toyData(),
    objective,
    optimizer: optim.sgd({ lr: 0.1 }),
    epochs: 1,
    ...more,
  });
}

const squares = (paths: { student?: string | string[]; teacher?: string | string[] }) =>
  losses.script(
    "def loss(student: Tensor, teacher: Tensor) -> Tensor: return (student.mean(0) - teacher.mean(0)).pow(2).mean()",
    { ...paths },
  );
const rejects = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

describe("paths of an objective", () => {
  it("that are not there are refused with the nearest names", async () => {
    await expect(attempt(squares({ student: "2", teacher: "22" }))).rejects.toEqual(
      rejects("ERR_TAP", /22.*teacher.*2/s),
    );
    await expect(attempt(squares({ student: "layer1", teacher: "2" }))).rejects.toEqual(
      rejects("ERR_TAP", /layer1/),
    );
  });

  it("may be those of inputs and of the whole model", async () => {
    await attempt(squares({ student: "2:input", teacher: "2:input" }), {
      student: nn.mlp([features, 16, classes]),
    });
    await attempt(squares({ student: "", teacher: "" }));
  });

  it("that no forward calls are refused", async () => {
    const unused = nn.script({
      modules: { used: nn.linear(features, classes), spare: nn.linear(features, classes) },
      source: "def forward(self, x: Tensor) -> Tensor:\n    return self.used(x)\n",
    });
    await expect(
      attempt(squares({ student: "spare", teacher: "2" }), { student: unused }),
    ).rejects.toEqual(rejects("ERR_TAP", /spare.*never call|spare/s));
  });

  it("count teachers from 0", async () => {
    const loss = losses.script(
      "def loss(student: Tensor, teacher: Tensor) -> Tensor: return (student - teacher).abs().mean()",
      { student: "2", teacher: "2", teacherIndex: 1 },
    );
    await expect(attempt(loss)).rejects.toEqual(
      rejects("ERR_CONFIG", /teacherIndex 1: there is one teacher/),
    );
    const { teacher: _, ...rest } = { teacher: null };
    await attempt(loss, {
      ...rest,
      teacher: undefined,
      teachers: [await toyModel(1), await toyModel(2)],
    });
  });
});

/** A teacher whose second layer divides by zero. */
async function broken(): Promise<Module> {
  manualSeed(1);
  return nn.build(
    nn.script({
      modules: {
        first: nn.linear(features, 6),
        second: nn.script({
          className: "Divide",
          source: "def forward(self, x: Tensor) -> Tensor:\n    return x / (x - x)\n",
        }),
        third: nn.linear(6, classes),
      },
      source:
        "def forward(self, x: Tensor) -> Tensor:\n    return self.third(self.second(self.first(x)))\n",
    }),
  );
}

it("NaN of a teacher's is said to come from the first tap that has it", async () => {
  const loss = losses.script(
    "def loss(student: List[Tensor], teacher: List[Tensor]) -> Tensor: return (student[0].mean() - teacher[0].mean()).abs() + teacher[1].mean() + teacher[2].mean()",
    // Not in the order in which they are computed.
    { student: ["2"], teacher: ["third", "first", "second"] },
  );
  await expect(attempt(loss, { teacher: await broken() })).rejects.toEqual(
    rejects("ERR_NONFINITE", /the teacher gives NaN or infinity, first at its tap "second"/),
  );
  await expect(attempt(losses.softTargets(), { teacher: await broken() })).rejects.toEqual(
    rejects("ERR_NONFINITE", /the teacher gives NaN/),
  );
});

it("classes may differ where only features are compared", async () => {
  manualSeed(3);
  const teacher = await nn.build(nn.mlp([features, 12, 5]));
  const { report } = await attempt(
    [losses.crossEntropy(), squares({ student: "0", teacher: "0" })],
    { teacher },
  );
  expect(report.teacher).toBeNull();
  expect(report.distilled?.agreement).toBeNull();
  await expect(attempt(losses.softTargets(), { teacher })).rejects.toEqual(
    rejects(
      "ERR_SHAPE",
      /\[batch, 5\] and the student \[batch, 3\], and softTargets compares them; change the student's last layer/,
    ),
  );
});
