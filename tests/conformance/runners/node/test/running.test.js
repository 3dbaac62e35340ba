import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../main.js", import.meta.url));

/** @type {string} */
let folder;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "umbel-conformance-"));
});
after(() => rm(folder, { recursive: true }));

/**
 * @param {string[]} args
 * @returns {Promise<{ code: number, stdout: string, stderr: string }>}
 */
function run(...args) {
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...args], (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

/** @param {object[]} lines */
async function trace(...lines) {
  const file = join(folder, "a.trace");
  await writeFile(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  return run("--trace", file, "--json");
}

const HEADER = { "umbel-trace": 1, tenant: "default" };
const CONFIGURE = { call: "configure", config: "", seed: 7, facts: [["tenant", "default"]] };
const JOIN = { call: "join", subscribers: [{ client: 0, selectors: [{ matcher: "exact", pattern: "a" }] }] };

test("each committed trace has the digest that is committed beside it", async () => {
  const traces = fileURLToPath(new URL("../../../traces/", import.meta.url));
  const names = (await readdir(traces)).filter((name) => name.endsWith(".umbel"));
  assert.ok(names.length >= 2);
  for (const name of names) {
    const { code, stdout } = await run("--trace", join(traces, name));
    const digest = (await readFile(join(traces, name.replace(/umbel$/, "digest")), "utf8")).trim();
    assert.deepEqual([code, stdout.trim().split("\n").at(-1)], [0, `digest ${digest}`], name);
  }
});

test("a vector that differs is told, and the exit code says so", async () => {
  const steps = [
    { ...CONFIGURE, answer: { configured: true } },
    { ...JOIN, answer: { admissions: [{ "when-full": "catch-up", "bytes-max": 1048576, "events-max": 1024 }] } },
    { call: "route", events: [{ topics: ["a"] }], answer: { audiences: [[1]] } },
  ];
  await writeFile(join(folder, "wrong.json"), JSON.stringify({ name: "wrong", about: "", steps }));
  const { code, stdout } = await run("--vectors", folder);
  assert.equal(code, 1);
  assert.match(stdout, /^wrong: 1 different, 3 answers\n {2}step 3, route\n.*\[\[1\]\].*\n.*\[\[0\]\]/);
});

test("in a trace, each `configure` makes an instance that knows nobody", async () => {
  const route = { call: "route", events: [{ topics: ["a"], "data-base64": "/wA=" }, { topics: ["b"], data: "text" }] };
  const { code, stdout } = await trace(
    HEADER,
    CONFIGURE,
    JOIN,
    { ...route, answer: { audiences: [[0], []] } },
    { ...CONFIGURE, seed: 8 },
    { ...route, answer: { audiences: [[], []] } },
  );
  assert.equal(code, 0, stdout);
  const { traces } = JSON.parse(stdout);
  assert.deepEqual(traces.map((/** @type {any} */ { steps, answers }) => [steps, answers]), [[5, 5]]);
});

test("nothing is asked of an instance that refused its settings, up to the next one", async () => {
  const { code, stdout } = await trace(HEADER, { ...CONFIGURE, config: "queue = 16" }, JOIN, CONFIGURE, JOIN);
  assert.equal(code, 0, stdout);
  const { traces } = JSON.parse(stdout);
  assert.deepEqual(traces.map((/** @type {any} */ { steps, answers }) => [steps, answers]), [[4, 3]]);
});

test("answers without expectations count for the digest alone", async () => {
  const some = await trace(HEADER, CONFIGURE, JOIN);
  const same = await trace(HEADER, CONFIGURE, JOIN);
  const more = await trace(HEADER, CONFIGURE, JOIN, { call: "leave", clients: [0] });
  const digests = [some, same, more].map(({ stdout }) => JSON.parse(stdout).digest);
  assert.equal(digests[0], digests[1]);
  assert.notEqual(digests[0], digests[2]);
});

test("a file that is no trace, and a call that is none, are refused", async () => {
  for (const lines of [[], [CONFIGURE], [{ "umbel-trace": 2 }, CONFIGURE], [HEADER, CONFIGURE, { call: "admit" }], [HEADER, CONFIGURE, { call: "toString" }]]) {
    const { code, stderr } = await trace(...lines);
    assert.equal(code, 2, stderr);
    assert.notEqual(stderr, "");
  }
});
