// Random numbers that a printed seed repeats.

/** @param {string} name of what is drawn for */
export function random(name) {
  const seed = Number(process.env.UMBEL_SEED ?? Math.floor(Math.random() * 2 ** 32));
  console.log(`${name}: UMBEL_SEED=${seed}`);
  let state = seed >>> 0;
  // mulberry32: small, and good enough to draw cases with.
  const unit = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    /** @param {number} from @param {number} to */
    within: (from, to) => from + unit() * (to - from),
    /** A whole number below. @param {number} end */
    below: (end) => Math.floor(unit() * end),
    /** @template T @param {T[]} choices @returns {T} */
    of: (choices) => /** @type {T} */ (choices[Math.floor(unit() * choices.length)]),
  };
}
