#!/usr/bin/env node
// Serves, until it is interrupted.

import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { loadProgram } from "./src/program.js";
import { serve } from "./src/server.js";

const { values } = parseArgs({
  options: {
    host: { type: "string", default: "127.0.0.1" },
    port: { type: "string", default: "3000" },
    policy: { type: "string", default: fileURLToPath(new URL("../../dist/dispatcher.wasm", import.meta.url)) },
    config: { type: "string", default: "" },
    deadline: { type: "string", default: "100" },
  },
});
const { host, port, policy, config, deadline } = /** @type {Record<string, string>} */ (values);

const { url, close } = await serve({
  program: await loadProgram(/** @type {string} */ (policy)),
  config,
  host,
  port: Number(port),
  deadlineMs: Number(deadline),
});
console.log(`listening on ${url}`);
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, close);
