"""One instance of a policy."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, Final, TypeVar

import wasmtime
from wasmtime import component as wc

from . import lifting, lowering
from .engine import Engine
from .fault import Export, Fault, FaultClass, from_text
from .limits import CORE_INSTANCES_MAX, MEMORIES_MAX, TABLE_ELEMENTS_MAX, TABLES_MAX, Limits
from .records import Event, FullMailbox, Mailbox, Profile, Refusal, Settings, Subscriber, Verdict
from .signature import CONTRACT

A = TypeVar("A")
T = TypeVar("T")


class Policy:
    """An instance of a policy: it knows who has joined, and answers who gets what.

    Every call may raise `Fault`, and after that every further one does: the instance is gone. One
    thread at a time may call it. The calls and their meaning are those of `wit/`.
    """

    profile: Final[Profile]
    """What it says of itself."""

    def __init__(self, engine: Engine, component: wc.Component, limits: Limits, settings: Settings) -> None:
        self._engine = engine
        self._limits = limits
        self._store = wasmtime.Store(engine.wasmtime)
        self._store.set_limits(
            memory_size=limits.memory_bytes,
            table_elements=TABLE_ELEMENTS_MAX,
            instances=CORE_INSTANCES_MAX,
            tables=TABLES_MAX,
            memories=MEMORIES_MAX,
        )
        self._fault: Fault | None = None
        linker = wc.Linker(engine.wasmtime)
        instance = self._run(Export.INSTANTIATE, lambda: linker.instantiate(self._store, component))
        self._functions = {
            export: _function(self._store, instance, interface, export) for interface, export in CONTRACT
        }
        configured = self._call(Export.CONFIGURE, lowering.settings(settings))
        if isinstance(configured, str):
            raise self._failed(Fault(Export.CONFIGURE, FaultClass.REFUSED, configured))
        self.profile = self._lifted(lifting.profile, configured)

    def join(self, subscribers: Sequence[Subscriber]) -> list[Mailbox | Refusal]:
        """Lets these in, or not: one answer for each, in order."""
        lowered = [lowering.subscriber(s) for s in subscribers]
        answer = self._answer(Export.JOIN, len(lowered), lowered)
        return [self._lifted(lifting.admission, admission) for admission in answer]

    def leave(self, clients: Sequence[int]) -> None:
        """These are gone."""
        self._call(Export.LEAVE, lowering.clients(list(clients)))

    def route(self, events: Sequence[Event]) -> list[list[int]]:
        """The clients that each event goes to, in no order. Handles that are not connected are to be
        ignored, and a client that is listed twice gets the event once."""
        lowered = [lowering.event(e) for e in events]
        return self._answer(Export.ROUTE, len(lowered), lowered)

    def select(self, clients: Sequence[int], events: Sequence[Event]) -> list[list[int]]:
        """For each client the indexes, ascending, of those logged events that it may have."""
        lowered = [lowering.event(e) for e in events]
        handles = lowering.clients(list(clients))
        answer = self._answer(Export.SELECT, len(handles), handles, lowered)
        for indexes in answer:
            ascending = all(a < b for a, b in pairwise(indexes))
            if not ascending or (indexes and indexes[-1] >= len(lowered)):
                raise self._failed(
                    Fault(Export.SELECT, FaultClass.SHAPE, "indexes not ascending, or past the end")
                )
        return answer

    def overflow(self, full: Sequence[FullMailbox]) -> list[Verdict]:
        """One verdict for each full mailbox, in order."""
        lowered = [lowering.full_mailbox(f) for f in full]
        return [Verdict(v) for v in self._answer(Export.OVERFLOW, len(lowered), lowered)]

    def _answer(self, export: Export, expected: int, *arguments: object) -> list[Any]:
        answer: list[Any] = self._call(export, *arguments)
        if len(answer) != expected:
            text = f"{len(answer)} answers to {expected} questions"
            raise self._failed(Fault(export, FaultClass.SHAPE, text))
        return answer

    def _call(self, export: Export, *arguments: object) -> Any:
        return self._run(export, lambda: self._functions[export](self._store, *arguments))

    def _run(self, export: Export, call: Callable[[], T]) -> T:
        if self._fault is not None:
            raise self._fault.again()
        try:
            with self._engine.deadline(self._store, self._limits.deadline_of(export)):
                return call()
        except (wasmtime.WasmtimeError, wasmtime.Trap) as error:
            # wasmtime's own frame holds the error, and so the whole traceback would hold itself.
            error.__traceback__ = None
            raise self._failed(from_text(export, str(error))) from error
        except UnicodeDecodeError as error:
            raise self._failed(Fault(export, FaultClass.ABI, str(error))) from error

    def _lifted(self, lift: Callable[[A], T], answer: A) -> T:
        try:
            return lift(answer)
        except Fault as fault:
            raise self._failed(fault) from None

    def _failed(self, fault: Fault) -> Fault:
        self._fault = fault.again()
        # Its memory goes now, not when the last one forgets this object.
        self._store.close()
        return fault


def _function(store: wasmtime.Store, instance: wc.Instance, interface: str, export: str) -> wc.Func:
    within = instance.get_export_index(store, interface)
    index = instance.get_export_index(store, export, within)
    function = instance.get_func(store, index) if index else None
    # The component was checked when it was loaded.
    assert function is not None, f"{interface} without {export}"
    return function
