"""The event-stream format. Nothing else writes it. The rules are those of ARCHITECTURE.md."""

import json
import re

HEARTBEAT = b":\n\n"
"""A comment: readers ignore it, and a connection that is dead is noticed."""

# F3: a line ends with CRLF, LF or CR, and with nothing else that Python takes for one.
_LINE_END = re.compile(rb"\r\n|\n|\r")


def encode(event_id: str, data: bytes) -> bytes:
    """One event. `data` is text in UTF-8; `event_id` has no line end and no NUL."""
    lines = b"".join(b"data: " + line + b"\n" for line in _LINE_END.split(data))
    return b"id: " + event_id.encode() + b"\n" + lines + b"\n"


def gap(cause: str, count: int) -> bytes:
    """Tells that something was left out. It has no id, so that the place in the log stays."""
    told = json.dumps({"cause": cause, "count": count} if count else {"cause": cause})
    return f"event: umbel.gap\ndata: {told}\n\n".encode()


def retry(milliseconds: int) -> bytes:
    """After how long a client is to come back."""
    return f"retry: {milliseconds}\n\n".encode()
