/**
 * The live page of a run: a server on this machine's loopback address, with the page, a stream of
 * what changes (Server-Sent Events), and a way to stop.
 */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";
import type { TrainEvent } from "../../train/events.js";
import { livePage, livePolicy } from "../page/live.js";
import { Gate, newToken } from "./gate.js";
import { type LiveMark, LiveState } from "./state.js";

export interface LiveOptions {
  /** Name of the run. */
  title: string;
  /** Default: any that is free. */
  port?: number | undefined;
  /** Called when somebody presses the button; once. */
  stop: () => void;
}

const millisecondsPerUpdate = 400;
/** So that nothing between page and server takes a quiet connection for a dead one. */
const millisecondsPerSign = 15_000;
/** Pages that are open at a time. */
const mostPages = 16;
/** How long pages get to take the last update. */
const millisecondsToEnd = 1000;

/** A page that listens. */
interface Listener {
  response: ServerResponse;
  mark: LiveMark | null;
  /** When something was last written. */
  told: number;
}

export class LiveServer {
  readonly #options: LiveOptions;
  readonly #state = new LiveState();
  readonly #listeners = new Set<Listener>();
  readonly #token = newToken();
  readonly #server: Server;
  #gate: Gate | null = null;
  #timer: NodeJS.Timeout | null = null;
  #stopping = false;

  constructor(options: LiveOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  /**
   * Begins to listen.
   *
   * @returns the address to open, token included
   * @throws what `listen` of a server throws, such as EADDRINUSE
   */
  async open(): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen({ host: "127.0.0.1", port: this.#options.port ?? 0 }, () => {
        this.#server.off("error", reject);
        resolve();
      });
    });
    const { port } = this.#server.address() as AddressInfo;
    this.#gate = new Gate(this.#token, port);
    // The run keeps the process alive, the page does not.
    this.#server.unref();
    this.#timer = setInterval(() => this.#tellAll(), millisecondsPerUpdate).unref();
    return `http://127.0.0.1:${port}/?token=${this.#token}`;
  }

  /**
   * Takes an event of the run.
   *
   * @param time when it happened, ISO 8601; default: now
   */
  listen(event: TrainEvent, time?: string): void {
    this.#state.listen(event, time ?? null);
  }

  /** Tells the open pages how the run ended, and closes. */
  async close(state: "done" | "stopped" | "failed", message: string): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    this.#state.note(message);
    this.#state.turn(state, message);
    this.#tellAll();
    this.#server.close();
    const ended = [...this.#listeners].map(
      ({ response }) => new Promise<void>((resolve) => response.end(resolve)),
    );
    const late = new AbortController();
    await Promise.race([
      Promise.all(ended),
      setTimeout(millisecondsToEnd, null, { signal: late.signal }).catch(() => {}),
    ]);
    late.abort();
    this.#server.closeAllConnections();
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    response.setHeader("Cache-Control", "no-store");
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setHeader("Referrer-Policy", "no-referrer");
    response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
    const refusal = this.#gate?.refusal(request, url) ?? null;
    const route = `${request.method} ${url.pathname}`;
    if (refusal !== null) end(response, 403, refusal);
    else if (route === "GET /" || route === "HEAD /") this.#page(response);
    else if (route === "GET /events") this.#subscribe(request, response);
    else if (route === "POST /stop") this.#stop(response);
    else if (["/", "/events", "/stop"].includes(url.pathname)) {
      end(response, 405, "this is not what that address is for");
    } else end(response, 404, "there is nothing here");
  }

  #page(response: ServerResponse): void {
    response.setHeader("Content-Security-Policy", `${livePolicy}; frame-ancestors 'none'`);
    response.setHeader("Content-Type", "text/html; charset=utf-8");
    response.end(livePage(this.#options.title));
  }

  #subscribe(request: IncomingMessage, response: ServerResponse): void {
    if (this.#listeners.size >= mostPages) {
      end(response, 503, `there are ${mostPages} pages open already`);
      return;
    }
    response.writeHead(200, { "Content-Type": "text/event-stream; charset=utf-8" });
    const listener: Listener = { response, mark: null, told: 0 };
    this.#listeners.add(listener);
    request.on("close", () => this.#listeners.delete(listener));
    response.on("error", () => this.#listeners.delete(listener));
    // A page whose connection broke asks again after so long.
    response.write("retry: 1000\n\n");
    this.#tell(listener);
  }

  #stop(response: ServerResponse): void {
    if (!this.#stopping) {
      this.#stopping = true;
      this.#state.turn("stopping", "stopping after the current step, then saving");
      this.#tellAll();
      this.#options.stop();
    }
    end(response, 202, "stopping");
  }

  #tellAll(): void {
    for (const listener of this.#listeners) this.#tell(listener);
  }

  #tell(listener: Listener): void {
    const { response, mark, told } = listener;
    // A page that reads slowly gets everything at once when it is through.
    if (response.writableNeedDrain) return;
    const now = performance.now();
    if (mark?.revision === this.#state.revision) {
      if (now - told < millisecondsPerSign) return;
      response.write(":\n\n");
    } else {
      const next = this.#state.update(mark);
      listener.mark = next.mark;
      response.write(`data: ${JSON.stringify(next.update)}\n\n`);
    }
    listener.told = now;
  }
}

function end(response: ServerResponse, status: number, text: string): void {
  response.statusCode = status;
  response.setHeader("Content-Type", "text/plain; charset=utf-8");
  response.end(`${text}\n`);
}
