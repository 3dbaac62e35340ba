// Handles, as the contract wants them: a list of numbers leaves the component as one copy of memory, an array or a set of them one by one.

const ROOM_FIRST = 4;

export class Members {
  #handles = new Uint32Array(ROOM_FIRST);
  length = 0;

  /** Where it was put. @param {number} handle */
  add(handle) {
    if (this.length === this.#handles.length) {
      const larger = new Uint32Array(this.length * 2);
      larger.set(this.#handles);
      this.#handles = larger;
    }
    this.#handles[this.length] = handle;
    return this.length++;
  }

  /** The handle that took the place, if any did. @param {number} place */
  removeAt(place) {
    this.length -= 1;
    if (place === this.length) return undefined;
    const moved = /** @type {number} */ (this.#handles[this.length]);
    this.#handles[place] = moved;
    return moved;
  }

  /** All of them, not copied: good until the next change. */
  get all() {
    return this.#handles.subarray(0, this.length);
  }

  /** Where there is one. */
  get first() {
    return /** @type {number} */ (this.#handles[0]);
  }
}
