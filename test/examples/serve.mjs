// The HTTP service of the examples with little data and small models: prints its address, distils
// when it is told to on stdin, prints "over", and serves until stdin is closed.

import { once } from "node:events";
import { build, datasets, manualSeed, nn, optim, tensor, train } from "potstill";
import { startService } from "../../examples/http-service/service.mjs";

const [count, side] = [120, 8];
const images = new Uint8Array(count * side * side);
for (let i = 0; i < count; i++) {
  // A band of two rows is bright.
  for (let at = 0; at < side * side; at++) {
    const lit = Math.floor(at / (2 * side)) === i % 4;
    images[i * side * side + at] = lit ? 200 : 20 + ((i * at) % 40);
  }
}
const labels = BigInt64Array.from({ length: count }, (_, i) => BigInt(i % 4));
const data = datasets.tensors({
  inputs: tensor(images, { shape: [count, side, side] }),
  labels: tensor(labels, { shape: [count] }),
  normalize: { mean: [0.4], std: [0.3] },
});
manualSeed(1);
const { model: teacher } = await train({
  model: nn.mlp([side * side, 32, 4]),
  data,
  test: null,
  optimizer: optim.adam({ lr: 0.01 }),
  epochs: 10,
  batchSize: 16,
});
const student = await build(nn.mlp([side * side, 16, 4]));
const service = await startService({ data, teacher, student });
console.log(service.url);
const ended = once(process.stdin, "end");
await once(process.stdin, "data");
await service.learn(60);
console.log("over");
await ended;
await service.stop();
