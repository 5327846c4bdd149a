/** Draws part of a labeled set so that every class gives its share. */

import { Random } from "./random.js";

/**
 * Chooses `size` samples. Each class gives its proportional number, rounded down; what is then
 * missing comes from the classes with the largest remainders (the lower class first on a tie).
 *
 * @param classes class of every sample
 * @returns 1 for every chosen sample, 0 for the others
 */
export function drawPart(classes: Int32Array, size: number, seed: number): Uint8Array {
  const members = new Map<number, number[]>();
  classes.forEach((value, i) => {
    const list = members.get(value);
    if (list === undefined) members.set(value, [i]);
    else list.push(i);
  });
  const groups = [...members.entries()]
    .sort(([a], [b]) => a - b)
    .map(([, samples]) => {
      const share = (samples.length * size) / classes.length;
      return { samples, take: Math.floor(share), remainder: share - Math.floor(share) };
    });
  const missing = size - groups.reduce((sum, { take }) => sum + take, 0);
  const byRemainder = [...groups].sort((a, b) => b.remainder - a.remainder);
  for (const group of byRemainder.slice(0, missing)) group.take += 1;

  const random = Random.for("split", seed);
  const chosen = new Uint8Array(classes.length);
  for (const { samples, take } of groups) {
    for (const sample of random.shuffle(samples).slice(0, take)) chosen[sample] = 1;
  }
  return chosen;
}
