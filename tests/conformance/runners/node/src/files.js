// Vectors and traces as files.

import { createReadStream } from "node:fs";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { parseExact } from "./exact.js";

/** @typedef {{ name: string, about: string, steps: import("./ask.js").Step[] }} Vector */

const TRACE_VERSION = 1;

/**
 * Those of a folder, by name.
 * @param {string} folder
 * @returns {Promise<Vector[]>}
 */
export async function readVectors(folder) {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".json")).toSorted();
  if (names.length === 0) throw new Error(`${folder} holds no vectors`);
  return Promise.all(names.map(async (name) => parsed(await readFile(join(folder, name), "utf8"), name)));
}

/**
 * The steps of a trace: JSON lines, the first of which is its header. Read as they are needed: a trace may be long.
 * @param {string} file
 * @returns {AsyncGenerator<import("./ask.js").Step>}
 */
export async function* readTrace(file) {
  let number = 0;
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    number += 1;
    const value = line.trim() === "" ? undefined : parsed(line, `${file}:${number}`);
    if (number === 1) {
      if (value?.["umbel-trace"] !== TRACE_VERSION) throw new Error(`${file} is no trace of version ${TRACE_VERSION}`);
    } else if (value !== undefined) {
      yield value;
    }
  }
  if (number === 0) throw new Error(`${file} is empty`);
}

/**
 * @param {string} json
 * @param {string} where
 */
function parsed(json, where) {
  try {
    return parseExact(json);
  } catch (error) {
    throw new Error(`${where}: ${error instanceof Error ? error.message : error}`);
  }
}
