/** What a subscriber, or the operator, is told. */
export class Refusal extends Error {
  /** @param {string} message */
  constructor(message) {
    super(message);
    // Thrown out of `configure`, this is the error of its result.
    this.payload = message;
  }
}
