import assert from "node:assert/strict";
import { test } from "node:test";

import { parseExact, wide } from "../src/exact.js";

test("a 64-bit number keeps all its digits", () => {
  const { seed } = parseExact('{"call": "configure", "seed": 18446744073709551615}');
  assert.equal(wide(seed), 18446744073709551615n);
  const { events } = parseExact('{"events":[{"topics":["a"],"offset":9007199254740993,"accepted-ms":1517363399650}]}');
  assert.equal(wide(events[0].offset), 9007199254740993n);
  assert.equal(wide(events[0]["accepted-ms"]), 1517363399650n);
});

test("text that looks like such a number is left alone", () => {
  const written = { claims: '{"seed":12345678901234567890}', topics: [',"offset":12345678901234567890,'] };
  assert.deepEqual(parseExact(JSON.stringify(written)), written);
});

test("what is left out is 0", () => {
  assert.equal(wide(undefined), 0n);
});

test("what has lost digits, is negative or too large is refused", () => {
  for (const value of [2 ** 53, -1, 1.5, "18446744073709551616", "x"]) {
    assert.throws(() => wide(value), `${value}`);
  }
});
