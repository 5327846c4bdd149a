/** Samples for `potstill predict`: images, IDX files and JSON lines, as the model was trained on. */

import { readFile } from "node:fs/promises";
import { readIdx } from "../data/index.js";
import { PotstillError } from "../native/errors.js";
import type { InputDetails } from "../train/index.js";

/** One sample, flat, and what to call it. */
export interface Sample {
  source: string;
  /** Within the source. */
  index: number;
  values: Float32Array;
  shape: number[];
}

/** What a file holds, by its name. */
export function kindOf(file: string): "image" | "idx" | "lines" {
  if (/\.(png|jpe?g|webp|gif|tiff?|avif|heif|svg|bmp)$/i.test(file)) return "image";
  return /\.(jsonl|ndjson|json)$/i.test(file) ? "lines" : "idx";
}

/**
 * An image, brought to the size and the channels of the model's samples.
 *
 * @throws ERR_INSTALL without sharp, ERR_DATA for what is no image or a model that takes none
 */
export async function imageSample(file: string, input: InputDetails): Promise<Sample> {
  const [channels, height, width] = imageShapeOf(input);
  const sharp = await loadSharp();
  const raw = await sharp(await bytesOf(file))
    .flatten({ background: "#000" })
    .resize(width, height, { fit: "fill" })
    .toColourspace(channels === 1 ? "b-w" : "srgb")
    .raw()
    .toBuffer({ resolveWithObject: true })
    .catch((cause: unknown) => {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new PotstillError("ERR_DATA", `${file}: this is no image: ${reason}`, { cause });
    });
  const { data, info } = raw;
  const plane = height * width;
  const values = new Float32Array(channels * plane);
  for (let c = 0; c < channels; c++) {
    for (let at = 0; at < plane; at++) {
      values[c * plane + at] = data[at * info.channels + Math.min(c, info.channels - 1)]! / 255;
    }
  }
  return { source: file, index: 0, values, shape: [channels, height, width] };
}

function imageShapeOf({ shape }: InputDetails): [number, number, number] {
  if (shape?.length === 3 && (shape[0] === 1 || shape[0] === 3)) {
    return shape as [number, number, number];
  }
  const known = shape
    ? `its samples are [${shape.join(", ")}]`
    : "the shape of its samples is unknown";
  throw new PotstillError(
    "ERR_DATA",
    `the model takes no images that are known: ${known}; say which with --input, such as 1x3x224x224`,
  );
}

async function loadSharp() {
  try {
    return (await import("sharp")).default;
  } catch (cause) {
    throw new PotstillError(
      "ERR_INSTALL",
      "images are read with sharp, which is not installed: npm install sharp",
      { cause },
    );
  }
}

async function bytesOf(file: string): Promise<Buffer> {
  return await readFile(file).catch((cause: NodeJS.ErrnoException) => {
    const reason = cause.code === "ENOENT" ? "there is no such file" : cause.message;
    throw new PotstillError("ERR_IO", `cannot read ${file}: ${reason}`, { cause });
  });
}

/** Every sample of an IDX file; bytes are pixels and become values in [0, 1]. */
export async function* idxSamples(file: string, input: InputDetails): AsyncGenerator<Sample> {
  const { shape, dtype, data } = await readIdx(file);
  const [count = 0, ...rest] = shape;
  const size = rest.reduce((a, b) => a * b, 1);
  const scale = dtype === "uint8" ? 1 / 255 : 1;
  const own = input.shape ?? (rest.length === 2 ? [1, ...rest] : rest);
  for (let index = 0; index < count; index++) {
    const part = data.subarray(index * size, (index + 1) * size);
    const values = Float32Array.from(part as ArrayLike<number>, (value) => value * scale);
    yield { source: file, index, values, shape: fitting(values, own, `${file}, sample ${index}`) };
  }
}

/**
 * A line of JSON: numbers, flat or nested, or `{ "inputs": numbers }`. Values of images are in
 * [0, 1].
 *
 * @throws ERR_DATA naming the line
 */
export function lineSample(
  line: string,
  source: string,
  index: number,
  input: InputDetails,
): Sample {
  const where = `${source}, line ${index + 1}`;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new PotstillError("ERR_DATA", `${where}: this is no JSON`, { cause });
  }
  const given =
    typeof value === "object" && value !== null && "inputs" in value ? value.inputs : value;
  if (!Array.isArray(given)) {
    throw new PotstillError(
      "ERR_DATA",
      `${where}: expected a list of numbers, or { "inputs": [ … ] }`,
    );
  }
  const shape: number[] = [];
  for (let at: unknown = given; Array.isArray(at); at = at[0]) shape.push(at.length);
  const flat = given.flat(Number.POSITIVE_INFINITY) as unknown[];
  const wrong = flat.find((each) => typeof each !== "number");
  if (wrong !== undefined || flat.length !== shape.reduce((a, b) => a * b, 1)) {
    const what = wrong === undefined ? "lists of different lengths" : JSON.stringify(wrong);
    throw new PotstillError("ERR_DATA", `${where}: expected numbers only, got ${what}`);
  }
  const values = Float32Array.from(flat as number[]);
  return { source, index, values, shape: fitting(values, input.shape ?? shape, where) };
}

function fitting(values: Float32Array, shape: number[], where: string): number[] {
  if (values.length === shape.reduce((a, b) => a * b, 1)) return shape;
  throw new PotstillError(
    "ERR_SHAPE",
    `${where}: ${values.length} values, but the model's samples are [${shape.join(", ")}]`,
  );
}
