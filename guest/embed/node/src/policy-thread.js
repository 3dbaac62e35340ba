// One instance in a thread of its own: all that stops a component that loops is the end of its thread.

import { Worker } from "node:worker_threads";

import { Fault } from "./fault.js";

/** Loading the glue and starting the component. */
const START_MS_MAX = 5_000;
/** What the glue may take of the JavaScript heap. The memory of a component is its own: see the README. */
const HEAP_MIB_MAX = 128;

export class PolicyThread {
  #worker;
  /** @type {Fault | undefined} */
  #fault;
  /** @type {{ resolve: (message: any) => void, reject: (fault: Fault) => void } | undefined} */
  #waiting;

  /**
   * Resolves once it can be asked.
   * @param {import("./policy.js").Program} program
   */
  static async start(program) {
    const thread = new PolicyThread(program);
    await thread.#reply(START_MS_MAX);
    return thread;
  }

  /** @param {import("./policy.js").Program} program */
  constructor(program) {
    this.#worker = new Worker(new URL("./policy-worker.js", import.meta.url), {
      workerData: program,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB_MAX },
    });
    this.#worker.on("message", (message) => this.#waiting?.resolve(message));
    this.#worker.on("error", (error) => this.#end(new Fault("start", String(error.message ?? error))));
    this.#worker.on("exit", () => this.#end(new Fault("start", "its thread has ended")));
  }

  /**
   * One call at a time. Throws a `Fault`, after which the thread is gone.
   * @param {string} call
   * @param {unknown[]} given
   * @param {number} deadlineMs
   * @returns {Promise<any>}
   */
  async ask(call, given, deadlineMs) {
    const reply = this.#reply(deadlineMs, call);
    this.#worker.postMessage({ call, given });
    const { answer, refusal, failure } = await reply;
    if (failure === undefined) return answer;
    this.#end(new Fault(refusal === undefined ? "trap" : "refused", `${call}: ${refusal ?? failure}`));
    throw this.#fault;
  }

  end() {
    this.#end(new Fault("start", "it was ended"));
  }

  /**
   * The next message.
   * @param {number} withinMs
   * @returns {Promise<any>}
   */
  async #reply(withinMs, call = "start") {
    if (this.#fault !== undefined) throw this.#fault;
    const late = setTimeout(() => this.#end(new Fault("deadline", `${call} took more than ${withinMs} ms`)), withinMs);
    try {
      return await new Promise((resolve, reject) => {
        this.#waiting = { resolve, reject };
      });
    } finally {
      this.#waiting = undefined;
      clearTimeout(late);
    }
  }

  /** @param {Fault} fault */
  #end(fault) {
    if (this.#fault !== undefined) return;
    this.#fault = fault;
    this.#waiting?.reject(fault);
    void this.#worker.terminate();
  }
}
