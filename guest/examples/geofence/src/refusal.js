/** What a subscriber, or the operator, is told. */
export class Refusal extends Error {
  /** Where the contract has a result: what it carries. */
  get payload() {
    return this.message;
  }
}
