/** `connectors.*`: adapters between a student's and a teacher's features, as plain data. */

import { z } from "zod";
import { PotstillError } from "../native/errors.js";
import { nearestName, shown } from "../tensor/options.js";

const size = z.int({ error: "expected a whole number of at least 1" }).min(1, {
  error: "expected a whole number of at least 1",
});
const activation = z.enum(["relu", "gelu", "silu", "tanh"], {
  error: 'expected "relu", "gelu", "silu" or "tanh"',
});
const flag = z.boolean({ error: "expected true or false" });
const tokens = z
  .union(
    [
      z.enum(["all", "class", "patches", "mean"]),
      z.array(z.int().min(0)).min(1),
      z.strictObject({ drop: z.int().min(1) }),
    ],
    {
      error:
        'expected "all", "class", "patches", "mean", the numbers of tokens, or { drop: <leading tokens> }',
    },
  )
  .default("all");

const kinds = {
  auto: z.strictObject({ kind: z.literal("auto") }),
  identity: z.strictObject({ kind: z.literal("identity") }),
  linear: z.strictObject({ kind: z.literal("linear"), bias: flag.default(true) }),
  conv: z.strictObject({
    kind: z.literal("conv"),
    kernel: z.union([z.literal(1), z.literal(3)], { error: "expected 1 or 3" }).default(1),
    bias: flag.optional(),
    batchNorm: flag.default(false),
    activation: activation.nullable().default(null),
  }),
  mlp: z.strictObject({
    kind: z.literal("mlp"),
    hidden: size.nullable().default(null),
    layers: size.default(2),
    activation: activation.default("relu"),
  }),
  pool: z.strictObject({ kind: z.literal("pool") }),
  interpolate: z.strictObject({
    kind: z.literal("interpolate"),
    mode: z
      .enum(["bilinear", "nearest"], { error: 'expected "bilinear" or "nearest"' })
      .default("bilinear"),
  }),
  tokens: z.strictObject({ kind: z.literal("tokens"), student: tokens, teacher: tokens }),
};

type Kinds = typeof kinds;
/** One step of a connector. */
export type ConnectorStep = { [K in keyof Kinds]: z.output<Kinds[K]> }[keyof Kinds];
/** An adapter as plain data, as `connectors.*` make it. */
export type Connector = ConnectorStep | { kind: "chain"; steps: ConnectorStep[] };
export type TokenChoice = z.output<typeof tokens>;

/** Names that stand for a connector with its defaults. */
const named: Record<string, ConnectorStep> = {
  auto: { kind: "auto" },
  identity: { kind: "identity" },
  linear: kinds.linear.parse({ kind: "linear" }),
  conv1x1: kinds.conv.parse({ kind: "conv", kernel: 1 }),
  conv3x3: kinds.conv.parse({ kind: "conv", kernel: 3 }),
  mlp: kinds.mlp.parse({ kind: "mlp" }),
  pool: { kind: "pool" },
  interpolate: kinds.interpolate.parse({ kind: "interpolate" }),
};

/** A connector, by name or as data. */
export type ConnectorInput = keyof typeof named | Connector | null;

/**
 * A connector from its name or from plain data, with defaults for what is missing.
 *
 * @throws PotstillError `ERR_CONFIG` for an unknown name (with the nearest) or option
 */
export function parseConnector(given: unknown): Connector | null {
  if (given === null || given === undefined) return null;
  if (typeof given === "string") {
    const found = Object.hasOwn(named, given) ? named[given] : undefined;
    if (found) return found;
    throw refused(`there is no connector "${given}"${hint(given, Object.keys(named))}`);
  }
  if (typeof given !== "object" || Array.isArray(given)) {
    throw refused(`expected a connector such as "auto" or connectors.conv(), got ${shown(given)}`);
  }
  const { kind, steps, ...rest } = given as { kind?: unknown; steps?: unknown };
  if (kind === "chain") {
    if (!Array.isArray(steps) || steps.length === 0) {
      throw refused("chain: expected at least one step");
    }
    return { kind, steps: steps.map(step) };
  }
  if (typeof kind !== "string" || !Object.hasOwn(kinds, kind)) {
    const known = [...Object.keys(kinds), "chain"];
    throw refused(
      typeof kind === "string"
        ? `there is no connector of kind "${kind}"${hint(kind, known)}`
        : `kind is missing; there are ${known.join(", ")}`,
    );
  }
  const schema: z.ZodObject = kinds[kind as keyof Kinds];
  const result = schema.safeParse({ kind, ...(steps === undefined ? {} : { steps }), ...rest });
  if (result.success) return result.data as ConnectorStep;
  const options = Object.keys(schema.shape).filter((key) => key !== "kind");
  const problems = result.error.issues.flatMap((issue) =>
    issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => `there is no option "${key}"${hint(key, options)}`)
      : [
          `${issue.path.join(".")}: ${issue.message}, got ${shown(rest[issue.path[0] as keyof typeof rest])}`,
        ],
  );
  throw refused(`${kind}: ${problems.join("; ")}`);
}

function step(given: unknown): ConnectorStep {
  const parsed = parseConnector(given);
  if (parsed === null || parsed.kind === "chain") {
    throw refused("chain: expected connectors, and no chain among them");
  }
  return parsed;
}

