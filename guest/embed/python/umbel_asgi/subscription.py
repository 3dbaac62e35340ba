"""What a connection holds: a bounded queue of its own."""

import asyncio
from collections import deque

from umbel_policy import FullMailbox, Mailbox, Subscriber, Verdict

from . import event_stream
from .log import Entry

MAILBOX_EVENTS_MAX = 1_024
MAILBOX_BYTES_MAX = 1 << 20
PIECE_BYTES_MAX = 64 << 10
"""What is handed to a connection at once, unless one event alone is larger."""


class Subscription:
    """A client's queue. Nothing but its connection keeps it alive: all others hold it weakly."""

    def __init__(self, subscriber: Subscriber, bounds: Mailbox) -> None:
        self.subscriber = subscriber
        self.bounds = bounds
        """What the policy gave it; a new instance may give it others."""
        self.wake = asyncio.Event()
        """Set when there is something to take."""
        self.ended = False
        self.fed_after: int | None = None
        """Where it stands in the log while it is fed from there; none: it is live."""
        self._waiting: deque[Entry] = deque()
        self._bytes = 0
        self._missed: dict[str, int] = {}

    def offer(self, entry: Entry) -> bool:
        """Whether there was room for `entry`. An empty queue takes any one event."""
        events_max = min(self.bounds.events_max, MAILBOX_EVENTS_MAX)
        bytes_max = min(self.bounds.bytes_max, MAILBOX_BYTES_MAX)
        size = self._bytes + len(entry.frame)
        if self._waiting and (len(self._waiting) >= events_max or size > bytes_max):
            return False
        self._waiting.append(entry)
        self._bytes = size
        self.wake.set()
        return True

    def full(self, entry: Entry, now_ms: int) -> FullMailbox:
        """The question that is put to the policy about `entry`, which found no room."""
        return FullMailbox(
            client=self.subscriber.client,
            offset=entry.event.offset,
            events=len(self._waiting),
            bytes=self._bytes,
            oldest_ms=max(0, now_ms - self._waiting[0].event.accepted_ms),
        )

    def carry_out(self, verdict: Verdict, entry: Entry) -> None:
        """What happens to `entry`, which found no room."""
        match verdict:
            case Verdict.DROP_NEWEST:
                self.miss("dropped")
            case Verdict.DROP_OLDEST:
                self._make_room(entry)
            case Verdict.CONFLATE:
                self._conflate(entry)
            case Verdict.CATCH_UP:
                self.feed_after(self._waiting[0].event.offset - 1)
            case Verdict.DISCONNECT:
                self.end()

    def feed_after(self, offset: int) -> None:
        """From now on it is fed from the log; what was waiting comes from there as well."""
        self._waiting.clear()
        self._bytes = 0
        self.fed_after = offset
        self.wake.set()

    def miss(self, cause: str, count: int = 1) -> None:
        """Something that it was to have is left out: the stream will say so."""
        self._missed[cause] = self._missed.get(cause, 0) + count
        self.wake.set()

    def end(self) -> None:
        """Its stream ends; the client comes back with its last event id, for what was waiting as well."""
        self.ended = True
        self._waiting.clear()
        self._bytes = 0
        self.wake.set()

    def take(self) -> bytes:
        """What goes out next: a gap, then what waits, up to a piece. What was taken is out of the
        queue, and no verdict touches it any more."""
        piece = [self._told()] if self._missed else []
        size = sum(map(len, piece))
        while self._waiting and (not piece or size + len(self._waiting[0].frame) <= PIECE_BYTES_MAX):
            frame = self._take_oldest().frame
            piece.append(frame)
            size += len(frame)
        return b"".join(piece)

    def _told(self) -> bytes:
        causes, count = list(self._missed), sum(self._missed.values())
        self._missed.clear()
        return event_stream.gap(causes[0] if len(causes) == 1 else "mixed", count)

    def _take_oldest(self) -> Entry:
        entry = self._waiting.popleft()
        self._bytes -= len(entry.frame)
        return entry

    def _make_room(self, entry: Entry) -> None:
        # Ends at the latest with an empty queue, which takes anything.
        while not self.offer(entry):
            self._take_oldest()
            self.miss("dropped")

    def _conflate(self, entry: Entry) -> None:
        topic = entry.event.topics[0]
        older = next((e for e in self._waiting if e.event.topics[0] == topic), None)
        if older is not None:
            self._waiting.remove(older)
            self._bytes -= len(older.frame)
        self._make_room(entry)
