// JSON with the 64-bit numbers of the contract, of which JavaScript would keep 53 bits.

const WIDE = /([{,]\s*"(?:seed|offset|accepted-ms|joined-ms)"\s*:\s*)(\d{16,20})(?=\s*[,}])/g;
const WIDE_MAX = 2n ** 64n - 1n;

/**
 * As `JSON.parse`, but those numbers stay whole, as text for `wide`. Nothing within a string looks like such a member: its quotes
 * would be escaped.
 * @param {string} json
 */
export function parseExact(json) {
  return JSON.parse(json.replace(WIDE, '$1"$2"'));
}

/**
 * An unsigned 64-bit number; 0 where it was left out.
 * @param {number | string | undefined} value
 * @returns {bigint}
 */
export function wide(value) {
  if (typeof value === "number" && !Number.isSafeInteger(value)) throw new RangeError(`${value} has lost digits`);
  const exact = BigInt(value ?? 0);
  if (exact < 0n || exact > WIDE_MAX) throw new RangeError(`${exact} is no unsigned 64-bit number`);
  return exact;
}
