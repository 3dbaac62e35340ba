// What went wrong with a component.

/**
 * The instance is of no more use. `kind` is one of `start`, `refused` (its settings), `deadline`, `trap`, `shape` (an answer that does
 * not fit the question) and `resting` (it failed so often that it is left alone for a while).
 */
export class Fault extends Error {
  /**
   * @param {"start" | "refused" | "deadline" | "trap" | "shape" | "resting"} kind
   * @param {string} message
   */
  constructor(kind, message) {
    super(message);
    this.kind = kind;
  }
}
