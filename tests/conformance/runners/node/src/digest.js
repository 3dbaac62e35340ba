// 64-bit FNV-1a in two halves: BigInt takes ten times as long, and traces are long.

const TWO_32 = 0x1_0000_0000;
// The prime is 2^40 + 0x1b3.
const PRIME_LOW = 0x1b3;
const PRIME_HIGH_SHIFT = 8;

const text = new TextEncoder();

/** The digest of what `add` was given, as `tests/conformance/README.md` has it. */
export class Digest {
  #high = 0xcbf29ce4;
  #low = 0x84222325;

  /** @param {string} line without its line feed */
  add(line) {
    for (const byte of text.encode(`${line}\n`)) {
      const low = (this.#low ^ byte) >>> 0;
      const product = low * PRIME_LOW;
      this.#low = product >>> 0;
      // A sum below 2^53: exact, and cut to 32 bits only here.
      this.#high = (this.#high * PRIME_LOW + Math.floor(product / TWO_32) + ((low << PRIME_HIGH_SHIFT) >>> 0)) >>> 0;
    }
  }

  toString() {
    return [this.#high, this.#low].map((half) => half.toString(16).padStart(8, "0")).join("");
  }
}
