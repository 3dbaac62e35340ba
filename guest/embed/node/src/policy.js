// A component of the world `dispatcher` as JavaScript: translated by jco, held by no one but its instances.

import { readFile } from "node:fs/promises";
import { transpile } from "@bytecodealliance/jco";

/**
 * The calls of the contract. What they take and answer has the names of `wit/` in camel case; unsigned 64-bit numbers are
 * BigInt. `configure` throws where the settings are refused; any call throws where the instance has failed, which is then of
 * no more use.
 * @typedef {typeof import("../../../../target/javascript/types/interfaces/umbel-hub-fan-out.js")
 *   & typeof import("../../../../target/javascript/types/interfaces/umbel-hub-queue-policy.js")} Policy
 */

/**
 * What instances are made of. Plain data that can be sent to a worker thread, so that a new one need not translate again.
 * @typedef {{ glue: string, modules: Map<string, WebAssembly.Module> }} Program
 */

/**
 * Translates the component in `file`; takes about a second.
 * @param {string | URL} file
 * @returns {Promise<Program>}
 */
export async function loadProgram(file) {
  return translate(await readFile(file));
}

/**
 * @param {Uint8Array} component
 * @returns {Promise<Program>}
 */
export async function translate(component) {
  const { files } = await transpile(component, { name: "policy", instantiation: "async", noTypescript: true, base64Cutoff: 0 });
  const named = (/** @type {string} */ end) => Object.entries(files).filter(([name]) => name.endsWith(end));
  const [[, glue]] = /** @type {[[string, Uint8Array]]} */ (named("policy.js"));
  const modules = named(".wasm").map(
    async ([name, bytes]) => /** @type {const} */ ([name, await WebAssembly.compile(Uint8Array.from(bytes))]),
  );
  return { glue: new TextDecoder().decode(glue), modules: new Map(await Promise.all(modules)) };
}

/**
 * A new instance, which has not been configured yet.
 * @param {Program} program
 * @returns {Promise<Policy>}
 */
export async function instantiate({ glue, modules }) {
  const { instantiate } = await import(`data:text/javascript,${encodeURIComponent(glue)}`);
  // No imports: that is what the contract gives a component.
  const { fanOut, queuePolicy } = await instantiate((/** @type {string} */ name) => modules.get(name), {});
  return { ...fanOut, ...queuePolicy };
}

/**
 * An instance of the component in `file`.
 * @param {string | URL} file
 */
export async function loadPolicy(file) {
  return instantiate(await loadProgram(file));
}
