// potstill as a peer: reads a request a line, answers a line. `torch_main.py` is its counterpart.

import { createInterface } from "node:readline";

const config = JSON.parse(process.argv[2]);
const { start } = await import(`./${config.task}.mjs`);

let task;
for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    const { command, ...request } = JSON.parse(line);
    if (command === "start") {
      task = await start(config);
      answer = task.info ?? {};
    } else answer = await task[command](request);
  } catch (error) {
    answer = { error: error.stack ?? String(error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
