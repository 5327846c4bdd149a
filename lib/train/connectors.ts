/** Connectors, from their description and the shapes of the tapped values to modules. */

import type { Connector, ConnectorStep, TokenChoice } from "../losses/index.js";
import { PotstillError } from "../native/errors.js";
import { type ModuleDef, nn } from "../nn/index.js";

/** Modules for both sides of a pair; null where nothing has to be done. The teacher's has no parameters. */
export interface ConnectorDefs {
  student: ModuleDef | null;
  teacher: ModuleDef | null;
}

/** Both sides of a pair on their way through the steps of a connector. */
interface Pair {
  student: number[];
  teacher: number[];
  /** What has been put in front of each side so far. */
  layers: { student: ModuleDef[]; teacher: ModuleDef[] };
}

/**
 * Makes a connector for one pair of features.
 *
 * @param student shape of the student's value, batch first
 * @throws ERR_CONFIG where the connector does not take features of these shapes
 */
export function connectorDefs(
  connector: Connector | null,
  student: readonly number[],
  teacher: readonly number[],
): ConnectorDefs {
  const pair: Pair = {
    student: [...student],
    teacher: [...teacher],
    layers: { student: [], teacher: [] },
  };
  const steps =
    connector === null ? [] : connector.kind === "chain" ? connector.steps : [connector];
  for (const step of steps) apply(step, pair);
  const { layers } = pair;
  return { student: together(layers.student), teacher: together(layers.teacher) };
}

/** What to write where features do not fit. */
export function advice(student: readonly number[], teacher: readonly number[]): string {
  if (student.join() === teacher.join()) return "";
  const [kind, other] = [kindOf(student), kindOf(teacher)];
  if (kind !== null && kind === other && (kind !== "tokens" || student[1] === teacher[1])) {
    return 'set connector: "auto", which makes one that fits';
  }
  if (kind === "tokens" && other === "tokens") {
    return 'pick the tokens to compare, such as connectors.chain([connectors.tokens({ teacher: "patches" }), "linear"]), or average them with "pool"';
  }
  if (kind === "map" && other === "tokens") {
    return 'bring the map to tokens, such as connectors.chain([connectors.tokens({ teacher: "patches" }), "linear"])';
  }
  return "tap values of the same kind: maps [B, C, H, W], tokens [B, T, D] or vectors [B, D]";
}

type Kind = "map" | "tokens" | "vector";

function kindOf(shape: readonly number[]): Kind | null {
  return ([null, null, "vector", "tokens", "map"] as const)[shape.length] ?? null;
}

function apply(step: ConnectorStep, pair: Pair): void {
  switch (step.kind) {
    case "identity":
      return;
    case "auto":
      applyAuto(pair);
      return;
    case "linear":
      applyLinear(pair, (from, to) => nn.linear(from, to, { bias: step.bias }));
      return;
    case "mlp": {
      const hidden = step.hidden ?? features(pair.teacher, "mlp");
      applyLinear(pair, (from, to) =>
        nn.mlp([from, ...new Array<number>(step.layers - 1).fill(hidden), to], {
          activation: step.activation,
          flatten: false,
        }),
      );
      return;
    }
    case "conv":
      applyConv(step, pair);
      return;
    case "pool":
      applyPool(pair);
      return;
    case "interpolate":
      applyInterpolate(step.mode, pair);
      return;
    case "tokens":
      pick(step.student, pair, "student");
      pick(step.teacher, pair, "teacher");
  }
}

function applyAuto(pair: Pair): void {
  const { student, teacher } = pair;
  if (student.join() === teacher.join()) return;
  const kind = kindOf(student);
  if (kind === null || kind !== kindOf(teacher)) throw misfit("auto", pair);
  if (kind === "map") {
    applyPool(pair);
    if (pair.student[1] !== pair.teacher[1]) convolve(pair, { kernel: 1, bias: true });
    return;
  }
  if (kind === "tokens" && student[1] !== teacher[1]) throw misfit("auto", pair);
  applyLinear(pair, (from, to) => nn.linear(from, to));
}

/** Layers on the last dimension; the channels of maps are brought there and back. */
function applyLinear(pair: Pair, layer: (from: number, to: number) => ModuleDef): void {
  const { student, teacher } = pair;
  const to = features(teacher, "linear");
  const made = layer(features(student, "linear"), to);
  if (kindOf(student) === "map") {
    pair.layers.student.push(permuted([0, 2, 3, 1]), made, permuted([0, 3, 1, 2]));
    pair.student = [student[0]!, to, ...student.slice(2)];
  } else {
    pair.layers.student.push(made);
    pair.student = [...student.slice(0, -1), to];
  }
}

function applyConv(step: ConnectorStep & { kind: "conv" }, pair: Pair): void {
  if (kindOf(pair.student) !== "map" || kindOf(pair.teacher) !== "map") throw misfit("conv", pair);
  applyPool(pair);
  convolve(pair, { kernel: step.kernel, bias: step.bias ?? !step.batchNorm });
  const to = pair.teacher[1]!;
  if (step.batchNorm) pair.layers.student.push(nn.batchNorm2d(to));
  if (step.activation !== null) pair.layers.student.push(nn[step.activation]());
}

function convolve(pair: Pair, { kernel, bias }: { kernel: 1 | 3; bias: boolean }): void {
  const [from, to] = [pair.student[1]!, pair.teacher[1]!];
  pair.layers.student.push(nn.conv2d(from, to, kernel, { padding: (kernel - 1) / 2, bias }));
  pair.student = [pair.student[0]!, to, ...pair.student.slice(2)];
}

