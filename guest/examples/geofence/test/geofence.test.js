import assert from "node:assert/strict";
import { test } from "node:test";

import { fenceOf } from "../src/fence.js";
import { Geofence } from "../src/geofence.js";
import { Place } from "../src/place.js";
import { compile } from "../src/selectors.js";
import { readSettings } from "../src/settings.js";
import { random } from "./random.js";

const FIELDS = { lat: "lat", lon: "lon" };

/** @param {unknown} payload @param {string[]} topics */
function event(payload, ...topics) {
  return { topics: topics.length === 0 ? ["a"] : topics, data: new TextEncoder().encode(JSON.stringify(payload)) };
}

/** @param {string} pattern */
const asks = (pattern) => [{ matcher: "uri-template", pattern }];
const box = (/** @type {number} */ south, /** @type {number} */ west, /** @type {number} */ north, /** @type {number} */ east) =>
  JSON.stringify({ fence: { box: { south, west, north, east } } });

test("an event reaches those who ask for it and whose fence holds its place", () => {
  const geofence = new Geofence(FIELDS);
  geofence.join(0, asks("a"), box(0, 0, 10, 10));
  geofence.join(1, asks("b"), box(0, 0, 10, 10));
  geofence.join(2, asks("a"), box(20, 20, 30, 30));
  geofence.join(3, asks("*"), box(-90, -180, 90, 180));
  for (const [lat, lon, topics, audience] of /** @type {[number, number, string[], number[]][]} */ ([
    [5, 5, ["a"], [0, 3]],
    [5, 5, ["b"], [1, 3]],
    [5, 5, ["c", "a", "b"], [0, 1, 3]],
    [25, 25, ["a"], [2, 3]],
    [50, 50, ["a"], [3]],
  ])) {
    assert.deepEqual([...geofence.route(event({ lat, lon }, ...topics))].sort(), audience);
  }
});

test("an event without a place reaches nobody", () => {
  const geofence = new Geofence(FIELDS);
  geofence.join(0, asks("*"), box(-90, -180, 90, 180));
  for (const payload of [null, 7, "x", [], {}, { lat: 1 }, { lat: "1", lon: 1 }, { lat: 91, lon: 1 }, { lat: 1, lon: 181 }]) {
    assert.equal(geofence.route(event(payload)).length, 0, JSON.stringify(payload));
  }
  assert.equal(geofence.route({ topics: ["a"], data: new Uint8Array([0xff, 0x7b]) }).length, 0);
  assert.equal(geofence.route({ topics: ["a"] }).length, 0);
  assert.equal(geofence.route(event({ lat: 1, lon: 1 })).length, 1);
});

test("the fields of the place have the names that the operator gives them", () => {
  const geofence = new Geofence(readSettings("# where\nlat = y\n\nlon=x # east"));
  geofence.join(0, asks("*"), box(0, 0, 1, 1));
  assert.equal(geofence.route(event({ y: 1, x: 1 })).length, 1);
  assert.equal(geofence.route(event({ lat: 1, lon: 1 })).length, 0);
  assert.throws(() => readSettings("lat = y\nlongitude = x"), /^Error: line 2: there are/);
  assert.throws(() => readSettings("lat"), /^Error: line 1: not/);
});

test("groups, grid and shared selectors decide as the plain rule does, whoever comes and goes", () => {
  const draw = random("crowd");
  const geofence = new Geofence(FIELDS);
  /** @type {Map<number, { pattern: string, claims: string }>} */
  const present = new Map();
  const reaches = (/** @type {{ pattern: string, claims: string }} */ { pattern, claims }, /** @type {{ topics: string[], data: Uint8Array }} */ { topics, data }) => {
    const place = Place.ofPayload(data, FIELDS);
    const covers = compile({ matcher: "uri-template", pattern });
    return place !== undefined && fenceOf(claims).contains(place) && topics.some(covers);
  };
  const newcomer = () => {
    const [lat, lon] = [draw.below(18) * 10 - 90, draw.below(36) * 10 - 180];
    const circle = { lat, lon, km: draw.of([10, 500, 3_000]) };
    const claims = draw.below(2) ? JSON.stringify({ fence: { circle } }) : box(lat, lon, Math.min(lat + 20, 90), lon);
    return { pattern: draw.of(["*", "a", "t/{x}", "{x}/{y}"]), claims };
  };
  for (let round = 0; round < 60; round += 1) {
    for (let change = 0; change < 40; change += 1) {
      const client = draw.below(300);
      if (present.delete(client)) geofence.leave(client);
      else {
        const { pattern, claims } = newcomer();
        present.set(client, { pattern, claims });
        geofence.join(client, asks(pattern), claims);
      }
    }
    const events = Array.from({ length: 10 }, () => {
      const place = { lat: draw.below(19) * 10 - 90, lon: draw.below(37) * 10 - 180 };
      return event(draw.below(8) === 0 ? {} : place, draw.of(["a", "b", "t/1", "t/%20"]));
    });
    const clients = Uint32Array.from(present.keys());
    const selected = geofence.select(clients, events);
    clients.forEach((client, at) => {
      const subscriber = /** @type {{ pattern: string, claims: string }} */ (present.get(client));
      assert.deepEqual([.../** @type {Uint32Array} */ (selected[at])], events.flatMap((event, index) => (reaches(subscriber, event) ? [index] : [])));
    });
    for (const event of events) {
      const expected = [...present].filter(([, subscriber]) => reaches(subscriber, event)).map(([client]) => client);
      assert.deepEqual([...geofence.route(event)].sort((a, b) => a - b), expected.sort((a, b) => a - b));
    }
  }
  for (const client of present.keys()) geofence.leave(client);
  assert.equal(geofence.route(event({ lat: 0, lon: 0 })).length, 0);
});

test("who is refused has not joined", () => {
  const geofence = new Geofence(FIELDS);
  assert.throws(() => geofence.join(0, asks("*"), ""), /a token with a fence is needed/);
  assert.throws(() => geofence.join(0, asks("{?q}"), box(0, 0, 1, 1)), /understood/);
  geofence.join(0, asks("*"), box(0, 0, 1, 1));
  assert.deepEqual([...geofence.route(event({ lat: 1, lon: 1 }))], [0]);
  assert.deepEqual(geofence.select(Uint32Array.of(1), [event({ lat: 1, lon: 1 })]), [new Uint32Array(0)]);
});
