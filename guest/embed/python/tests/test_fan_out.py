"""The fan-out with a policy that fails as it is told to."""

import gc
from collections.abc import Sequence
from typing import cast

import pytest
from umbel_asgi import FanOut, Refused, Subscription
from umbel_asgi.fan_out import SUBSCRIBERS_MAX
from umbel_policy import (
    Component,
    Event,
    Export,
    Fault,
    FaultClass,
    FullMailbox,
    Mailbox,
    Profile,
    Refusal,
    Settings,
    Subscriber,
    Verdict,
)


class Script:
    """Stands for a component; what is to fail is set from outside."""

    def __init__(self) -> None:
        self.instances: list[Instance] = []
        self.join_fails_for: set[int] = set()
        self.refuses: set[int] = set()
        self.route_fails_times = 0
        self.select_fails_times = 0
        self.overflow_fails = False
        self.instances_fail = False

    def instantiate(self, _: Settings) -> "Instance":
        if self.instances_fail:
            raise Fault(Export.INSTANTIATE, FaultClass.HOST, "no memory")
        self.instances.append(Instance(self))
        return self.instances[-1]


class Instance:
    """Sends everything to everyone it knows; mailboxes hold one event, and it is asked about them."""

    profile = Profile(name="script", version="1", wants=(), matchers=())

    def __init__(self, script: Script) -> None:
        self.script = script
        self.known: set[int] = set()

    def join(self, subscribers: Sequence[Subscriber]) -> list[Mailbox | Refusal]:
        clients = [s.client for s in subscribers]
        if self.script.join_fails_for.intersection(clients):
            raise Fault(Export.JOIN, FaultClass.TRAP, "as told")
        assert self.known.isdisjoint(clients), "a handle is used again only after it was told to leave"
        refused = self.script.refuses
        self.known.update(client for client in clients if client not in refused)
        return [
            Refusal(reason="as told", retry_ms=None)
            if client in refused
            else Mailbox(events_max=1, bytes_max=100, when_full="ask")
            for client in clients
        ]

    def leave(self, clients: Sequence[int]) -> None:
        assert self.known.issuperset(clients), "nobody leaves who has not joined"
        self.known.difference_update(clients)

    def route(self, events: Sequence[Event]) -> list[list[int]]:
        if self.script.route_fails_times:
            self.script.route_fails_times -= 1
            raise Fault(Export.ROUTE, FaultClass.DEADLINE, "as told")
        return [sorted(self.known) for _ in events]

    def select(self, clients: Sequence[int], events: Sequence[Event]) -> list[list[int]]:
        if self.script.select_fails_times:
            self.script.select_fails_times -= 1
            raise Fault(Export.SELECT, FaultClass.DEADLINE, "as told")
        return [list(range(len(events))) for _ in clients]

    def overflow(self, full: Sequence[FullMailbox]) -> list[Verdict]:
        if self.script.overflow_fails:
            raise Fault(Export.OVERFLOW, FaultClass.TRAP, "as told")
        return [Verdict.DROP_OLDEST for _ in full]


def scripted() -> tuple[Script, FanOut]:
    script = Script()
    return script, FanOut(cast("Component", script))


def data_of(fan_out: FanOut, subscription: Subscription) -> list[str]:
    lines = fan_out.take(subscription).decode().split("\n")
    return [line.removeprefix("data: ") for line in lines if line.startswith("data: ")]


def test_one_failure_is_made_good_by_a_new_instance_that_knows_everyone() -> None:
    script, fan_out = scripted()
    present = [fan_out.subscribe(["a"]) for _ in range(600)]
    script.route_fails_times = 1
    fan_out.publish(["a"], b"x")
    assert all(data_of(fan_out, s) == ["x"] for s in present)
    assert len(script.instances) == 2


def test_who_makes_a_new_instance_fail_is_expelled_and_all_others_stay() -> None:
    script, fan_out = scripted()
    present = [fan_out.subscribe(["a"]) for _ in range(10)]
    script.join_fails_for = {3, 7}
    script.route_fails_times = 1
    fan_out.publish(["a"], b"x")
    assert [n for n, s in enumerate(present) if s.ended] == [3, 7]
    assert [n for n, s in enumerate(present) if data_of(fan_out, s) == ["x"]] == [0, 1, 2, 4, 5, 6, 8, 9]
    # Their handles are free, and who held them may go without a word to the policy.
    del present[7], present[3]
    gc.collect()
    script.join_fails_for = set()
    assert [fan_out.subscribe(["a"]).subscriber.client for _ in range(1)] == [3]


