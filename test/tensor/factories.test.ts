import { describe, expect, test } from "vitest";
import {
  arange,
  asTensor,
  DTYPES,
  type DType,
  empty,
  eye,
  fromTypedArray,
  full,
  fullLike,
  linspace,
  manualSeed,
  ones,
  onesLike,
  rand,
  randint,
  randLike,
  randn,
  randnLike,
  randperm,
  type Tensor,
  tensor,
  zeros,
  zerosLike,
} from "../../lib/tensor/index.js";
import { number, type OracleTensor, readOracle } from "./oracle.js";

const code = (name: string, message?: string | RegExp): unknown =>
  expect.objectContaining({
    code: name,
    ...(message === undefined ? {} : { message: expect.stringMatching(message) }),
  });

const described = (x: Tensor): unknown[] => [x.dtype, x.shape, x.toArray()];

describe("tensor", () => {
  test("numbers make float32, bigints int64, booleans bool", () => {
    expect(
      described(
        tensor([
          [1, 2],
          [3, 4],
        ]),
      ),
    ).toEqual([
      "float32",
      [2, 2],
      [
        [1, 2],
        [3, 4],
      ],
    ]);
    expect(described(tensor([1n, -(2n ** 63n)]))).toEqual(["int64", [2], [1n, -(2n ** 63n)]]);
    expect(described(tensor([true, false]))).toEqual(["bool", [2], [true, false]]);
    expect(described(tensor(2.5))).toEqual(["float32", [], 2.5]);
    expect(described(tensor(7n))).toEqual(["int64", [], 7n]);
    expect(described(tensor([]))).toEqual(["float32", [0], []]);
    expect(described(tensor([[], []]))).toEqual(["float32", [2, 0], [[], []]]);
    expect(described(tensor([true, 2]))).toEqual(["float32", [2], [1, 2]]);
  });

  test.each([
    [new Float32Array([1.5, -2]), "float32"],
    [new Float64Array([1.5, 1e300]), "float64"],
    [new Int8Array([-128, 127]), "int8"],
    [new Int16Array([-32768, 32767]), "int16"],
    [new Int32Array([-(2 ** 31), 2 ** 31 - 1]), "int32"],
    [new BigInt64Array([-(2n ** 63n), 2n ** 63n - 1n]), "int64"],
    [new Uint8Array([0, 255]), "uint8"],
    [new Uint8ClampedArray([0, 255]), "uint8"],
    [Buffer.from([1, 2]), "uint8"],
  ])("%o is copied as %s and comes back", async (array, dtype) => {
    const x = fromTypedArray(array);
    expect(x.dtype).toBe(dtype);
    expect(Array.from(x.dataSync() as ArrayLike<unknown>)).toEqual(Array.from(array as never));
    expect(await x.data()).toEqual(x.dataSync());
    array[0] = array[1] as never;
    expect(x.dataSync()[0]).not.toEqual(array[0]);
  });

  test("a typed array that looks at part of its buffer", () => {
    const array = new Float32Array([0, 1, 2, 3, 4]).subarray(1, 4);
    expect(tensor(array).toArray()).toEqual([1, 2, 3]);
  });

  test.each(Object.keys(DTYPES) as DType[])("%s from numbers", (dtype) => {
    const x = tensor([0, 1, 2], { dtype });
    expect(x.dtype).toBe(dtype);
    const wide = dtype === "int64" ? [0n, 1n, 2n] : [0, 1, 2];
    expect(x.toArray()).toEqual(dtype === "bool" ? [false, true, true] : wide);
    expect(x.dataSync()).toBeInstanceOf(DTYPES[dtype].array);
  });

  test("half types travel as Float32Array and round as PyTorch does", () => {
    const { halves } = readOracle<{ halves: Record<string, OracleTensor> }>("tensor");
    const values = Float32Array.from(halves.values!.t.map(number));
    for (const dtype of ["float16", "bfloat16"] as const) {
      const x = tensor(values, { dtype });
      expect(x.dtype).toBe(dtype);
      expect(x.dataSync()).toEqual(Float32Array.from(halves[dtype]!.t.map(number)));
    }
  });

  test("dtype converts: fractions are cut off, bool is whether it is nonzero", () => {
    expect(tensor([1.9, -1.9], { dtype: "int32" }).toArray()).toEqual([1, -1]);
    expect(tensor([1.9], { dtype: "int64" }).toArray()).toEqual([1n]);
    expect(tensor([3n], { dtype: "float64" }).toArray()).toEqual([3]);
    expect(tensor([0, 0.5, Number.NaN], { dtype: "bool" }).toArray()).toEqual([false, true, true]);
    expect(tensor(new Uint8Array([0, 2]), { dtype: "bool" }).dataSync()).toEqual(
      new Uint8Array([0, 1]),
    );
    expect(tensor(new Float64Array([0.1]), { dtype: "float32" }).item()).toBe(Math.fround(0.1));
    expect(tensor([2 ** 53 + 2], { dtype: "int64" }).item()).toBe(2n ** 53n + 2n);
  });

  test("shape of flat data, one size open", () => {
    const data = new Float32Array(6);
    expect(tensor(data, { shape: [2, 3] }).shape).toEqual([2, 3]);
    expect(tensor(data, { shape: [2, -1] }).shape).toEqual([2, 3]);
    expect(
      tensor(
        [
          [1, 2],
          [3, 4],
        ],
        { shape: [4] },
      ).toArray(),
    ).toEqual([1, 2, 3, 4]);
    expect(tensor(5, { shape: [1, 1] }).toArray()).toEqual([[5]]);
    expect(() => tensor(data, { shape: [4, 2] })).toThrow(code("ERR_SHAPE", /\[4, 2\].*6 elem/));
    expect(() => tensor(data, { shape: [-1, -1] })).toThrow(code("ERR_SHAPE"));
    expect(() => tensor(data, { shape: [4, -1] })).toThrow(code("ERR_SHAPE"));
    expect(() => tensor(data, { shape: [1.5, 4] })).toThrow(code("ERR_SHAPE"));
  });

  test("rows may be typed arrays", () => {
    expect(tensor([new Float32Array([1, 2]), new Float32Array([3, 4])]).toArray()).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  test("what does not fit says where", () => {
    expect(() => tensor([[1, 2], [3]])).toThrow(code("ERR_SHAPE", /data\[1\] is an array of 1/));
    expect(() => tensor([[1], 2])).toThrow(code("ERR_SHAPE", /data\[1\] is a value/));
    expect(() => tensor([1, [2]])).toThrow(code("ERR_SHAPE", /data\[1\] is an array of 1/));
    expect(() => tensor([1, "2"] as never)).toThrow(code("ERR_DTYPE", /data\[1\] is a string/));
    expect(() => tensor([1, null] as never)).toThrow(code("ERR_DTYPE", /data\[1\] is null/));
    expect(() => tensor([tensor(1)] as never)).toThrow(code("ERR_DTYPE", /stack\(\)/));
    expect(() => tensor([1, 2n])).toThrow(code("ERR_DTYPE", /mixed/));
    expect(() => tensor([1], { dtype: "float31" as never })).toThrow(
      code("ERR_DTYPE", /"float31"; there are float32, /),
    );
    expect(() => tensor([256], { dtype: "uint8" })).toThrow(code("ERR_DTYPE", /256.*uint8/));
    expect(() => tensor([Number.NaN], { dtype: "int32" })).toThrow(code("ERR_DTYPE", /NaN/));
    expect(() => tensor([2n ** 63n])).toThrow(code("ERR_DTYPE"));
    expect(() => tensor(new Uint16Array(2) as never)).toThrow(code("ERR_DTYPE", /Uint16Array/));
    expect(() => tensor([1, 2], { dtype: "int64", requiresGrad: true })).toThrow(code("ERR_DTYPE"));
  });

  test("requiresGrad, and data from elsewhere stays as it is", () => {
    const x = tensor([1], { requiresGrad: true });
    expect([x.requiresGrad, x.isLeaf]).toEqual([true, true]);
    expect(asTensor(x)).toBe(x);
    expect(asTensor([1, 2]).toArray()).toEqual([1, 2]);
  });
});

describe("factories", () => {
  test("fixed values", () => {
    expect(described(zeros([2]))).toEqual(["float32", [2], [0, 0]]);
    expect(described(zeros(2, { dtype: "int64" }))).toEqual(["int64", [2], [0n, 0n]]);
    expect(described(ones([1, 2], { dtype: "bool" }))).toEqual(["bool", [1, 2], [[true, true]]]);
    expect(described(full([2], 7))).toEqual(["float32", [2], [7, 7]]);
    expect(described(full([2], 7n))).toEqual(["int64", [2], [7n, 7n]]);
    expect(described(full([1], true))).toEqual(["bool", [1], [true]]);
    expect(described(full([], 1.5, { dtype: "float64" }))).toEqual(["float64", [], 1.5]);
    expect(described(eye(2))).toEqual([
      "float32",
      [2, 2],
      [
        [1, 0],
        [0, 1],
      ],
    ]);
    expect(eye(1, { m: 3 }).shape).toEqual([1, 3]);
    expect(described(linspace(0, 1, 3))).toEqual(["float32", [3], [0, 0.5, 1]]);
    expect(empty([2, 0]).shape).toEqual([2, 0]);
    expect(zeros([2], { requiresGrad: true }).requiresGrad).toBe(true);
  });

  test("arange", () => {
    expect(described(arange(3))).toEqual(["int64", [3], [0n, 1n, 2n]]);
    expect(described(arange(1, 3))).toEqual(["int64", [2], [1n, 2n]]);
    expect(described(arange(0, 1, 0.25))).toEqual(["float32", [4], [0, 0.25, 0.5, 0.75]]);
    expect(described(arange(5, 0, -2))).toEqual(["int64", [3], [5n, 3n, 1n]]);
    expect(described(arange(2, { dtype: "float64" }))).toEqual(["float64", [2], [0, 1]]);
    expect(described(arange(1n, 3n, 1n))).toEqual(["int64", [2], [1n, 2n]]);
  });

  test("like another", () => {
    const x = tensor([[1, 2]], { dtype: "int32" });
    expect(described(zerosLike(x))).toEqual(["int32", [1, 2], [[0, 0]]]);
    expect(described(onesLike(x, { dtype: "float32" }))).toEqual(["float32", [1, 2], [[1, 1]]]);
    expect(described(fullLike(x, 5))).toEqual(["int32", [1, 2], [[5, 5]]]);
    expect(randLike(zeros([3])).shape).toEqual([3]);
    expect(randnLike(zeros([3])).dtype).toBe("float32");
  });

  test("random ones repeat with the seed", () => {
    const draw = (): unknown[] => {
      manualSeed(11);
      return [rand([3]), randn([3]), randint(0, 9, [4]), randperm(5)].map((x) => x.toArray());
    };
    const first = draw();
    expect(draw()).toEqual(first);
    expect(randint(2, 4, [50]).toArray()).toEqual(
      expect.arrayContaining([2n, 3n]) && expect.not.arrayContaining([1n, 4n]),
    );
    expect([...(randperm(6).toArray() as bigint[])].sort()).toEqual([0n, 1n, 2n, 3n, 4n, 5n]);
    expect(randint(0, 2, [2]).dtype).toBe("int64");
  });

  test("errors", () => {
    expect(() => zeros([-1])).toThrow(code("ERR_SHAPE"));
    expect(() => zeros([2], { dtype: "half" as never })).toThrow(code("ERR_DTYPE", /there are/));
    expect(() => zeros([2], { device: "tpu" })).toThrow(code("ERR_DEVICE"));
    expect(() => zeros([2], { dtype: "int8", requiresGrad: true })).toThrow(code("ERR_DTYPE"));
    expect(() => zeros([2.5])).toThrow(code("ERR_CONFIG"));
  });
});
