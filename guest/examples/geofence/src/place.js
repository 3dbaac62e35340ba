// Where an event happened.

const RADIANS = Math.PI / 180;

const text = new TextDecoder();

/** A point on the globe: degrees, and the same as a unit vector. */
export class Place {
  /**
   * @param {number} lat -90 to 90
   * @param {number} lon -180 to 180
   */
  constructor(lat, lon) {
    this.lat = lat;
    // One name for the meridian that has two.
    this.lon = lon === 180 ? -180 : lon;
    this.x = Math.cos(lat * RADIANS) * Math.cos(lon * RADIANS);
    this.y = Math.cos(lat * RADIANS) * Math.sin(lon * RADIANS);
    this.z = Math.sin(lat * RADIANS);
  }

  /**
   * `undefined` where these are no degrees.
   * @param {unknown} lat
   * @param {unknown} lon
   */
  static of(lat, lon) {
    const [isLat, isLon] = [isWithin(lat, 90), isWithin(lon, 180)];
    return isLat && isLon ? new Place(/** @type {number} */ (lat), /** @type {number} */ (lon)) : undefined;
  }

  /**
   * The one that a payload tells; `undefined` where it tells none.
   * @param {Uint8Array | undefined} payload
   * @param {import("./settings.js").Settings} fields
   */
  static ofPayload(payload, { lat, lon }) {
    if (payload === undefined) return undefined;
    try {
      const told = JSON.parse(text.decode(payload));
      return Place.of(told?.[lat], told?.[lon]);
    } catch {
      return undefined;
    }
  }
}

/** @param {unknown} degrees @param {number} most */
function isWithin(degrees, most) {
  return typeof degrees === "number" && Math.abs(degrees) <= most;
}
