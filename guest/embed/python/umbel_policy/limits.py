"""What a component may use."""

from dataclasses import dataclass

from .fault import Export

MEMORIES_MAX = 4
"""Linear memories of one instance."""
TABLES_MAX = 64
"""Tables of one instance."""
TABLE_ELEMENTS_MAX = 20_000
"""Elements of one table."""
CORE_INSTANCES_MAX = 64
"""Core instances of one component: Python policies have about 40."""
STACK_BYTES_MAX = 512 << 10
"""Stack of a call."""

_SETUP_DEADLINES = 10
_JOIN_DEADLINES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one component, and each of its instances, may use."""

    component_bytes: int = 32 << 20
    """Bytes of a component file."""
    memory_bytes: int = 64 << 20
    """Bytes of each linear memory of an instance."""
    deadline_s: float = 0.1
    """Seconds, by the wall clock, that one call may run. `join` gets 4 of these; building and
    configuring an instance 10 each. Reading what was answered is not part of it."""

    def deadline_of(self, export: Export) -> float:
        """Seconds for one call of `export`."""
        if export in (Export.INSTANTIATE, Export.CONFIGURE):
            return self.deadline_s * _SETUP_DEADLINES
        return self.deadline_s * (_JOIN_DEADLINES if export is Export.JOIN else 1)
