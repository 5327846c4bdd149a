/** Runs the built command line in a child process. */

import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export const main = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

export interface Outcome {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
  /** stdout as JSON lines. */
  lines(): Record<string, unknown>[];
}

export interface CliOptions {
  cwd?: string;
  /** Called for what arrives on stdout; gets a function that sends a signal. */
  onStdout?: (text: string, kill: (signal: NodeJS.Signals) => void) => void;
  /** The same for stderr. */
  onStderr?: (text: string, kill: (signal: NodeJS.Signals) => void) => void;
  env?: Record<string, string>;
}

/** Runs a program. */
export function run(
  program: string,
  args: readonly string[],
  options: CliOptions = {},
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: { ...process.env, NO_COLOR: "1", ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      options.onStdout?.(stdout, (signal) => child.kill(signal));
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
      options.onStderr?.(stderr, (signal) => child.kill(signal));
    });
    child.on("error", reject);
    child.on("close", (code, signal) => {
      const lines = () =>
        stdout
          .split("\n")
          .filter((line) => line !== "")
          .map((line) => JSON.parse(line) as Record<string, unknown>);
      resolve({ code, signal, stdout, stderr, lines });
    });
  });
}

/** Runs `node <args>`. */
export function node(args: readonly string[], options: CliOptions = {}): Promise<Outcome> {
  return run(process.execPath, args, options);
}

/** Runs `potstill <args>`. */
export function potstill(args: readonly string[], options: CliOptions = {}): Promise<Outcome> {
  return node([main, ...args], options);
}
