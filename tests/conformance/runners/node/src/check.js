// Answers compared with what was expected, and their digest.

import { agrees } from "./answer.js";
import { answers } from "./ask.js";

/**
 * @typedef {{ step: number, call: string, expected: unknown, answer: unknown }} Difference
 * @typedef {{ steps: number, answers: number, differences: Difference[] }} Outcome
 */

/** Beyond these, differences are counted and not kept. */
const DIFFERENCES_MAX = 10;

/**
 * A step without `answer` is only asked. Steps count from 1.
 * @param {Iterable<import("./ask.js").Step> | AsyncIterable<import("./ask.js").Step>} steps
 * @param {() => Promise<import("./ask.js").Policy>} instantiate
 * @param {import("./digest.js").Digest} digest to which the answers are added
 * @returns {Promise<Outcome & { different: number }>}
 */
export async function check(steps, instantiate, digest) {
  const outcome = { steps: 0, answers: 0, different: 0, differences: /** @type {Difference[]} */ ([]) };
  for await (const { step, answer } of answers(steps, instantiate)) {
    outcome.steps += 1;
    if (answer !== undefined) {
      outcome.answers += 1;
      digest.add(JSON.stringify(answer));
    }
    if (step.answer === undefined || agrees(answer, step.answer)) continue;
    outcome.different += 1;
    if (outcome.differences.length < DIFFERENCES_MAX) {
      outcome.differences.push({ step: outcome.steps, call: step.call, expected: step.answer, answer: answer ?? null });
    }
  }
  return outcome;
}
