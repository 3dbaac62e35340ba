// What a step writes, as the component takes it.

import { wide } from "./exact.js";

/**
 * A step of a vector or a trace: `call`, the arguments of that call, and what is expected.
 * @typedef {{ call: string, answer?: unknown, [argument: string]: any }} Step
 */

const text = new TextEncoder();

/** @param {Step} step */
export function settings({ config = "", seed, facts = [] }) {
  return { config, seed: wide(seed), facts };
}

/** @param {any} written */
export function subscriber(written) {
  return {
    client: written.client,
    selectors: written.selectors ?? [],
    grants: written.grants ?? [],
    claims: written.claims ?? "",
    attributes: written.attributes ?? [],
    joinedMs: wide(written["joined-ms"]),
  };
}

/** @param {any} written */
export function event(written) {
  return {
    offset: wide(written.offset),
    id: written.id ?? "",
    topics: written.topics,
    kind: written.kind ?? undefined,
    private: written.private ?? false,
    acceptedMs: wide(written["accepted-ms"]),
    size: written.size ?? 0,
    data: payload(written),
    attributes: written.attributes ?? [],
  };
}

/** @param {any} written */
export function fullMailbox(written) {
  return {
    client: written.client,
    offset: wide(written.offset),
    events: written.events ?? 0,
    bytes: written.bytes ?? 0,
    oldestMs: written["oldest-ms"] ?? 0,
  };
}

/** @param {{ data?: string | null, "data-base64"?: string | null }} written */
function payload({ data, "data-base64": base64 }) {
  if (typeof base64 === "string") return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return typeof data === "string" ? text.encode(data) : undefined;
}
