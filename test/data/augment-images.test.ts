import { describe, expect, it } from "vitest";
import { fromTypedArray, ops, type Tensor } from "../../lib/tensor/index.js";
import { byteImages, failure, int64, numbers } from "./tensors.js";

/** The operator again, written the slow way: pad, cut out, mirror. */
interface Options {
  shift: number;
  flip: boolean;
  crop: number;
  cutout: number;
  seed: bigint;
  epoch: number;
}

function philox(counter: number[], key: number[]): number[] {
  let c = counter.map(BigInt);
  let k = key.map(BigInt);
  const low = (value: bigint) => value & 0xffffffffn;
  for (let round = 0; round < 10; round++) {
    const a = 0xd2511f53n * (c[0] as bigint);
    const b = 0xcd9e8d57n * (c[2] as bigint);
    c = [
      (b >> 32n) ^ (c[1] as bigint) ^ (k[0] as bigint),
      low(b),
      (a >> 32n) ^ (c[3] as bigint) ^ (k[1] as bigint),
      low(a),
    ];
    k = [low((k[0] as bigint) + 0x9e3779b9n), low((k[1] as bigint) + 0xbb67ae85n)];
  }
  return c.map(Number);
}

function draw(options: Options, id: number, purpose: number): number[] {
  const words = (value: bigint) => [
    Number(value & 0xffffffffn),
    Number((value >> 32n) & 0xffffffffn),
  ];
  return philox([...words(BigInt(id)), options.epoch, purpose], words(options.seed));
}

const below = (word: number | undefined, bound: number) =>
  Number((BigInt(word ?? 0) * BigInt(bound)) >> 32n);

type Plane = number[][];

/** The plane seen through a window whose corner is at (top, left); outside of it is 0. */
function look(plane: Plane, top: number, left: number): Plane {
  return plane.map((row, y) => row.map((_, x) => plane[y + top]?.[x + left] ?? 0));
}

function expected(planes: Plane[], id: number, options: Options): Plane[] {
  const { shift, flip, crop, cutout } = options;
  return planes.map((plane) => {
    let out = plane;
    if (crop > 0) {
      const [y, x] = draw(options, id, 0);
      out = look(out, below(y, 2 * crop + 1) - crop, below(x, 2 * crop + 1) - crop);
    }
    if (shift > 0) {
      const [y, x] = draw(options, id, 1);
      out = look(out, shift - below(y, 2 * shift + 1), shift - below(x, 2 * shift + 1));
    }
    if (flip && (draw(options, id, 2)[0] as number) >= 2 ** 31) {
      out = out.map((row) => row.slice().reverse());
    }
    out = out.map((row) => row.map((value) => Math.fround(value / 255)));
    if (cutout > 0) {
      const [y, x] = draw(options, id, 3);
      const top = below(y, plane.length) - Math.floor(cutout / 2);
      const left = below(x, plane[0]?.length ?? 0) - Math.floor(cutout / 2);
      const inside = (at: number, from: number) => at >= from && at < from + cutout;
      out = out.map((row, i) =>
        row.map((value, j) => (inside(i, top) && inside(j, left) ? 0 : value)),
      );
    }
    return out;
  });
}

function run(images: Tensor, indices: Tensor, options: Options, ids: Tensor | null = null): Tensor {
  const { shift, flip, crop, cutout, seed, epoch } = options;
  return ops.potstill.augment_images(images, indices, [], [], {
    augment: true,
    shift,
    flip,
    crop_padding: crop,
    cutout,
    seed: Number(seed),
    epoch,
    ids,
  });
}

const off: Options = { shift: 0, flip: false, crop: 0, cutout: 0, seed: 9n, epoch: 4 };
const plain = (images: Tensor, indices: Tensor, mean: number[] = [], std: number[] = []) =>
  ops.potstill.augment_images(images, indices, mean, std);

