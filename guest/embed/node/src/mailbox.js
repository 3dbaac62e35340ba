// What waits for one client, bounded.

/**
 * An event as it goes out: the frame is one for all.
 * @typedef {{ topic: string, frame: Buffer, offset: bigint, at: number }} Entry
 * @typedef {{ eventsMax: number, bytesMax: number }} Bounds
 */

/** Nobody gets more than this, whatever the policy grants. */
const EVENTS_MAX = 1_024;
const BYTES_MAX = 1_048_576;

export class Mailbox {
  /** @type {Entry[]} */
  #waiting = [];
  #bytes = 0;
  #eventsMax = EVENTS_MAX;
  #bytesMax = BYTES_MAX;

  /** Events that were left out and that the client has not been told of. */
  dropped = 0;

  /** @param {Bounds} bounds */
  bound({ eventsMax, bytesMax }) {
    this.#eventsMax = Math.min(eventsMax, EVENTS_MAX);
    this.#bytesMax = Math.min(bytesMax, BYTES_MAX);
  }

  get length() {
    return this.#waiting.length;
  }

  get bytes() {
    return this.#bytes;
  }

  get oldest() {
    return this.#waiting[0];
  }

  /** Whether there was room. An empty mailbox takes any one event. @param {Entry} entry */
  offer(entry) {
    const isFull = this.length >= this.#eventsMax || this.#bytes + entry.frame.length > this.#bytesMax;
    if (isFull && this.length > 0) return false;
    this.#waiting.push(entry);
    this.#bytes += entry.frame.length;
    return true;
  }

  take() {
    const entry = this.#waiting.shift();
    this.#bytes -= entry?.frame.length ?? 0;
    return entry;
  }

  /** Lets `entry`, for which there is no room, have its way. @param {string} verdict @param {Entry} entry */
  settle(verdict, entry) {
    if (verdict === "drop-newest") {
      this.dropped += 1;
      return;
    }
    if (verdict === "conflate") this.#dropOneOf(entry.topic);
    // There is no log here to catch up from: the client is told how much it has missed.
    if (verdict === "catch-up") this.#dropAll();
    while (!this.offer(entry)) this.#drop(0);
  }

  /** @param {string} topic */
  #dropOneOf(topic) {
    const at = this.#waiting.findIndex((waiting) => waiting.topic === topic);
    if (at >= 0) this.#drop(at);
  }

  #dropAll() {
    while (this.length > 0) this.#drop(0);
  }

  /** @param {number} at */
  #drop(at) {
    const [entry] = this.#waiting.splice(at, 1);
    this.#bytes -= entry?.frame.length ?? 0;
    this.dropped += 1;
  }
}
