"""The contract: what the hub calls, over the package `sampling`."""

from typing import ClassVar

from componentize_py_types import Err, Ok, Result
from sampling import Malformed, Sampling, Unsupported, every, key
from wit_world import exports
from wit_world.exports.fan_out import Mailbox, Refusal, Verdict, WhenFull_Always
from wit_world.exports.queue_policy import FullMailbox
from wit_world.imports.types import Event, Profile, Settings, Subscriber

MAILBOX = Mailbox(events_max=1_024, bytes_max=1 << 20, when_full=WhenFull_Always(Verdict.CATCH_UP))


class FanOut(exports.FanOut):
    """Routing. A component is one instance, and so is what its class knows."""

    rules: ClassVar = Sampling(every(""))

    def configure(self, settings: Settings) -> Profile:
        try:
            FanOut.rules = Sampling(every(settings.config))
        except Malformed as error:
            raise Err(str(error)) from error
        # Who has no claims is anonymous, so without them everybody would be.
        return Profile(name="sampling", version="0.1.0", wants=["claims"], matchers=[])

    def join(self, subscribers: list[Subscriber]) -> list[Result[Mailbox, Refusal]]:
        return [_join(subscriber) for subscriber in subscribers]

    def leave(self, clients: list[int]) -> None:
        for client in clients:
            FanOut.rules.leave(client)

    def route(self, events: list[Event]) -> list[list[int]]:
        return [FanOut.rules.route(event.offset, event.topics) for event in events]

    def select(self, clients: list[int], events: list[Event]) -> list[list[int]]:
        page = [(event.offset, event.topics) for event in events]
        return FanOut.rules.select(clients, page)


class QueuePolicy(exports.QueuePolicy):
    """Never asked: every mailbox has its verdict."""

    def overflow(self, full: list[FullMailbox]) -> list[Verdict]:
        return [Verdict.CATCH_UP for _ in full]


def _join(subscriber: Subscriber) -> Result[Mailbox, Refusal]:
    try:
        keys = [key(s.matcher, s.pattern) for s in subscriber.selectors]
    except Unsupported as error:
        return Err(Refusal(reason=str(error), retry_ms=None))
    FanOut.rules.join(subscriber.client, keys, anonymous=not subscriber.claims)
    return Ok(MAILBOX)
