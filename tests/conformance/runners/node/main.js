#!/usr/bin/env node
// Runs the conformance vectors, or a trace, and prints what differs and the digest of the answers.

import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { instantiate } from "umbel-embed-node/policy";
import { loadProgram } from "umbel-embed-node/program";

import { check } from "./src/check.js";
import { Digest } from "./src/digest.js";
import { readTrace, readVectors } from "./src/files.js";

const USAGE = `usage: node main.js [--policy FILE] [--vectors FOLDER | --trace FILE] [--json]

Exit codes: 0 as expected, 1 something differs, 2 wrong usage or a file that cannot be read.`;

const [DIFFERS, UNUSABLE] = [1, 2];

const here = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));

/** @returns {Promise<boolean>} whether all is as expected */
async function main() {
  const { values } = parseArgs({
    options: {
      policy: { type: "string", default: here("../../../../guest/dist/dispatcher.wasm") },
      vectors: { type: "string", default: here("../../vectors") },
      trace: { type: "string" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return true;
  }
  const { policy, vectors, trace, json } = /** @type {{ policy: string, vectors: string, trace?: string, json: boolean }} */ (values);
  const program = await loadProgram(policy);
  const subjects = trace === undefined ? await readVectors(vectors) : [{ name: trace, steps: readTrace(trace) }];

  const digest = new Digest();
  const outcomes = [];
  for (const { name, steps } of subjects) {
    const outcome = await check(steps, () => instantiate(program), digest);
    outcomes.push({ name, ...outcome });
    if (!json) console.log(told(name, outcome));
  }
  if (json) console.log(JSON.stringify({ digest: `${digest}`, [trace === undefined ? "vectors" : "traces"]: outcomes }));
  else console.log(`digest ${digest}`);
  return outcomes.every(({ different }) => different === 0);
}

/**
 * @param {string} name
 * @param {Awaited<ReturnType<typeof check>>} outcome
 */
function told(name, { answers, different, differences }) {
  const lines = differences.map(
    ({ step, call, expected, answer }) =>
      `  step ${step}, ${call}\n    expected ${JSON.stringify(expected)}\n    answered ${JSON.stringify(answer)}`,
  );
  const verdict = different === 0 ? "same" : `${different} different`;
  return [`${name}: ${verdict}, ${answers} answers`, ...lines].join("\n");
}

try {
  process.exitCode = (await main()) ? 0 : DIFFERS;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = UNUSABLE;
}
