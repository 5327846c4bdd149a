/** What the options of losses on features are, and their defaults. */

import { z } from "zod";
import { type ConnectorInput, connectorSchema } from "./connectors.js";
import { paths, teacherIndex, type Weight, weight } from "./options.js";

/** Options of every loss that compares features in pairs. */
const pairs = (standard: number, connector: "auto" | null) => ({
  weight: weight(standard),
  student: paths,
  teacher: paths,
  teacherIndex,
  connector: connectorSchema.prefault(connector),
});

export const featureSchemas = {
  hint: z.strictObject(pairs(100, "auto")),
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
