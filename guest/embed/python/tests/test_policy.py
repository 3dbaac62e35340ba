"""The library against the default policy, and against those that misbehave."""

import gc
import os
import time
import weakref
from contextlib import suppress
from pathlib import Path

import pytest
import wasmtime
from hostile import DISPATCHER, hostile
from umbel_policy import (
    ASK,
    Blame,
    Component,
    Event,
    Export,
    Fault,
    FaultClass,
    FullMailbox,
    Limits,
    LoadError,
    Mailbox,
    Policy,
    Refusal,
    Selector,
    Settings,
    Subscriber,
    Verdict,
)

PATIENT = Limits(deadline_s=10)
"""For whoever is not to be interrupted, however slow the machine is."""
HASTY = Limits(deadline_s=0.05)

EVENT = Event(topics=("a",), offset=1)


def subscriber(client: int, *patterns: str, claims: str = "") -> Subscriber:
    selectors = tuple(Selector("uri-template", p) for p in patterns or ("a",))
    return Subscriber(client=client, selectors=selectors, claims=claims)


def start(name: str, limits: Limits = PATIENT) -> Policy:
    return Component.load(hostile(name), limits).instantiate(Settings())


def default(config: str = "") -> Policy:
    return Component.load(DISPATCHER, PATIENT).instantiate(Settings(config=config, seed=7))


def ask(policy: Policy, export: Export) -> object:
    match export:
        case Export.JOIN:
            return policy.join([subscriber(0)])
        case Export.LEAVE:
            policy.leave([0])
            return None
        case Export.ROUTE:
            return policy.route([EVENT])
        case Export.SELECT:
            return policy.select([0], [EVENT])
        case Export.OVERFLOW:
            full = FullMailbox(client=0, offset=1, events=1, bytes=2, oldest_ms=3)
            return policy.overflow([full])
        case _:
            raise AssertionError(export)


def test_the_default_policy_answers_every_call() -> None:
    policy = default("events = 16\nwhen-full = ask\noverflow = drop-oldest")
    assert policy.profile.name == "umbel-dispatcher"
    bounds = Mailbox(events_max=16, bytes_max=1 << 20, when_full=ASK)
    assert policy.join([subscriber(0, "a"), subscriber(1, "{x}", "b")]) == [bounds, bounds]
    events = [Event(topics=("a",)), Event(topics=("b",)), Event(topics=("c/d", "a"))]
    assert [sorted(audience) for audience in policy.route(events)] == [[0, 1], [1], [0, 1]]
    assert policy.select([1, 0, 9], events) == [[0, 1, 2], [0, 2], []]
    assert ask(policy, Export.OVERFLOW) == [Verdict.DROP_OLDEST]
    policy.leave([1])
    assert policy.route(events) == [[0], [], [0]]


def test_every_field_arrives_as_it_was_given() -> None:
    policy = Component.load(hostile("tells_what_it_sees"), PATIENT).instantiate(
        Settings(config="all", seed=2**63, facts=(("tenant", "é\0"),))
    )
    assert set(policy.profile.wants) == {"id", "payload", "claims", "attributes"}
    policy.join([subscriber(2**32 - 1, claims="{}")])
    event = Event(
        topics=("a", "b"),
        offset=2**64 - 1,
        id="i",
        kind="k",
        private=True,
        accepted_ms=2**53,
        size=3,
        data=b"\0\xff\n",
        attributes=(("n", "v"),),
    )
    assert len(policy.route([event])) == 1


def test_refused_subscribers_are_told_why_and_when() -> None:
    refusal = Refusal(reason="closed", retry_ms=5_000)
    assert start("refuses_everybody").join([subscriber(0)]) == [refusal]


@pytest.mark.parametrize("number", [-1, 2**32, 2**70])
def test_a_handle_that_is_no_u32_is_the_callers_mistake_and_costs_no_instance(number: int) -> None:
    policy = default()
    policy.join([subscriber(0)])
    for call in (
        lambda: policy.join([subscriber(number)]),
        lambda: policy.leave([number]),
        lambda: policy.select([number], [EVENT]),
    ):
        with pytest.raises(ValueError, match="no u32"):
            call()
    assert policy.route([EVENT]) == [[0]]


