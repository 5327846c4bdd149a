import { describe, expect, test } from "vitest";
import { optim } from "../../lib/optim/index.js";

test("defaults are PyTorch's", () => {
  expect(optim.sgd()).toEqual({
    lr: 1e-3,
    spec: {
      kind: "sgd",
      momentum: 0,
      dampening: 0,
      weightDecay: 0,
      nesterov: false,
      maximize: false,
    },
    groups: [],
  });
  const adam = { beta1: 0.9, beta2: 0.999, eps: 1e-8, amsgrad: false, maximize: false };
  expect(optim.adam()).toMatchObject({
    lr: 1e-3,
    spec: { kind: "adam", weightDecay: 0, ...adam },
  });
  expect(optim.adamw()).toMatchObject({
    lr: 1e-3,
    spec: { kind: "adamw", weightDecay: 1e-2, ...adam },
  });
  expect(optim.rmsprop()).toMatchObject({
    lr: 1e-2,
    spec: {
      kind: "rmsprop",
      alpha: 0.99,
      eps: 1e-8,
      weightDecay: 0,
      momentum: 0,
      centered: false,
      maximize: false,
    },
  });
});

test("a group's rate becomes a factor of the optimizer's", () => {
  const { groups } = optim.sgd({
    lr: 0.2,
    groups: [
      { parameters: ["0.weight"], lr: 0.02 },
      { parameters: ["0.bias"], weightDecay: 0 },
      { parameters: ["2.weight"], lrScale: 3 },
    ],
  });
  expect(groups[0]!.lrScale).toBeCloseTo(0.1, 15);
  expect(groups[0]).not.toHaveProperty("weightDecay");
  expect(groups[1]).toEqual({ parameters: ["0.bias"], lrScale: 1, weightDecay: 0 });
  expect(groups[2]!.lrScale).toBe(3);
});

describe("what does not fit is refused", () => {
  test.each([
    [() => optim.sgd({ learningRate: 1 } as never), /optim.sgd: there is no option "learningRate"/],
    [() => optim.sgd({ weight_decay: 1 } as never), /did you mean "weightDecay"/],
    [() => optim.sgd({ lr: -1 }), /lr: expected a number of at least 0, got -1/],
    [() => optim.sgd({ lr: Number.NaN }), /lr: .*got NaN/],
    [() => optim.sgd({ lr: "0.1" as never }), /lr: .*got "0.1"/],
    [() => optim.sgd({ nesterov: true }), /nesterov: expected a momentum above 0/],
    [() => optim.sgd({ nesterov: true, momentum: 0.9, dampening: 0.1 }), /no dampening/],
    [() => optim.adam({ betas: [0.9, 1] }), /betas.1: expected a number from 0 to below 1, got 1/],
    [() => optim.adam({ betas: [0.9] as never }), /betas/],
    [() => optim.adamw(3 as never), /optim.adamw/],
    [() => optim.rmsprop({ groups: [{ parameters: [] }] }), /groups.0.parameters/],
    [
      () => optim.sgd({ groups: [{ parameters: ["a"] }, { parameters: ["a"] }] }),
      /groups\[1\]: a is in a group already/,
    ],
    [
      () => optim.sgd({ groups: [{ parameters: ["a"], lr: 1, lrScale: 2 }] }),
      /an lrScale beside it/,
    ],
    [() => optim.sgd({ lr: 0, groups: [{ parameters: ["a"], lr: 1 }] }), /own lr is 0/],
  ])("%#", (call, message) => {
    expect(call).toThrowError(
      expect.objectContaining({ code: "ERR_CONFIG", message: expect.stringMatching(message) }),
    );
  });
});
