"""The engine of the process, and the clock that its deadlines are counted by."""

import functools
import math
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import wasmtime

from .limits import STACK_BYTES_MAX

TICK_S = 0.005
"""Seconds between two looks at the deadlines."""
_IDLE_TICKS_MAX = 200
"""Ticks without a call after which the clock stops."""


class Engine:
    """wasmtime's engine, whose epoch moves on while something runs.

    Any number of threads may call into it, each with stores of its own.
    """

    def __init__(self) -> None:
        config = wasmtime.Config()
        config.epoch_interruption = True
        config.max_wasm_stack = STACK_BYTES_MAX
        config.cranelift_nan_canonicalization = True
        config.wasm_relaxed_simd = False
        config.wasm_threads = False
        self.wasmtime = wasmtime.Engine(config)
        self._lock = threading.Lock()
        self._running = 0
        self._wake = threading.Event()
        self._clock: threading.Thread | None = None

    @contextmanager
    def deadline(self, store: wasmtime.Store, seconds: float) -> Iterator[None]:
        """Interrupts what is called in `store` within once `seconds` have passed."""
        with self._lock:
            self._running += 1
            # A process that was forked has the object but not the thread.
            if self._clock is None or not self._clock.is_alive():
                self._clock = threading.Thread(target=self._tick, name="umbel-deadlines", daemon=True)
                self._clock.start()
        self._wake.set()
        try:
            # One more, since the first may be due at once.
            store.set_epoch_deadline(math.ceil(seconds / TICK_S) + 1)
            yield
        finally:
            with self._lock:
                self._running -= 1

    def _tick(self) -> None:
        idle = 0
        while self._wake.wait():
            time.sleep(TICK_S)
            self.wasmtime.increment_epoch()
            idle = 0 if self._running else idle + 1
            if idle > _IDLE_TICKS_MAX:
                idle = 0
                self._wake.clear()
                # A call that began meanwhile has set it before it was cleared.
                if self._running:
                    self._wake.set()


@functools.cache
def shared() -> Engine:
    """The engine of this process."""
    return Engine()
