/** What a failure looks like from outside: a message on stderr and an exit code. */

import { CommanderError } from "commander";
import { jsonLine } from "../report/jsonl.js";

/** Exit codes: 0 done, 1 failed, 2 wrong usage or recipe, 128 + n stopped by signal n. */
export const exitCodes = { failed: 1, usage: 2, SIGINT: 130, SIGTERM: 143 } as const;

/** Wrong usage that commander does not know of. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** A job that a signal ended after it had saved its state. */
export class StoppedBySignal extends Error {
  override readonly name = "StoppedBySignal";
  constructor(
    readonly signal: "SIGINT" | "SIGTERM",
    cause: unknown,
  ) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.usage;
  if (error instanceof StoppedBySignal) return exitCodes[error.signal];
  if (error instanceof UsageError || codeOf(error) === "ERR_CONFIG") return exitCodes.usage;
  return exitCodes.failed;
}

/**
 * Says on stderr what went wrong: message and code, and the stack only with POTSTILL_DEBUG. With
 * `json` the same goes to stdout as an object.
 */
export function report(error: unknown, json: boolean): void {
  // Commander has said it already.
  if (error instanceof CommanderError) return;
  const message = error instanceof Error ? error.message : String(error);
  const code = codeOf(error);
  if (json) process.stdout.write(jsonLine({ type: "error", code: code ?? null, message }));
  if (process.env.POTSTILL_DEBUG) console.error(error);
  else process.stderr.write(`potstill: ${message}${code ? ` [${code}]` : ""}\n`);
}

function codeOf(error: unknown): string | undefined {
  const source = error instanceof StoppedBySignal ? error.cause : error;
  const code = (source as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : undefined;
}
