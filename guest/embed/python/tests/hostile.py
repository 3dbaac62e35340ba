"""The components of `tests/guests`, which misbehave one way each.

The built default policy serves as the shell: its core module is exchanged for one that is put together
from text, so that its types and exports are those of the contract.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import wasmtime

ROOT = Path(__file__).parents[4]
GUESTS = ROOT / "tests" / "guests"
DISPATCHER = ROOT / "guest" / "dist" / "dispatcher.wasm"

_CORE_MODULE = 1
_HEADER_BYTES = 8
_LONG_NAMES = {
    "configure": "umbel:hub/fan-out@0.1.0#configure",
    "join": "umbel:hub/fan-out@0.1.0#join",
    "leave": "umbel:hub/fan-out@0.1.0#leave",
    "route": "umbel:hub/fan-out@0.1.0#route",
    "select": "umbel:hub/fan-out@0.1.0#select",
    "overflow": "umbel:hub/queue-policy@0.1.0#overflow",
}


@cache
def hostile(name: str, replaced: str = "") -> bytes:
    """The component of `tests/guests/NAME.wat`, which replaces parts of a polite one; of it in turn
    those that the text `replaced` has itself."""
    fields: dict[str, str] = {}
    for part in ("helpers", "polite", name):
        fields |= _fields((GUESTS / f"{part}.wat").read_text())
    fields |= _fields(replaced)
    text = _with_long_names("\n".join(fields.values()))
    module = bytes(wasmtime.wat2wasm(f"(module {text})"))
    sections = list(_sections(DISPATCHER.read_bytes()))
    assert [kind for kind, _ in sections].count(_CORE_MODULE) == 1
    bodies = ((kind, module if kind == _CORE_MODULE else body) for kind, body in sections)
    exchanged = (bytes([kind]) + _leb128(len(body)) + body for kind, body in bodies)
    return DISPATCHER.read_bytes()[:_HEADER_BYTES] + b"".join(exchanged)


def _fields(text: str) -> dict[str, str]:
    """The fields of a module by what they export, or else by their text."""
    found = {}
    for field in _top_level(re.sub(r";;[^\n]*", "", text)):
        export = re.search(r'\(export "([^"]+)"\)', field)
        found[export[1] if export else field] = field
    return found


def _top_level(text: str) -> Iterator[str]:
    depth = start = 0
    for at, c in enumerate(text):
        if c == "(":
            start = at if depth == 0 else start
            depth += 1
        elif c == ")":
            depth -= 1
            if depth == 0:
                yield text[start : at + 1]


def _with_long_names(text: str) -> str:
    def lengthened(export: re.Match[str]) -> str:
        post, name = export[1] or "", export[2]
        long = _LONG_NAMES.get(name)
        return f'(export "{"cabi_post_" if post else ""}{long}")' if long else export[0]

    return re.sub(r'\(export "(post-)?([^"]+)"\)', lengthened, text)


def _sections(wasm: bytes) -> Iterator[tuple[int, bytes]]:
    at = _HEADER_BYTES
    while at < len(wasm):
        kind, at = wasm[at], at + 1
        size = shift = 0
        while True:
            byte, at = wasm[at], at + 1
            size |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        yield kind, wasm[at : at + size]
        at += size


def _leb128(number: int) -> bytes:
    encoded = bytearray()
    while number >= 0x80:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(encoded) + bytes([number])
