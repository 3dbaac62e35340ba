// What a policy answered, as a decision that every host writes alike.

/**
 * @typedef {{ "events-max": number, "bytes-max": number, "when-full": string } | { reason: string, "retry-ms": number | null }} Entry
 * @typedef {{ configured: boolean } | { admissions: Entry[] } | "left" | { audiences: number[][] } | { selections: number[][] }
 *   | { verdicts: string[] } | { failed: { export: string, class: string } }} Answer
 */

/** @param {ReturnType<import("umbel-embed-node/policy").Policy["join"]>} admissions */
export function admitted(admissions) {
  return { admissions: admissions.map(({ tag, val }) => (tag === "ok" ? mailbox(val) : refusal(val))) };
}

/**
 * Without what the contract gives no meaning to: the order of an audience and clients listed twice.
 * @param {Uint32Array[]} audiences
 */
export function audiences(audiences) {
  return { audiences: audiences.map((audience) => [...new Set(audience.toSorted())]) };
}

/** @param {Uint32Array[]} selections */
export function selections(selections) {
  return { selections: selections.map((indexes) => [...indexes]) };
}

/**
 * A call that failed, by what its error tells.
 * @param {string} call
 * @param {unknown} error
 */
export function failed(call, error) {
  return { failed: { export: call, class: faultClass(error) } };
}

/**
 * Whether `answer` is the one that `expected`, which may have been written by hand, asks for.
 * @param {Answer | undefined} answer
 * @param {any} expected
 */
export function agrees(answer, expected) {
  return JSON.stringify(answer) === JSON.stringify(ordered(expected));
}

/** @param {any} expected */
function ordered(expected) {
  if (!Array.isArray(expected?.admissions)) return expected;
  const entry = (/** @type {any} */ { reason, ...bounds }) =>
    reason === undefined
      ? { "events-max": bounds["events-max"], "bytes-max": bounds["bytes-max"], "when-full": bounds["when-full"] }
      : { reason, "retry-ms": bounds["retry-ms"] ?? null };
  return { admissions: expected.admissions.map(entry) };
}

/** @param {any} bounds */
function mailbox({ eventsMax, bytesMax, whenFull }) {
  return { "events-max": eventsMax, "bytes-max": bytesMax, "when-full": whenFull.val ?? whenFull.tag };
}

/** @param {any} refusal */
function refusal({ reason, retryMs }) {
  return { reason, "retry-ms": retryMs ?? null };
}

/** @param {unknown} error */
function faultClass(error) {
  if (error instanceof RangeError && /call stack/.test(error.message)) return "stack";
  return error instanceof WebAssembly.RuntimeError ? "trap" : "abi";
}
