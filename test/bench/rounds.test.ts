/** What makes figures comparable: losses that agree, and rows that name what they were computed in. */

import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { checkLosses, inBfloat16, interleave, modeRows } from "../../bench/lib/rounds.mjs";

describe("losses before anything is timed", () => {
  const check = (value: number, narrow: string[] = []) => {
    const losses = new Map([
      ["potstill", [2, 1]],
      ["peer", [2, value]],
    ]);
    return () => checkLosses("W", losses, narrow);
  };

  test("agree to 1e-4, or to 2e-2 where a peer is narrow", () => {
    expect(check(1.00005)()).toBeCloseTo(5e-5, 8);
    expect(check(1.001)).toThrowError(/loss 1 is 1.001 with peer and 1 with potstill/);
    expect(check(1.001, ["peer"])()).toBe(0);
    expect(check(1.03, ["peer"])).toThrowError(/loss 1/);
    expect(check(Number.NaN)).toThrowError(/loss 1/);
  });

  test("are as many as were asked for, at most", () => {
    const losses = new Map([
      ["potstill", [2]],
      ["peer", [2, 1]],
    ]);
    expect(() => checkLosses("W", losses)).toThrowError(/peer gave 2 losses and potstill 1/);
  });
});

test("every peer runs one block in each round, and goes first once", async () => {
  const calls: string[] = [];
  const peer = (name: string) => ({
    name,
    request: async ({ steps }: { steps: number }) => {
      calls.push(name);
      return { seconds: steps * 0.5 };
    },
  });
  const times = await interleave([peer("a"), peer("b")], { rounds: 4, seconds: 1, start: 1 });
  expect([...times]).toEqual([
    ["a", [0.5, 0.5, 0.5, 0.5]],
    ["b", [0.5, 0.5, 0.5, 0.5]],
  ]);
  // The first of each are the warm-up.
  expect(calls.slice(2)).toEqual(["a", "b", "b", "a", "a", "b", "b", "a"]);
});

describe("rows of a mode", () => {
  const peers = [
    { name: "potstill" },
    { name: "potstill-auto", info: { dtype: "bfloat16" } },
    { name: "pytorch-eager" },
    { name: "pytorch-tuned" },
    { name: "keras" },
    ...["pytorch-eager", "pytorch-tuned"].map((name) => ({
      ...{ name: inBfloat16(name), info: { dtype: "bfloat16" } },
    })),
  ];
  const times = new Map(peers.map(({ name }, index) => [name, [index + 1, index + 1]]));
  const labels = { workload: "W", metric: "step", unit: "ms", scale: 1, peers };
  const others = ["pytorch-eager", "pytorch-tuned", "keras", "tfjs-node"];
  const rows = (mode: string, self: string) =>
    modeRows(times, { ...labels, mode, self, others }).map(({ peer, dtype, ratio }) => [
      ...[peer, dtype, ratio],
    ]);

  test("have the peers in float32", () => {
    expect(rows("float32", "potstill")).toEqual([
      ["potstill", "float32", 1],
      ["pytorch-eager", "float32", 3],
      ["pytorch-tuned", "float32", 4],
      ["keras", "float32", 5],
    ]);
  });

  test("have them in bfloat16 where potstill takes it, beside eager as installed", () => {
    expect(rows("auto", "potstill-auto")).toEqual([
      ["potstill", "bfloat16", 1],
      ["pytorch-eager", "bfloat16", 3],
      ["pytorch-eager", "float32", 1.5],
      ["pytorch-tuned", "bfloat16", 3.5],
      ["keras", "float32", 2.5],
    ]);
  });
});

test("docs/benchmarks.md is made of bench/results", async () => {
  const report = fileURLToPath(new URL("../../bench/report.mjs", import.meta.url));
  await promisify(execFile)(process.execPath, [report, "--check"]);
});
