"""Which selectors cover a topic, found by looking names up.

Of the hub's languages this takes what can be looked up: `*`, plain names, and URI templates with one
variable at the end, such as `https://example.com/news/{id}`. The work for a topic grows with its length
and not with the number of selectors, which strangers choose.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

ANY = "*"
VALUE_CHARS_MAX = 256
"""Characters that a variable can stand for."""
LANGUAGES = ("exact", "uri-template")

# RFC 6570, sections 2.1 and 2.3: a literal, and one variable without operator or modifier.
_TEMPLATE = re.compile(
    r"""((?:[^\x00-\x20"%'<>\\^`{|}\x7f-\x9f]|%[0-9A-Fa-f]{2})*)\{\w+(?:\.\w+)*\}""", re.ASCII
)
_VALUE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~,")
_HEX = frozenset("0123456789ABCDEFabcdef")


class Unsupported(Exception):
    """A selector that this policy cannot look up; the text is for the subscriber."""


@dataclass(frozen=True)
class Key:
    """What a selector is looked up by."""

    text: str
    """Its own text: every selector but `*` covers the topic that is spelled like it."""
    prefix: str | None = None
    """What stands before the variable of a template."""


def key(language: str, pattern: str) -> Key:
    """The key of a selector. Raises `Unsupported`."""
    if language not in LANGUAGES:
        raise Unsupported(f"no selectors in {language} here: {', '.join(LANGUAGES)}")
    if language == "exact" or not ("{" in pattern or "}" in pattern):
        return Key(pattern)
    template = _TEMPLATE.fullmatch(pattern)
    if template is None:
        raise Unsupported("a template has one plain variable here, at its end")
    return Key(pattern, template[1])


def prefixes(topic: str) -> Iterator[str]:
    """Every text to which `topic` adds what a variable can stand for, the longest first."""
    at, shortest = len(topic), max(0, len(topic) - VALUE_CHARS_MAX)
    yield topic
    while at > shortest and _continues(topic, at - 1):
        at -= 1
        yield topic[:at]


def _continues(topic: str, at: int) -> bool:
    """Whether what stands at `at` can be in a value, given that all behind it is."""
    if topic[at] == "%":
        digits = topic[at + 1 : at + 3]
        return len(digits) == 2 and _HEX.issuperset(digits)
    return topic[at] in _VALUE
