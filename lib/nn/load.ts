/** `loadModule`: a TorchScript file made by Python, C++ or `Module.save`. */

import { type FileHandle, open } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { DType } from "../native/binding.js";
import { PotstillError } from "../native/errors.js";
import { native } from "../native/index.js";
import { type Module, type ModuleOptions, wrapModule } from "./module.js";

export interface LoadModuleOptions extends ModuleOptions {
  /** Where the weights go, such as "cpu" or "cuda:0"; default "cpu". */
  device?: string | undefined;
  /** Converts floating parameters and buffers; default: as saved. */
  dtype?: DType | undefined;
  /** Put it into evaluation mode; `false` keeps the mode it was saved in. Default true. */
  eval?: boolean | undefined;
}

/** The two lines that export a model, for messages. */
const EXPORT_LINES = "  model.eval()\n" + '  torch.jit.script(model).save("model.pt")';

function hint(what: string): string {
  return (
    `${what} Potstill loads TorchScript; in Python, where the model's class is known, export it with\n` +
    `${EXPORT_LINES}\n(or torch.jit.trace(model, example_input) in place of torch.jit.script).`
  );
}

/** What a file is that is no ZIP archive, from its first bytes; null where unknown. */
function recognize(head: Buffer): string | null {
  const text = head.toString("latin1");
  if (head[0] === 0x80 && head[1] !== undefined && head[1] >= 2 && head[1] <= 5) {
    return hint("It is a pickle in torch.save's old format: a state dict or an eager module.");
  }
  if (text.slice(8, 9) === "{" && head.length > 9 && head.readBigUInt64LE(0) < 100_000_000n) {
    return (
      "It is a safetensors file, which holds weights only. Build the model and use " +
      "model.loadStateDict(await loadSafetensors(path))."
    );
  }
  if (text.startsWith("version https://git-lfs")) {
    return "It is a Git LFS pointer, not the file itself; run `git lfs pull`.";
  }
  if (/^\s*<(!doctype|html)/i.test(text))
    return "It is a web page; the download did not give the file.";
  if (head[0] === 0x1f && head[1] === 0x8b) return "It is compressed with gzip; unpack it first.";
  if (text.startsWith("\x89HDF")) return "It is an HDF5 file (Keras?). Potstill loads TorchScript.";
  if (text.includes("pytorch") && head[0] === 0x08)
    return "It looks like ONNX. Potstill loads TorchScript.";
  return null;
}

function refuse(name: string, what: string, cause?: unknown): never {
  throw new PotstillError(
    "ERR_MODEL_LOAD",
    `Cannot load ${name}: ${what}`,
    cause === undefined ? undefined : { cause },
  );
}

function checkHead(name: string, head: Buffer, size: number): void {
  if (size === 0) refuse(name, "the file is empty.");
  if (head.length >= 4 && head.readUInt32LE(0) === 0x04034b50) return; // "PK\3\4"
  refuse(name, recognize(head) ?? hint("It is no TorchScript archive."));
}

async function checkFile(path: string): Promise<void> {
  let file: FileHandle;
  try {
    file = await open(path, "r");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT") refuse(path, "there is no such file.", error);
    if (code === "EACCES") refuse(path, "it may not be read (permission denied).", error);
    refuse(path, (error as Error).message, error);
  }
  try {
    const stat = await file.stat();
    if (stat.isDirectory()) refuse(path, "it is a directory.");
    const head = Buffer.alloc(64);
    const { bytesRead } = await file.read(head, 0, head.length, 0);
    checkHead(path, head.subarray(0, bytesRead), stat.size);
  } finally {
    await file.close();
  }
}

/**
 * Loads a TorchScript module, traced or scripted.
 *
 * @param source A path, a file URL, or the bytes of a file, which are copied.
 * @throws PotstillError `ERR_MODEL_LOAD` with what the file is instead, if it is no TorchScript
 *
 * @example
 * const teacher = await loadModule("teacher.pt", { device: "cpu", output: "logits" });
 */
export async function loadModule(
  source: string | URL | Uint8Array,
  options: LoadModuleOptions = {},
): Promise<Module> {
  const { device, dtype, eval: evaluation = true, output, normalize } = options;
  let from: string | Uint8Array;
  if (source instanceof Uint8Array) {
    from = source;
    const head = Buffer.from(source.buffer, source.byteOffset, Math.min(source.byteLength, 64));
    checkHead("the given bytes", head, source.byteLength);
  } else if (typeof source === "string" || source instanceof URL) {
    from = typeof source === "string" ? source : fileURLToPath(source);
    await checkFile(from);
  } else {
    throw new PotstillError(
      "ERR_CONFIG",
      "loadModule: expected a path, a file URL or a Uint8Array.",
    );
  }
  const handle = await native.loadModule(from, {
    ...(device === undefined ? {} : { device }),
    ...(dtype === undefined ? {} : { dtype }),
  });
  const module = wrapModule(handle, { output, normalize });
  return evaluation ? module.eval() : module;
}
