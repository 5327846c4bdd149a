/** Options that several losses have. */

import { z } from "zod";

/** A factor, or one that goes linearly from one value to another over the first epochs. */
export type Weight = number | { from: number; to: number; epochs: number };

export const number = z.number({ error: "expected a finite number" });
const least0 = number.min(0, { error: "expected a number of at least 0" });

/** Factor of a loss in a sum. */
export const weight = (standard: Weight) =>
  z
    .union(
      [
        least0,
        z.strictObject({
          from: least0,
          to: least0,
          epochs: number.positive({ error: "expected a number above 0" }),
        }),
      ],
      { error: "expected a number of at least 0, or { from, to, epochs }" },
    )
    .default(standard);

export const positive = number.positive({ error: "expected a number above 0" });
export const temperature = positive;
export const share = number
  .min(0, { error: "expected a number from 0 to 1" })
  .max(1, { error: "expected a number from 0 to 1" });
export const labelSmoothing = share.default(0);
export const ignoreIndex = z.int({ error: "expected an integer" }).default(-100);
export const weights = z
  .array(number.min(0, { error: "expected numbers of at least 0" }), {
    error: "expected an array with one number per class",
  })
  .min(1, { error: "expected an array with one number per class" })
  .nullable()
  .default(null);

const path = z.string({ error: "expected the path of a module, such as layer3.1" });

/** Tap paths: one, or one for each layer. */
export const paths = z
  .union([path, z.array(path)], {
    error: "expected the path of a module, such as layer3.1, or an array of them",
  })
  .transform((given) => (typeof given === "string" ? [given] : given))
  .default([]);

/** Which teacher the paths are of, counted from 0. */
export const teacherIndex = z
  .int({ error: "expected an integer" })
  .min(0, { error: "expected an integer of at least 0" })
  .default(0);

/** Where a weight stands after so many epochs, whole or not. */
export function weightAt(given: Weight, epochs: number): number {
  if (typeof given === "number") return given;
  return given.from + (given.to - given.from) * Math.min(1, epochs / given.epochs);
}
