// The vectors and the traces, in a browser: the runner of Node over the page's way to an instance.

import { check } from "../conformance/runners/node/src/check.js";
import { Digest } from "../conformance/runners/node/src/digest.js";
import { parseExact } from "../conformance/runners/node/src/exact.js";
import { newPolicy } from "../../guest/embed/browser/policy.js";

const VECTORS = "../conformance/vectors/";

const TRACES = ["default-200", "quakes"];

const [outcomes, traced, told] = ["outcomes", "traces", "digest"].map((id) => /** @type {HTMLElement} */ (document.getElementById(id)));
const digest = new Digest();
for (const name of await (await fetch(VECTORS)).json()) {
  const { steps } = parseExact(await (await fetch(`${VECTORS}${name}`)).text());
  const { different, answers } = await check(steps, newPolicy, digest);
  outcomes?.append(`${name}: ${different === 0 ? "same" : `${different} different`}, ${answers} answers\n`);
}
for (const name of TRACES) {
  const text = await (await fetch(`../conformance/traces/${name}.umbel`)).text();
  const [, ...lines] = text.trim().split("\n");
  const ofTrace = new Digest();
  const { different } = await check(lines.map(parseExact), newPolicy, ofTrace);
  traced?.append(`${name}: ${different === 0 ? ofTrace : `${different} different`}\n`);
}
told?.append(`digest ${digest}`);
