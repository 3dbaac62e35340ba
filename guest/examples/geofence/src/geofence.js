// Who gets what: an event reaches those who ask for it and whose fence holds its place.

import { fenceOf } from "./fence.js";
import { Grid } from "./grid.js";
import { Members } from "./members.js";
import { Place } from "./place.js";
import { Selectors } from "./selectors.js";

/**
 * @typedef {{ topics: string[], data?: Uint8Array }} Event
 *
 * Subscribers who ask for the same within the same fence are one group: what is asked about one holds for all.
 * @typedef {{ key: string, fence: import("./fence.js").Fence, selectors: Shared, members: Members }} Group
 *
 * What several groups ask for, so that each event is matched once for all of them.
 * @typedef {{ key: string, any: Selectors, groups: number }} Shared
 */

const NOBODY = new Uint32Array(0);

export class Geofence {
  #settings;
  /** @type {Map<string, Group>} */
  #groups = new Map();
  /** @type {Grid<Group>} */
  #grid = new Grid();
  /** @type {Map<string, Shared>} */
  #selectors = new Map();
  /** By handle: its group, and its place among the members. @type {Map<number, { group: Group, place: number }>} */
  #seats = new Map();

  /** @param {import("./settings.js").Settings} settings */
  constructor(settings) {
    this.#settings = settings;
  }

  /**
   * Throws a `Refusal` for who has no fence, or asks for what is not understood.
   * @param {number} client
   * @param {import("./selectors.js").Selector[]} selectors
   * @param {string} claims
   */
  join(client, selectors, claims) {
    const group = this.#group(fenceOf(claims), selectors);
    this.#seats.set(client, { group, place: group.members.add(client) });
  }

  /** @param {number} client */
  leave(client) {
    const seat = this.#seats.get(client);
    if (seat === undefined) return;
    this.#seats.delete(client);
    const { group, place } = seat;
    const moved = group.members.removeAt(place);
    const movedSeat = moved === undefined ? undefined : this.#seats.get(moved);
    if (movedSeat !== undefined) movedSeat.place = place;
    if (group.members.length === 0) this.#forget(group);
  }

  /** @param {Event} event @returns {Uint32Array} */
  route(event) {
    const place = Place.ofPayload(event.data, this.#settings);
    if (place === undefined) return NOBODY;
    /** @type {Group[]} */
    const reached = [];
    let count = 0;
    this.#grid.near(place, (group) => {
      if (!group.fence.contains(place) || !group.selectors.any.cover(event)) return;
      reached.push(group);
      count += group.members.length;
    });
    const [only] = reached;
    if (only === undefined) return NOBODY;
    return reached.length === 1 ? only.members.all : together(reached, count);
  }

  /**
   * @param {Uint32Array} clients
   * @param {Event[]} events
   * @returns {Uint32Array[]} for each client, the indexes of its events
   */
  select(clients, events) {
    const places = events.map(({ data }) => Place.ofPayload(data, this.#settings));
    const selected = Array.from(clients, () => /** @type {number[]} */ ([]));
    // Event by event, so that equal selectors are asked once about each.
    events.forEach((event, index) => {
      const place = places[index];
      if (place === undefined) return;
      clients.forEach((client, at) => {
        const group = this.#seats.get(client)?.group;
        if (group?.fence.contains(place) && group.selectors.any.cover(event)) selected[at]?.push(index);
      });
    });
    return selected.map((indexes) => Uint32Array.from(indexes));
  }

  /** @param {import("./fence.js").Fence} fence @param {import("./selectors.js").Selector[]} selectors @returns {Group} */
  #group(fence, selectors) {
    const shared = this.#shared(selectors);
    const key = `${fence.key} ${shared.key}`;
    const known = this.#groups.get(key);
    if (known !== undefined) return known;
    const group = { key, fence, selectors: shared, members: new Members() };
    shared.groups += 1;
    this.#selectors.set(shared.key, shared);
    this.#groups.set(key, group);
    this.#grid.add(fence.bounds, group);
    return group;
  }

  /** @param {import("./selectors.js").Selector[]} selectors @returns {Shared} */
  #shared(selectors) {
    const key = Selectors.key(selectors);
    return this.#selectors.get(key) ?? { key, any: new Selectors(selectors), groups: 0 };
  }

  /** @param {Group} group */
  #forget(group) {
    const { key, selectors, fence } = group;
    this.#groups.delete(key);
    this.#grid.delete(fence.bounds, group);
    selectors.groups -= 1;
    if (selectors.groups === 0) this.#selectors.delete(selectors.key);
  }
}

/** @param {Group[]} groups @param {number} count */
function together(groups, count) {
  const all = new Uint32Array(count);
  let at = 0;
  for (const { members } of groups) {
    // Most groups of a fleet are one: a number is put in place faster than a view of it.
    if (members.length === 1) all[at] = members.first;
    else all.set(members.all, at);
    at += members.length;
  }
  return all;
}
