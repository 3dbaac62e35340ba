"""What can go wrong in a call to a policy, and whose fault it is."""

import re
from enum import StrEnum
from typing import Final, Self

DETAIL_CHARS_MAX = 1_024
"""Characters of a fault's detail: a component chooses the names in it."""


class Export(StrEnum):
    """The calls of the contract, and what comes before them."""

    INSTANTIATE = "instantiate"
    CONFIGURE = "configure"
    JOIN = "join"
    LEAVE = "leave"
    ROUTE = "route"
    SELECT = "select"
    OVERFLOW = "overflow"


class Blame(StrEnum):
    """Whose failure it is."""

    COMPONENT = "component"
    HOST = "host"


class FaultClass(StrEnum):
    """Kinds of failure: a closed set with the names that the hub's metrics have."""

    DEADLINE = "deadline"
    """The call took longer than its deadline."""
    LIMIT = "limit"
    """Instances, tables or memories past their limit."""
    STACK = "stack"
    """The stack ran out."""
    TRAP = "trap"
    """The component trapped otherwise, as most do whose memory cannot grow."""
    ANSWER_SIZE = "answer-size"
    """The answer was larger than the engine is willing to copy."""
    ABI = "abi"
    """The answer could not be read: a bad discriminant, length or text."""
    SHAPE = "shape"
    """The answer does not fit the question, such as too few elements."""
    REFUSED = "refused"
    """`configure` refused its settings; the detail is its text."""
    HOST = "host"
    """The machine failed, not the component."""

    @property
    def blame(self) -> Blame:
        """Whose failure it is."""
        return Blame.HOST if self is FaultClass.HOST else Blame.COMPONENT


class Fault(Exception):
    """A call to a policy failed. Its instance is gone, whatever the class."""

    def __init__(self, export: Export, fault_class: FaultClass, detail: str) -> None:
        self.export: Final = export
        self.fault_class: Final = fault_class
        self.detail: Final = printable(detail)
        super().__init__(f"{export}: {fault_class} (the {self.blame}'s): {self.detail}")

    @property
    def blame(self) -> Blame:
        """Whose failure it is."""
        return self.fault_class.blame

    def again(self) -> Self:
        """The same without its traceback, which holds all that the calls on it knew: to be kept."""
        return type(self)(self.export, self.fault_class, self.detail)


_OF_TEXT: Final = (
    ("wasm trap: interrupt", FaultClass.DEADLINE),
    ("call stack exhausted", FaultClass.STACK),
    ("fuel allocated for hostcalls has been exhausted", FaultClass.ANSWER_SIZE),
    ("resource limit exceeded", FaultClass.LIMIT),
    ("exceeds memory limits", FaultClass.LIMIT),
    ("exceeds table limits", FaultClass.LIMIT),
    ("handle limit exceeded", FaultClass.LIMIT),
    ("allocation size too large", FaultClass.LIMIT),
    ("Cannot allocate memory", FaultClass.HOST),
    ("os error", FaultClass.HOST),
    ("invalid `char`", FaultClass.ABI),
    ("string content out-of-bounds", FaultClass.ABI),
    ("list content out-of-bounds", FaultClass.ABI),
    ("invalid variant discriminant", FaultClass.ABI),
    ("unaligned pointer", FaultClass.ABI),
    ("wasm trap: ", FaultClass.TRAP),
)
"""How wasmtime words its errors: its Python API has no types for them. The first that fits counts."""

_NUMBERED: Final = re.compile(r"^\s*\d+: ", re.MULTILINE)
"""How the causes begin where there are several."""


def from_text(export: Export, text: str) -> Fault:
    """The fault that wasmtime described with `text`, a chain of causes with the root at the end."""
    causes = text.rpartition("Caused by:")[2].strip()
    root = _NUMBERED.split(causes)[-1]
    classes = (of for words, of in _OF_TEXT if words in root)
    return Fault(export, next(classes, FaultClass.ABI), root)


def printable(text: str) -> str:
    """`text` on one line, without control characters, of at most `DETAIL_CHARS_MAX` characters."""
    escaped = (c if c.isprintable() else c.encode("unicode_escape").decode() for c in text[:DETAIL_CHARS_MAX])
    return "".join(escaped)[:DETAIL_CHARS_MAX]
