import assert from "node:assert/strict";
import { test } from "node:test";

import { fanOut } from "./policy.js";

const asking = (client, pattern) => ({ client, selectors: [{ matcher: "exact", pattern }] });

test("an event is for those who asked for its topic", () => {
  fanOut.join([asking(0, "a"), asking(1, "b"), asking(2, "a")]);
  fanOut.leave(new Uint32Array([2]));
  const events = ["a", "b", "c"].map((topic) => ({ topics: [topic] }));
  assert.deepEqual(fanOut.route(events).map((clients) => [...clients]), [[0], [1], []]);
  assert.deepEqual(fanOut.select([1, 0], events).map((indexes) => [...indexes]), [[1], [0]]);
});
