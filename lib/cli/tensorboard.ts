/** TensorBoard's event files in the folder of a run: `tensorboard/<phase>/events.out.tfevents.*`. */

import { appendFile, mkdir, rm } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import { ioError } from "../files/index.js";
import { resumeRecord, scalarRecord, scalarsOf, versionRecord } from "../report/tensorboard.js";
import type { Phase, TrainEvent } from "../train/index.js";

/** Each phase is a run of TensorBoard's, so that the curves of teacher and students lie together. */
export class TensorboardWriter {
  readonly folder: string;
  readonly #files = new Map<Phase, string>();
  #work: Promise<void> = Promise.resolve();
  #failure: unknown = null;

  /** @param run folder of the run; a phase that starts over loses its earlier files */
  constructor(run: string) {
    this.folder = path.join(run, "tensorboard");
  }

  listen(event: TrainEvent): void {
    const seconds = Date.now() / 1000;
    if (event.type === "start") {
      const { phase, resumed } = event;
      const file = path.join(this.folder, phase, fileName(seconds));
      this.#files.set(phase, file);
      const records = [versionRecord(seconds)];
      if (resumed) records.push(resumeRecord(seconds, resumed.step));
      this.#then(async () => {
        if (!resumed) await rm(path.dirname(file), { recursive: true, force: true });
        await mkdir(path.dirname(file), { recursive: true });
        await appendFile(file, Buffer.concat(records));
      });
      return;
    }
    const found = scalarsOf(event);
    if (!found || !("phase" in event) || event.phase === null) return;
    const file = this.#files.get(event.phase);
    if (file === undefined || found.scalars.length === 0) return;
    const data = scalarRecord(seconds, found.step, found.scalars);
    this.#then(() => appendFile(file, data));
  }

  /** @throws ERR_IO where something could not be written */
  async close(): Promise<void> {
    await this.#work;
    if (this.#failure) throw ioError("write", this.folder, this.#failure);
  }

  #then(job: () => Promise<void>): void {
    this.#work = this.#work
      .then(() => (this.#failure === null ? job() : undefined))
      .catch((error: unknown) => {
        this.#failure ??= error;
      });
  }
}

let files = 0;

/** Files of one run are read in the order of their names. */
function fileName(seconds: number): string {
  return `events.out.tfevents.${Math.floor(seconds)}.${hostname()}.${process.pid}.${files++}`;
}
