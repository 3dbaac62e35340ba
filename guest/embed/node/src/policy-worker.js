// The thread that an instance lives in. It answers one call after another, until it is terminated.

import { parentPort, workerData } from "node:worker_threads";

import { instantiate } from "./policy.js";

const port = /** @type {import("node:worker_threads").MessagePort} */ (parentPort);
const policy = /** @type {Record<string, Function>} */ (await instantiate(workerData));

port.on("message", ({ call, given }) => {
  try {
    port.postMessage({ answer: policy[call]?.(...given) });
  } catch (error) {
    const { payload, message } = /** @type {any} */ (error);
    port.postMessage({ refusal: payload, failure: String(message ?? error) });
  }
});
port.postMessage("ready");