/** Averages whatever is larger down to the other, side by side. */
function applyPool(pair: Pair): void {
  const { student, teacher } = pair;
  const kind = kindOf(student);
  if (kind === "vector" || kind === null || kind !== kindOf(teacher)) throw misfit("pool", pair);
  if (kind === "tokens") {
    const tokens = Math.min(student[1]!, teacher[1]!);
    for (const side of ["student", "teacher"] as const) {
      if (pair[side][1] === tokens) continue;
      pair.layers[side].push(
        permuted([0, 2, 1]),
        nn.adaptiveAvgPool1d(tokens),
        permuted([0, 2, 1]),
      );
      pair[side] = [pair[side][0]!, tokens, pair[side][2]!];
    }
    return;
  }
  const [height, width] = [2, 3].map((dim) => Math.min(student[dim]!, teacher[dim]!)) as [
    number,
    number,
  ];
  for (const side of ["student", "teacher"] as const) {
    const [batch, channels, ...space] = pair[side] as [number, number, number, number];
    if (space[0] === height && space[1] === width) continue;
    pair.layers[side].push(nn.adaptiveAvgPool2d([height, width]));
    pair[side] = [batch, channels, height, width];
  }
}

function applyInterpolate(mode: "bilinear" | "nearest", pair: Pair): void {
  const { student, teacher } = pair;
  if (kindOf(student) !== "map" || kindOf(teacher) !== "map") throw misfit("interpolate", pair);
  const [height, width] = teacher.slice(2) as [number, number];
  if (student[2] === height && student[3] === width) return;
  const how = mode === "bilinear" ? 'mode="bilinear", align_corners=False' : 'mode="nearest"';
  pair.layers.student.push(
    nn.script({
      className: "Interpolate",
      source: `def forward(self, x: Tensor) -> Tensor:\n    return F.interpolate(x, size=[${height}, ${width}], ${how})\n`,
    }),
  );
  pair.student = [student[0]!, student[1]!, height, width];
}

function pick(choice: TokenChoice, pair: Pair, side: "student" | "teacher"): void {
  if (kindOf(pair[side]) === "map") {
    const [batch, channels, height, width] = pair[side] as [number, number, number, number];
    pair.layers[side].push(nn.flatten(2), permuted([0, 2, 1]));
    pair[side] = [batch, height * width, channels];
  }
  if (choice === "all") return;
  const [batch, count, width] = pair[side] as [number, number, number];
  if (kindOf(pair[side]) !== "tokens") throw misfit("tokens", pair);
  const [expression, left] = picked(choice, count);
  if (left !== null && left < 1) {
    throw new PotstillError(
      "ERR_CONFIG",
      `connector: tokens: there are ${count} tokens, of which none is left`,
    );
  }
  pair.layers[side].push(
    nn.script({
      className: "Tokens",
      source: `def forward(self, x: Tensor) -> Tensor:\n    return ${expression}\n`,
    }),
  );
  pair[side] = left === null ? [batch, width] : [batch, left, width];
}

/** TorchScript for a choice, and how many tokens are left; null: the dimension is gone. */
function picked(choice: Exclude<TokenChoice, "all">, count: number): [string, number | null] {
  if (choice === "class") return ["x.select(1, 0)", null];
  if (choice === "mean") return ["x.mean(1)", null];
  if (choice === "patches") return ["x.narrow(1, 1, x.size(1) - 1)", count - 1];
  if (Array.isArray(choice)) {
    const beyond = choice.find((index) => index >= count);
    if (beyond !== undefined) {
      throw new PotstillError(
        "ERR_CONFIG",
        `connector: tokens: there is no token ${beyond}; there are ${count}, counted from 0`,
      );
    }
    const parts = choice.map((index) => `x.narrow(1, ${index}, 1)`);
    return [`torch.cat([${parts.join(", ")}], 1)`, choice.length];
  }
  return [`x.narrow(1, ${choice.drop}, x.size(1) - ${choice.drop})`, count - choice.drop];
}

function permuted(dims: readonly number[]): ModuleDef {
  return nn.script({
    className: "Permute",
    source: `def forward(self, x: Tensor) -> Tensor:\n    return x.permute([${dims.join(", ")}])\n`,
  });
}

/** Channels of a map, D of tokens and vectors. */
function features(shape: readonly number[], who: string): number {
  const kind = kindOf(shape);
  if (kind === null) {
    throw new PotstillError(
      "ERR_CONFIG",
      `connector: ${who} takes maps [B, C, H, W], tokens [B, T, D] and vectors [B, D], got [${shape.join(", ")}]`,
    );
  }
  return kind === "map" ? shape[1]! : shape.at(-1)!;
}

function misfit(who: string, { student, teacher }: Pair): PotstillError {
  const text = (shape: readonly number[]) => `[${["batch", ...shape.slice(1)].join(", ")}]`;
  const what =
    who === "auto"
      ? "none fits by itself"
      : who === "tokens"
        ? "tokens picks from tokens [B, T, D] and maps"
        : who === "pool"
          ? "pool takes two maps, or two rows of tokens"
          : `${who} takes maps [B, C, H, W]`;
  return new PotstillError(
    "ERR_CONFIG",
    `connector: the student's feature is ${text(student)} and the teacher's ${text(teacher)}; ${what}; ${advice(student, teacher)}`,
  );
}

function together(layers: readonly ModuleDef[]): ModuleDef | null {
  if (layers.length === 0) return null;
  return layers.length === 1 ? layers[0]! : nn.sequential(...layers);
}
