// Builds the components in this folder for hosts in JavaScript, as `hostile.rs` does for those in Rust. Policies alone.

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { componentEmbed, componentNew, parse } from "@bytecodealliance/jco";

const WORLD = "dispatcher";
const EXPORTS = {
  configure: "umbel:hub/fan-out@0.1.0#configure",
  join: "umbel:hub/fan-out@0.1.0#join",
  leave: "umbel:hub/fan-out@0.1.0#leave",
  route: "umbel:hub/fan-out@0.1.0#route",
  select: "umbel:hub/fan-out@0.1.0#select",
  overflow: "umbel:hub/queue-policy@0.1.0#overflow",
};

/**
 * The component of `tests/guests/NAME.wat`, with those of `base` for what it does not say.
 * @param {string} name
 * @param {string} base
 */
export async function guest(name, base = "polite") {
  return guestOf(await read(name), base);
}

/**
 * As `guest`, from the fields themselves.
 * @param {string} fields
 * @param {string} base
 */
export async function guestOf(fields, base = "polite") {
  const taken = new Set(split(fields).map(exportOf));
  const isMissing = (/** @type {string} */ field) => exportOf(field) === undefined || !taken.has(exportOf(field));
  const [helpers, others] = [split(await read("helpers")), split(await read(base))];
  const kept = [...helpers, ...others.filter((field) => exportOf(field) !== undefined)].filter(isMissing);
  let text = `(module ${[...kept, fields].join("\n")})`;
  for (const [short, long] of Object.entries(EXPORTS)) {
    text = text.replaceAll(`(export "${short}")`, `(export "${long}")`);
    text = text.replaceAll(`(export "post-${short}")`, `(export "cabi_post_${long}")`);
  }
  const binary = await parse(text);
  const witPath = fileURLToPath(new URL("../../wit", import.meta.url));
  return componentNew(await componentEmbed({ binary, witPath, world: WORLD, stringEncoding: "utf8" }), []);
}

/** The name that a field is exported by, where its export stands inline. @param {string} field */
function exportOf(field) {
  return /\(export "([^"]*)"\)/.exec(field)?.[1];
}

/** The fields of a module: its outermost parentheses. Knows line comments and strings. @param {string} text */
function split(text) {
  const fields = [];
  let [depth, start] = [0, 0];
  for (const { 0: token, index } of text.matchAll(/;[^\n]*|"(?:[^"\\]|\\.)*"|[()]/g)) {
    if (token === "(" && depth++ === 0) start = index;
    if (token === ")" && --depth === 0) fields.push(text.slice(start, index + 1));
  }
  return fields;
}

/** @param {string} name */
function read(name) {
  return readFile(new URL(`${name}.wat`, import.meta.url), "utf8");
}
