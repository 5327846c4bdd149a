// A child process that answers one JSON line with one JSON line: every peer, potstill too, is one.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

const startLimit = 300_000;

export class Child {
  #process;
  #waiting = [];
  #stderr = "";
  #ended = null;

  constructor(name, command, args, env) {
    this.name = name;
    this.#process = spawn(command, args, { env, stdio: ["pipe", "pipe", "pipe"] });
    this.#process.stderr.setEncoding("utf8").on("data", (text) => {
      this.#stderr = (this.#stderr + text).slice(-4000);
    });
    this.#process.stdin.on("error", () => {});
    createInterface({ input: this.#process.stdout }).on("line", (line) => this.#answer(line));
    this.#process.on("error", (error) => this.#end(error.message));
    this.#process.on("close", (code, signal) =>
      this.#end(`ended with ${signal ?? `code ${code}`}`),
    );
  }

  /** Starts a child and waits until it has said what it is: `info`. */
  static async start(name, command, args, env) {
    const child = new Child(name, command, args, env);
    child.info = await child.request({ command: "start" }, startLimit);
    return child;
  }

  /** Sends one request and gives its answer; rejects with the child's own words on stderr. */
  request(message, limit = 600_000) {
    return new Promise((resolve, reject) => {
      if (this.#ended) {
        reject(this.#failure(this.#ended));
        return;
      }
      const timer = setTimeout(() => {
        this.#process.kill("SIGKILL");
        reject(this.#failure(`no answer to ${message.command} in ${limit / 1000} s`));
      }, limit);
      this.#waiting.push({ resolve, reject, timer });
      this.#process.stdin.write(`${JSON.stringify(message)}\n`);
    });
  }

  /** Ends the child by closing its input. */
  async close() {
    if (this.#ended) return;
    const closed = new Promise((resolve) => this.#process.once("close", resolve));
    this.#process.stdin.end();
    const timer = setTimeout(() => this.#process.kill("SIGKILL"), 10_000);
    await closed;
    clearTimeout(timer);
  }

  #answer(line) {
    const next = this.#waiting.shift();
    if (!next) return;
    clearTimeout(next.timer);
    const { error, ...answer } = JSON.parse(line);
    if (error) next.reject(this.#failure(error));
    else next.resolve(answer);
  }

  #end(reason) {
    this.#ended ??= reason;
    for (const { reject, timer } of this.#waiting.splice(0)) {
      clearTimeout(timer);
      reject(this.#failure(reason));
    }
  }

  #failure(reason) {
    const words = this.#stderr.trim();
    return new Error(`${this.name}: ${reason}${words ? `\n${words}` : ""}`);
  }
}
