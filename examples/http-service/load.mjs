// Asks a service for classes as fast as it answers: `node load.mjs URL FILE SECONDS CONNECTIONS`,
// with FILE the bytes of images, 784 each. Prints JSON.

import { readFile } from "node:fs/promises";
import { Agent, request } from "node:http";
import { performance } from "node:perf_hooks";

const [url, file, seconds, connections] = process.argv.slice(2);
const bytes = await readFile(file);
const size = 784;
const images = Array.from({ length: bytes.length / size }, (_, at) =>
  bytes.subarray(at * size, (at + 1) * size),
);
const agent = new Agent({ keepAlive: true, maxSockets: Number(connections) });
const headers = { "content-type": "application/octet-stream", "content-length": size };

function ask(image) {
  return new Promise((resolve, reject) => {
    const sent = request(`${url}/classify`, { method: "POST", agent, headers }, (response) => {
      response.resume();
      response.on("end", () => resolve(response.statusCode));
    });
    sent.on("error", reject);
    sent.end(image);
  });
}

const end = performance.now() + 1000 * Number(seconds);
const latencies = [];
let failed = 0;

async function connection(first) {
  for (let at = first; performance.now() < end; at++) {
    const began = performance.now();
    const status = await ask(images[at % images.length]).catch(() => 0);
    if (status !== 200) failed += 1;
    else latencies.push(performance.now() - began);
  }
}

const began = performance.now();
await Promise.all(Array.from({ length: Number(connections) }, (_, first) => connection(first)));
const elapsed = (performance.now() - began) / 1000;
latencies.sort((a, b) => a - b);
const percentile = (share) => latencies[Math.floor(share * (latencies.length - 1))] ?? null;
agent.destroy();
console.log(
  JSON.stringify({
    requestsPerSecond: latencies.length / elapsed,
    p50: percentile(0.5),
    p99: percentile(0.99),
    failed,
  }),
);
