/** Of `native/node/file.cpp`: files of tensors. */

import type { NativeTensor } from "./tensor.js";

export interface FileBinding {
  /**
   * Writes the elements of the parts one after the other, synced, on a thread of its own. `name`
   * stands for the file in messages. Gently: with pauses that leave CPU and disk to the training,
   * until `hurryWrites`.
   */
  writeTensors(file: string, name: string, parts: NativeTensor[], gently: boolean): Promise<void>;
  /** The same with half types widened to float32, and the SHA-256 of all that. */
  writeSealed(file: string, name: string, parts: NativeTensor[], gently: boolean): Promise<void>;
  /** Somebody waits for what is being written. */
  hurryWrites(): void;
  /** What `writeSealed` wrote, as uint8 without the digest, and whether that fits. */
  readSealed(file: string): Promise<{ content: NativeTensor; intact: boolean }>;
}