def test_a_text_that_is_no_unicode_is_the_callers_mistake_and_costs_no_instance() -> None:
    policy = default()
    policy.join([subscriber(0)])
    with pytest.raises(UnicodeEncodeError):
        policy.route([Event(topics=("\ud800",))])
    assert policy.route([EVENT]) == [[0]]


FAULTS = [
    ("loop_in_join", Export.JOIN, FaultClass.DEADLINE),
    ("loop_in_leave", Export.LEAVE, FaultClass.DEADLINE),
    ("loop_in_route", Export.ROUTE, FaultClass.DEADLINE),
    ("loop_in_select", Export.SELECT, FaultClass.DEADLINE),
    ("loop_in_overflow", Export.OVERFLOW, FaultClass.DEADLINE),
    ("loop_in_post_return", Export.ROUTE, FaultClass.DEADLINE),
    ("long_fill", Export.ROUTE, FaultClass.DEADLINE),
    ("trap_in_join", Export.JOIN, FaultClass.TRAP),
    ("trap_in_leave", Export.LEAVE, FaultClass.TRAP),
    ("trap_in_route", Export.ROUTE, FaultClass.TRAP),
    ("trap_in_select", Export.SELECT, FaultClass.TRAP),
    ("trap_in_overflow", Export.OVERFLOW, FaultClass.TRAP),
    ("trap_in_post_return", Export.ROUTE, FaultClass.TRAP),
    ("deep_recursion", Export.ROUTE, FaultClass.STACK),
    ("lying_list", Export.ROUTE, FaultClass.ANSWER_SIZE),
    ("too_large_list", Export.ROUTE, FaultClass.ANSWER_SIZE),
    ("hundred_megabyte_answer", Export.ROUTE, FaultClass.ANSWER_SIZE),
    ("large_refusal", Export.JOIN, FaultClass.ANSWER_SIZE),
    ("list_outside_memory", Export.ROUTE, FaultClass.ABI),
    ("misaligned_list", Export.ROUTE, FaultClass.ABI),
    ("bad_verdict", Export.OVERFLOW, FaultClass.ABI),
    ("bad_admission", Export.JOIN, FaultClass.ABI),
    ("bad_when_full", Export.JOIN, FaultClass.ABI),
    ("too_few_answers", Export.JOIN, FaultClass.SHAPE),
    ("too_few_answers", Export.ROUTE, FaultClass.SHAPE),
    ("too_few_answers", Export.SELECT, FaultClass.SHAPE),
    ("too_few_answers", Export.OVERFLOW, FaultClass.SHAPE),
    ("too_many_answers", Export.ROUTE, FaultClass.SHAPE),
    ("select_out_of_page", Export.SELECT, FaultClass.SHAPE),
]


@pytest.mark.parametrize(("name", "export", "of"), FAULTS)
def test_a_failing_call_has_its_class_and_ends_its_instance_alone(
    name: str, export: Export, of: FaultClass
) -> None:
    neighbour = start("polite")
    policy = start(name, HASTY if of is FaultClass.DEADLINE else PATIENT)
    with pytest.raises(Fault) as failed:
        ask(policy, export)
    fault = failed.value
    assert (fault.export, fault.fault_class, fault.blame) == (export, of, Blame.COMPONENT)
    for further in (Export.JOIN, Export.LEAVE, Export.ROUTE, Export.SELECT, Export.OVERFLOW):
        with pytest.raises(Fault):
            ask(policy, further)
        ask(neighbour, further)


NOT_MADE = [
    ("loop_in_start", Export.INSTANTIATE, FaultClass.DEADLINE),
    ("trap_in_start", Export.INSTANTIATE, FaultClass.TRAP),
    ("memory_at_start", Export.INSTANTIATE, FaultClass.LIMIT),
    ("table_at_start", Export.INSTANTIATE, FaultClass.LIMIT),
    ("loop_in_configure", Export.CONFIGURE, FaultClass.DEADLINE),
    ("loop_in_realloc", Export.CONFIGURE, FaultClass.DEADLINE),
    ("trap_in_configure", Export.CONFIGURE, FaultClass.TRAP),
    ("trap_in_realloc", Export.CONFIGURE, FaultClass.TRAP),
    ("realloc_outside_memory", Export.CONFIGURE, FaultClass.ABI),
    ("bad_text", Export.CONFIGURE, FaultClass.ABI),
    ("large_profile", Export.CONFIGURE, FaultClass.ANSWER_SIZE),
    ("refuses_settings", Export.CONFIGURE, FaultClass.REFUSED),
]


