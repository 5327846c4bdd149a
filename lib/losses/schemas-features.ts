/** What the options of losses on features are, and their defaults. */

import { z } from "zod";
import { type ConnectorInput, connectorSchema } from "./connectors.js";
import { number, paths, positive, teacherIndex, type Weight, weight } from "./options.js";

/** Options of every loss that compares features in pairs. */
export const pairs = (standard: number, connector: ConnectorInput) => ({
  weight: weight(standard),
  student: paths,
  teacher: paths,
  teacherIndex,
  connector: connectorSchema.prefault(connector),
});

export const featureSchemas = {
  hint: z.strictObject(pairs(100, "auto")),
  hiddenState: z.strictObject(pairs(1, "auto")),
  attention: z.strictObject({
    ...pairs(1000, null),
    paper: z.boolean({ error: "expected true or false" }).default(false),
  }),
  similarity: z.strictObject(pairs(3000, null)),
  rkd: z.strictObject({
    ...pairs(1, null),
    distance: number.default(25),
    angle: number.default(50),
  }),
  pkt: z.strictObject({ ...pairs(30000, null), eps: positive.default(1e-7) }),
  nst: z.strictObject(pairs(50, null)),
};

/** Options of losses on features. */
export interface FeatureLossOptions {
  /** Paths in the student, one or one for each pair: `"layer3.1"`, `["0", "3"]`; "" is its output. */
  student?: string | readonly string[] | undefined;
  /** Paths in the teacher, as many. */
  teacher?: string | readonly string[] | undefined;
  /** Whose features, among several teachers; counted from 0. */
  teacherIndex?: number | undefined;
  /**
   * What brings the student's features to the teacher's shape, trained with the student: a name or
   * `connectors.*`, one for all pairs or an array with one for each; null: nothing.
   */
  connector?: ConnectorInput | readonly ConnectorInput[] | undefined;
  /** Factor in a sum of losses; default: what the loss says. */
  weight?: Weight | undefined;
}

export interface AttentionOptions extends FeatureLossOptions {
  /** The paper's distance of the maps instead of the published code's mean square; default false. */
  paper?: boolean | undefined;
}

export interface RkdOptions extends FeatureLossOptions {
  /** Weight of the distances' part; default 25. */
  distance?: number | undefined;
  /** Weight of the angles' part; default 50. */
  angle?: number | undefined;
}

export interface PktOptions extends FeatureLossOptions {
  /** Added to norms and inside the logarithm; default 1e-7. */
  eps?: number | undefined;
}
