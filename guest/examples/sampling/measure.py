#!/usr/bin/env python3
"""What a built policy costs: `measure.py FILE [PATTERN]`. PATTERN is `/news/{id}` where none is given.

Run it with the Python of target/python/venv. Times are CPU time, so that what else the machine does
matters less, and of calls the least of several rounds; they contain what wasmtime's Python API costs,
so compare them with those of guest/dist/dispatcher.wasm. Memory is what the process holds more.
"""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "guest" / "embed" / "python"))

from umbel_policy import Component, Event, Limits, Policy, Selector, Settings, Subscriber  # noqa: E402

CLIENTS = 10_000
SLICE = 250
ROUNDS = 7


def least_us(call: Callable[[], object], times: int = 20) -> float:
    """Microseconds of one call, in the best round."""

    def one_round() -> float:
        start = time.process_time()
        for _ in range(times):
            call()
        return (time.process_time() - start) / times * 1e6

    return min(one_round() for _ in range(ROUNDS))


def resident_mib() -> float:
    """Memory of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / (1 << 20)


def subscriber(client: int, pattern: str) -> Subscriber:
    """One of two with a token."""
    selectors = (Selector("uri-template", pattern), Selector("exact", f"/user/{client}"))
    return Subscriber(client=client, selectors=selectors, claims='{"sub": "x"}' if client % 2 else "")


def main() -> None:
    """Prints a line for each figure."""
    file, pattern = Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "/news/{id}"
    wasm = file.read_bytes()
    start, start_wall = time.process_time(), time.perf_counter()
    component = Component.load(wasm, Limits(deadline_s=30))
    print(f"size                     {len(wasm):12,} B")
    print(f"compiling                {time.process_time() - start:12.2f} s")
    print(f"compiling, on the wall   {time.perf_counter() - start_wall:12.2f} s")

    def instantiate() -> Policy:
        return component.instantiate(Settings())

    print(f"instance, configured     {least_us(instantiate, 1) / 1000:12.2f} ms")
    before = resident_mib()
    policy = instantiate()
    print(f"memory of one            {resident_mib() - before:12.1f} MiB")
    print(f"call without work        {least_us(lambda: policy.leave([])):12.1f} us")

    start = time.process_time()
    for first in range(0, CLIENTS, SLICE):
        policy.join([subscriber(client, pattern) for client in range(first, first + SLICE)])
    print(f"join, each               {(time.process_time() - start) / CLIENTS * 1e6:12.1f} us")
    print(f"memory with {CLIENTS:,}       {resident_mib() - before:12.1f} MiB")

    news = [Event(topics=("/news/1",), offset=offset) for offset in range(1, 65)]
    most = max(news, key=lambda event: len(policy.route([event])[0]))
    few = Event(topics=("/user/77",), offset=1)
    print(f"route to 1               {least_us(lambda: policy.route([few])):12.1f} us")
    everyone = len(policy.route([most])[0])
    print(f"route to {everyone:6,}          {least_us(lambda: policy.route([most]), 3):12.1f} us")
    print(f"select, page of 64       {least_us(lambda: policy.select([4], news), 3):12.1f} us")


if __name__ == "__main__":
    main()
