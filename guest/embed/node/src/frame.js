// The event-stream format (WHATWG HTML, section 9.2).

/** Ends a line, in all three ways of the format. */
const LINE_END = /\r\n|\r|\n/;

export const HEARTBEAT = Buffer.from(":\n\n");

/**
 * @param {{ id?: string, kind?: string, data: string }} event
 * @returns {Buffer}
 */
export function frame({ id, kind, data }) {
  const lines = data.split(LINE_END).map((line) => `data: ${line}\n`);
  if (id !== undefined) lines.unshift(`id: ${id}\n`);
  if (kind !== undefined) lines.unshift(`event: ${kind}\n`);
  return Buffer.from(`${lines.join("")}\n`);
}

/** What tells a client that something was left out. @param {number} count */
export function gap(count) {
  return frame({ kind: "umbel.gap", data: JSON.stringify({ cause: "dropped", count }) });
}
