import { monitorEventLoopDelay } from "node:perf_hooks";
import { fastify } from "fastify";
import { evaluate, memory } from "potstill";
import { learn } from "./learning.mjs";
import { ServedStudent } from "./student.mjs";

/**
 * A service that classifies images with a student, and goes on distilling it meanwhile.
 *
 * @param options.data a data set of images
 * @param options.teacher, options.student modules; the student is trained in place
 * @param options.port 0: any that is free
 * @returns `{ app, url, learn, stop }`; `learn(epochs)` resolves when the distillation is over
 */
export async function startService({ data, teacher, student, port = 0, log = () => {} }) {
  const [train, heldOut] = data.train.split(0.1, 1);
  const input = { shape: data.train.sampleShape, normalize: data.train.normalize };
  const copy = (await student.clone()).eval();
  const { errors, samples } = await evaluate(copy, heldOut);
  const served = new ServedStudent(copy, { epoch: 0, errors, samples }, input);
  const size = input.shape.reduce((a, b) => a * b, 1);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const controller = new AbortController();
  let learning = null;

  const app = fastify({ bodyLimit: 1 << 20 });
  app.addContentTypeParser("application/octet-stream", { parseAs: "buffer" }, (_, body, done) =>
    done(null, body),
  );
  app.addContentTypeParser(/^image\//, { parseAs: "buffer" }, async (_, body) =>
    decoded(body, input.shape),
  );
  app.post("/classify", async (request, reply) => {
    const pixels = Array.isArray(request.body) ? Uint8Array.from(request.body) : request.body;
    if (pixels?.length !== size) {
      const message = `expected ${size} pixels from 0 to 255, got ${pixels?.length ?? "nothing"}`;
      return reply.code(400).send({ error: message });
    }
    return await served.ask(pixels);
  });
  app.get("/model", () => served.about);
  app.get("/metrics", (request) => {
    const milliseconds = (value) => Math.round(value / 1e4) / 100;
    const loop = {
      p50: milliseconds(delay.percentile(50)),
      p99: milliseconds(delay.percentile(99)),
      max: milliseconds(delay.max),
    };
    if (request.query.reset !== undefined) delay.reset();
    const { tensors, bytes } = memory();
    return { ...served.counts, learning: learning !== null, loop, memory: { tensors, bytes } };
  });
  const url = await app.listen({ port, host: "127.0.0.1" });

  return {
    app,
    url,
    learn(epochs) {
      learning ??= learn({
        ...{ teacher, student, train, heldOut, epochs, log },
        served: served.about.errors,
        better: (module, about) => served.swap(module, about),
        signal: controller.signal,
      }).finally(() => {
        learning = null;
      });
      return learning;
    },
    async stop() {
      controller.abort();
      await learning;
      await app.close();
      delay.disable();
      served.dispose();
    },
  };
}

/** An image's pixels, brought to the size of the model's. */
async function decoded(bytes, [channels, height, width]) {
  const { default: sharp } = await import("sharp");
  try {
    return await sharp(bytes)
      .flatten({ background: "#000" })
      .resize(width, height, { fit: "fill" })
      .toColourspace(channels === 1 ? "b-w" : "srgb")
      .raw()
      .toBuffer()
      .then((pixels) => planes(pixels, channels));
  } catch (cause) {
    throw Object.assign(new Error(`this is no image: ${cause.message}`), { statusCode: 400 });
  }
}

/** Channels first. */
function planes(pixels, channels) {
  const plane = pixels.length / channels;
  return Uint8Array.from(pixels, (_, i) => pixels[(i % plane) * channels + Math.floor(i / plane)]);
}
