"""Who asks for a topic by its name gets what is about it. Who cannot keep up keeps the newest of each topic."""

from componentize_py_types import Ok
from wit_world import exports
from wit_world.exports.fan_out import Mailbox, Verdict, WhenFull_Always
from wit_world.imports.types import Profile

MAILBOX = Mailbox(1024, 1 << 20, WhenFull_Always(Verdict.CONFLATE))
asked: dict[int, set[str]] = {}


class FanOut(exports.FanOut):
    def configure(self, settings):
        return Profile("{name}", "0.1.0", wants=[], matchers=[])

    def join(self, subscribers):
        asked.update((s.client, {selector.pattern for selector in s.selectors}) for s in subscribers)
        return [Ok(MAILBOX) for _ in subscribers]

    def leave(self, clients):
        for client in clients:
            asked.pop(client, None)

    def route(self, events):
        return [[c for c, names in asked.items() if not names.isdisjoint(e.topics)] for e in events]

    def select(self, clients, events):
        names = [asked.get(client, set()) for client in clients]
        return [[i for i, e in enumerate(events) if not own.isdisjoint(e.topics)] for own in names]


class QueuePolicy(exports.QueuePolicy):
    def overflow(self, full):
        return [Verdict.CATCH_UP for _ in full]
