/** Shapes of features as losses with learned parts look at them. */

import { PotstillError } from "../../native/errors.js";

/** Of the tapped values, batch first. */
export interface FeatureShapes {
  student: readonly (readonly number[])[];
  teacher: readonly (readonly number[])[];
}

/** @throws ERR_CONFIG */
export function refuse(message: string): never {
  throw new PotstillError("ERR_CONFIG", message);
}

/**
 * The shapes of each pair.
 *
 * @throws ERR_CONFIG unless there is one, and as many of both sides
 */
export function pairsOf({ student, teacher }: FeatureShapes) {
  if (student.length === 0 || student.length !== teacher.length) {
    refuse(
      `it compares pairs of features, and got ${student.length} of the student and ` +
        `${teacher.length} of the teacher; give as many of both`,
    );
  }
  return student.map((shape, index) => ({ student: shape, teacher: teacher[index]! }));
}

/** "[batch, 8, 4, 4]" */
export function text(shape: readonly number[]): string {
  return `[${["batch", ...shape.slice(1)].join(", ")}]`;
}
