"""One number for many answers, as the README of the vectors describes it."""

import json
from typing import Any

_FNV_OFFSET = 0xCBF29CE484222325
_FNV_PRIME = 0x100000001B3
_U64_MASK = (1 << 64) - 1


class Digest:
    """64-bit FNV-1a over answers as compact JSON, each followed by a line feed."""

    def __init__(self) -> None:
        self._hash = _FNV_OFFSET

    def add(self, answer: Any) -> None:
        """One more answer, with its keys in the order of the README."""
        line = json.dumps(answer, ensure_ascii=False, separators=(",", ":")) + "\n"
        self._hash = fnv1a(line.encode(), self._hash)

    def __str__(self) -> str:
        return f"{self._hash:016x}"


def fnv1a(data: bytes, state: int = _FNV_OFFSET) -> int:
    """64-bit FNV-1a over `data`, from `state` on."""
    for byte in data:
        state = (state ^ byte) * _FNV_PRIME & _U64_MASK
    return state
