"""Who gets what: everything for whoever has a token, a sample for everybody else."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain

from .lookup import ANY, Key, prefixes

U64_MASK = (1 << 64) - 1


def is_sampled(offset: int, every: int) -> bool:
    """Whether the event at `offset` is in the sample: one in `every`, on the average.

    Decided by a hash of the offset and nothing else. A counter would give another answer in replay, on
    another shard, or after a restart; the offset alone, without a hash, would favour one of two topics
    that take turns; and the seed is another one after a restart, while the log may still be there.
    """
    # The finalizer of SplitMix64.
    z = (offset + 0x9E3779B97F4A7C15) & U64_MASK
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & U64_MASK
    z = (z ^ z >> 27) * 0x94D049BB133111EB & U64_MASK
    return (z ^ z >> 31) % every == 0


@dataclass(slots=True)
class Group:
    """The clients with the same selector: dictionaries for their order, and so that they go fast."""

    known: dict[int, None] = field(default_factory=dict)
    anonymous: dict[int, None] = field(default_factory=dict)

    def side(self, anonymous: bool) -> dict[int, None]:
        """Those with a token, or those without."""
        return self.anonymous if anonymous else self.known

    def sides(self, sampled: bool) -> tuple[dict[int, None], ...]:
        """Those who get an event that is in the sample, or one that is not."""
        return (self.known, self.anonymous) if sampled else (self.known,)


@dataclass(slots=True)
class Member:
    """A client that is here."""

    texts: frozenset[str]
    prefixes: frozenset[str]
    anonymous: bool


class Sampling:
    """Those who are here, by what they ask for."""

    def __init__(self, every: int) -> None:
        self._every = every
        self._members: dict[int, Member] = {}
        self._by_text: dict[str, Group] = {}
        self._by_prefix: dict[str, Group] = {}

    def join(self, client: int, keys: Iterable[Key], anonymous: bool) -> None:
        """`client` is here, with these selectors alone."""
        self.leave(client)
        keys = list(keys)
        # Two templates may have one prefix, if their variables have two names.
        prefixes = frozenset(key.prefix for key in keys if key.prefix is not None)
        member = Member(frozenset(key.text for key in keys), prefixes, anonymous)
        self._members[client] = member
        for groups, names in self._places(member):
            for name in names:
                groups.setdefault(name, Group()).side(anonymous)[client] = None

    def leave(self, client: int) -> None:
        """`client` is gone, if it was ever here."""
        member = self._members.pop(client, None)
        if member is None:
            return
        for groups, names in self._places(member):
            for name in names:
                group = groups[name]
                del group.side(member.anonymous)[client]
                if not group.known and not group.anonymous:
                    del groups[name]

    def route(self, offset: int, topics: Sequence[str]) -> list[int]:
        """The clients that an event goes to."""
        sampled = is_sampled(offset, self._every)
        groups = self._groups(topics)
        sides = chain.from_iterable(group.sides(sampled) for group in groups)
        clients = chain.from_iterable(sides)
        # Nobody is twice in one group.
        return list(clients if len(groups) == 1 else dict.fromkeys(clients))

    def select(self, clients: Iterable[int], events: Iterable[tuple[int, Sequence[str]]]) -> list[list[int]]:
        """For each client the indexes of those events that it may have: what `route` would answer."""
        page = [(is_sampled(offset, self._every), self._groups(topics)) for offset, topics in events]
        return [self._selected(client, page) for client in clients]

    def _selected(self, client: int, page: Sequence[tuple[bool, Sequence[Group]]]) -> list[int]:
        member = self._members.get(client)
        if member is None:
            return []
        return [
            index
            for index, (sampled, groups) in enumerate(page)
            if (sampled or not member.anonymous)
            and any(client in group.side(member.anonymous) for group in groups)
        ]

    def _places(self, member: Member) -> tuple[tuple[dict[str, Group], frozenset[str]], ...]:
        return (self._by_text, member.texts), (self._by_prefix, member.prefixes)

    def _groups(self, topics: Sequence[str]) -> list[Group]:
        found = [self._by_text.get(ANY)]
        for topic in topics:
            found.append(self._by_text.get(topic) if topic != ANY else None)
            if self._by_prefix:
                found.extend(map(self._by_prefix.get, prefixes(topic)))
        return [group for group in found if group is not None]
