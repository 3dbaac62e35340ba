// Who asks for a topic by its name gets what is about it. Who cannot keep up keeps the newest of each topic.

const asked = new Map();
const mailbox = { eventsMax: 1024, bytesMax: 1 << 20, whenFull: { tag: "always", val: "conflate" } };

const audience = (event) =>
  Uint32Array.from([...asked].filter(([, names]) => event.topics.some((t) => names.has(t))), ([client]) => client);

export const fanOut = {
  configure: () => ({ name: "{name}", version: "0.1.0", wants: [], matchers: [] }),
  join(subscribers) {
    for (const { client, selectors } of subscribers) asked.set(client, new Set(selectors.map((s) => s.pattern)));
    return subscribers.map(() => ({ tag: "ok", val: mailbox }));
  },
  leave(clients) {
    for (const client of clients) asked.delete(client);
  },
  route: (events) => events.map(audience),
  select(clients, events) {
    const audiences = events.map((event) => new Set(audience(event)));
    const indexes = (client) => audiences.flatMap((clients, index) => (clients.has(client) ? [index] : []));
    return Array.from(clients, (client) => Uint32Array.from(indexes(client)));
  },
};

export const queuePolicy = {
  overflow: (full) => full.map(() => "catch-up"),
};
