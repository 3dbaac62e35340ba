"""The runner through its command line."""

import base64
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from digest import Digest, fnv1a
from hostile import hostile
from run import ROOT

RUN = Path(__file__).parents[1] / "run.py"
VECTORS = ROOT / "tests" / "conformance" / "vectors"
MAILBOX = {"events-max": 1024, "bytes-max": 1048576, "when-full": "catch-up"}
HEADER = {"umbel-trace": 1, "anything": "else"}


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, RUN, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def report(*arguments: str | Path) -> dict[str, Any]:
    ran = run("--json", *arguments)
    assert ran.returncode in (0, 1), ran.stderr
    return dict(json.loads(ran.stdout))


def written(folder: Path, *lines: object) -> Path:
    file = folder / "some.trace"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return file


def digest_of(*answers: object) -> str:
    digest = Digest()
    for answer in answers:
        digest.add(answer)
    return str(digest)


def join(client: int, pattern: str, **more: object) -> dict[str, Any]:
    selectors = [{"matcher": "uri-template", "pattern": pattern}]
    return {"call": "join", "subscribers": [{"client": client, "selectors": selectors, **more}]}


def test_every_vector_is_answered_as_it_says_and_has_a_line() -> None:
    ran = run()
    assert ran.returncode == 0, ran.stdout + ran.stderr
    lines = ran.stdout.splitlines()
    names = sorted(file.stem for file in VECTORS.glob("*.json"))
    assert [line.split()[1] for line in lines[:-1]] == names
    expected = (json.loads((VECTORS / f"{name}.json").read_text()) for name in names)
    answers = (step["answer"] for vector in expected for step in vector["steps"])
    assert lines[-1] == f"digest {digest_of(*answers)}"


def test_the_digest_is_fnv1a_over_compact_lines() -> None:
    # From the reference implementation's own vectors.
    assert fnv1a(b"") == 0xCBF29CE484222325
    assert fnv1a(b"foobar") == 0x85944171F73967E8
    refused = {"admissions": [{"reason": 'é"\n\x01', "retry-ms": None}]}
    lines = '"left"\n{"admissions":[{"reason":"é\\"\\n\\u0001","retry-ms":null}]}\n'
    assert digest_of("left", refused) == f"{fnv1a(lines.encode()):016x}"


def test_a_vector_that_is_answered_otherwise_fails_and_says_where(tmp_path: Path) -> None:
    vector = json.loads((VECTORS / "star.json").read_text())
    vector["steps"][2]["answer"]["audiences"][1] = [1]
    (tmp_path / "star.json").write_text(json.dumps(vector))
    ran = run("--vectors", tmp_path)
    assert ran.returncode == 1
    assert "FAIL  star, step 2" in ran.stdout
    assert report("--vectors", tmp_path)["outcomes"][0]["difference"] == {
        "where": "step 2",
        "expected": {"audiences": [[0, 1], [1], [0]]},
        "answered": {"audiences": [[0, 1], [0], [0]]},
    }


def test_no_vectors_at_all_are_no_success(tmp_path: Path) -> None:
    assert run("--vectors", tmp_path).returncode == 2


def test_a_trace_may_leave_answers_out_and_configure_again(tmp_path: Path) -> None:
    payload = base64.b64encode(b"\0\xff").decode()
    events = [{"topics": ["a"], "data": "é"}, {"topics": ["b"], "data-base64": payload}]
    file = written(
        tmp_path,
        HEADER,
        {"call": "configure", "config": "", "seed": 7, "facts": [["tenant", "news"]]},
        join(0, "*", claims='{"sub": "x"}', attributes=[["user-agent", "x"]]),
        {"call": "route", "events": events, "answer": {"audiences": [[0], [0]]}},
        {"call": "configure"},
        {"call": "route", "events": events, "answer": {"audiences": [[], []]}},
        {"call": "leave", "clients": [0]},
    )
    found = report("--trace", file)
    assert found["outcomes"] == [{"name": "some.trace", "steps": 6, "difference": None}]
    configured = {"configured": True}
    answers = [configured, {"admissions": [MAILBOX]}, {"audiences": [[0], [0]]}]
    answers += [configured, {"audiences": [[], []]}]
    assert found["digest"] == digest_of(*answers, "left")


def test_a_recorded_answer_that_differs_fails_with_its_line(tmp_path: Path) -> None:
    route = {"call": "route", "events": [{"topics": ["a"]}], "answer": {"audiences": [[1]]}}
    file = written(tmp_path, HEADER, {"call": "configure"}, route)
    assert run("--trace", file).returncode == 1
    assert report("--trace", file)["outcomes"][0]["difference"]["where"] == "line 3"


def test_a_call_that_fails_is_an_answer_and_the_last_of_its_instance(tmp_path: Path) -> None:
    component = tmp_path / "hostile.wasm"
    component.write_bytes(hostile("trap_in_route"))
    configure = {"call": "configure"}
    route = {"call": "route", "events": [{"topics": ["a"]}]}
    file = written(tmp_path, HEADER, configure, route, route, configure)
    found = report("--trace", file, "--component", component)
    failed = {"failed": {"export": "route", "class": "trap"}}
    expected = digest_of({"configured": True}, failed, {"configured": True})
    assert (found["outcomes"][0]["steps"], found["digest"]) == (3, expected)


MALFORMED = [
    ([], "a trace begins"),
    ([{"umbel-trace": 2}], "a trace begins"),
    ([HEADER, {"call": "unknown"}], "trace:2: KeyError"),
    ([HEADER, []], "trace:2: TypeError"),
    ([HEADER, {"call": "configure"}, {"call": "route", "events": [{}]}], "trace:3: KeyError"),
    ([HEADER, {"call": "configure"}, {"call": "leave", "clients": [-1]}], "trace:3: ValueError"),
]


@pytest.mark.parametrize(("lines", "why"), MALFORMED)
def test_what_is_no_trace_is_told_with_its_line(tmp_path: Path, lines: list[object], why: str) -> None:
    ran = run("--trace", written(tmp_path, *lines))
    assert ran.returncode == 2
    assert why in ran.stderr
