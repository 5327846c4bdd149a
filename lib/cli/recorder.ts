/**
 * What a run leaves in its folder beside the models: the recipe as it was resolved with its hash, the
 * environment, every event, and the page.
 */

import { createHash } from "node:crypto";
import { type FileHandle, open, readFile } from "node:fs/promises";
import path from "node:path";
import { stringify } from "yaml";
import { packageVersion } from "../native/versions.js";
import { type RecipeSource, runFolder } from "../recipe/index.js";
import { jsonLine } from "../report/jsonl.js";
import { reportPage } from "../report/page/page.js";
import {
  type Details,
  environment,
  ioError,
  type TrainEvent,
  writeAtomically,
  writeJson,
} from "../train/index.js";
import { readEvents } from "./run-folder.js";

export interface RecorderOptions {
  source: RecipeSource;
  out?: string | undefined;
  /** Go on in the files that are there. */
  resume: boolean;
}

/**
 * Records the events of one run. Nothing is written before the first that is no warning: then the run
 * holds the lock of its folder.
 */
export class RunRecorder {
  readonly folder: string;
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
    this.folder = runFolder(options.source, options.out);
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
      const { source } = this.#options;
      const recipe = stringify(source.value);
      const note = `# Resolved by potstill ${packageVersion} from ${path.resolve(source.file)};\n# relative paths start at ${source.folder}\n`;
      await writeAtomically(path.join(this.folder, "recipe.yaml"), [note, recipe]);
      const hash = createHash("sha256").update(note).update(recipe).digest("hex");
      await writeAtomically(path.join(this.folder, "recipe.sha256"), [`${hash}  recipe.yaml\n`]);
      if (event.type === "start") {
        const file = path.join(this.folder, "environment.json");
        await writeJson(file, environment(event.plan.device));
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

/**
 * Makes `report.html` of what is in a run's folder; returns its path.
 *
 * @throws ERR_IO where there is no report, or the page cannot be written
 */
export async function writePage(folder: string, given: Details | null = null): Promise<string> {
  const report = JSON.parse(await contentOf(path.join(folder, "report.json")));
  const stored = path.join(folder, "details.json");
  const details =
    given ??
    (await readFile(stored, "utf8").then(
      (text) => JSON.parse(text) as Details,
      () => null,
    ));
  const page = reportPage({
    title: path.basename(path.resolve(folder)),
    report,
    details,
    events: await readEvents(path.join(folder, "events.jsonl")),
  });
  const file = path.join(folder, "report.html");
  await writeAtomically(file, [page]);
  return file;
}

async function contentOf(file: string): Promise<string> {
  return await readFile(file, "utf8").catch((error: unknown) => {
    throw ioError("read", file, error);
  });
}
