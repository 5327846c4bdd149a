/**
 * Matrix products and convolutions as they were chosen by measuring, kept for this machine: a later
 * process takes them without measuring, and so gives the same bits.
 */

import { keepKnown, knownFile, readKnown } from "../files/known.js";
import { ops } from "../tensor/index.js";
import { addonBuild, machine } from "./machine.js";

/** Choices of one machine; those of another build are measured again. */
interface Kept {
  build: string;
  /** As `potstill::product_choices` writes them. */
  products: string[];
}

const fileName = "products.json";
/** The build that runs here, once what is known of it has been read: once in a process. */
let recalled: Promise<string> | null = null;

/** Takes over what was chosen on this machine before, but for what this process has chosen. */
export async function recallProducts(): Promise<void> {
  recalled ??= recall();
  await recalled;
}

async function recall(): Promise<string> {
  const build = await addonBuild();
  if (isAskedFor()) return build;
  const own = new Set(choices().map(shapeOf));
  const lines = (await keptChoices(build)).filter((line) => !own.has(shapeOf(line)));
  try {
    ops.potstill.load_product_choices(lines.join("\n"));
  } catch {
    // Somebody has written into the file: everything is measured again.
  }
  return build;
}

/** Keeps what this process has chosen beside what others have; after `recallProducts`. */
export async function keepProducts(): Promise<void> {
  if (recalled === null || isAskedFor()) return;
  const build = await recalled;
  const kept = await keptChoices(build);
  const known = new Set(kept);
  const own = choices();
  if (own.every((line) => known.has(line))) return;
  const products = new Map([...kept, ...own].map((line) => [shapeOf(line), line]));
  const value: Kept = { build, products: [...products.values()].sort() };
  await keepKnown(knownFile(fileName), machine(), value);
}

/** Whether POTSTILL_PRODUCTS says what to take, or to measure. */
function isAskedFor(): boolean {
  return Boolean(process.env.POTSTILL_PRODUCTS);
}

async function keptChoices(build: string): Promise<string[]> {
  const found = (await readKnown(knownFile(fileName)))[machine()] as Partial<Kept> | undefined;
  if (found?.build !== build || !Array.isArray(found.products)) return [];
  return found.products.filter((line) => /^[a-z-]+( \d+){4} \S+$/.test(line));
}

function choices(): string[] {
  return (ops.potstill.product_choices() as string).split("\n").filter((line) => line !== "");
}

/** A line without what was chosen: product, rows, k, n and threads. */
function shapeOf(line: string): string {
  return line.split(" ").slice(0, 5).join(" ");
}
