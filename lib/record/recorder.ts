/** What a run leaves in its folder beside the models: the environment, every event, and the page. */

import { type FileHandle, open, readFile } from "node:fs/promises";
import path from "node:path";
import { ioError, writeAtomically, writeJson } from "../files/index.js";
import { jsonLine } from "../report/index.js";
import { type Details, environment, type TrainEvent } from "../train/index.js";
import { writePage } from "./page.js";

export interface RecorderOptions {
  folder: string;
  /** Go on in the files that are there. */
  resume: boolean;
  /** Writes more, once the run holds its folder. */
  begin?: () => Promise<void>;
}

/**
 * Records the events of one run. Nothing is written before the first that is no warning: then the run
 * holds the lock of its folder.
 */
export class RunRecorder {
  /** Files that `close` wrote. */
  readonly files: string[] = [];
  readonly #options: RecorderOptions;
  #lines: string[] = [];
  #log: FileHandle | null = null;
  #work: Promise<void> | null = null;
  #failure: unknown = null;
  #details: Details | null = null;
  #done = false;

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  get folder(): string {
    return this.#options.folder;
  }

  get eventsFile(): string {
    return path.join(this.folder, "events.jsonl");
  }

  listen(event: TrainEvent): void {
    this.#lines.push(jsonLine({ time: new Date().toISOString(), ...event }));
    if (event.type === "details") this.#details = event.details;
    if (event.type === "done") this.#done = true;
    if (this.#work) this.#work = this.#work.then(() => this.#flush());
    // Warnings may come before the folder is locked.
    else if (event.type !== "warning") this.#work = this.#begin(event);
  }

  /**
   * Writes what is left, and the page of a run that is done.
   *
   * @throws ERR_IO where any of it could not be written
   */
  async close(): Promise<void> {
    await this.#work;
    try {
      await this.#log?.sync();
    } catch (error) {
      this.#failure ??= error;
    } finally {
      await this.#log?.close();
      this.#log = null;
    }
    if (this.#failure) throw ioError("write", this.eventsFile, this.#failure);
    if (this.#done) this.files.push(await writePage(this.folder, this.#details));
  }

  async #begin(event: TrainEvent): Promise<void> {
    try {
      await this.#options.begin?.();
      if (event.type === "start") {
        const file = path.join(this.folder, "environment.json");
        await writeJson(file, environment(event.plan));
      }
      if (!this.#options.resume) await writeAtomically(this.eventsFile, []);
      await endLine(this.eventsFile);
      this.#log = await open(this.eventsFile, "a");
      await this.#flush();
    } catch (error) {
      this.#failure ??= error;
    }
  }

  async #flush(): Promise<void> {
    const text = this.#lines.join("");
    this.#lines = [];
    if (text === "" || this.#log === null) return;
    try {
      await this.#log.appendFile(text);
    } catch (error) {
      this.#failure ??= error;
    }
  }
}

/** A process that was killed may have left half a line. */
async function endLine(file: string): Promise<void> {
  const text = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return Buffer.alloc(0);
    throw error;
  });
  const end = text.lastIndexOf(0x0a) + 1;
  if (end === text.length) return;
  const handle = await open(file, "r+");
  try {
    await handle.truncate(end);
  } finally {
    await handle.close();
  }
}
