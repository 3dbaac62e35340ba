// Components translated by jco.

import { readFile } from "node:fs/promises";
import { transpile } from "@bytecodealliance/jco";

import { instantiate } from "./policy.js";

/** @typedef {import("./policy.js").Program} Program */

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
 * An instance of the component in `file`.
 * @param {string | URL} file
 */
export async function loadPolicy(file) {
  return instantiate(await loadProgram(file));
}
