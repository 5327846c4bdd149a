/** Looks through whole tensors for values that no training survives. */

import { PotstillError } from "../native/errors.js";
import { isFloatingPoint, type Tensor } from "../tensor/index.js";
import { callOn } from "../tensor/lane.js";
import { gather, indexTensor } from "./assemble.js";

const chunkElements = 1 << 22;

/**
 * @param rows the rows to look at; null: all
 * @param where for messages: file and tensor
 * @throws ERR_DATA naming the first sample that holds NaN or an infinity
 */
export async function validateRows(
  tensor: Tensor,
  rows: Int32Array | null,
  length: number,
  where: string,
): Promise<void> {
  if (!isFloatingPoint(tensor.dtype)) return;
  const perRow = tensor.shape.slice(1).reduce((product, size) => product * size, 1);
  const step = Math.max(1, Math.floor(chunkElements / Math.max(perRow, 1)));
  for (let begin = 0; begin < length; begin += step) {
    const end = Math.min(begin + step, length);
    const chunk =
      rows?.subarray(begin, end) ?? Int32Array.from({ length: end - begin }, (_, i) => begin + i);
    const bad = await firstNotFinite(tensor, chunk);
    if (bad === null) continue;
    throw new PotstillError(
      "ERR_DATA",
      `${where}: sample ${begin + bad.position} (row ${chunk[bad.position]}) holds ${bad.value}; ` +
        "leave the sample out or repair it",
    );
  }
}

async function firstNotFinite(
  tensor: Tensor,
  rows: Int32Array,
): Promise<{ position: number; value: number } | null> {
  const made: Tensor[] = [];
  const track = (value: unknown): Tensor => {
    made.push(value as Tensor);
    return value as Tensor;
  };
  try {
    const index = track(indexTensor(rows));
    const values = track(await gather(tensor, index));
    const finite = track(await callOn("data", "aten::isfinite", values));
    const all = track(await callOn("data", "aten::all", finite));
    if (all.item() === true) return null;
    const flags = (await finite.data()) as Uint8Array;
    const at = flags.indexOf(0);
    const perRow = flags.length / rows.length;
    const value = Number((await values.data())[at]);
    return { position: Math.floor(at / perRow), value };
  } finally {
    for (const each of made) each.dispose();
  }
}
