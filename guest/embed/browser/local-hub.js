// Subscribers and events of this page alone: who gets what is the component's to say.

/** @typedef {import("./policy.js").Policy} Policy */

export class LocalHub {
  #policy;
  /** @type {Set<number>} */
  #present = new Set();
  /** @type {number[]} */
  #free = [];
  #offset = 0n;

  /** @param {Policy} policy that is configured */
  constructor(policy) {
    this.#policy = policy;
  }

  /**
   * Its handle. Throws what the component refuses it with.
   * @param {string} pattern
   */
  subscribe(pattern) {
    const client = this.#free.pop() ?? this.#present.size;
    const selectors = [{ matcher: "uri-template", pattern }];
    const [admission] = this.#policy.join([{ client, selectors, grants: [], claims: "", attributes: [], joinedMs: BigInt(Date.now()) }]);
    if (admission?.tag !== "ok") {
      this.#free.push(client);
      throw new Error(admission?.val.reason ?? "no answer");
    }
    this.#present.add(client);
    return client;
  }

  /** @param {number} client */
  unsubscribe(client) {
    if (!this.#present.delete(client)) return;
    this.#policy.leave(Uint32Array.of(client));
    this.#free.push(client);
  }

  /**
   * The handles of those who get it, ascending.
   * @param {string} topic
   * @param {string} data
   * @returns {number[]}
   */
  publish(topic, data) {
    this.#offset += 1n;
    const size = new TextEncoder().encode(data).length;
    const [audience] = this.#policy.route([
      { offset: this.#offset, id: "", topics: [topic], private: false, acceptedMs: BigInt(Date.now()), size, attributes: [] },
    ]);
    return [...new Set(audience)].filter((client) => this.#present.has(client)).sort((a, b) => a - b);
  }
}