@pytest.mark.parametrize(("name", "export", "of"), NOT_MADE)
def test_what_fails_before_the_first_call_is_never_an_instance(
    name: str, export: Export, of: FaultClass
) -> None:
    with pytest.raises(Fault) as failed:
        start(name, HASTY)
    assert (failed.value.export, failed.value.fault_class) == (export, of)


def test_a_refusal_of_the_settings_cannot_forge_a_line_of_the_log() -> None:
    with pytest.raises(Fault) as failed:
        start("refuses_settings")
    assert failed.value.detail == "no\\nlevel=error"


def test_memory_that_an_instance_takes_is_bounded_and_given_back() -> None:
    """`memory.grow` is refused at the limit, and the guest asks again until its deadline."""
    with pytest.raises(Fault):
        start("memory_bomb", HASTY).route([EVENT])
    before = resident_bytes()
    for _ in range(10):
        policy = start("memory_bomb", HASTY)
        with pytest.raises(Fault):
            policy.route([EVENT])
    # All of it would be 640 MB.
    assert resident_bytes() - before < 200 << 20


def resident_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def test_an_instance_that_failed_goes_with_the_last_who_holds_it() -> None:
    policy = start("trap_in_route")
    gone = weakref.ref(policy)
    gc.disable()
    try:
        for _ in range(2):
            with suppress(Fault):
                policy.route([EVENT])
        del policy
        assert gone() is None
    finally:
        gc.enable()


def test_a_slow_policy_within_its_deadline_is_never_interrupted() -> None:
    policy = start("slow_but_legal")
    for _ in range(100):
        policy.route([EVENT])


def test_deadlines_hold_again_after_the_clock_has_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("umbel_policy.engine._IDLE_TICKS_MAX", 2)
    policy = start("loop_in_route", HASTY)
    time.sleep(0.2)
    with pytest.raises(Fault) as failed:
        policy.route([EVENT])
    assert failed.value.fault_class is FaultClass.DEADLINE


def test_deadlines_hold_in_a_process_that_was_forked() -> None:
    policy = start("loop_in_route", HASTY)
    child = os.fork()
    if child == 0:
        try:
            policy.route([EVENT])
        except Fault as fault:
            os._exit(0 if fault.fault_class is FaultClass.DEADLINE else 2)
        os._exit(3)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_clients_that_never_were_are_the_callers_to_ignore() -> None:
    assert start("unknown_handles").route([EVENT]) == [[2**32 - 1]]


REFUSED = [
    (b"", "no WebAssembly"),
    (b"(component)", "no WebAssembly"),
    (b"\0asm\1\0\0\0", "a core module"),
    (b"\0asm\x0d\0\1\0", "does not export umbel:hub/fan-out"),
    (b"\0asm\x0d\0\1\0\xff", "does not compile"),
]


@pytest.mark.parametrize(("wasm", "why"), REFUSED)
def test_what_is_no_policy_is_refused_with_the_reason(wasm: bytes, why: str) -> None:
    with pytest.raises(LoadError, match=why):
        Component.load(wasm)


def test_a_component_with_functions_to_import_is_refused_by_their_names() -> None:
    text = '(component (import "wasi:cli/environment@0.2.0" (instance (export "f" (func)))))'
    with pytest.raises(LoadError, match=r"imports wasi:cli/environment@0\.2\.0.*--stub-wasi"):
        Component.load(bytes(wasmtime.wat2wasm(text)))


def test_a_component_with_other_types_is_refused_by_the_function() -> None:
    wasm = DISPATCHER.read_bytes()
    assert wasm.count(b"accepted-ms") > 0
    with pytest.raises(LoadError, match=r"route is .*accepted-mz"):
        Component.load(wasm.replace(b"accepted-ms", b"accepted-mz"))


def test_a_file_that_is_too_large_is_refused_and_not_read(tmp_path: Path) -> None:
    file = tmp_path / "large.wasm"
    with file.open("wb") as large:
        large.truncate(1 << 40)
    with pytest.raises(LoadError, match="larger than 33554432 bytes"):
        Component.load(file)
