import assert from "node:assert/strict";
import { test } from "node:test";

import { Mailbox } from "../src/mailbox.js";

/** @param {string} topic @param {number} offset @param {number} size */
function entry(topic, offset, size = 10) {
  return { topic, frame: Buffer.alloc(size), offset: BigInt(offset), at: 0 };
}

/** One that is full with the events 1 of `a`, 2 of `b` and 3 of `a`. */
function full() {
  const mailbox = new Mailbox();
  mailbox.bound({ eventsMax: 3, bytesMax: 1_000 });
  ["a", "b", "a"].forEach((topic, at) => assert.ok(mailbox.offer(entry(topic, at + 1))));
  assert.ok(!mailbox.offer(entry("a", 4)));
  return mailbox;
}

/** @param {Mailbox} mailbox */
function offsets(mailbox) {
  const all = [];
  for (let next = mailbox.take(); next !== undefined; next = mailbox.take()) all.push(Number(next.offset));
  assert.equal(mailbox.bytes, 0);
  return all;
}

test("each verdict makes room in its way, and what is left out is counted", () => {
  for (const [verdict, topic, left, dropped] of /** @type {[string, string, number[], number][]} */ ([
    ["drop-newest", "b", [1, 2, 3], 1],
    ["drop-oldest", "b", [2, 3, 4], 1],
    ["conflate", "b", [1, 3, 4], 1],
    ["conflate", "c", [2, 3, 4], 1],
    ["catch-up", "b", [4], 3],
  ])) {
    const mailbox = full();
    mailbox.settle(verdict, entry(topic, 4));
    assert.equal(mailbox.dropped, dropped, verdict);
    assert.deepEqual(offsets(mailbox), left, verdict);
  }
});

test("an event that is larger than the whole mailbox is taken by an empty one", () => {
  const mailbox = full();
  mailbox.settle("drop-oldest", entry("a", 4, 5_000));
  assert.deepEqual([mailbox.length, mailbox.dropped], [1, 3]);
});

test("no policy can make a mailbox larger than the host allows", () => {
  const mailbox = new Mailbox();
  mailbox.bound({ eventsMax: 2 ** 32 - 1, bytesMax: 2 ** 32 - 1 });
  let count = 0;
  while (mailbox.offer(entry("a", count))) count += 1;
  assert.equal(count, 1_024);
});