function hint(name: string, known: readonly string[]): string {
  const near = nearestName(name, known);
  return near === null ? `; there are ${known.join(", ")}` : `; did you mean "${near}"?`;
}

function refused(message: string): PotstillError {
  return new PotstillError("ERR_CONFIG", message);
}

/**
 * The option `connector` of losses on features: one connector for all pairs, or an array with one
 * for each; null is none.
 */
export const connectorSchema = z.unknown().transform((given, context) => {
  try {
    return Array.isArray(given) ? given.map(parseConnector) : parseConnector(given);
  } catch (error) {
    if (!(error instanceof PotstillError)) throw error;
    // What was given is part of the message.
    context.addIssue({ code: "custom", message: error.message, params: { whole: true } });
    return z.NEVER;
  }
});

const make =
  <K extends keyof Kinds>(kind: K) =>
  (options?: Omit<z.input<Kinds[K]>, "kind">): z.output<Kinds[K]> =>
    checked(`connectors.${kind}`, { ...options, kind }) as z.output<Kinds[K]>;

function checked(where: string, given: unknown): Connector | null {
  try {
    return parseConnector(given);
  } catch (error) {
    throw refused(`${where}: ${(error as Error).message}`);
  }
}

/** Which layers of a student learn from which of a teacher. */
export interface LayerMapOptions {
  /** Paths with `{}` for the number of the layer: `"blocks.{}"`. */
  student: string;
  teacher: string;
  /** Pairs of numbers, student's and teacher's; or else the following. */
  pairs?: readonly (readonly [number, number])[] | undefined;
  studentLayers?: number | undefined;
  teacherLayers?: number | undefined;
  /**
   * Every so many of the teacher's layers, ending with its last (arXiv:1909.10351), or the first or
   * last ones; default "uniform".
   */
  which?: "uniform" | "first" | "last" | undefined;
}

/**
 * Adapters for losses on features. They are made from the shapes of the tapped values when a run
 * starts, trained with the student, kept in checkpoints, and no part of the saved student.
 *
 * Features are maps [B, C, H, W], tokens [B, T, D] or vectors [B, D].
 */
export const connectors = {
  /**
   * What the shapes ask for: nothing where they agree; `linear` for vectors and tokens; a 1×1
   * convolution for maps with other channels, the larger map pooled to the smaller.
   */
  auto: make("auto"),
  /** Nothing; shapes have to agree already. */
  identity: make("identity"),
  /** A linear layer on the features: D of vectors and tokens, channels of maps. */
  linear: make("linear"),
  /**
   * A convolution of maps to the teacher's channels; where sizes differ the larger map, the
   * teacher's or the student's, is pooled to the smaller first. Options: `kernel` 1 or 3, `bias`
   * (default: without batch norm), `batchNorm`, `activation` after it.
   */
  conv: make("conv"),
  /** Linear layers with activations in between; `hidden` units, default as the teacher's features. */
  mlp: make("mlp"),
  /** The larger of two maps averaged down to the size of the smaller; also tokens along T. */
  pool: make("pool"),
  /** The student's map brought to the size of the teacher's. */
  interpolate: make("interpolate"),
  /**
   * Picks among tokens [B, T, D], on either side: "patches" drops the class token in front, "class"
   * is that token alone as [B, D], "mean" their average, numbers pick, `{ drop: n }` drops the first
   * n. Maps become tokens [B, H·W, C].
   */
  tokens: make("tokens"),
  /** One after the other. */
  chain: (steps: readonly ConnectorInput[]): Connector =>
    checked("connectors.chain", { kind: "chain", steps }) as Connector,
  /** Pairs of paths for `student` and `teacher`: `losses.hint({ ...connectors.layers(…) })`. */
  layers,
};

function layers(options: LayerMapOptions): { student: string[]; teacher: string[] } {
  const { student, teacher, studentLayers, teacherLayers, which = "uniform" } = options;
  const where = "connectors.layers";
  for (const [name, pattern] of Object.entries({ student, teacher })) {
    if (typeof pattern !== "string" || !pattern.includes("{}")) {
      throw refused(`${where}: ${name}: expected a path with {} in it, got ${shown(pattern)}`);
    }
  }
  let pairs = options.pairs;
  if (pairs === undefined) {
    const [few, many] = [studentLayers ?? 0, teacherLayers ?? 0];
    if (!(few >= 1 && many >= few)) {
      throw refused(
        `${where}: give pairs, or studentLayers and as many teacherLayers or more, got ${few} and ${many}`,
      );
    }
    const partner = {
      uniform: (index: number) => Math.round(((index + 1) * many) / few) - 1,
      first: (index: number) => index,
      last: (index: number) => many - few + index,
    }[which];
    if (partner === undefined) {
      throw refused(`${where}: which: expected "uniform", "first" or "last", got ${shown(which)}`);
    }
    pairs = Array.from({ length: few }, (_, index) => [index, partner(index)] as const);
  }
  const fill = (pattern: string, number: number) => pattern.replaceAll("{}", String(number));
  return {
    student: pairs.map(([number]) => fill(student, number)),
    teacher: pairs.map(([, number]) => fill(teacher, number)),
  };
}
