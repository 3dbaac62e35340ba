// Which fences may hold a place, without asking each of them: a grid for every size of fence.

/**
 * Cells of level k are 360 / 2^k degrees wide and high. A fence lies in the finest level whose cells are at least as large as it is, so
 * that it touches at most four (at the edges of the map a few more); a place lies in one cell of each level.
 * @typedef {number} Cell level, row and column, packed
 */

const LEVEL_MAX = 12;
const ROW_BITS = LEVEL_MAX;
const COLUMN_BITS = LEVEL_MAX;
/** Bounds are widened by so much, so that no rounding loses a fence. */
const SLACK_DEGREES = 1e-9;

/** @template T */
export class Grid {
  /** @type {Map<Cell, Set<T>>} */
  #cells = new Map();
  /** How many are in each level: those without any need not be looked at. */
  #inLevel = new Array(LEVEL_MAX + 1).fill(0);

  /** @param {import("./fence.js").Bounds} bounds @param {T} item */
  add(bounds, item) {
    const level = levelOf(bounds);
    this.#inLevel[level] += 1;
    for (const cell of cellsOf(level, bounds)) {
      const items = this.#cells.get(cell);
      if (items === undefined) this.#cells.set(cell, new Set([item]));
      else items.add(item);
    }
  }

  /** @param {import("./fence.js").Bounds} bounds @param {T} item */
  delete(bounds, item) {
    const level = levelOf(bounds);
    this.#inLevel[level] -= 1;
    for (const cell of cellsOf(level, bounds)) {
      const items = this.#cells.get(cell);
      items?.delete(item);
      if (items?.size === 0) this.#cells.delete(cell);
    }
  }

  /**
   * Calls `each` with all whose bounds hold the place, and some more; with each once.
   * @param {{ lat: number, lon: number }} place
   * @param {(item: T) => void} each
   */
  near({ lat, lon }, each) {
    for (let level = 0; level <= LEVEL_MAX; level += 1) {
      if (this.#inLevel[level] > 0) this.#cells.get(cellAt(level, lat, lon))?.forEach(each);
    }
  }
}

/** @param {import("./fence.js").Bounds} bounds */
function levelOf({ south, north, width }) {
  const size = Math.max(north - south, width) + 2 * SLACK_DEGREES;
  return Math.max(0, Math.min(LEVEL_MAX, Math.floor(Math.log2(360 / size))));
}

/** @param {number} level @param {import("./fence.js").Bounds} bounds @returns {Set<Cell>} */
function cellsOf(level, { south, north, west, width }) {
  const size = 360 / 2 ** level;
  const cells = new Set();
  const steps = (/** @type {number} */ from, /** @type {number} */ to) => {
    const [first, last] = [Math.floor((from - SLACK_DEGREES) / size), Math.floor((to + SLACK_DEGREES) / size)];
    return Array.from({ length: last - first + 1 }, (_, at) => first + at);
  };
  for (const row of steps(south + 90, north + 90)) {
    for (const column of steps(west + 180, west + 180 + width)) cells.add(packed(level, row, column));
  }
  return cells;
}

/** @param {number} level @param {number} lat @param {number} lon @returns {Cell} */
function cellAt(level, lat, lon) {
  const size = 360 / 2 ** level;
  return packed(level, Math.floor((lat + 90) / size), Math.floor((lon + 180) / size));
}

/** The columns go round the globe. @param {number} level @param {number} row @param {number} column @returns {Cell} */
function packed(level, row, column) {
  const mask = 2 ** level - 1;
  return (((level << ROW_BITS) | (row & mask)) << COLUMN_BITS) | (column & mask);
}
