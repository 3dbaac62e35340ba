// One thing after another.

/** More would only wait to be late. */
const WAITING_MAX = 1_024;

export class Turns {
  /** @type {Promise<unknown>} */
  #last = Promise.resolve();
  #waiting = 0;

  get isCrowded() {
    return this.#waiting >= WAITING_MAX;
  }

  /**
   * @template T
   * @param {() => Promise<T>} work
   * @returns {Promise<T>}
   */
  take(work) {
    this.#waiting += 1;
    const turn = this.#last.then(work).finally(() => {
      this.#waiting -= 1;
    });
    this.#last = turn.catch(() => {});
    return turn;
  }
}
