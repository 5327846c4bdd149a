/** Who may talk to the live page's server: this machine's user, from the page itself. */

import { randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** A secret that nobody guesses, in characters that an address takes. */
export function newToken(): string {
  return randomBytes(24).toString("base64url");
}

export class Gate {
  readonly #token: Buffer;
  readonly #hosts: readonly string[];

  /** @param port that the server listens on */
  constructor(token: string, port: number) {
    this.#token = Buffer.from(token);
    // A name that a foreign site lets point here (DNS rebinding) is none of these.
    this.#hosts = ["127.0.0.1", "localhost", "[::1]"].map((host) => `${host}:${port}`);
  }

  /** Why a request is refused, or null where it is welcome. */
  refusal(request: IncomingMessage, url: URL): string | null {
    const { host, origin, authorization } = request.headers;
    if (host === undefined || !this.#hosts.includes(host)) {
      return "this page is served under 127.0.0.1 only";
    }
    if (origin !== undefined && !this.#hosts.some((own) => origin === `http://${own}`)) {
      return "requests from other sites are not answered";
    }
    const site = request.headers["sec-fetch-site"];
    // "none": the address was typed or opened from outside the browser.
    if (site !== undefined && site !== "same-origin" && site !== "none") {
      return "requests from other sites are not answered";
    }
    // What changes something is never done by following a link.
    const reading = request.method === "GET" || request.method === "HEAD";
    const given =
      authorization?.replace(/^Bearer /, "") ?? (reading ? url.searchParams.get("token") : null);
    if (given === null || !this.#knows(given)) {
      return "the token is missing or wrong; open the address that the command printed";
    }
    return null;
  }

  #knows(given: string): boolean {
    const bytes = Buffer.from(given);
    return bytes.length === this.#token.length && timingSafeEqual(bytes, this.#token);
  }
}
