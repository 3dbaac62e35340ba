// What part of the globe a subscriber may hear of: a box or a circle in the claims of its token.

import { Place } from "./place.js";
import { Refusal } from "./refusal.js";

/**
 * A box in degrees: from `west` eastwards, over the meridian of 180 degrees where it must.
 * @typedef {{ south: number, north: number, west: number, width: number }} Bounds
 *
 * @typedef {object} Fence
 * @property {string} key equal for equal fences
 * @property {Bounds} bounds nothing of the fence lies outside
 * @property {(place: Place) => boolean} contains
 */

const EARTH_KM = 6_371.0088;
const RADIANS = Math.PI / 180;
const HALF_TURN_KM = EARTH_KM * Math.PI;

/**
 * The one that the claims of a token grant, as `fence` or, as `umbel token --payload` writes it, as `mercure.payload.fence`:
 * `{"box": {"south": 47, "west": 5, "north": 55, "east": 15}}` or `{"circle": {"lat": 52.5, "lon": 13.4, "km": 25}}`.
 * @param {string} claims as JSON text; empty for an anonymous subscriber
 * @returns {Fence}
 */
export function fenceOf(claims) {
  if (claims === "") throw new Refusal("a token with a fence is needed");
  const told = JSON.parse(claims);
  const { box, circle } = told?.fence ?? told?.mercure?.payload?.fence ?? {};
  const fence = box ? boxOf(box) : circle ? circleOf(circle) : undefined;
  if (fence === undefined) throw new Refusal("the token has no fence, or one that is neither a box nor a circle");
  return fence;
}

/**
 * @param {any} told
 * @returns {Fence | undefined}
 */
function boxOf({ south, west, north, east }) {
  const corners = [Place.of(south, west), Place.of(north, east)];
  if (corners.includes(undefined) || south > north) return undefined;
  const width = eastwards(west, east);
  return {
    key: `box ${south} ${west} ${north} ${east}`,
    bounds: { south, north, west, width },
    contains: ({ lat, lon }) => south <= lat && lat <= north && eastwards(west, lon) <= width,
  };
}

/**
 * @param {any} told
 * @returns {Fence | undefined}
 */
function circleOf({ lat, lon, km }) {
  const centre = Place.of(lat, lon);
  if (centre === undefined || typeof km !== "number" || !(km >= 0 && km <= HALF_TURN_KM)) return undefined;
  const angle = km / EARTH_KM;
  // The square of the chord: exact also for small circles, unlike the cosine of the angle.
  const chord = (2 * Math.sin(angle / 2)) ** 2;
  return {
    key: `circle ${lat} ${lon} ${km}`,
    bounds: around(lat, lon, angle),
    contains: ({ x, y, z }) => (x - centre.x) ** 2 + (y - centre.y) ** 2 + (z - centre.z) ** 2 <= chord,
  };
}

/** @param {number} lat @param {number} lon @param {number} angle @returns {Bounds} */
function around(lat, lon, angle) {
  const [south, north] = [lat - angle / RADIANS, lat + angle / RADIANS];
  const holdsPole = south <= -90 || north >= 90;
  const half = holdsPole ? 180 : Math.asin(Math.sin(angle) / Math.cos(lat * RADIANS)) / RADIANS;
  return { south: Math.max(south, -90), north: Math.min(north, 90), west: lon - half, width: 2 * half };
}

/** Degrees from one meridian eastwards to another. @param {number} from @param {number} to */
function eastwards(from, to) {
  return to >= from ? to - from : to - from + 360;
}
