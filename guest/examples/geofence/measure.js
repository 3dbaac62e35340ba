// What the built component costs in Node: joins, routes, and selects of ten thousand subscribers.

import { readFile } from "node:fs/promises";

import { instantiate } from "umbel-embed-node/policy";
import { translate } from "umbel-embed-node/program";

const SUBSCRIBERS = 10_000;
const SLICE = 64;
const ROUNDS = 300;

/** The middle of some rounds, in microseconds. @param {() => void} work @param {number} rounds */
function median(work, rounds = ROUNDS) {
  const times = Array.from({ length: rounds }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
  return Math.round((times.sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0) * 1_000);
}

/** @param {number} client @param {boolean} isShared */
function subscriber(client, isShared) {
  const circle = { lat: (client % 100) * 0.1, lon: Math.floor(client / 100) * 0.1, km: 10 };
  const fence = isShared ? { box: { south: 0, west: 0, north: 10, east: 10 } } : { circle };
  const selectors = [{ matcher: "uri-template", pattern: "https://fleet.example/{vehicle}" }];
  return { client, selectors, grants: [], claims: JSON.stringify({ fence }), attributes: [], joinedMs: 0n };
}

/** @param {number} lat @param {number} lon */
function event(lat, lon) {
  const data = new TextEncoder().encode(JSON.stringify({ lat, lon }));
  return { offset: 1n, id: "", topics: ["https://fleet.example/7"], private: false, acceptedMs: 0n, size: data.length, data, attributes: [] };
}

const component = await readFile(new URL("target/geofence.wasm", import.meta.url));
const start = performance.now();
const program = await translate(component);
console.log(`${component.length} bytes; translated and compiled in ${Math.round(performance.now() - start)} ms`);

for (const isShared of [false, true]) {
  const policy = await instantiate(program);
  policy.configure({ config: "", seed: 7n, facts: [] });
  const all = Array.from({ length: SUBSCRIBERS }, (_, client) => subscriber(client, isShared));
  const begun = performance.now();
  for (let from = 0; from < SUBSCRIBERS; from += SLICE) policy.join(all.slice(from, from + SLICE));
  const each = ((performance.now() - begun) * 1_000) / SUBSCRIBERS;
  console.log(`\n${SUBSCRIBERS} subscribers, ${isShared ? "all with the same fence" : "each with a fence of its own"}`);
  console.log(`  join: ${each.toFixed(1)} µs each, in slices of ${SLICE}`);
  for (const [lat, lon] of /** @type {[number, number][]} */ ([[-50, 5], [5, 5], [5.05, 5.05]])) {
    const events = [event(lat, lon)];
    console.log(`  route to ${policy.route(events)[0]?.length}: ${median(() => policy.route(events))} µs`);
  }
  const page = Array(256).fill(event(5, 5));
  console.log(`  select of 256 events: ${median(() => policy.select(Uint32Array.of(5_050), page), 50)} µs`);
}
