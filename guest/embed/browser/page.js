// What the page shows of its hub.

import { LocalHub } from "./local-hub.js";
import { newPolicy } from "./policy.js";

/** A subscriber shows the newest ones. */
const SHOWN_MAX = 20;

/** @template {Element} T @param {string} id @param {new (...args: any) => T} kind @returns {T} */
function element(id, kind) {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no ${id}`);
  return found;
}

const told = element("told", HTMLElement);
const selector = element("selector", HTMLInputElement);
const topic = element("topic", HTMLInputElement);
const data = element("data", HTMLInputElement);
const list = element("subscribers", HTMLUListElement);
const template = element("subscriber", HTMLTemplateElement);

/** By handle. @type {Map<number, { item: HTMLElement, received: HTMLElement }>} */
const shown = new Map();

/** @param {LocalHub} hub @param {string} pattern */
function subscribe(hub, pattern) {
  const client = hub.subscribe(pattern);
  const copy = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
  const [item, name, leave, received] = ["li", "code", "button", "ol"].map((tag) => /** @type {HTMLElement} */ (copy.querySelector(tag)));
  if (!item || !name || !leave || !received) throw new Error("the template is not whole");
  name.textContent = pattern;
  leave.addEventListener("click", () => {
    hub.unsubscribe(client);
    shown.delete(client);
    item.remove();
  });
  shown.set(client, { item, received });
  list.append(copy);
}

/** @param {LocalHub} hub */
function publish(hub) {
  const audience = new Set(hub.publish(topic.value, data.value));
  for (const [client, { item, received }] of shown) {
    item.classList.toggle("reached", audience.has(client));
    if (!audience.has(client)) continue;
    const entry = document.createElement("li");
    entry.textContent = data.value;
    received.append(entry);
    while (received.childElementCount > SHOWN_MAX) received.firstElementChild?.remove();
  }
  told.textContent = `${audience.size} of ${shown.size} get it.`;
}

/** What goes wrong is shown. @param {string} form @param {() => void} work */
function onSubmit(form, work) {
  element(form, HTMLFormElement).addEventListener("submit", (event) => {
    event.preventDefault();
    try {
      work();
    } catch (error) {
      told.textContent = `The component has failed, load the page anew: ${error}`;
    }
  });
}

const policy = await newPolicy();
const { name, version } = policy.configure({ config: "", seed: crypto.getRandomValues(new BigUint64Array(1))[0] ?? 0n, facts: [] });
const hub = new LocalHub(policy);
onSubmit("subscribing", () => {
  subscribe(hub, selector.value);
  told.textContent = `${shown.size} subscribed.`;
});
onSubmit("publishing", () => publish(hub));
told.textContent = `${name} ${version} is ready.`;
