// Who is present, and what goes to whom. Every call of the policy is made in a turn, so that nothing changes beneath it.

import { Fault } from "./fault.js";
import { frame } from "./frame.js";
import { Seat } from "./seat.js";
import { Subscriber } from "./subscriber.js";
import { Turns } from "./turns.js";

/** @typedef {import("./mailbox.js").Entry} Entry */

const VERDICTS = new Set(["drop-newest", "drop-oldest", "conflate", "catch-up", "disconnect"]);
const HEARTBEAT_MS = 15_000;

/** What a client is answered that is not let in. */
export class Refusal extends Error {}

export class Hub {
  /** By handle. @type {Map<number, Subscriber>} */
  #present = new Map();
  /** Handles that were used before, and of which the policy knows that they are free. @type {number[]} */
  #free = [];
  #turns = new Turns();
  #seat;
  #offset = 0n;
  #heart;
  /** Handles in audiences that belong to nobody. */
  #ignored = 0;

  /** @param {{ program: import("./policy.js").Program, config?: string, deadlineMs?: number }} options */
  constructor({ program, config = "", deadlineMs = 100 }) {
    const all = () => [...this.#present.values()].map(({ joiner }) => joiner);
    const admitted = (/** @type {import("./seat.js").Joiner} */ { client }, /** @type {any} */ admission) => {
      const subscriber = /** @type {Subscriber} */ (this.#present.get(client));
      if (admission.tag === "ok") subscriber.admitted(admission.val);
      else this.#forget(subscriber);
    };
    this.#seat = new Seat({ program, config, deadlineMs, present: { all, admitted } });
    this.#heart = setInterval(() => this.#present.forEach((subscriber) => subscriber.beat()), HEARTBEAT_MS);
  }

  /** Resolves once the policy can be asked. */
  async start() {
    await this.#turns.take(() => this.#seat.build());
  }

  get status() {
    const { built, faults } = this.#seat;
    return { subscribers: this.#present.size, instances: built, faults, "handles-ignored": this.#ignored };
  }

  get isCrowded() {
    return this.#turns.isCrowded;
  }

  /**
   * Opens the stream of `response`, until either side ends it. Throws a `Refusal` or a `Fault`.
   * @param {string[]} selectors
   * @param {import("node:http").ServerResponse} response
   */
  async subscribe(selectors, response) {
    await this.#inTurn(async () => {
      const subscriber = new Subscriber(this.#joiner(selectors), response);
      const { client } = subscriber.joiner;
      try {
        const [admission] = await this.#seat.ask("join", [subscriber.joiner]);
        if (admission.tag !== "ok") throw new Refusal(admission.val.reason);
        subscriber.admitted(admission.val);
      } catch (error) {
        this.#free.push(client);
        throw error;
      }
      this.#present.set(client, subscriber);
      response.on("close", () => this.#leave(subscriber));
      if (response.destroyed) this.#leave(subscriber);
      else subscriber.open();
    });
  }

  /**
   * Hands the event round; answers its id. Throws a `Fault` where the policy failed: then nobody gets it.
   * @param {{ topics: string[], kind?: string, data: string }} event
   */
  async publish({ topics, kind, data }) {
    return this.#inTurn(async () => {
      const offset = (this.#offset += 1n);
      const id = `${offset}`;
      const entry = { topic: topics[0] ?? "", frame: frame({ id, kind, data }), offset, at: performance.now() };
      const payload = new TextEncoder().encode(data);
      await this.#seat.build();
      const { wants } = this.#seat;
      const [audience] = await this.#seat.ask("route", [
        {
          offset,
          id: wants.has("id") ? id : "",
          topics,
          kind,
          private: false,
          acceptedMs: BigInt(Date.now()),
          size: payload.length,
          data: wants.has("payload") ? payload : undefined,
          attributes: [],
        },
      ]);
      await this.#handRound(entry, this.#those(audience));
      return id;
    });
  }

  /** Ends all streams. */
  close() {
    clearInterval(this.#heart);
    this.#present.forEach((subscriber) => subscriber.end());
    return this.#turns.take(async () => this.#seat.end());
  }

  /** @param {Entry} entry @param {Subscriber[]} audience */
  async #handRound(entry, audience) {
    const full = audience.filter((subscriber) => !subscriber.offer(entry));
    const asked = full.filter(({ whenFull }) => whenFull === "ask");
    const verdicts = new Map(asked.map((subscriber) => [subscriber, "drop-newest"]));
    if (asked.length > 0) {
      // The audience stands also where this fails: the new event is dropped.
      const answer = await this.#seat.ask("overflow", asked.map((subscriber) => subscriber.full(entry))).catch(() => []);
      answer.forEach((verdict, at) => {
        const subscriber = asked[at];
        if (subscriber !== undefined && VERDICTS.has(verdict)) verdicts.set(subscriber, verdict);
      });
    }
    for (const subscriber of full) subscriber.settle(verdicts.get(subscriber) ?? subscriber.whenFull, entry);
  }

  /** Never trusted: each once, and only who is here. @param {Iterable<number>} audience */
  #those(audience) {
    const subscribers = [];
    for (const client of new Set(audience)) {
      const subscriber = this.#present.get(client);
      if (subscriber === undefined) this.#ignored += 1;
      else subscribers.push(subscriber);
    }
    return subscribers;
  }

  /** @param {Subscriber} subscriber */
  async #leave(subscriber) {
    await this.#turns
      .take(async () => {
        const { client } = subscriber.joiner;
        if (this.#present.get(client) !== subscriber) return;
        this.#present.delete(client);
        await this.#seat.leave(client).finally(() => this.#free.push(client));
      })
      .catch(() => this.#rebuild());
  }

  /** One that the new instance refuses. @param {Subscriber} subscriber */
  #forget(subscriber) {
    this.#present.delete(subscriber.joiner.client);
    this.#free.push(subscriber.joiner.client);
    subscriber.end();
  }

  /**
   * Takes a turn. After a fault a new instance is built at once and not only when it is next needed.
   * @template T
   * @param {() => Promise<T>} work
   */
  async #inTurn(work) {
    try {
      return await this.#turns.take(work);
    } catch (error) {
      if (error instanceof Fault) this.#rebuild();
      throw error;
    }
  }

  #rebuild() {
    this.#turns.take(() => this.#seat.build()).catch(() => {});
  }

  /** @param {string[]} selectors @returns {import("./seat.js").Joiner} */
  #joiner(selectors) {
    return {
      client: this.#free.pop() ?? this.#present.size,
      selectors: selectors.map((pattern) => ({ matcher: "uri-template", pattern })),
      grants: [],
      claims: "",
      attributes: [],
      joinedMs: BigInt(Date.now()),
    };
  }
}