describe("potstill::augment_images", () => {
  it("agrees with the slow way in every combination", () => {
    const [count, channels, height, width] = [6, 2, 5, 7];
    const images = byteImages([count, channels, height, width]);
    const pixels = images.dataSync();
    const planesOf = (row: number): Plane[] =>
      Array.from({ length: channels }, (_, c) =>
        Array.from({ length: height }, (_, y) =>
          Array.from({ length: width }, (_, x) =>
            Number(pixels[((row * channels + c) * height + y) * width + x]),
          ),
        ),
      );
    const rows = [3, 0, 5, 3, 1];
    let epoch = 0;
    for (const shift of [0, 2, 9]) {
      for (const flip of [false, true]) {
        for (const crop of [0, 1, 8]) {
          for (const cutout of [0, 1, 4, 20]) {
            const options = { shift, flip, crop, cutout, seed: 2n ** 40n + 3n, epoch: epoch++ };
            const got = run(images, int64(rows), options);
            expect(got.shape).toEqual([rows.length, channels, height, width]);
            const want = rows.flatMap((row) => expected(planesOf(row), row, options).flat(2));
            expect(numbers(got)).toEqual(want);
            got.dispose();
          }
        }
      }
    }
  });

  it("normalizes bytes and floats to the bits of the formula", () => {
    const bytes = byteImages([4, 3, 3]);
    const [mean, std] = [Math.fround(0.1307), Math.fround(0.3081)];
    const want = numbers(bytes).map((value) =>
      Math.fround(Math.fround(Math.fround(value / 255) - mean) / std),
    );
    const rows = int64([0, 1, 2, 3]);
    expect(numbers(plain(bytes, rows, [0.1307], [0.3081]))).toEqual(want);

    const floats = bytes.to("float32").div(255);
    expect(numbers(plain(floats, rows, [0.1307], [0.3081]))).toEqual(want);
    expect(numbers(plain(floats, rows))).toEqual(numbers(floats));
  });

  it("uses one constant per channel", () => {
    const images = fromTypedArray(Uint8Array.of(255, 255, 0), [1, 3, 1, 1]);
    const out = plain(images, int64([0]), [0, 0.5, 0.5], [1, 0.5, 0.25]);
    expect(numbers(out)).toEqual([1, 1, -2]);
  });

  it("gives a sample the same look in any batch, and another in another epoch", () => {
    const images = byteImages([40, 9, 9]);
    const options = { ...off, shift: 3, flip: true, crop: 2, cutout: 3 };
    const order = Array.from({ length: 40 }, (_, i) => (i * 7) % 40);
    const together = run(images, int64(order), options);
    const apart = order.map((row) => run(images, int64([row]), options));
    expect(together.dataSync()).toEqual(ops.aten.cat(apart, 0).dataSync());
    const later = run(images, int64(order), { ...options, epoch: 5 });
    expect(later.dataSync()).not.toEqual(together.dataSync());
    const otherSeed = run(images, int64(order), { ...options, seed: 10n });
    expect(otherSeed.dataSync()).not.toEqual(together.dataSync());
  });

  it("takes ids for the names of samples", () => {
    const images = byteImages([3, 6, 6]);
    const options = { ...off, shift: 2, flip: true };
    const own = run(images, int64([2, 0]), options);
    const pair = ops.aten.index_select(images, 0, int64([2, 0]));
    expect(run(pair, int64([0, 1]), options, int64([2, 0])).dataSync()).toEqual(own.dataSync());
  });

  it("is the same on one thread and on several", async () => {
    const { getThreads, setThreads } = await import("../../lib/tensor/index.js");
    const images = byteImages([64, 3, 96, 96]);
    const rows = int64(Array.from({ length: 64 }, (_, i) => 63 - i));
    const options = { ...off, shift: 5, flip: true };
    const before = getThreads();
    setThreads(1);
    const alone = run(images, rows, options);
    setThreads(Math.max(2, before));
    const shared = run(images, rows, options);
    setThreads(before);
    expect(ops.aten.equal(alone, shared)).toBe(true);
  });

  it("passes NaN on, and reads images of any layout", () => {
    const images = fromTypedArray(Float32Array.of(1, Number.NaN, 3, 4), [1, 2, 2]);
    expect(numbers(plain(images, int64([0])))).toEqual([1, Number.NaN, 3, 4]);
    const last = byteImages([4, 5, 6, 3]).permute([0, 3, 1, 2]);
    const options = { ...off, shift: 1, flip: true };
    expect(run(last, int64([3, 1]), options).dataSync()).toEqual(
      run(last.contiguous(), int64([3, 1]), options).dataSync(),
    );
  });

  it("returns an empty batch for no indices", () => {
    expect(plain(byteImages([3, 4, 4]), int64([])).shape).toEqual([0, 1, 4, 4]);
  });

  it("knows its shape without data", () => {
    const images = byteImages([3, 2, 4, 5]).to({ device: "meta" });
    const out = plain(images, int64([0, 1, 1]).to({ device: "meta" }));
    expect([out.device, out.dtype, out.shape]).toEqual(["meta", "float32", [3, 2, 4, 5]]);
  });

  it("names an index out of range", () => {
    const images = byteImages([3, 4, 4]);
    expect(() => plain(images, int64([0, 3]))).toThrow(
      failure("ERR_DATA", /index 3 at position 1 .* 3 images/),
    );
    expect(() => plain(images, int64([-1]))).toThrow(/index -1 at position 0/);
  });

  it("refuses what does not fit", () => {
    const images = byteImages([3, 2, 4, 4]);
    const rows = int64([0]);
    expect(() => plain(images.to("int32"), rows)).toThrow(failure("ERR_DTYPE", /uint8 or float32/));
    expect(() => plain(images, rows.to("int32"))).toThrow(failure("ERR_DTYPE", /int64/));
    expect(() => plain(images, rows, [1, 2, 3])).toThrow(/mean has 3 entries .* 2 channels/);
    expect(() => plain(images, rows, [0], [0])).toThrow(/std must be above 0/);
    expect(() => plain(byteImages([4, 4]), rows)).toThrow(/\[N, H, W\]/);
    expect(() => run(images, rows, { ...off, shift: -1 })).toThrow(/0 or above/);
    expect(() => run(images, rows, off, int64([1, 2]))).toThrow(/shape of indices/);
  });
});
