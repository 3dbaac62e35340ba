"""What a client asks for, checked."""

from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any, TypeAlias
from urllib.parse import parse_qs

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]

BODY_BYTES_MAX = 1 << 20
TOPICS_MAX = 100
TOPIC_BYTES_MAX = 4_096
FORM = "application/x-www-form-urlencoded"


class BadRequestError(Exception):
    """What the client is answered."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


@dataclass(frozen=True, slots=True)
class Publication:
    """A form with `topic`, the canonical one first, and `data`."""

    topics: tuple[str, ...]
    data: bytes


def selectors(scope: Scope) -> tuple[str, ...]:
    """The patterns that a client asks for."""
    return _topics(_fields(scope["query_string"]))


def last_event_id(scope: Scope) -> str | None:
    """Where the client was when it lost its stream."""
    value = _header(scope, b"last-event-id")
    # F20: it comes as UTF-8.
    return None if value is None else value.decode(errors="replace")


async def publication(scope: Scope, receive: Receive) -> Publication:
    """Reads a form."""
    kind = (_header(scope, b"content-type") or b"").partition(b";")[0].strip().lower()
    if kind != FORM.encode():
        raise BadRequestError(415, f"publish with a body of the type {FORM}")
    fields = _fields(await _body(receive))
    topics = _topics(fields)
    if "*" in topics:
        raise BadRequestError(400, "* is no topic")
    data = fields.get("data", [""])
    if len(data) > 1:
        raise BadRequestError(400, "there is one field data")
    return Publication(topics, data[0].encode())


async def _body(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise BadRequestError(400, "the body ended too early")
        body += message.get("body", b"")
        if len(body) > BODY_BYTES_MAX:
            raise BadRequestError(413, f"a body has at most {BODY_BYTES_MAX} bytes")
        if not message.get("more_body", False):
            return bytes(body)


def _fields(encoded: bytes) -> dict[str, list[str]]:
    try:
        return parse_qs(encoded.decode("ascii"), True, True, errors="strict", max_num_fields=TOPICS_MAX + 1)
    except ValueError as error:
        raise BadRequestError(400, "neither a query nor a form of UTF-8, or too many fields") from error


def _topics(fields: dict[str, list[str]]) -> tuple[str, ...]:
    topics = tuple(dict.fromkeys(fields.get("topic", [])))
    if not 0 < len(topics) <= TOPICS_MAX:
        raise BadRequestError(400, f"from 1 to {TOPICS_MAX} fields topic are needed")
    for topic in topics:
        if not 0 < len(topic.encode()) <= TOPIC_BYTES_MAX or not topic.isprintable():
            raise BadRequestError(400, f"a topic is of 1 to {TOPIC_BYTES_MAX} printable bytes")
    return topics


def _header(scope: Scope, name: bytes) -> bytes | None:
    return next((value for key, value in scope["headers"] if key == name), None)
