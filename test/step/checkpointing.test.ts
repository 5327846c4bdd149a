/** Gradient checkpointing: the gradients of the plain step, in less memory. */

import { describe, expect, test } from "vitest";
import { losses } from "../../lib/losses/index.js";
import type { PotstillError } from "../../lib/native/errors.js";
import { type Module, type ModuleDef, nn } from "../../lib/nn/index.js";
import { optim } from "../../lib/optim/index.js";
import { manualSeed, memory, randint, randn } from "../../lib/tensor/index.js";
import { batchOf, flat, type ToyPlan, toyModule, toyStep } from "./toys.js";

const channels = 6;
const block = () =>
  nn.residual(
    nn.sequential(
      nn.conv2d(channels, channels, 3, { padding: 1 }),
      nn.batchNorm2d(channels),
      nn.relu(),
      nn.dropout(0.3),
    ),
  );
const network = () =>
  nn.sequential(
    nn.conv2d(1, channels, 3, { padding: 1 }),
    block(),
    block(),
    nn.flatten(),
    nn.linear(channels * 16, 3),
    nn.dropout(0.1),
  );

/** Weights, statistics and losses after three steps, which draw the same numbers every time. */
async function trained(plan: ToyPlan, def: ModuleDef = network()) {
  const student = await toyModule(1, def, "float32");
  student.train();
  manualSeed(5);
  const using = optim.sgd({ lr: 0.1, momentum: 0.9 });
  const step = toyStep(student, { using, objective: losses.crossEntropy(), ...plan });
  const values: number[] = [];
  for (let i = 0; i < 3; i++) {
    using one = batchOf(randn([8, 1, 4, 4]), randint(0, 3, [8]).to({ dtype: "int64" }));
    await step.run(one, using.lr);
    values.push((await step.metrics()).loss);
  }
  step.dispose();
  return { losses: values, weights: flat(student) };
}

describe("the same bits as without", () => {
  test.each([
    ["one block", ["1"]],
    ["both", ["1", "2"]],
    ["by a pattern", ["*"]],
    ["what is within a block", ["1.body", "2.body.0"]],
  ])("%s", async (_, gradientCheckpointing) => {
    expect(await trained({ gradientCheckpointing })).toEqual(await trained({}));
  });

  test("under autocast", async () => {
    const plain = await trained({ autocast: "bfloat16" });
    expect(await trained({ autocast: "bfloat16", gradientCheckpointing: ["1", "4"] })).toEqual(
      plain,
    );
    expect(plain).not.toEqual(await trained({}));
  });

  test("over micro-batches, and with a tap on what comes out", async () => {
    const teacher = async () => (await toyModule(2, network(), "float32")).eval();
    const plan = async (): Promise<ToyPlan> => ({
      from: [await teacher()],
      accumulate: 3,
      objective: [
        losses.response({ alpha: 0.5, temperature: 2 }),
        losses.hint({ teacher: "2", student: "2" }),
      ],
    });
    expect(await trained({ ...(await plan()), gradientCheckpointing: ["2"] })).toEqual(
      await trained(await plan()),
    );
  });

  test("a part that takes a number and returns a tuple", async () => {
    const pair = nn.script({
      source: `
def forward(self, x: Tensor, scale: float) -> Tuple[Tensor, Tensor]:
    hidden = torch.relu(self.one(x.flatten(1)))
    return hidden * scale, hidden
`,
      modules: { one: nn.linear(16, 5) },
    });
    const def = nn.script({
      source: `
def forward(self, x: Tensor) -> Tensor:
    left, right = self.pair(x, 0.5)
    return self.head(left + right.sin())
`,
      modules: { pair, head: nn.linear(5, 3) },
    });
    expect(await trained({ gradientCheckpointing: ["pair"] }, def)).toEqual(await trained({}, def));
  });
});

test("it takes less memory", async () => {
  const wide = () => nn.sequential(nn.linear(64, 512), nn.relu(), nn.linear(512, 64), nn.relu());
  const parts = Array.from({ length: 16 }, wide);
  const peakOf = async (gradientCheckpointing: string[]) => {
    const student = await toyModule(1, nn.sequential(...parts), "float32");
    student.train();
    const step = toyStep(student, { objective: losses.crossEntropy(), gradientCheckpointing });
    using batch = batchOf(randn([4096, 64]), randint(0, 64, [4096]).to({ dtype: "int64" }));
    await step.run(batch, 0.1);
    await step.metrics();
    step.dispose();
    return memory().peak;
  };
  // The peak of the process only grows, so the smaller one comes first.
  const checkpointed = await peakOf(["*"]);
  expect(await peakOf([])).toBeGreaterThan(2 * checkpointed);
});

describe("refused", () => {
  const refusal = async (
    gradientCheckpointing: string[],
    change: ToyPlan = {},
    def?: ModuleDef,
  ): Promise<PotstillError> => {
    let student: Module | undefined;
    try {
      student = await toyModule(1, def ?? network(), "float32");
      toyStep(student, { objective: losses.crossEntropy(), gradientCheckpointing, ...change });
    } catch (error) {
      return error as PotstillError;
    }
    throw new Error("nothing was refused");
  };

  test("a path that is not there, with the nearest names", async () => {
    const error = await refusal(["1.bdy"]);
    expect(error.code).toBe("ERR_CONFIG");
    expect(error.message).toMatch(/gradientCheckpointing: "1.bdy" is no module .*"1.body"/);
  });

  test("a pattern that covers nothing", async () => {
    const error = await refusal(["1.bdy*"]);
    expect(error.code).toBe("ERR_CONFIG");
    expect(error.message).toMatch(
      /^gradientCheckpointing: "1.bdy\*" covers no module that the student calls; .*"1.body"/,
    );
  });

  test("one within the other", async () => {
    expect((await refusal(["1", "1.body"])).message).toMatch(/"1.body" lies within "1"/);
  });

  test("an input instead of a module", async () => {
    expect((await refusal(["1:input"])).message).toMatch(/expected the path of a submodule/);
  });

  test("a tap within it", async () => {
    const teacher = (await toyModule(2, network(), "float32")).eval();
    const error = await refusal(["1"], {
      from: [teacher],
      objective: losses.hint({ teacher: "1", student: "1.body.0" }),
    });
    expect(error.code).toBe("ERR_TAP");
    expect(error.message).toMatch(/"1.body.0".*lies within "1"/);
  });

  test("a part that returns a list", async () => {
    const parts = nn.script({
      source: `
def forward(self, x: Tensor) -> List[Tensor]:
    return [x, x]
`,
    });
    const def = nn.script({
      source: `
def forward(self, x: Tensor) -> Tensor:
    return self.head(self.parts(x)[0].flatten(1))
`,
      modules: { parts, head: nn.linear(16, 3) },
    });
    const error = await refusal(["parts"], {}, def);
    expect(error.code).toBe("ERR_CONFIG");
    expect(error.message).toMatch(/"parts" returns .*List/);
  });
});
