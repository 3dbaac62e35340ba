import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { open } from "./browser.js";

const TRACES = new URL("../../conformance/traces/", import.meta.url);
const RUNNER = fileURLToPath(new URL("../../conformance/runners/node/main.js", import.meta.url));

test("a browser answers every vector and every trace as they say, and so prints the digest that Node prints", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [RUNNER]);
  const lines = stdout.trim().split("\n");
  const { page, errors } = await open("tests/browser/conformance.html");
  await page.waitForFunction(() => document.getElementById("digest")?.textContent !== "");
  const outcomes = ((await page.textContent("#outcomes")) ?? "").trim().split("\n");
  assert.deepEqual(errors, []);
  assert.ok(outcomes.length >= 18 && outcomes.every((line) => line.includes(": same, ")), outcomes.join("\n"));
  const traces = (await readdir(TRACES)).filter((name) => name.endsWith(".umbel")).sort();
  const digest = async (/** @type {string} */ name) => (await readFile(new URL(`${name}.digest`, TRACES), "utf8")).trim();
  const expected = await Promise.all(traces.map((name) => name.replace(/\.umbel$/, "")).map(async (name) => `${name}: ${await digest(name)}`));
  assert.deepEqual(((await page.textContent("#traces")) ?? "").trim().split("\n"), expected);
  console.log(await page.textContent("#digest"));
  assert.deepEqual([...outcomes.map((line) => line.replace(".json:", ":")), await page.textContent("#digest")], lines);
});
