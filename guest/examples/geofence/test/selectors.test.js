import assert from "node:assert/strict";
import { test } from "node:test";

import { loadPolicy } from "umbel-embed-node/program";

import { compile, Selectors } from "../src/selectors.js";
import { random } from "./random.js";

/** @param {string} pattern */
const template = (pattern) => compile({ matcher: "uri-template", pattern });

test("a template covers what it expands to, and its own text", () => {
  const covers = template("https://fleet.example/{region}/{vehicle}");
  for (const topic of ["https://fleet.example/north/7", "https://fleet.example//", "https://fleet.example/a%20b/7,8", "https://fleet.example/{region}/{vehicle}"]) {
    assert.ok(covers(topic), topic);
  }
  for (const topic of ["https://fleet.example/north", "https://fleet.example/north/7/8", "https://fleet.example/a b/7", "https://fleet.example/%2/7", "http://fleet.example/a/7"]) {
    assert.ok(!covers(topic), topic);
  }
});

test("a value may hold what follows it", () => {
  assert.ok(template("{a}-{b}-c")("x-y-z-c"));
  assert.ok(template("{a}41{b}")("%4141%41"));
  assert.ok(!template("{a}41{b}")("%41"));
  assert.ok(!template("{a}.{b}/x")("a.b/c.d/x"));
});

test("what is not understood is refused", () => {
  for (const pattern of ["{?q}", "{a,b}", "{a*}", "{a:3}", "{+path}", "{", "a}", "{}", "ä{b}", "a b{c}"]) assert.throws(() => template(pattern), /understood/, pattern);
  for (const matcher of ["url-pattern", "geo", ""]) assert.throws(() => compile({ matcher, pattern: "a" }), /no matching by/);
});

test("a long topic and a pattern full of expressions take no time worth naming", () => {
  const covers = template(`${"{a}-".repeat(500)}!`);
  assert.ok(!covers("-".repeat(4_096)));
});

test("any selector will do, and is asked once about an event", () => {
  const selectors = new Selectors([{ matcher: "exact", pattern: "a" }, { matcher: "uri-template", pattern: "b/{c}" }]);
  for (const [topics, covered] of /** @type {[string[], boolean][]} */ ([[["a"], true], [["x", "b/1"], true], [["b"], false], [["*"], false]])) {
    const event = { topics };
    assert.deepEqual([selectors.cover(event), selectors.cover(event)], [covered, covered]);
  }
});

test("selectors that are accepted cover what they cover for the default policy", async () => {
  const draw = random("templates");
  const piece = () => draw.of(["a", "-", "/", "%41", "%4", "4", ",", "~", "?", "{a}", "{b}", "{long.name}", "a-"]);
  const text = (/** @type {number} */ length) => Array.from({ length: draw.below(length) }, piece).join("");
  const patterns = new Set(["*"]);
  while (patterns.size < 400) {
    const pattern = text(8);
    const isAccepted = (() => {
      try {
        return pattern !== "" && Boolean(template(pattern));
      } catch {
        return false;
      }
    })();
    if (isAccepted) patterns.add(pattern);
  }
  const topics = Array.from({ length: 400 }, () => text(10).replaceAll(/\{[^}]*\}/g, () => draw.of(["", "x", "a-a", "%41"])) || "a");
  topics.push(...[...patterns].slice(0, 50));

  const policy = await loadPolicy(new URL("../../../dist/dispatcher.wasm", import.meta.url));
  policy.configure({ config: "", seed: 7n, facts: [] });
  const none = { grants: [], claims: "", attributes: [], joinedMs: 0n };
  policy.join([...patterns].map((pattern, client) => ({ client, selectors: [{ matcher: "uri-template", pattern }], ...none })));
  let covered = 0;
  for (const topic of topics) {
    const [audience] = policy.route([{ offset: 1n, id: "", topics: [topic], private: false, acceptedMs: 0n, size: 0, attributes: [] }]);
    const expected = new Set(audience);
    [...patterns].forEach((pattern, client) => assert.equal(template(pattern)(topic), expected.has(client), `${pattern} ${topic}`));
    covered += expected.size;
  }
  assert.ok(covered > topics.length * 2, "nothing is covered");
});
