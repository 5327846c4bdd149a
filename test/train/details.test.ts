import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { datasets, distill, evaluate, nn, optim, tensor } from "../../lib/index.js";
import type { DetailsEvent } from "../../lib/train/events.js";
import { imageOf, imageShape } from "../../lib/train/image-details.js";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "potstill-details-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const side = 4;
const classes = 3;

/** Gray images, lighter with their class, with noise enough that models differ. */
function images(count: number, seed: number) {
  let state = seed;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const labels = Array.from({ length: count }, (_, at) => BigInt(at % classes));
  const pixels = labels.flatMap((label) =>
    Array.from({ length: side * side }, () => Math.floor(Number(label) * 60 + 130 * random())),
  );
  return {
    inputs: tensor(Uint8Array.from(pixels), { shape: [count, side, side] }),
    labels: tensor(BigInt64Array.from(labels), { shape: [count] }),
    pixels,
  };
}

it("tells what a page shows, and it agrees with the report and with evaluate", async () => {
  const first = images(60, 1);
  const second = images(45, 2);
  const data = datasets.tensors({
    inputs: first.inputs,
    labels: first.labels,
    testInputs: second.inputs,
    testLabels: second.labels,
    classNames: ["dark", "gray", "light"],
  });
  const teacher = await nn.build(nn.mlp([side * side, 16, classes]));
  const run = distill({
    teacher,
    student: nn.mlp([side * side, 2, classes]),
    data,
    alone: true,
    optimizer: optim.sgd({ lr: 0.1 }),
    epochs: 3,
    batchSize: 10,
    out: folder,
  });
  let details: DetailsEvent["details"] | undefined;
  for await (const event of run) if (event.type === "details") details = event.details;
  const { report, student, alone } = await run;
  expect(details).toEqual(JSON.parse(await readFile(path.join(folder, "details.json"), "utf8")));
  expect(details!.classNames).toEqual(["dark", "gray", "light"]);

  expect(details!.input).toEqual({ shape: [1, side, side], normalize: null });

  const own = details!.models.distilled!;
  const measured = await evaluate(student, data, { predictions: true });
  expect(own.confusion).toEqual(measured.confusion);
  expect(own.calibration.reduce((sum, bin) => sum + bin.samples, 0)).toBe(45);
  const error = own.calibration.reduce(
    (sum, bin) => sum + (bin.samples / 45) * Math.abs(bin.accuracy - bin.confidence),
    0,
  );
  expect(error).toBeCloseTo(report.distilled!.calibrationError!, 10);
  expect(own.bytes).toBe(4 * report.distilled!.parameters);
  expect(own.inferenceSamplesPerSecond).toBeGreaterThan(0);

  const others = [teacher, alone!];
  const predictions = [measured.predictions!];
  for (const model of others) {
    predictions.push((await evaluate(model, data, { predictions: true })).predictions!);
  }
  const differing = Array.from({ length: 45 }, (_, at) => at).filter(
    (at) => new Set(predictions.map((each) => each[at])).size > 1,
  );
  expect(differing.length).toBeGreaterThan(0);
  expect(details!.differing).toBe(differing.length);
  for (const sample of details!.differences) {
    expect(differing).toContain(sample.position);
    expect(sample.label).toBe(sample.position % classes);
    expect(sample.models.distilled!.prediction).toBe(predictions[0]![sample.position]);
    expect(sample.models.teacher!.prediction).toBe(predictions[1]![sample.position]);
    const from = sample.position * side * side;
    const pixels = [...Buffer.from(sample.image!.data, "base64")];
    expect(pixels).toEqual(second.pixels.slice(from, from + side * side));
  }
  expect(details!.softTargets).toHaveLength(8);
  expect(details!.softTargets[0]!.models.teacher!.logits).toHaveLength(classes);
});

it("makes large images smaller, and knows what is no image", () => {
  expect(imageShape([1, 28, 28])).toEqual({ channels: 1, height: 28, width: 28 });
  expect(imageShape([2, 28, 28])).toBeNull();
  expect(imageShape([784])).toBeNull();
  const values = Float32Array.from({ length: 128 * 100 }, (_, at) => (at % 100 < 50 ? 0 : 1));
  const image = imageOf(values, 0, { channels: 1, height: 128, width: 100 });
  expect([image.width, image.height]).toEqual([50, 64]);
  const pixels = Buffer.from(image.data, "base64");
  expect([pixels[0], pixels[24], pixels[25], pixels[49]]).toEqual([0, 0, 255, 255]);
});
