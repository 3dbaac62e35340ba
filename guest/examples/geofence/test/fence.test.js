import assert from "node:assert/strict";
import { test } from "node:test";

import { fenceOf } from "../src/fence.js";
import { Grid } from "../src/grid.js";
import { Place } from "../src/place.js";
import { random } from "./random.js";

/** @param {object} fence */
const fence = (fence) => fenceOf(JSON.stringify({ fence }));
/** @param {number} lat @param {number} lon */
const place = (lat, lon) => /** @type {Place} */ (Place.of(lat, lon));

test("a box holds what lies within it, its edges included", () => {
  const germany = fence({ box: { south: 47, west: 5, north: 55, east: 15 } });
  for (const [lat, lon] of /** @type {[number, number][]} */ ([[50, 10], [47, 5], [55, 15]])) assert.ok(germany.contains(place(lat, lon)));
  for (const [lat, lon] of /** @type {[number, number][]} */ ([[46.9, 10], [50, 15.1], [-50, 10], [50, -170]])) assert.ok(!germany.contains(place(lat, lon)));
});

test("a box may lie across the meridian of 180 degrees", () => {
  const fiji = fence({ box: { south: -21, west: 176, north: -12, east: -178 } });
  for (const lon of [176, 179, 180, -180, -179, -178]) assert.ok(fiji.contains(place(-17, lon)), `${lon}`);
  for (const lon of [175, -177, 0]) assert.ok(!fiji.contains(place(-17, lon)), `${lon}`);
});

test("a circle is measured along the ground", () => {
  const berlin = { lat: 52.52, lon: 13.405 };
  // Potsdam is 27 km away, Hamburg 255 km.
  for (const [km, potsdam, hamburg] of /** @type {[number, boolean, boolean][]} */ ([[20, false, false], [30, true, false], [260, true, true]])) {
    const circle = fence({ circle: { ...berlin, km } });
    assert.equal(circle.contains(place(52.391, 13.064)), potsdam, `${km}`);
    assert.equal(circle.contains(place(53.551, 9.994)), hamburg, `${km}`);
  }
  assert.ok(fence({ circle: { lat: 89.9, lon: 0, km: 50 } }).contains(place(89.9, 180)), "beyond the pole");
  assert.ok(fence({ circle: { lat: 0, lon: 179.9, km: 50 } }).contains(place(0, -179.9)), "beyond the meridian");
  assert.ok(fence({ circle: { ...berlin, km: 0 } }).contains(place(berlin.lat, berlin.lon)), "its centre");
});

test("a fence stands in the claims, or in the payload that they carry", () => {
  const box = { south: 0, west: 0, north: 1, east: 1 };
  const keys = [{ fence: { box } }, { mercure: { subscribe: ["*"], payload: { fence: { box } } } }].map((claims) => fenceOf(JSON.stringify(claims)).key);
  assert.equal(keys[0], keys[1]);
});

test("who has no fence, or none that can be one, is refused", () => {
  const box = { south: 0, west: 0, north: 1, east: 1 };
  const circle = { lat: 0, lon: 0, km: 1 };
  assert.throws(() => fenceOf(""), /a token with a fence is needed/);
  for (const claims of [null, 7, "x", [], {}, { fence: null }, { fence: {} }, { fence: "everywhere" }, { fence: { box: 7 } }]) {
    assert.throws(() => fenceOf(JSON.stringify(claims)), { name: "Error", message: /no fence/ }, JSON.stringify(claims));
  }
  for (const wrong of [{ south: 2 }, { north: 91 }, { west: -181 }, { east: "1" }, { east: null }]) assert.throws(() => fence({ box: { ...box, ...wrong } }), /no fence/);
  for (const wrong of [{ km: -1 }, { km: 20_016 }, { km: "1" }, { lat: 91 }, { lon: undefined }]) assert.throws(() => fence({ circle: { ...circle, ...wrong } }), /no fence/);
});

test("the grid finds every fence that holds a place, whatever its size", () => {
  const draw = random("grid");
  const fences = Array.from({ length: 2_000 }, () => {
    const [lat, lon] = [draw.within(-90, 90), draw.within(-180, 180)];
    const size = 10 ** draw.within(-4, 2.5);
    if (draw.below(2) === 0) return fence({ circle: { lat, lon, km: Math.min(size * 100, 20_000) } });
    const east = ((lon + size + 180) % 360) - 180;
    return fence({ box: { south: lat, west: lon, north: Math.min(lat + size, 90), east } });
  });
  /** @type {Grid<(typeof fences)[number]>} */
  const grid = new Grid();
  fences.forEach((fence) => grid.add(fence.bounds, fence));
  const check = (/** @type {typeof fences} */ expected, /** @type {Place} */ at) => {
    const found = new Set();
    grid.near(at, (fence) => {
      assert.ok(!found.has(fence), "found twice");
      found.add(fence);
    });
    for (const fence of expected) if (fence.contains(at)) assert.ok(found.has(fence), `${fence.key} holds ${at.lat} ${at.lon}`);
    return found.size;
  };
  const corners = fences.slice(0, 500).map(({ bounds: { south, west, width } }) => place(south, ((west + width + 540) % 360) - 180));
  const places = Array.from({ length: 2_000 }, () => place(draw.within(-90, 90), draw.within(-180, 180)));
  const poles = [place(90, 0), place(-90, 180), place(90, -180), place(0, 180), place(0, -180)];
  let found = 0;
  for (const at of [...corners, ...places, ...poles]) found += check(fences, at);
  assert.ok(found / (corners.length + places.length) < fences.length / 2, "it does not narrow anything down");

  const [gone, left] = [fences.slice(0, 1_000), fences.slice(1_000)];
  gone.forEach((fence) => grid.delete(fence.bounds, fence));
  for (const at of places.slice(0, 200)) check(left, at);
  left.forEach((fence) => grid.delete(fence.bounds, fence));
  for (const at of places.slice(0, 200)) assert.equal(check([], at), 0);
});
