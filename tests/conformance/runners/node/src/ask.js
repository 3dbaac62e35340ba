// The steps of a vector or a trace, put to a policy. Knows neither files nor Node: a browser runs it as well.

import { admitted, audiences, failed, selections } from "./answer.js";
import { event, fullMailbox, settings, subscriber } from "./arguments.js";

/**
 * @typedef {import("./arguments.js").Step} Step
 * @typedef {import("./answer.js").Answer} Answer
 * @typedef {import("umbel-embed-node/policy").Policy} Policy
 */

/**
 * Puts each step to the instance that the last `configure` made. Of an instance that has refused its settings, or failed, nothing
 * more is asked: its further steps have no answer.
 * @param {Iterable<Step> | AsyncIterable<Step>} steps
 * @param {() => Promise<Policy>} instantiate
 * @returns {AsyncGenerator<{ step: Step, answer: Answer | undefined }>}
 */
export async function* answers(steps, instantiate) {
  /** @type {Policy | undefined} */
  let policy;
  for await (const step of steps) {
    if (step.call === "configure") policy = await instantiate();
    const answer = policy && ask(policy, step);
    if (isOver(answer)) policy = undefined;
    yield { step, answer };
  }
}

/** @type {Record<string, (policy: Policy, step: Step) => () => Answer>} */
const CALLS = {
  configure(policy, step) {
    const given = settings(step);
    return () => configured(policy, given);
  },
  join(policy, step) {
    const given = step.subscribers.map(subscriber);
    return () => admitted(policy.join(given));
  },
  leave(policy, step) {
    const given = Uint32Array.from(step.clients);
    return () => {
      policy.leave(given);
      return "left";
    };
  },
  route(policy, step) {
    const given = step.events.map(event);
    return () => audiences(policy.route(given));
  },
  select(policy, step) {
    const [clients, events] = [Uint32Array.from(step.clients), step.events.map(event)];
    return () => selections(policy.select(clients, events));
  },
  overflow(policy, step) {
    const given = step.full.map(fullMailbox);
    return () => ({ verdicts: policy.overflow(given) });
  },
};

/**
 * What is wrong with the step itself is thrown; what is wrong with the policy is its answer.
 * @param {Policy} policy
 * @param {Step} step
 * @returns {Answer}
 */
function ask(policy, step) {
  const prepare = Object.hasOwn(CALLS, step.call) ? CALLS[step.call] : undefined;
  if (prepare === undefined) throw new Error(`no call of the contract: ${JSON.stringify(step.call)}`);
  const call = prepare(policy, step);
  try {
    return call();
  } catch (error) {
    return failed(step.call, error);
  }
}

/**
 * @param {Policy} policy
 * @param {ReturnType<typeof settings>} given
 */
function configured(policy, given) {
  try {
    policy.configure(given);
    return { configured: true };
  } catch (error) {
    // A refusal carries the text of the component; anything else is a failure.
    if (/** @type {any} */ (error)?.payload === undefined) throw error;
    return { configured: false };
  }
}

/** @param {Answer | undefined} answer */
function isOver(answer) {
  return typeof answer === "object" && ("failed" in answer || ("configured" in answer && !answer.configured));
}
