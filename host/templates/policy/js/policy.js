// Who asks for a topic by its name gets what is about it. Who cannot keep up keeps the newest of each topic.

const asked = new Map(); // client → names
const followers = new Map(); // name → clients, so that an event costs what its audience does
const mailbox = { eventsMax: 1024, bytesMax: 1 << 20, whenFull: { tag: "always", val: "conflate" } };

const leave = (client) => {
  for (const name of asked.get(client) ?? []) {
    const clients = followers.get(name);
    clients.delete(client);
    if (clients.size === 0) followers.delete(name);
  }
  asked.delete(client);
};

const join = ({ client, selectors }) => {
  leave(client);
  const names = new Set(selectors.map((s) => s.pattern));
  asked.set(client, names);
  for (const name of names) followers.set(name, (followers.get(name) ?? new Set()).add(client));
  return { tag: "ok", val: mailbox };
};

const audience = ({ topics }) => Uint32Array.from(new Set(topics.flatMap((t) => [...(followers.get(t) ?? [])])));

export const fanOut = {
  configure: () => ({ name: "{name}", version: "0.1.0", wants: [], matchers: [] }),
  join: (subscribers) => subscribers.map(join),
  leave: (clients) => clients.forEach(leave),
  route: (events) => events.map(audience),
  select(clients, events) {
    const about = new Map(); // name → indexes, so that clients are not held against every event
    events.forEach(({ topics }, index) => topics.forEach((t) => about.set(t, [...(about.get(t) ?? []), index])));
    const own = (client) => [...asked.get(client)].flatMap((name) => about.get(name) ?? []);
    return Array.from(clients, (client) => Uint32Array.from(new Set(own(client))).sort());
  },
};

export const queuePolicy = {
  overflow: (full) => full.map(() => "catch-up"),
};
