/** `losses.script`: a loss written in TorchScript. */

import { z } from "zod";
import { type ConnectorInput, connectorSchema } from "./connectors.js";
import type { Weight } from "./options.js";
import { paths, teacherIndex, weight } from "./options.js";

const name = (standard: string) =>
  z.string({ error: "expected a text" }).min(1, { error: "expected a text" }).default(standard);

/** Where a loss of the user's own looks, and how much it counts. */
export const own = (standard: string) => ({
  weight: weight(1),
  name: name(standard),
  student: paths,
  teacher: paths,
  teacherIndex,
  connector: connectorSchema.prefault(null),
});

export const scriptSchema = z.strictObject({
  ...own("script"),
  source: z
    .string({ error: "expected TorchScript such as def loss(student: Tensor) -> Tensor: …" })
    .min(1, { error: "expected TorchScript such as def loss(student: Tensor) -> Tensor: …" })
    .transform(dedented),
});

/** Options of losses of one's own. */
export interface OwnLossOptions {
  /** In events and messages. */
  name?: string | undefined;
  /** Paths of the values that it compares; default: the logits. */
  student?: string | readonly string[] | undefined;
  teacher?: string | readonly string[] | undefined;
  /** Whose values, among several teachers; counted from 0. */
  teacherIndex?: number | undefined;
  /**
   * What brings the student's values to the teacher's shape before the loss sees them, trained with the
   * student: a name or `connectors.*`, one for all pairs of paths or an array with one for each;
   * default null, nothing.
   */
  connector?: ConnectorInput | readonly ConnectorInput[] | undefined;
  /** Default 1. */
  weight?: Weight | undefined;
}

/** Without the indentation that all lines share, as sources in template strings have it. */
function dedented(source: string): string {
  const lines = source.replace(/\t/g, "    ").split("\n");
  const depths = lines.filter((line) => line.trim() !== "").map((line) => line.search(/\S/));
  const depth = depths.length > 0 ? Math.min(...depths) : 0;
  return `${lines
    .map((line) => line.slice(depth))
    .join("\n")
    .trim()}\n`;
}