def test_whom_a_new_instance_refuses_is_expelled() -> None:
    script, fan_out = scripted()
    stays, goes = fan_out.subscribe(["a"]), fan_out.subscribe(["a"])
    script.refuses = {goes.subscriber.client}
    script.route_fails_times = 1
    fan_out.publish(["a"], b"x")
    assert (stays.ended, goes.ended, len(fan_out)) == (False, True, 1)


def test_where_no_instance_can_be_made_events_are_withheld_and_it_is_left_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    script, fan_out = scripted()
    present = fan_out.subscribe(["a"])
    script.route_fails_times = 1
    script.instances_fail = True
    fan_out.publish(["a"], b"x")
    fan_out.publish(["a"], b"y")
    assert fan_out.seat.rebuilds == 1
    assert data_of(fan_out, present) == ['{"cause": "withheld", "count": 2}']
    with pytest.raises(Refused):
        fan_out.subscribe(["a"])
    script.instances_fail = False
    monkeypatch.setattr("umbel_asgi.seat.time.monotonic", lambda: float("inf"))
    fan_out.publish(["a"], b"z")
    assert data_of(fan_out, present) == ["z"]


def test_where_overflow_fails_the_new_events_are_dropped_and_the_audience_stands() -> None:
    script, fan_out = scripted()
    present = fan_out.subscribe(["a"])
    script.overflow_fails = True
    fan_out.publish(["a"], b"x")
    fan_out.publish(["a"], b"y")
    assert data_of(fan_out, present) == ['{"cause": "dropped", "count": 1}', "x"]


def test_overflow_is_asked_and_its_verdict_carried_out() -> None:
    _, fan_out = scripted()
    present = fan_out.subscribe(["a"])
    for data in (b"x", b"y", b"z"):
        fan_out.publish(["a"], data)
    assert data_of(fan_out, present) == ['{"cause": "dropped", "count": 2}', "z"]


def test_nothing_but_the_subscription_keeps_a_client() -> None:
    script, fan_out = scripted()
    goes, stays = fan_out.subscribe(["a"]), fan_out.subscribe(["a"])
    del goes
    assert len(fan_out) == 1
    fan_out.publish(["a"], b"x")
    assert script.instances[0].known == {stays.subscriber.client}
    assert fan_out.subscribe(["a"]).subscriber.client == 0


def test_who_vanishes_while_there_is_no_instance_is_not_told_to_the_next_one() -> None:
    script, fan_out = scripted()
    goes, stays = fan_out.subscribe(["a"]), fan_out.subscribe(["a"])
    script.route_fails_times = 2
    fan_out.publish(["a"], b"x")
    del goes
    fan_out.publish(["a"], b"y")
    assert script.instances[-1].known == {stays.subscriber.client}


def test_a_failure_holds_nobody_who_goes_away() -> None:
    """All of these must vanish by themselves: nobody knows when the collector will come."""
    script, fan_out = scripted()
    present = [fan_out.subscribe(["a"]) for _ in range(4)]
    gc.disable()
    try:
        script.join_fails_for = {0}
        script.route_fails_times = 1
        fan_out.publish(["a"], b"a new instance fails at one of them")
        script.route_fails_times = 2
        fan_out.publish(["a"], b"withheld from all of them")
        present[1].feed_after(0)
        script.select_fails_times = 2
        assert data_of(fan_out, present[1]) == ['{"cause": "withheld", "count": 1}']
        assert data_of(fan_out, present[1]) == ['{"cause": "withheld"}']
        assert script.select_fails_times == 0
        present.clear()
        assert len(fan_out) == 0
    finally:
        gc.enable()


def test_there_is_room_for_so_many_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    assert SUBSCRIBERS_MAX > 2
    monkeypatch.setattr("umbel_asgi.fan_out.SUBSCRIBERS_MAX", 2)
    _, fan_out = scripted()
    present = [fan_out.subscribe(["a"]) for _ in range(2)]
    with pytest.raises(Refused, match="too many"):
        fan_out.subscribe(["a"])
    present.pop()
    assert fan_out.subscribe(["a"])
