/**
 * Scalars in TensorBoard's event files: TFRecords
 * (https://www.tensorflow.org/tutorials/load_data/tfrecord) that hold `tensorflow.Event` messages
 * (tensorflow/core/util/event.proto). Only the few fields that scalars need are written.
 */

import type { TrainEvent } from "../train/events.js";
import { crc32c } from "./crc.js";

/** One point of a curve. */
export interface Scalar {
  tag: string;
  value: number;
}

/** The first record of every file. */
export function versionRecord(seconds: number): Buffer {
  return record(message(double(1, seconds), text(3, "brain.Event:2")));
}

/** Says that a run goes on after `step`: readers drop what was written beyond it. */
export function resumeRecord(seconds: number, step: number): Buffer {
  const start = message(varint(1, 1));
  return record(message(double(1, seconds), varint(2, step + 1), bytes(7, start)));
}

/** Values of one step. */
export function scalarRecord(seconds: number, step: number, scalars: readonly Scalar[]): Buffer {
  const values = scalars.map(({ tag, value }) => bytes(1, message(text(1, tag), float(2, value))));
  return record(message(double(1, seconds), varint(2, step), bytes(5, message(...values))));
}

/**
 * What an event has for TensorBoard; null where it has nothing. Tags: `train/loss`, `train/accuracy`,
 * `train/lr`, `train/samplesPerSecond`, `terms/<name>`, and per epoch `epoch/*` and `validation/*`.
 */
export function scalarsOf(event: TrainEvent): { step: number; scalars: Scalar[] } | null {
  if (event.type === "step") {
    const { step, loss, lr, accuracy, samplesPerSecond, terms } = event;
    const values = { loss, accuracy, lr, samplesPerSecond };
    return { step, scalars: [...tagged("train", values), ...tagged("terms", terms)] };
  }
  if (event.type === "epoch") {
    const { step, metrics } = event;
    const { loss, accuracy, lr, gradNorm, samplesPerSecond, terms, validation } = metrics;
    const epoch = { loss, accuracy, lr, gradNorm, samplesPerSecond };
    const measured = validation && {
      loss: validation.loss,
      errors: validation.errors,
      accuracy: validation.accuracy,
      agreement: validation.agreement,
    };
    const scalars = [
      ...tagged("epoch", epoch),
      ...tagged("epoch/terms", terms),
      ...tagged("validation", measured ?? {}),
    ];
    return { step, scalars };
  }
  return null;
}

function tagged(prefix: string, values: Record<string, number | null>): Scalar[] {
  return Object.entries(values).flatMap(([name, value]) =>
    value === null ? [] : [{ tag: `${prefix}/${name}`, value }],
  );
}

/** Length and data, each followed by its masked CRC-32C. */
function record(data: Buffer): Buffer {
  const frame = Buffer.alloc(16 + data.length);
  frame.writeBigUInt64LE(BigInt(data.length), 0);
  frame.writeUInt32LE(masked(frame.subarray(0, 8)), 8);
  data.copy(frame, 12);
  frame.writeUInt32LE(masked(data), 12 + data.length);
  return frame;
}

/** A CRC of data that contains CRCs would be weak, so TFRecord rotates it and adds a constant. */
export function masked(data: Uint8Array): number {
  const crc = crc32c(data);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

function message(...fields: readonly Buffer[]): Buffer {
  return Buffer.concat(fields);
}

/** Wire types of protobuf: 0 varint, 1 eight bytes, 2 a length and so many bytes, 5 four bytes. */
function key(field: number, type: 0 | 1 | 2 | 5): Buffer {
  return Buffer.from([(field << 3) | type]);
}

function varint(field: number, value: number): Buffer {
  return Buffer.concat([key(field, 0), bare(value)]);
}

function bare(value: number): Buffer {
  const parts: number[] = [];
  let rest = BigInt(value);
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    parts.push(rest > 0n ? low | 0x80 : low);
  } while (rest > 0n);
  return Buffer.from(parts);
}

function double(field: number, value: number): Buffer {
  const data = Buffer.alloc(8);
  data.writeDoubleLE(value);
  return Buffer.concat([key(field, 1), data]);
}

function float(field: number, value: number): Buffer {
  const data = Buffer.alloc(4);
  data.writeFloatLE(value);
  return Buffer.concat([key(field, 5), data]);
}

function bytes(field: number, data: Buffer): Buffer {
  return Buffer.concat([key(field, 2), bare(data.length), data]);
}

function text(field: number, value: string): Buffer {
  return bytes(field, Buffer.from(value, "utf8"));
}
