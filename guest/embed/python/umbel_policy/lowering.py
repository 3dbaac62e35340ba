"""From the records of this package to the ones that wasmtime takes.

wasmtime cuts numbers that are too large without a word, so they are checked here: a mistake of the
caller, which costs no instance.
"""

from wasmtime.component import Record

from .records import Event, FullMailbox, Selector, Settings, Subscriber


def clients(handles: list[int]) -> list[int]:
    """Handles of subscribers."""
    return [_u32(client) for client in handles]


def subscriber(of: Subscriber) -> Record:
    """One that joins."""
    return _record(
        client=_u32(of.client),
        selectors=[_selector(s) for s in of.selectors],
        grants=[_selector(s) for s in of.grants],
        claims=of.claims,
        attributes=list(of.attributes),
        joined_ms=_u64(of.joined_ms),
    )


def event(of: Event) -> Record:
    """One to route."""
    return _record(
        offset=_u64(of.offset),
        id=of.id,
        topics=list(of.topics),
        kind=of.kind,
        private=of.private,
        accepted_ms=_u64(of.accepted_ms),
        size=_u32(of.size),
        data=of.data,
        attributes=list(of.attributes),
    )


def settings(of: Settings) -> Record:
    """What an instance is configured with."""
    return _record(config=of.config, seed=_u64(of.seed), facts=list(of.facts))


def full_mailbox(of: FullMailbox) -> Record:
    """One to answer for."""
    return _record(
        client=_u32(of.client),
        offset=_u64(of.offset),
        events=_u32(of.events),
        bytes=_u32(of.bytes),
        oldest_ms=_u32(of.oldest_ms),
    )


def _selector(of: Selector) -> Record:
    return _record(matcher=of.matcher, pattern=of.pattern)


def _record(**fields: object) -> Record:
    record = Record()
    vars(record).update((name.replace("_", "-"), value) for name, value in fields.items())
    return record


def _u32(number: int) -> int:
    if not 0 <= number < 1 << 32:
        raise ValueError(f"{number} is no u32")
    return number


def _u64(number: int) -> int:
    if not 0 <= number < 1 << 64:
        raise ValueError(f"{number} is no u64")
    return number
