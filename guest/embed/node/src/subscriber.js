// A client that is connected: its stream, and what waits for it.

import { gap, HEARTBEAT } from "./frame.js";
import { Mailbox } from "./mailbox.js";

/** @typedef {import("./mailbox.js").Entry} Entry */

/** A client that takes nothing for so long is gone. */
const WRITE_TIMEOUT_MS = 30_000;

export class Subscriber {
  #response;
  #mailbox = new Mailbox();
  /** The kernel takes nothing now: all waits in the mailbox. */
  #isBlocked = false;
  /** A verdict, or `ask`. */
  whenFull = "drop-newest";

  /**
   * @param {import("./seat.js").Joiner} joiner as the policy is told of it
   * @param {import("node:http").ServerResponse} response
   */
  constructor(joiner, response) {
    this.joiner = joiner;
    this.#response = response;
    response.on("drain", () => this.#flush());
  }

  /** @param {import("./mailbox.js").Bounds & { whenFull: { tag: string, val?: string } }} mailbox */
  admitted({ whenFull, ...bounds }) {
    this.#mailbox.bound(bounds);
    this.whenFull = whenFull.val ?? whenFull.tag;
  }

  open() {
    this.#response.writeHead(200, {
      "content-type": "text/event-stream",
      "cache-control": "no-store, no-transform",
      "x-accel-buffering": "no",
    });
    this.#response.socket?.setTimeout(WRITE_TIMEOUT_MS, () => this.#response.destroy());
    this.#response.write("retry: 2000\n\n");
  }

  /** Whether there was room for it. @param {Entry} entry */
  offer(entry) {
    if (!this.#mailbox.offer(entry)) return false;
    this.#flush();
    return true;
  }

  /** @param {string} verdict @param {Entry} entry */
  settle(verdict, entry) {
    // It may have taken something since it was asked about.
    if (this.offer(entry)) return;
    if (verdict === "disconnect") this.end();
    else this.#mailbox.settle(verdict, entry);
  }

  /** What the policy is told of its full mailbox. @param {Entry} entry */
  full(entry) {
    const { length, bytes, oldest } = this.#mailbox;
    const oldestMs = Math.round(performance.now() - (oldest?.at ?? performance.now()));
    return { client: this.joiner.client, offset: entry.offset, events: length, bytes, oldestMs };
  }

  beat() {
    if (!this.#isBlocked) this.#write(HEARTBEAT);
  }

  end() {
    // One that takes nothing would not take the end either.
    if (this.#isBlocked) this.#response.destroy();
    else this.#response.end();
  }

  #flush() {
    this.#isBlocked = this.#response.writableNeedDrain;
    while (!this.#isBlocked && this.#mailbox.length > 0) {
      if (this.#mailbox.dropped > 0) this.#write(gap(this.#mailbox.dropped));
      this.#mailbox.dropped = 0;
      const entry = this.#mailbox.take();
      if (entry !== undefined) this.#write(entry.frame);
    }
  }

  /** @param {Buffer} bytes */
  #write(bytes) {
    const isOver = this.#response.writableEnded || this.#response.destroyed;
    if (!isOver) this.#isBlocked = !this.#response.write(bytes);
  }
}
