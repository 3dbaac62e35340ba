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
  /** @type {Map<Cell, T[]>} */
  #cells = new Map();
  /** How many are in each level: those without any need not be looked at. */
  #inLevel = new Array(LEVEL_MAX + 1).fill(0);

  /** @param {import("./fence.js").Bounds} bounds @param {T} item */
  add(bounds, item) {
    const level = levelOf(bounds);
    this.#inLevel[level] += 1;
    touched(level, bounds, (cell) => {
      const items = this.#cells.get(cell);
      if (items === undefined) this.#cells.set(cell, [item]);
      else items.push(item);
    });
  }

  /** @param {import("./fence.js").Bounds} bounds @param {T} item */
  delete(bounds, item) {
    const level = levelOf(bounds);
    this.#inLevel[level] -= 1;
    touched(level, bounds, (cell) => {
      const items = this.#cells.get(cell);
      const at = items?.indexOf(item) ?? -1;
      if (items === undefined || at < 0) return;
      const last = /** @type {T} */ (items.pop());
      if (at < items.length) items[at] = last;
      if (items.length === 0) this.#cells.delete(cell);
    });
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

/**
 * Calls `each` with every cell that the bounds touch, once.
 * @param {number} level
 * @param {import("./fence.js").Bounds} bounds
 * @param {(cell: Cell) => void} each
 */
function touched(level, { south, north, west, width }, each) {
  const size = 360 / 2 ** level;
  const at = (/** @type {number} */ degrees) => Math.floor(degrees / size);
  const [first, last] = [at(west + 180 - SLACK_DEGREES), at(west + 180 + width + SLACK_DEGREES)];
  // Not further than once round the globe.
  const end = Math.min(last, first + 2 ** level - 1);
  const [bottom, top] = [Math.max(at(south + 90 - SLACK_DEGREES), 0), at(north + 90 + SLACK_DEGREES)];
  for (let row = bottom; row <= top; row += 1) {
    for (let column = first; column <= end; column += 1) each(packed(level, row, column));
  }
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
