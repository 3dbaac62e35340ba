#!/usr/bin/env python3
"""Runs the vectors of `tests/conformance`, or a trace, against a policy under wasmtime for Python.

Exit codes: 0 all answers as they should be, 1 one differs, 2 wrong usage or a file that cannot be read.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]
sys.path.insert(0, str(ROOT / "guest" / "embed" / "python"))

from digest import Digest  # noqa: E402
from sources import Malformed, trace, vectors  # noqa: E402
from steps import Json, MalformedStep, Runner  # noqa: E402
from umbel_policy import Component, Limits, LoadError  # noqa: E402

DEADLINE_S = 30
"""Decisions are what is compared here, not time."""


@dataclass
class Difference:
    """An answer that is not as it was expected."""

    where: str
    """The number of the step in its vector, from 0, or of the line in its trace."""
    expected: Json
    answered: Json


@dataclass
class Outcome:
    """What came of one vector, or of a trace."""

    name: str
    steps: int
    difference: Difference | None


def run_vector(component: Component, vector: Json, digest: Digest) -> Outcome:
    """Asks all steps of `vector`, up to the first answer that differs."""
    runner = Runner(component)
    for number, step in enumerate(vector["steps"]):
        try:
            answer = runner.ask(step)
        except MalformedStep as error:
            raise Malformed(f"{vector['name']}, step {number}: {error}") from error
        if answer is not None:
            digest.add(answer)
        if answer != step["answer"]:
            differs = Difference(f"step {number}", step["answer"], answer)
            return Outcome(vector["name"], number + 1, differs)
    return Outcome(vector["name"], len(vector["steps"]), None)


def run_trace(component: Component, file: Path, digest: Digest) -> Outcome:
    """Asks all steps of a trace; the first answer that is not the recorded one is told."""
    runner, steps, differs = Runner(component), 0, None
    for line, step in trace(file):
        try:
            answer = runner.ask(step)
        except MalformedStep as error:
            raise Malformed(f"{file}:{line}: {error}") from error
        if answer is None:
            continue
        steps += 1
        digest.add(answer)
        recorded = step.get("answer")
        if differs is None and recorded is not None and recorded != answer:
            differs = Difference(f"line {line}", recorded, answer)
    return Outcome(file.name, steps, differs)


def outcomes(arguments: argparse.Namespace, digest: Digest) -> Iterator[Outcome]:
    """One for each vector, or one for the trace."""
    component = Component.load(arguments.component, Limits(deadline_s=DEADLINE_S))
    if arguments.trace:
        yield run_trace(component, arguments.trace, digest)
    else:
        for vector in vectors(arguments.vectors):
            yield run_vector(component, vector, digest)


def printed(outcome: Outcome) -> str:
    """`outcome` as text."""
    if outcome.difference is None:
        return f"ok    {outcome.name} ({outcome.steps} steps)"
    differs = outcome.difference
    return (
        f"FAIL  {outcome.name}, {differs.where}\n"
        f"  expected {json.dumps(differs.expected, ensure_ascii=False)}\n"
        f"  answered {json.dumps(differs.answered, ensure_ascii=False)}"
    )


def parser() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    conformance = ROOT / "tests" / "conformance"
    dispatcher = ROOT / "guest" / "dist" / "dispatcher.wasm"
    add = parser.add_argument
    add("--component", type=Path, default=dispatcher, help="the policy (the default one)")
    add("--vectors", type=Path, default=conformance / "vectors", help="a folder of vectors")
    add("--trace", type=Path, help="a trace in the place of the vectors")
    add("--json", action="store_true", help="one JSON object, for machines")
    return parser


def main() -> int:
    """The exit code."""
    arguments, digest = parser().parse_args(), Digest()
    done = []
    try:
        for outcome in outcomes(arguments, digest):
            done.append(outcome)
            if not arguments.json:
                print(printed(outcome))
    except (LoadError, Malformed, OSError, ValueError, KeyError) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 2
    if arguments.json:
        report = {"outcomes": [asdict(outcome) for outcome in done], "digest": str(digest)}
        print(json.dumps(report, ensure_ascii=False))
    else:
        print(f"digest {digest}")
    return int(any(outcome.difference for outcome in done))


if __name__ == "__main__":
    sys.exit(main())
