/**
 * SIGKILL at random moments, also while something is written: the end is the same to the bit.
 * POTSTILL_KILLS=50 for a longer campaign, POTSTILL_SEED for another one.
 */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { campaign } from "./kills.js";

const kills = Number(process.env.POTSTILL_KILLS ?? 3);
const seed = Number(process.env.POTSTILL_SEED ?? 1);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "potstill-kills-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("runs that are killed", () => {
  it(
    `end as if they had not been, ${kills} of them`,
    async () => {
      const result = await campaign({
        ...{ kills, seed, folder },
        progress: (line) => void (kills > 10 && process.stderr.write(`${line}\n`)),
      });
      if (kills > 10) process.stderr.write(`${JSON.stringify(result, null, 2)}\n`);
      expect(result.ends).toBe(kills);
      expect(result.identical).toBe(kills);
      expect(result.kills).toBeGreaterThanOrEqual(kills);
      // A resumed run finds its checkpoint whole.
      expect(result.warnings).toEqual([]);
    },
    60_000 + 60_000 * kills,
  );
});
