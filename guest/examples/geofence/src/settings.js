// What the operator may set: lines of `key = value`, `#` begins a comment.

import { Refusal } from "./refusal.js";

/**
 * Which fields of the payload, a JSON object, hold the place of an event in degrees.
 * @typedef {{ lat: string, lon: string }} Settings
 */

/**
 * @param {string} config
 * @returns {Settings}
 */
export function readSettings(config) {
  const settings = { lat: "lat", lon: "lon" };
  config.split("\n").forEach((line, at) => {
    const text = line.replace(/#.*/, "").trim();
    if (text === "") return;
    const [, key, value] = /^(\S+)\s*=\s*(\S+)$/.exec(text) ?? [];
    if (value === undefined) throw new Refusal(`line ${at + 1}: not \`key = value\``);
    if (key !== "lat" && key !== "lon") throw new Refusal(`line ${at + 1}: there are \`lat\` and \`lon\`, not \`${key}\``);
    settings[key] = value;
  });
  return settings;
}
