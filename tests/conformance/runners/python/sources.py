"""Where steps come from: the files of vectors, and traces."""

import json
from collections.abc import Iterator
from pathlib import Path

from steps import Json

TRACE_VERSION = 1


class Malformed(Exception):
    """A file that is not what it is said to be; the text has its name and line."""


def vectors(folder: Path) -> Iterator[Json]:
    """The vectors of a folder, by name."""
    files = sorted(folder.glob("*.json"), key=lambda file: file.stem.encode())
    if not files:
        raise Malformed(f"{folder}: no vectors")
    for file in files:
        vector = json.loads(file.read_text(encoding="utf-8"))
        if vector["name"] != file.stem:
            raise Malformed(f"{file}: its name is {vector['name']!r}")
        yield vector


def trace(file: Path) -> Iterator[tuple[int, Json]]:
    """The steps of a trace with the numbers of their lines. It is read as it is asked for."""
    with file.open(encoding="utf-8") as lines:
        header = _parsed(file, 1, lines.readline() or "null")
        if not isinstance(header, dict) or header.get("umbel-trace") != TRACE_VERSION:
            raise Malformed(f'{file}:1: a trace begins with {{"umbel-trace": {TRACE_VERSION}}}')
        for number, line in enumerate(lines, 2):
            if line.strip():
                yield number, _parsed(file, number, line)


def _parsed(file: Path, number: int, line: str) -> Json:
    try:
        return json.loads(line)
    except ValueError as error:
        raise Malformed(f"{file}:{number}: {error}") from error
