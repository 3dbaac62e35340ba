"""The records of the contract, as `wit/` has them."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

Pairs = tuple[tuple[str, str], ...]


class Verdict(StrEnum):
    """What happens to an event that does not fit into a subscriber's full mailbox."""

    DROP_NEWEST = "drop-newest"
    """The new event is not delivered to this subscriber."""
    DROP_OLDEST = "drop-oldest"
    """The oldest waiting events make room."""
    CONFLATE = "conflate"
    """A waiting event with the same canonical topic is replaced; else the oldest makes room."""
    CATCH_UP = "catch-up"
    """The mailbox is emptied, and the subscriber is fed from the log until it has caught up."""
    DISCONNECT = "disconnect"
    """The stream ends; the subscriber comes back with its last event id."""


ASK: Final = "ask"
"""`overflow` is asked each time."""

WhenFull = Verdict | Literal["ask"]


@dataclass(frozen=True, slots=True)
class Selector:
    """A pattern over topics, in a named matching language."""

    matcher: str
    """`exact`, `uri-template`, `url-pattern`, or one of the `matchers` of the policy's profile."""
    pattern: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """Who is at the other end of a connection, as far as the host could verify it."""

    client: int
    """Its handle: dense from 0, used again only after the `leave` that names it has returned."""
    selectors: tuple[Selector, ...]
    """What it asked for: at least one."""
    grants: tuple[Selector, ...] = ()
    """What its verified token lets it receive of private events."""
    claims: str = ""
    """The claims of its verified token as JSON text; empty for an anonymous one."""
    attributes: Pairs = ()
    joined_ms: int = 0
    """Unix time in milliseconds at which it connected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event: the host has parsed, size-checked and authenticated it."""

    topics: tuple[str, ...]
    """The canonical topic first, then the alternate ones. Never empty."""
    offset: int = 0
    """Its place in the log, which grows from event to event."""
    id: str = ""
    kind: str | None = None
    """The SSE `event` field."""
    private: bool = False
    """Only for subscribers whose grants cover one of the topics: the host sees to that."""
    accepted_ms: int = 0
    """Unix time in milliseconds at which it was accepted."""
    size: int = 0
    """Bytes of the payload, whether it is passed or not."""
    data: bytes | None = None
    """The payload, where the policy's profile wants `payload`."""
    attributes: Pairs = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the operator gives a policy."""

    config: str = ""
    seed: int = 0
    """For keyed hashing: topics are chosen by strangers, so draw it at random."""
    facts: Pairs = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What a policy says of itself."""

    name: str
    version: str
    wants: tuple[str, ...]
    """Any of `id`, `payload`, `claims`, `attributes`. Leave out what it does not name."""
    matchers: tuple[str, ...]
    """Matching languages of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """The bounds of one subscriber's mailbox. An empty mailbox takes any one event."""

    events_max: int
    bytes_max: int
    when_full: WhenFull


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A subscriber is not let in, and gets no `leave`."""

    reason: str
    retry_ms: int | None
    """When it may try again; none: never."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FullMailbox:
    """A mailbox that an event of the batch routed last does not fit into."""

    client: int
    offset: int
    """Of the event that does not fit."""
    events: int
    """Events waiting."""
    bytes: int
    oldest_ms: int
    """Age of the oldest waiting event in milliseconds."""
