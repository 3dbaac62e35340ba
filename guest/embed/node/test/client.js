// A hub that runs, and its clients: all through real sockets.

import { once } from "node:events";
import { get } from "node:http";
import { after } from "node:test";

import { serve } from "../src/server.js";

/** Long enough for a busy machine, short enough to wait for. */
const DEADLINE_MS = 500;
const PATIENCE_MS = 20_000;

/**
 * One that ends with the test file.
 * @param {Omit<Parameters<typeof serve>[0], "host" | "port">} options
 */
export async function hub(options) {
  const { url, close } = await serve({ deadlineMs: DEADLINE_MS, ...options });
  after(close);
  return {
    url,
    /** @param {string[]} topics */
    subscribe: (...topics) => Stream.open(`${url}/events?${form({ topic: topics })}`),
    /** @param {Record<string, string | string[]>} fields */
    publish: (fields) => fetch(`${url}/publish`, { method: "POST", body: form(fields) }),
    /** @returns {Promise<any>} */
    status: async () => (await fetch(`${url}/status`)).json(),
  };
}

/** Until `condition` holds. @param {() => Promise<boolean>} condition */
export async function eventually(condition) {
  const end = Date.now() + PATIENCE_MS;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`not within ${PATIENCE_MS} ms: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** What a client reads. */
export class Stream {
  #response;
  #text = "";

  /** @param {string} url */
  static async open(url) {
    const request = get(url, { agent: false });
    const [response] = await once(request, "response");
    if (response.statusCode !== 200) throw Object.assign(new Error(`answered ${response.statusCode}`), response);
    return new Stream(response);
  }

  /** @param {import("node:http").IncomingMessage} response */
  constructor(response) {
    this.#response = response;
    response.setEncoding("utf8");
    response.on("error", () => {});
  }

  /**
   * The next event; `undefined` at the end of the stream.
   * @returns {Promise<{ id?: string, event?: string, data: string } | undefined>}
   */
  async next() {
    for (;;) {
      const end = this.#text.indexOf("\n\n");
      if (end < 0) {
        const piece = this.#response.read() ?? (await this.#more());
        if (piece === undefined) return undefined;
        this.#text += piece;
        continue;
      }
      const block = this.#text.slice(0, end);
      this.#text = this.#text.slice(end + 2);
      const lines = block.split("\n").map((line) => /^(\w*): ?(.*)$/.exec(line) ?? []);
      const data = lines.filter(([, name]) => name === "data").map(([, , value]) => value);
      const field = (/** @type {string} */ wanted) => lines.find(([, name]) => name === wanted)?.[2];
      if (data.length > 0) return { id: field("id"), event: field("event"), data: data.join("\n") };
    }
  }

  close() {
    this.#response.destroy();
  }

  /** @returns {Promise<string | undefined>} */
  async #more() {
    if (this.#isOver) return undefined;
    const late = AbortSignal.timeout(PATIENCE_MS);
    const settled = new AbortController();
    const signal = AbortSignal.any([settled.signal, late]);
    try {
      await Promise.race(["readable", "end", "close"].map((name) => once(this.#response, name, { signal })));
    } catch (error) {
      if (late.aborted) throw error;
      // The hub has hung up, which is an end as well.
      return undefined;
    } finally {
      settled.abort();
    }
    return this.#response.read() ?? (this.#isOver ? undefined : "");
  }

  get #isOver() {
    return this.#response.readableEnded || this.#response.destroyed;
  }
}

/** @param {Record<string, string | string[]>} fields */
function form(fields) {
  return new URLSearchParams(Object.entries(fields).flatMap(([name, values]) => [values].flat().map((value) => [name, value])));
}
