// What the component exports. Only here is anything known of the contract's records; the state is one `Geofence` an instance.

/// <reference path="../target/types/dispatcher.d.ts" />

import { Geofence } from "./geofence.js";
import { Refusal } from "./refusal.js";
import { readSettings } from "./settings.js";

/**
 * @typedef {typeof import("umbel:hub/fan-out@0.1.0")} FanOut
 * @typedef {typeof import("umbel:hub/queue-policy@0.1.0")} QueuePolicy
 */

/** The host lowers what exceeds its own limits. */
const MAILBOX = { eventsMax: 1_024, bytesMax: 1_048_576, whenFull: { tag: /** @type {const} */ ("always"), val: /** @type {const} */ ("catch-up") } };

/** @type {Geofence} */
let geofence;

/** @type {FanOut} */
export const fanOut = {
  configure({ config }) {
    geofence = new Geofence(readSettings(config));
    return { name: "geofence", version: "0.1.0", wants: ["payload", "claims"], matchers: [] };
  },

  join(subscribers) {
    return subscribers.map(({ client, selectors, claims }) => {
      try {
        geofence.join(client, selectors, claims);
        return { tag: "ok", val: MAILBOX };
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        return { tag: "err", val: { reason: error.message } };
      }
    });
  },

  leave(clients) {
    clients.forEach((client) => geofence.leave(client));
  },

  route(events) {
    return events.map((event) => geofence.route(event));
  },

  select(clients, events) {
    return geofence.select(clients, events);
  },
};

/** @type {QueuePolicy} */
export const queuePolicy = {
  // Never asked: all mailboxes say by themselves what happens.
  overflow(full) {
    return full.map(() => MAILBOX.whenFull.val);
  },
};
