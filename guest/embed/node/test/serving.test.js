import assert from "node:assert/strict";
import { test } from "node:test";

import { loadProgram } from "../src/program.js";
import { eventually, hub } from "./client.js";

const program = await loadProgram(new URL("../../../dist/dispatcher.wasm", import.meta.url));

test("an event reaches those whose selectors cover it, and nobody else", async () => {
  const { subscribe, publish } = await hub({ program });
  const [one, all, other] = [await subscribe("https://example.com/{id}"), await subscribe("*"), await subscribe("b", "c")];
  assert.equal((await publish({ topic: "https://example.com/1", data: "first\nline" })).status, 200);
  assert.equal((await publish({ topic: ["x", "c"], data: "second", type: "note" })).status, 200);
  assert.deepEqual(await one.next(), { id: "1", event: undefined, data: "first\nline" });
  assert.deepEqual(await other.next(), { id: "2", event: "note", data: "second" });
  assert.deepEqual([(await all.next())?.data, (await all.next())?.data], ["first\nline", "second"]);
});

test("a client that goes away vanishes, and the next one is not taken for it", async () => {
  const { subscribe, publish, status } = await hub({ program });
  const [gone, stays] = [await subscribe("a"), await subscribe("a")];
  gone.close();
  await eventually(async () => (await status()).subscribers === 1);
  const next = await subscribe("b");
  await publish({ topic: "a", data: "for a" });
  await publish({ topic: "b", data: "for b" });
  assert.equal((await stays.next())?.data, "for a");
  assert.equal((await next.next())?.data, "for b");
  assert.equal((await status()).faults, 0);
});

test("clients come and go while events are published, and nobody misses anything", async () => {
  const { subscribe, publish, status } = await hub({ program });
  const stays = await subscribe("a");
  const churn = (async () => {
    for (let round = 0; round < 40; round += 1) (await subscribe("a")).close();
  })();
  for (let count = 1; count <= 200; count += 1) assert.equal((await publish({ topic: "a", data: `${count}` })).status, 200);
  await churn;
  for (let count = 1; count <= 200; count += 1) assert.equal((await stays.next())?.data, `${count}`);
  await eventually(async () => (await status()).subscribers === 1);
  assert.equal((await status()).faults, 0);
});

test("a slow client delays nobody, and is told what it has missed", async () => {
  const config = "when-full = drop-oldest\nevents = 8";
  const { subscribe, publish } = await hub({ program, config });
  const [slow, quick] = [await subscribe("a"), await subscribe("a")];
  const [count, data] = [200, "x".repeat(65_536)];
  for (let at = 1; at <= count; at += 1) {
    assert.equal((await publish({ topic: "a", data })).status, 200);
    assert.equal((await quick.next())?.id, `${at}`);
  }
  const ids = [];
  let dropped = 0;
  while (ids.at(-1) !== count) {
    const { id, event, data } = (await slow.next()) ?? assert.fail("the stream has ended");
    if (event === "umbel.gap") dropped += JSON.parse(data).count;
    else ids.push(Number(id));
  }
  assert.ok(dropped > 0, "nothing was dropped: the mailbox is not bounded");
  assert.equal(ids.length + dropped, count);
  assert.deepEqual(ids, ids.toSorted((a, b) => a - b));
});

test("a verdict of disconnect ends the stream", async () => {
  const config = "when-full = ask\noverflow = disconnect\nevents = 8";
  const { subscribe, publish, status } = await hub({ program, config });
  const slow = await subscribe("a");
  const data = "x".repeat(65_536);
  await eventually(async () => {
    await publish({ topic: "a", data });
    return (await status()).subscribers === 0;
  });
  while ((await slow.next()) !== undefined);
});

test("what is asked for wrongly is refused, and why", async () => {
  const { url, publish } = await hub({ program });
  const refused = async (/** @type {Response} */ response) => [response.status, await response.text()];
  assert.deepEqual(await refused(await fetch(`${url}/events`)), [400, "`topic` is missing\n"]);
  assert.deepEqual(await refused(await publish({ data: "x" })), [400, "`topic` is missing\n"]);
  assert.deepEqual(await refused(await publish({ topic: "", data: "x" })), [400, "a topic has 1 to 4096 characters\n"]);
  assert.deepEqual(await refused(await publish({ topic: "a", type: "b\nid: 7" })), [400, "`type` is one line\n"]);
  assert.deepEqual(await refused(await publish({ topic: Array(101).fill("a") })), [400, "more than 100 topics\n"]);
  assert.deepEqual(await refused(await publish({ topic: "a", data: "x".repeat(1_048_577) })), [413, "more than 1048576 bytes\n"]);
  assert.equal((await fetch(`${url}/other`)).status, 404);
});
