import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { guest, guestOf } from "../../../../tests/guests/hostile.js";
import { translate } from "../src/program.js";
import { eventually, hub } from "./client.js";

/** Lets everybody in and sends everything to everybody, except for what `name` does. @param {string} name */
const hostile = async (name) => translate(await guest(name, "broadcast"));

test("a component that loops is killed, a new one knows those present, and the streams live on", async () => {
  const fields = await readFile(new URL("loops-on-kind.wat", import.meta.url), "utf8");
  const { subscribe, publish, status } = await hub({ program: await translate(await guestOf(fields, "broadcast")) });
  const streams = [await subscribe("a"), await subscribe("b"), await subscribe("c")];
  await publish({ topic: "a", data: "before" });

  const [poison, waiting] = [publish({ topic: "a", type: "poison", data: "never" }), publish({ topic: "a", data: "after" })];
  assert.equal((await poison).status, 503);
  assert.equal((await waiting).status, 200);
  for (const stream of streams) {
    assert.deepEqual([(await stream.next())?.data, (await stream.next())?.data], ["before", "after"]);
  }
  assert.deepEqual(await status(), { subscribers: 3, instances: 2, faults: 1, "handles-ignored": 0 });
});

test("a component that fails at every event delivers nothing, and the streams stay open", async () => {
  for (const name of ["loop_in_route", "trap_in_route", "loop_in_post_return"]) {
    const { subscribe, publish, status } = await hub({ program: await hostile(name) });
    await subscribe("a");
    assert.equal((await publish({ topic: "a", data: "x" })).status, 503, name);
    await eventually(async () => (await status()).instances === 2);
    assert.deepEqual(await status(), { subscribers: 1, instances: 2, faults: 1, "handles-ignored": 0 }, name);
  }
});

test("a component that goes on failing is left alone for a while", async () => {
  const { publish, status } = await hub({ program: await hostile("trap_in_route") });
  for (let count = 0; count < 20; count += 1) assert.equal((await publish({ topic: "a", data: "x" })).status, 503);
  assert.ok((await status()).faults < 10, "it was asked each time");
});

test("whoever makes `join` fail is turned away", async () => {
  for (const name of ["loop_in_join", "trap_in_join", "too_few_answers"]) {
    const { subscribe, status } = await hub({ program: await hostile(name) });
    await assert.rejects(subscribe("a"), { statusCode: 503 }, name);
    assert.equal((await status()).subscribers, 0, name);
  }
});

test("a failing `leave` costs an instance and nothing else", async () => {
  const { subscribe, publish, status } = await hub({ program: await hostile("loop_in_leave") });
  const [gone, stays] = [await subscribe("a"), await subscribe("a")];
  gone.close();
  await eventually(async () => (await status()).instances === 2);
  assert.equal((await publish({ topic: "a", data: "x" })).status, 200);
  assert.equal((await stays.next())?.data, "x");
});

test("handles that belong to nobody are ignored and counted", async () => {
  const { subscribe, publish, status } = await hub({ program: await hostile("unknown_handles") });
  await subscribe("a");
  assert.equal((await publish({ topic: "a", data: "x" })).status, 200);
  const { faults, "handles-ignored": ignored } = await status();
  assert.equal(faults, 0);
  assert.ok(ignored > 0);
});

test("one that refuses everybody says why", async () => {
  const { url } = await hub({ program: await hostile("refuses_everybody") });
  assert.equal((await fetch(`${url}/events?topic=a`)).status, 403);
});

test("one that cannot be started, or refuses its settings, is told at once", async () => {
  for (const [name, kind] of [["loop_in_configure", "deadline"], ["refuses_settings", "refused"], ["trap_in_start", "start"]]) {
    await assert.rejects(hub({ program: await hostile(/** @type {string} */ (name)) }), { kind }, name);
  }
});
