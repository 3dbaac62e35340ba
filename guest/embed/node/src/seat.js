// Where the instance sits: built when needed, told of everyone present, given up at a fault.

import { Fault } from "./fault.js";
import { PolicyThread } from "./policy-thread.js";

/**
 * @typedef {import("./policy.js").Policy} Policy
 * @typedef {Parameters<Policy["join"]>[0][number]} Joiner
 * @typedef {ReturnType<Policy["join"]>[number]} Admission
 */

/** Of those present, who are told to a new instance in one call. */
const SLICE = 1_000;
/** Faults that follow each other within this time add up. */
const FAULTS_APART_MS = 10_000;
const REST_FIRST_MS = 100;
const REST_MS_MAX = 60_000;

export class Seat {
  #program;
  #settings;
  #deadlineMs;
  #present;
  /** @type {PolicyThread | undefined} */
  #thread;
  #faultsInARow = 0;
  #lastFaultAt = -Infinity;

  /** What the instance wants to be given. @type {Set<string>} */
  wants = new Set();
  built = 0;
  faults = 0;

  /**
   * @param {{
   *   program: import("./policy.js").Program, config: string, deadlineMs: number,
   *   present: { all: () => Joiner[], admitted: (joiner: Joiner, admission: Admission) => void },
   * }} options `present` is asked for whom a new instance is to be told of, and told what it said
   */
  constructor({ program, config, deadlineMs, present }) {
    this.#program = program;
    this.#settings = { config, seed: crypto.getRandomValues(new BigUint64Array(1))[0], facts: [["host", "umbel-embed-node"]] };
    this.#deadlineMs = deadlineMs;
    this.#present = present;
  }

  /**
   * Asks for one answer to each of `questions`. Throws a `Fault`; the next call is for a new instance.
   * @param {"join" | "route" | "overflow"} call
   * @param {object[]} questions
   * @returns {Promise<any[]>}
   */
  async ask(call, questions) {
    const thread = await this.build();
    return this.#orGiveUp(() => asked(thread, call, questions, this.#deadlineMs));
  }

  /** An instance that is not there need not be told. @param {number} client */
  async leave(client) {
    const thread = this.#thread;
    if (thread === undefined) return;
    await this.#orGiveUp(() => thread.ask("leave", [Uint32Array.of(client)], this.#deadlineMs));
  }

  /**
   * The instance, which knows everyone present. Throws a `Fault`.
   * @returns {Promise<PolicyThread>}
   */
  async build() {
    if (this.#thread !== undefined) return this.#thread;
    const restMs = Math.ceil(this.#lastFaultAt + this.#rest() - performance.now());
    if (restMs > 0) throw new Fault("resting", `the policy failed too often and is left alone for another ${restMs} ms`);
    return this.#orGiveUp(async () => {
      const thread = (this.#thread = await PolicyThread.start(this.#program));
      const { wants } = await thread.ask("configure", [this.#settings], this.#deadlineMs);
      this.wants = new Set(wants);
      await this.#tellOfThePresent(thread);
      this.built += 1;
      return thread;
    });
  }

  end() {
    this.#thread?.end();
    this.#thread = undefined;
  }

  /** @param {PolicyThread} thread */
  async #tellOfThePresent(thread) {
    const all = this.#present.all();
    for (let from = 0; from < all.length; from += SLICE) {
      const slice = all.slice(from, from + SLICE);
      const admissions = await asked(thread, "join", slice, this.#deadlineMs);
      slice.forEach((joiner, at) => this.#present.admitted(joiner, admissions[at]));
    }
  }

  /**
   * @template T
   * @param {() => Promise<T>} work
   */
  async #orGiveUp(work) {
    try {
      return await work();
    } catch (error) {
      this.end();
      this.faults += 1;
      const now = performance.now();
      const isSoon = now - this.#lastFaultAt < FAULTS_APART_MS + this.#rest();
      this.#faultsInARow = isSoon ? this.#faultsInARow + 1 : 1;
      this.#lastFaultAt = now;
      throw error;
    }
  }

  /** None after a single fault. */
  #rest() {
    return this.#faultsInARow < 2 ? 0 : Math.min(REST_FIRST_MS * 2 ** (this.#faultsInARow - 2), REST_MS_MAX);
  }
}

/**
 * @param {PolicyThread} thread
 * @param {"join" | "route" | "overflow"} call
 * @param {object[]} questions
 * @param {number} deadlineMs
 */
async function asked(thread, call, questions, deadlineMs) {
  const answers = await thread.ask(call, [questions], deadlineMs);
  if (Array.isArray(answers) && answers.length === questions.length) return answers;
  thread.end();
  throw new Fault("shape", `${call}: not one answer for each question`);
}
