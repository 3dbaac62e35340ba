// Chromium, and the files that it loads.

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { after, before } from "node:test";

import { chromium } from "playwright-core";
import { serve } from "umbel-embed-browser/serve";

const PATIENCE_MS = 30_000;
/** Debian's package `chromium`, unless another one is named. */
const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const folder = (/** @type {string} */ path) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

/** @type {import("playwright-core").Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof serve>>} */
let server;

before(async () => {
  if (!existsSync(CHROMIUM)) throw new Error(`there is no ${CHROMIUM}: apt-get install chromium, or name another one by CHROMIUM`);
  // As they lie in the project, so that modules find each other by the same paths here as in Node.
  const folders = ["guest/embed/browser/", "tests/browser/", "tests/conformance/"];
  server = await serve(Object.fromEntries(folders.map((path) => [`/${path}`, folder(path)])));
  browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
});
after(async () => {
  await browser?.close();
  server?.close();
});

/**
 * A page, and what went wrong in it.
 * @param {string} path below the root of the project
 */
export async function open(path) {
  const page = await browser.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  /** @type {string[]} */
  const errors = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  await page.goto(`${server.url}/${path}`);
  return { page, errors };
}
