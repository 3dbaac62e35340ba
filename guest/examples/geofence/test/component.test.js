import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { before, test } from "node:test";

import { componentWit } from "@bytecodealliance/jco";
import { instantiate } from "umbel-embed-node/policy";
import { translate } from "umbel-embed-node/program";

/** @typedef {import("umbel-embed-node/policy").Policy} Policy */

/** @type {Uint8Array} */
let component;
/** @type {import("umbel-embed-node/policy").Program} */
let program;
before(async () => {
  component = await readFile(new URL("../target/geofence.wasm", import.meta.url));
  program = await translate(component);
});

async function configured() {
  const policy = await instantiate(program);
  const { wants } = policy.configure({ config: "", seed: 7n, facts: [] });
  assert.deepEqual(wants, ["payload", "claims"]);
  return policy;
}

/** @param {number} client @param {object | undefined} fence */
function subscriber(client, fence) {
  const claims = fence === undefined ? "" : JSON.stringify({ mercure: { subscribe: ["*"], payload: { fence } } });
  return { client, selectors: [{ matcher: "uri-template", pattern: "https://quakes.example/{net}" }], grants: [], claims, attributes: [], joinedMs: 0n };
}

/** @param {string} line */
function event(line) {
  const data = new TextEncoder().encode(line);
  const topics = [`https://quakes.example/${JSON.parse(line).net}`];
  return { offset: 1n, id: "", topics, private: false, acceptedMs: 0n, size: data.length, data, attributes: [] };
}

const quakes = async () => (await readFile(new URL("../../../../tests/data/quakes.jsonl", import.meta.url), "utf8")).trim().split("\n");

test("it imports no function", async () => {
  const imports = (await componentWit(component)).match(/^ *import .*$/gm) ?? [];
  assert.deepEqual(imports.map((line) => line.trim()), ["import umbel:hub/types@0.1.0;"]);
});

test("a week of earthquakes reaches those within whose fence they happened", async () => {
  const policy = await configured();
  const california = { box: { south: 32.5, west: -124.5, north: 42, east: -114 } };
  const [accepted, refused] = policy.join([subscriber(0, california), subscriber(1, undefined)]);
  assert.equal(accepted?.tag, "ok");
  assert.deepEqual(refused, { tag: "err", val: { reason: "a token with a fence is needed", retryMs: undefined } });

  const lines = await quakes();
  const within = lines.map((line) => {
    const { lat, lon } = JSON.parse(line);
    return lat >= 32.5 && lat <= 42 && lon >= -124.5 && lon <= -114;
  });
  assert.ok(within.includes(true) && within.includes(false));
  const events = lines.map(event);
  for (let from = 0; from < events.length; from += 256) {
    const audiences = policy.route(events.slice(from, from + 256));
    assert.deepEqual(audiences.map((audience) => [...audience]), within.slice(from, from + 256).map((is) => (is ? [0] : [])));
  }
  const [selected] = policy.select(Uint32Array.of(0), events);
  assert.deepEqual([.../** @type {Uint32Array} */ (selected)], within.flatMap((is, index) => (is ? [index] : [])));
});

test("it refuses a configuration that it does not understand", async () => {
  const policy = await instantiate(program);
  assert.throws(() => policy.configure({ config: "latitude = y", seed: 7n, facts: [] }), { payload: "line 1: there are `lat` and `lon`, not `latitude`" });
});

test("it holds ten thousand subscribers, each with a fence of its own", async () => {
  const policy = await configured();
  const fences = Array.from({ length: 10_000 }, (_, at) => ({ circle: { lat: (at % 100) * 0.1, lon: Math.floor(at / 100) * 0.1, km: 10 } }));
  for (let from = 0; from < fences.length; from += 1_000) {
    const joined = policy.join(fences.slice(from, from + 1_000).map((fence, at) => subscriber(from + at, fence)));
    assert.ok(joined.every(({ tag }) => tag === "ok"));
  }
  // Centres lie 11 km apart: 10 km around one there is no other, and half-way between four there are these four.
  const at = (/** @type {number} */ lat, /** @type {number} */ lon) => event(JSON.stringify({ net: "ci", lat, lon }));
  const [one, four, none] = policy.route([at(5, 5), at(5.05, 5.05), at(-50, 5)]);
  assert.deepEqual([[...(one ?? [])], [...(four ?? [])].sort((a, b) => a - b), [...(none ?? [])]], [[5_050], [5_050, 5_051, 5_150, 5_151], []]);

  policy.leave(Uint32Array.from({ length: 9_999 }, (_, at) => at));
  const everywhere = { circle: { lat: 0, lon: 0, km: 20_000 } };
  policy.join(Array.from({ length: 9_999 }, (_, at) => subscriber(at, everywhere)));
  const [all] = policy.route([at(5, 5)]);
  assert.equal(all?.length, 9_999);
  assert.equal(new Set(all).size, 9_999);
});
