/** Batches on their way to a GPU while the step before computes there. */

import type { Batch, BatchIterator, BatchOptions, Inputs, Split } from "../data/index.js";
import type { UploadsHandle } from "../native/binding.js";
import { native } from "../native/index.js";
import { Tensor } from "../tensor/index.js";
import { mappedInputs } from "./device.js";

/** Sends batches of `split.batches({ place })` to a CUDA device. */
class Uploads {
  readonly #handle: UploadsHandle;
  /** What the batches have to be received with. */
  readonly #sent = new WeakMap<Batch, { ticket: number; tensors: Tensor[] }>();

  constructor(device: string) {
    this.#handle = native.uploads(native.deviceIndex(device));
  }

  /**
   * The batch with its inputs on the device. What goes with them stays on the host, where the step
   * checks and counts it without waiting for the device, in memory that is copied without waiting.
   */
  readonly send = async (batch: Batch): Promise<Batch> => {
    try {
      const inputs = listInputs(batch.inputs);
      const { labels, mixedLabels, mask, ids } = batch;
      const beside = [labels, mixedLabels, mask, ids].filter((each) => each !== null);
      const result = await native.uploadsSend(this.#handle, inputs, beside);
      const tensors = result.tensors as Tensor[];
      const kept = result.kept as Tensor[];
      const next = tensors.values();
      const here = (tensor: Tensor | null) => tensor && kept[beside.indexOf(tensor)]!;
      const dispose = () => {
        for (const tensor of [...tensors, ...kept]) tensor.dispose();
      };
      const sent: Batch = {
        ...batch,
        inputs: mappedInputs(batch.inputs, () => next.next().value!),
        labels: here(labels),
        mixedLabels: here(mixedLabels),
        mask: here(mask),
        ids: here(ids),
        dispose,
        [Symbol.dispose]: dispose,
      };
      this.#sent.set(sent, { ticket: result.ticket, tensors });
      return sent;
    } finally {
      batch.dispose();
    }
  };

  /** What is submitted from now on may use the batch. Batches that were not sent are left as they are. */
  receive(batch: Batch): void {
    const sent = this.#sent.get(batch);
    if (sent) native.uploadsReceive(this.#handle, sent.ticket, sent.tensors);
  }
}

/**
 * The batches of a split for models on a device. To a GPU they are on their way while they wait for
 * their turn; labels, masks and ids come on the CPU all the same. For the CPU they are
 * `split.batches(options)`.
 */
export function batchesFor(device: string, split: Split, options: BatchOptions): BatchIterator {
  if (!device.startsWith("cuda")) return split.batches(options);
  const uploads = new Uploads(device);
  const batches = split.batches({ ...options, place: uploads.send });
  const received: BatchIterator = {
    next: async () => {
      const result = await batches.next();
      if (!result.done) uploads.receive(result.value);
      return result;
    },
    return: () => batches.return(),
    state: () => batches.state(),
    [Symbol.asyncIterator]: () => received,
  };
  return received;
}

function listInputs(inputs: Inputs): Tensor[] {
  return inputs instanceof Tensor ? [inputs] : Object.values(inputs);
}
