"""Who gets what: the policy decides, this carries it out."""

import heapq
import secrets
import time
import weakref
from collections.abc import Iterable, Sequence

from umbel_policy import (
    ASK,
    Component,
    Event,
    Fault,
    Mailbox,
    Refusal,
    Selector,
    Settings,
    Subscriber,
    Verdict,
)

from . import event_stream
from .log import Entry, Log
from .seat import Seat
from .subscription import Subscription

SUBSCRIBERS_MAX = 10_000
PAGE_EVENTS_MAX = 64
"""Events of the log that one client is fed at once."""
RETRY_MS = 5_000
"""When to come back after a failure that is not the client's."""


class Refused(Exception):
    """A subscriber is not let in."""

    def __init__(self, reason: str, retry_ms: int | None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_ms = retry_ms


class FanOut:
    """Copies a main queue into one bounded queue for each client.

    The queues of clients are held weakly: whoever holds no `Subscription` any more has vanished, and
    what happens where a queue is full is the policy's to say. Everything here is called from one
    thread, and returns without waiting.
    """

    def __init__(self, component: Component, config: str = "") -> None:
        """Raises `Fault`, where the policy does not take `config` or fails at once."""
        self._log = Log()
        self._subscriptions: weakref.WeakValueDictionary[int, Subscription]
        self._subscriptions = weakref.WeakValueDictionary()
        self._leases: dict[int, weakref.finalize[..., Subscription]] = {}
        self._gone: list[int] = []
        self._free: list[int] = []
        self._handles = 0
        # Ids of an earlier run mean nothing in this one.
        self._run = secrets.token_hex(4)
        settings = Settings(config=config, seed=secrets.randbits(64))
        self.seat = Seat(component, settings, self)

    def __len__(self) -> int:
        """How many are there."""
        return len(self._subscriptions)

    def subscribe(self, patterns: Sequence[str], last_event_id: str | None = None) -> Subscription:
        """A queue for what `patterns` cover, from `last_event_id` on where there is one. It lasts as
        long as someone holds it. Raises `Refused`."""
        self._tell_of_leaving()
        if len(self) >= SUBSCRIBERS_MAX:
            raise Refused("too many subscribers", RETRY_MS)
        subscriber = Subscriber(
            client=self._take_handle(),
            selectors=tuple(Selector("uri-template", pattern) for pattern in patterns),
            joined_ms=_now_ms(),
        )
        try:
            bounds = self._join(subscriber)
        except Refused:
            self._reuse([subscriber.client])
            raise
        subscription = Subscription(subscriber, bounds)
        self._subscriptions[subscriber.client] = subscription
        lease = weakref.finalize(subscription, self._vanished, subscriber.client)
        lease.atexit = False
        self._leases[subscriber.client] = lease
        if last_event_id is not None:
            self._resume(subscription, last_event_id)
        return subscription

    def publish(self, topics: Sequence[str], data: bytes) -> str:
        """Puts an event into the log, and into the queues of its audience. Answers its id."""
        self._tell_of_leaving()
        entry = self._entry(topics, data)
        self._log.append(entry)
        try:
            [audience] = self.seat.ask(lambda policy: policy.route([entry.event]))
        except Fault:
            for subscription in self.everyone():
                # Whoever is fed has not come to it yet.
                if subscription.fed_after is None:
                    subscription.miss("withheld")
        else:
            self._hand_round(audience, entry)
        return self._id(entry.event.offset)

    def take(self, subscription: Subscription) -> bytes:
        """What goes out to a client next; nothing: wait until `subscription.wake` is set."""
        subscription.wake.clear()
        while not (piece := subscription.take()) and not subscription.ended:
            if subscription.fed_after is None:
                break
            self._feed(subscription, subscription.fed_after)
        return piece

    def everyone(self) -> list[Subscription]:
        """All that are there, and that an instance which is made now is to know."""
        everyone = list(self._subscriptions.values())
        # A new instance does not know those who have gone, and so is not told that they have.
        self._reuse(self._take_gone())
        return everyone

    def expel(self, subscription: Subscription) -> None:
        """Ends the stream of one that no instance knows."""
        subscription.end()
        client = subscription.subscriber.client
        if self._subscriptions.get(client) is subscription:
            del self._subscriptions[client]
            self._leases.pop(client).detach()
            self._reuse([client])

    def _join(self, subscriber: Subscriber) -> Mailbox:
        try:
            [admission] = self.seat.ask(lambda policy: policy.join([subscriber]))
        except Fault as fault:
            raise Refused("the policy failed", RETRY_MS) from fault
        if isinstance(admission, Refusal):
            raise Refused(admission.reason, admission.retry_ms)
        return admission

    def _hand_round(self, audience: Iterable[int], entry: Entry) -> None:
        full = []
        # Handles come twice, and some were never given out: the policy is not trusted.
        for client in dict.fromkeys(audience):
            subscription = self._subscriptions.get(client)
            live = subscription is not None and not subscription.ended and subscription.fed_after is None
            if subscription is not None and live and not subscription.offer(entry):
                full.append(subscription)
        for subscription, verdict in self._verdicts(full, entry):
            subscription.carry_out(verdict, entry)

    def _verdicts(self, full: list[Subscription], entry: Entry) -> Iterable[tuple[Subscription, Verdict]]:
        asking = [s for s in full if s.bounds.when_full == ASK]
        answers = iter(self._asked(asking, entry))
        for subscription in full:
            when_full = subscription.bounds.when_full
            yield subscription, next(answers) if when_full == ASK else Verdict(when_full)

    def _asked(self, full: list[Subscription], entry: Entry) -> list[Verdict]:
        if not full:
            return []
        now_ms = _now_ms()
        questions = [subscription.full(entry, now_ms) for subscription in full]
        try:
            return self.seat.ask(lambda policy: policy.overflow(questions))
        except Fault:
            return [Verdict.DROP_NEWEST] * len(full)

    def _feed(self, subscription: Subscription, after: int) -> None:
        """Fills an empty queue from the log; where nothing is left, the client is live."""
        if lost := self._log.lost_after(after):
            subscription.miss("expired", 0)
        page = self._log.page(after + lost, PAGE_EVENTS_MAX)
        if not page:
            subscription.fed_after = None
            return
        client, events = subscription.subscriber.client, [entry.event for entry in page]
        try:
            [selected] = self.seat.ask(lambda policy: policy.select([client], events))
        except Fault:
            subscription.miss("withheld", 0)
            selected = []
        subscription.fed_after = events[-1].offset
        for index in selected:
            if not subscription.offer(page[index]):
                subscription.fed_after = events[index].offset - 1
                break

    def _resume(self, subscription: Subscription, last_event_id: str) -> None:
        run, _, digits = last_event_id.partition(":")
        offset = int(digits) if digits.isdecimal() and len(digits) < 20 else None
        if run == self._run and offset is not None and offset <= self._log.newest:
            subscription.feed_after(offset)
        else:
            # After a restart that is exactly what it missed.
            subscription.miss("unknown-id", 0)
            subscription.feed_after(self._log.lost_after(0))

    def _entry(self, topics: Sequence[str], data: bytes) -> Entry:
        offset = self._log.newest + 1
        wants = self.seat.profile.wants
        event = Event(
            topics=tuple(topics),
            offset=offset,
            id=self._id(offset) if "id" in wants else "",
            accepted_ms=_now_ms(),
            size=len(data),
            data=data if "payload" in wants else None,
        )
        return Entry(event, event_stream.encode(self._id(offset), data))

    def _id(self, offset: int) -> str:
        return f"{self._run}:{offset}"

    def _take_handle(self) -> int:
        if self._free:
            return heapq.heappop(self._free)
        self._handles += 1
        return self._handles - 1

    def _tell_of_leaving(self) -> None:
        if gone := self._take_gone():
            self.seat.tell_of_leaving(gone)
            self._reuse(gone)

    def _take_gone(self) -> list[int]:
        # More may vanish while these are told of.
        gone, self._gone = self._gone, []
        return gone

    def _vanished(self, client: int) -> None:
        del self._leases[client]
        self._gone.append(client)

    def _reuse(self, handles: Iterable[int]) -> None:
        for handle in handles:
            heapq.heappush(self._free, handle)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
