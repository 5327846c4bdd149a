/** Batches on their way to a GPU, with stand-ins for what only a GPU has. */

import { afterEach, describe, expect, it, vi } from "vitest";
import type { Batch } from "../../lib/data/index.js";
import { datasets } from "../../lib/data/index.js";
import type { NativeTensor, UploadsHandle } from "../../lib/native/binding.js";
import { native } from "../../lib/native/index.js";
import { memory, type Tensor } from "../../lib/tensor/index.js";
import { batchesFor } from "../../lib/train/uploads.js";
import { int64, numbers, rowsOf } from "../data/tensors.js";

const split = () =>
  datasets.tensors({ inputs: rowsOf(8), labels: int64([0, 1, 2, 3, 4, 5, 6, 7]) }).train;

/** A device whose copies are tensors of the CPU; the calls in their order. */
function standIn(): string[] {
  const calls: string[] = [];
  let ticket = 0;
  const copies = (tensors: NativeTensor[]) => tensors.map((each) => (each as Tensor).clone());
  vi.spyOn(native, "deviceIndex").mockReturnValue(0);
  vi.spyOn(native, "uploads").mockReturnValue({} as UploadsHandle);
  vi.spyOn(native, "uploadsSend").mockImplementation(async (_, tensors, kept) => {
    calls.push(`send ${ticket}`);
    return { tensors: copies(tensors), kept: copies(kept), ticket: ticket++ };
  });
  vi.spyOn(native, "uploadsReceive").mockImplementation((_, which, tensors) => {
    calls.push(`receive ${which} (${tensors.length})`);
  });
  return calls;
}

const idsOf = (batch: Batch) => numbers(batch.ids);

describe("batches for a device", () => {
  afterEach(() => void vi.restoreAllMocks());

  it("are the split's own on the CPU", async () => {
    const data = split();
    const batches = vi.spyOn(data, "batches");
    const options = { batchSize: 3 };
    const iterator = batchesFor("cpu", data, options);
    expect(batches.mock.calls[0]![0]).toBe(options);
    expect(iterator).toBe(batches.mock.results[0]!.value);
    await iterator.return();
  });

  it("are sent ahead and received when they are handed out, in order", async () => {
    const calls = standIn();
    const seen: number[][] = [];
    for await (const batch of batchesFor("cuda:0", split(), { batchSize: 3, prefetch: 1 })) {
      calls.push(`use ${seen.length}`);
      // Whoever is at the first does not ask for it.
      if (seen.length === 0) await vi.waitFor(() => expect(calls).toContain("send 1"));
      seen.push([...idsOf(batch), ...numbers(batch.labels), ...numbers(batch.inputs as Tensor)]);
      expect(batch.size).toBe(idsOf(batch).length);
      batch.dispose();
    }
    const rows = (ids: number[]) => [...ids, ...ids, ...ids.flatMap((id) => [id, id + 0.25])];
    expect(seen).toEqual([rows([0, 1, 2]), rows([3, 4, 5]), rows([6, 7])]);
    for (const each of [0, 1, 2]) {
      const at = ["send 0", "receive 0 (1)", "use 0"].map((call) =>
        calls.indexOf(call.replace("0", `${each}`)),
      );
      expect(at).toEqual([...at].sort((a, b) => a - b));
      expect(at[0]).toBeGreaterThanOrEqual(0);
    }
  });

  it("leave nothing behind, also when the reader breaks off or sending fails", async () => {
    const data = split();
    const before = memory().tensors;
    standIn();
    for await (const batch of batchesFor("cuda:0", data, { batchSize: 2, prefetch: 3 })) {
      batch.dispose();
      break;
    }
    vi.spyOn(native, "uploadsSend").mockRejectedValue(new Error("no room"));
    const failing = batchesFor("cuda:0", data, { batchSize: 2 });
    await expect(failing.next()).rejects.toThrow("no room");
    await failing.return();
    expect(memory().tensors).toBe(before);
  });
});
