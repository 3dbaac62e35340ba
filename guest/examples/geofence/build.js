// Builds the component: target/geofence.wasm.

import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { componentize } from "@bytecodealliance/componentize-js";

const here = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));

const { component } = await componentize({
  sourcePath: here("src/policy.js"),
  witPath: here("../../../wit"),
  worldName: "dispatcher",
  // All that would import a function: a policy has no access to anything but its calls.
  disableFeatures: ["stdio", "random", "clocks", "http", "fetch-event"],
});
await mkdir(here("target"), { recursive: true });
await writeFile(here("target/geofence.wasm"), component);
console.log(`target/geofence.wasm: ${component.length} bytes`);
