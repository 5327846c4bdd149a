import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Folder of package.json: two levels above this file, in lib/ as in dist/. */
export const packageRoot: string = fileURLToPath(new URL("../../", import.meta.url));

/** Version of this package, from its package.json. */
export const packageVersion: string = (
  JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
    version: string;
  }
).version;

/** Supported libtorch: at least `minimum` and below `below`, as `major.minor`. */
export const libtorchRange = { minimum: "2.13", below: "2.15" } as const;

/**
 * Compares two versions by their first two numbers ("2.13.0+cpu" and "2.13" are equal).
 * @returns negative, zero or positive, as a sort function does
 */
export function compareMinor(a: string, b: string): number {
  const numbers = (version: string): [number, number] => {
    const match = /^(\d+)\.(\d+)/.exec(version);
    return match ? [Number(match[1]), Number(match[2])] : [0, 0];
  };
  const [majorA, minorA] = numbers(a);
  const [majorB, minorB] = numbers(b);
  return majorA - majorB || minorA - minorB;
}

/** Whether this version of libtorch is one that the addon can be built on and run with. */
export function isSupportedLibtorch(version: string): boolean {
  return (
    compareMinor(version, libtorchRange.minimum) >= 0 &&
    compareMinor(version, libtorchRange.below) < 0
  );
}
