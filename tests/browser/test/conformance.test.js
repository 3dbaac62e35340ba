import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { open } from "./browser.js";

const DIGEST = new URL("../../conformance/traces/default-200.digest", import.meta.url);
const RUNNER = fileURLToPath(new URL("../../conformance/runners/node/main.js", import.meta.url));

test("a browser answers every vector and a trace as they say, and so prints the digest that Node prints", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [RUNNER]);
  const lines = stdout.trim().split("\n");
  const { page, errors } = await open("tests/browser/conformance.html");
  await page.waitForFunction(() => document.getElementById("digest")?.textContent !== "");
  const outcomes = ((await page.textContent("#outcomes")) ?? "").trim().split("\n");
  assert.deepEqual(errors, []);
  assert.ok(outcomes.length >= 18 && outcomes.every((line) => line.includes(": same, ")), outcomes.join("\n"));
  assert.equal(await page.textContent("#trace"), (await readFile(DIGEST, "utf8")).trim());
  console.log(await page.textContent("#digest"));
  assert.deepEqual([...outcomes.map((line) => line.replace(".json:", ":")), await page.textContent("#digest")], lines);
});
