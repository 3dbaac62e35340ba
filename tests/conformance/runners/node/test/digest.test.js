import assert from "node:assert/strict";
import { test } from "node:test";

import { Digest } from "../src/digest.js";

/** As the definition has it, in BigInt. */
function plain(/** @type {string[]} */ lines) {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(lines.map((line) => `${line}\n`).join(""))) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return hash.toString(16).padStart(16, "0");
}

function ours(/** @type {string[]} */ lines) {
  const digest = new Digest();
  for (const line of lines) digest.add(line);
  return `${digest}`;
}

test("the digest of nothing is the offset basis", () => {
  assert.equal(ours([]), "cbf29ce484222325");
});

test("the digest in two halves is the one of the definition", () => {
  const lines = ["", '"left"', '{"audiences":[[0,1],[4294967295]]}', '{"admissions":[{"reason":"zu groß 🜁","retry-ms":null}]}'];
  for (let length = 1; length <= 300; length += 1) lines.push("x".repeat(length));
  for (let upTo = 0; upTo <= lines.length; upTo += 1) {
    assert.equal(ours(lines.slice(0, upTo)), plain(lines.slice(0, upTo)));
  }
});
