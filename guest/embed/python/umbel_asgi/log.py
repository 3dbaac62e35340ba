"""The main queue: the newest events, in the order that they were published in."""

from collections import deque
from dataclasses import dataclass
from itertools import islice

from umbel_policy import Event

LOG_EVENTS_MAX = 1_024
LOG_BYTES_MAX = 16 << 20


@dataclass(frozen=True, slots=True)
class Entry:
    """An event with its frame, which all who get it share."""

    event: Event
    frame: bytes


class Log:
    """A bounded log in memory. Offsets are 1, 2, 3, ..."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque()
        self._bytes = 0
        self.newest = 0
        """The offset of the newest event; 0 where there was none."""

    def append(self, entry: Entry) -> None:
        """`entry` has the offset `newest + 1`. The oldest make room, but never for nothing at all."""
        assert entry.event.offset == self.newest + 1, "offsets have no gaps"
        self.newest += 1
        self._entries.append(entry)
        self._bytes += len(entry.frame)
        while len(self._entries) > 1 and self._is_over():
            self._bytes -= len(self._entries.popleft().frame)

    def lost_after(self, offset: int) -> int:
        """How many of the events after `offset` are not held any more."""
        return max(0, self.newest - len(self._entries) - offset)

    def page(self, offset: int, events_max: int) -> list[Entry]:
        """The oldest events after `offset`."""
        first = max(0, len(self._entries) - (self.newest - offset))
        return list(islice(self._entries, first, first + events_max))

    def _is_over(self) -> bool:
        return len(self._entries) > LOG_EVENTS_MAX or self._bytes > LOG_BYTES_MAX
