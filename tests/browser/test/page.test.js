import assert from "node:assert/strict";
import { test } from "node:test";

import { open } from "./browser.js";

async function ready() {
  const opened = await open("guest/embed/browser/index.html");
  const { page } = opened;
  await page.getByText("umbel-dispatcher").waitFor();
  return {
    ...opened,
    /** @param {string} selector */
    async subscribe(selector) {
      await page.getByLabel("Selector").fill(selector);
      await page.getByRole("button", { name: "Subscribe" }).click();
    },
    /** @param {string} topic @param {string} data */
    async publish(topic, data) {
      await page.getByLabel("Topic").fill(topic);
      await page.getByLabel("Data").fill(data);
      await page.getByRole("button", { name: "Publish" }).click();
    },
    /** For each subscriber, what it received. */
    received: async () => {
      const items = await page.locator("#subscribers > li").all();
      return Promise.all(items.map((item) => item.locator("ol > li").allTextContents()));
    },
    told: () => page.textContent("#told"),
  };
}

test("who subscribed to a topic gets what is published to it, and nobody else", async () => {
  const { subscribe, publish, received, told, errors } = await ready();
  for (const selector of ["https://example.com/{id}", "https://example.com/1", "*", "other"]) await subscribe(selector);
  await publish("https://example.com/1", "one");
  assert.equal(await told(), "3 of 4 get it.");
  await publish("https://example.com/2", "<b>two</b>");
  assert.deepEqual(await received(), [["one", "<b>two</b>"], ["one"], ["one", "<b>two</b>"], []]);
  assert.deepEqual(errors, []);
});

test("who leaves gets nothing more, and the next one is not taken for it", async () => {
  const { page, subscribe, publish, received, told } = await ready();
  await subscribe("a");
  await subscribe("b");
  await page.getByRole("button", { name: "Leave" }).first().click();
  await publish("a", "nobody");
  assert.equal(await told(), "0 of 1 get it.");
  await subscribe("c");
  await publish("a", "nobody");
  await publish("c", "the new one");
  assert.deepEqual(await received(), [[], ["the new one"]]);
});
