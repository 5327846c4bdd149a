// What asks an HTTP server for as much as it gives: some connections, each with one request at a time.

import { Agent, get } from "node:http";

const connections = 16;

function ask(agent, port) {
  return new Promise((resolve, reject) => {
    get({ agent, port, host: "127.0.0.1" }, (response) => {
      response.resume().on("end", resolve).on("error", reject);
    }).on("error", reject);
  });
}

export async function start() {
  return {
    async ask({ port, seconds }) {
      const agent = new Agent({ keepAlive: true, maxSockets: connections });
      const began = performance.now();
      const until = began + seconds * 1000;
      const counts = await Promise.all(
        Array.from({ length: connections }, async () => {
          let count = 0;
          for (; performance.now() < until; count++) await ask(agent, port);
          return count;
        }),
      );
      const took = (performance.now() - began) / 1000;
      agent.destroy();
      return { perSecond: counts.reduce((sum, count) => sum + count) / took };
    },
  };
}
