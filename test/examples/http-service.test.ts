import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Batcher } from "../../examples/http-service/batcher.mjs";

const script = fileURLToPath(new URL("serve.mjs", import.meta.url));
const side = 8;
let child: ChildProcess;
let url: string;
let said = "";
let complained = "";

/** What the service has printed, once it has as many lines. */
async function lines(count: number): Promise<string[]> {
  while (said.split("\n").length <= count) {
    const [outcome] = await Promise.race([once(child.stdout!, "data"), once(child, "close")]);
    if (outcome === null || typeof outcome === "number") throw new Error(complained);
  }
  return said.split("\n").slice(0, count);
}

beforeAll(async () => {
  child = spawn(process.execPath, [script], { stdio: ["pipe", "pipe", "pipe"] });
  child.stdout!.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  child.stderr!.setEncoding("utf8").on("data", (text: string) => {
    complained += text;
  });
  [url] = (await lines(1)) as [string];
});
afterAll(() => child?.kill());

/** A bright band of two rows, of four. */
function image(band: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: side * side }, (_, at) =>
    Math.floor(at / (2 * side)) === band ? 200 : 25,
  );
}

async function classify(body: Uint8Array<ArrayBuffer> | string, type: string) {
  const headers = { "content-type": type };
  const response = await fetch(`${url}/classify`, { method: "POST", body, headers });
  return { status: response.status, answer: (await response.json()) as Record<string, unknown> };
}

const get = async (path: string) => (await fetch(`${url}${path}`)).json() as Promise<never>;

describe("examples/http-service", () => {
  it("answers while the student is distilled, and with better ones by and by", async () => {
    const model: { version: number; errors: number } = await get("/model");
    expect(model).toMatchObject({ version: 1, epoch: 0 });
    child.stdin!.write("learn\n");
    const { status, answer } = await classify(image(2), "application/octet-stream");
    expect(status).toBe(200);
    expect([0, 1, 2, 3]).toContain(answer.class);
    await lines(2);
    const later: typeof model = await get("/model");
    expect(later.version).toBeGreaterThan(1);
    expect(later.errors).toBe(0);
    expect(model.errors).toBeGreaterThan(0);
    const sure = await classify(image(2), "application/octet-stream");
    expect(sure.answer).toMatchObject({ class: 2, version: later.version });
    expect(sure.answer.probability).toBeGreaterThan(0.25);
    expect(sure.answer.probability).toBeLessThanOrEqual(1);
  });

  it("takes images, lists of pixels, and nothing else", async () => {
    const raw = { width: side, height: side, channels: 1 } as const;
    const png = Uint8Array.from(await sharp(image(1), { raw }).resize(20, 20).png().toBuffer());
    expect(await classify(png, "image/png")).toMatchObject({ status: 200, answer: { class: 1 } });
    const list = JSON.stringify([...image(1)]);
    expect((await classify(list, "application/json")).answer.class).toBe(1);
    const few = await classify(image(1).subarray(1), "application/octet-stream");
    expect(few).toMatchObject({
      status: 400,
      answer: { error: expect.stringContaining("64 pixels") },
    });
    expect((await classify("no image", "image/png")).status).toBe(400);
    expect((await classify("{", "application/json")).status).toBe(400);
  });

  it("computes requests that come together in batches, and keeps no tensors", async () => {
    const before: { samples: number; batches: number; memory: { tensors: number } } =
      await get("/metrics");
    const asked = Array.from({ length: 40 }, (_, at) =>
      classify(image(at % 4), "application/octet-stream"),
    );
    const classes = (await Promise.all(asked)).map(({ answer }) => answer.class);
    expect(classes).toEqual(classes.map((_, at) => at % 4));
    const after: typeof before = await get("/metrics");
    expect(after.samples - before.samples).toBe(40);
    expect(after.batches - before.batches).toBeLessThan(40);
    expect(after.memory.tensors).toBe(before.memory.tensors);
  });

  it("ends by itself once it is told to", async () => {
    child.stdin!.end();
    const [code] = await once(child, "close");
    expect(code, complained).toBe(0);
  });
});

describe("the batcher", () => {
  it("computes at once, and together what comes meanwhile", async () => {
    const sizes: number[] = [];
    const batcher = new Batcher(
      async (samples: number[]) => {
        sizes.push(samples.length);
        await new Promise((resolve) => setTimeout(resolve, 5));
        return samples.map((each) => -each);
      },
      { most: 4 },
    );
    const first = batcher.ask(1);
    await new Promise((resolve) => setTimeout(resolve, 2));
    const rest = [2, 3, 4, 5, 6, 7].map((each) => batcher.ask(each));
    expect(await Promise.all([first, ...rest])).toEqual([-1, -2, -3, -4, -5, -6, -7]);
    expect(sizes).toEqual([1, 4, 2]);
    expect(batcher.counts).toEqual({ samples: 7, batches: 3 });
  });

  it("fails the requests of a batch, not those after it", async () => {
    const batcher = new Batcher(
      async (samples: number[]) => {
        if (samples.includes(0)) throw new Error("zero");
        return samples;
      },
      { most: 1 },
    );
    const asked = [0, 1].map((each) => batcher.ask(each));
    await expect(asked[0]).rejects.toThrow("zero");
    expect(await asked[1]).toBe(1);
  });
});
