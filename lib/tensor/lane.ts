/** Operators as jobs of a chosen lane; `ops.*.async` is the public form, on the compute lane. */

import type { Lane, NativeValue } from "../native/binding.js";
import { native } from "../native/index.js";

const ids = new Map<string, number>();

/**
 * Calls an operator, named as in the dispatcher ("aten::index_select"), on the thread of a lane.
 * Jobs of one lane run in the order they were submitted. The results belong to the caller, also
 * inside a `scope`.
 *
 * @throws PotstillError as `ops` does, as a rejection
 */
export async function callOn(
  lane: Lane,
  name: string,
  ...args: NativeValue[]
): Promise<NativeValue> {
  const id = ids.get(name) ?? native.resolveOp(name);
  ids.set(name, id);
  return native.callAsync(lane, id, ...args);
}
