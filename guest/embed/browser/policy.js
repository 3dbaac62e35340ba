// The default component, translated by jco into `target/`, as a page calls it.

import { instantiate } from "./target/dispatcher.js";

/** @typedef {import("../node/src/policy.js").Policy} Policy */

/** @type {Map<string, Promise<WebAssembly.Module>>} */
const modules = new Map();

/**
 * A new instance, which has not been configured yet.
 * @returns {Promise<Policy>}
 */
export async function newPolicy() {
  // No imports with a function: the contract gives a component none.
  const { fanOut, queuePolicy } = await instantiate(compiled, /** @type {any} */ ({}));
  return { ...fanOut, ...queuePolicy };
}

/** Fetched and compiled once, whatever the number of instances. @param {string} name */
function compiled(name) {
  const known = modules.get(name);
  if (known !== undefined) return known;
  const module = WebAssembly.compileStreaming(fetch(new URL(`target/${name}`, import.meta.url)));
  modules.set(name, module);
  return module;
}
