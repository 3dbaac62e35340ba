// A component of the world `dispatcher`, as JavaScript calls it.

/**
 * The calls of the contract. What they take and answer has the names of `wit/` in camel case; unsigned 64-bit numbers are
 * BigInt. `configure` throws where the settings are refused; any call throws where the instance has failed, which is then of
 * no more use.
 * @typedef {typeof import("../../../../target/javascript/types/interfaces/umbel-hub-fan-out.js")
 *   & typeof import("../../../../target/javascript/types/interfaces/umbel-hub-queue-policy.js")} Policy
 */

/**
 * What instances are made of. Plain data that can be sent to a worker thread, so that a new one need not translate again.
 * @typedef {{ glue: string, modules: Map<string, WebAssembly.Module> }} Program
 */

/**
 * A new instance, which has not been configured yet.
 * @param {Program} program
 * @returns {Promise<Policy>}
 */
export async function instantiate({ glue, modules }) {
  const { instantiate } = await import(`data:text/javascript,${encodeURIComponent(glue)}`);
  // No imports: that is what the contract gives a component.
  const { fanOut, queuePolicy } = await instantiate((/** @type {string} */ name) => modules.get(name), {});
  return { ...fanOut, ...queuePolicy };
}
