"""The application through real sockets."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from urllib.parse import urlencode

import pytest
from hostile import DISPATCHER, hostile
from rig import Server, Stream, streams, wait_until
from umbel_asgi import App, FanOut
from umbel_policy import Component, Limits

LARGE = 100_000
"""Characters of an event of which some fill what the kernel keeps for a client."""
FLOOD = 30
DROP_NEWEST = "events = 4\nwhen-full = drop-newest"


@cache
def component(name: str | None = None, replaced: str = "", deadline_s: float = 5) -> Component:
    source = DISPATCHER if name is None else hostile(name, replaced)
    return Component.load(source, Limits(deadline_s=deadline_s))


@contextmanager
def serving(
    config: str = "", policy: Component | None = None, heartbeat_s: float = 60, write_s: float = 60
) -> Iterator[Server]:
    fan_out = FanOut(policy or component(), config)
    with Server(App(fan_out, heartbeat_s=heartbeat_s, write_s=write_s)) as server:
        yield server


def large(number: int) -> str:
    return f"{number}:{'x' * LARGE}"


def number_of(text: str) -> int:
    return int(text.partition(":")[0])


def test_every_client_gets_every_event_of_its_topics_in_order() -> None:
    with serving() as server, streams(server, "/news/{id}", "*", "/other") as (news, everything, other):
        ids = [server.publish(f"/news/{n}", f"event {n}") for n in range(20)]
        server.publish("/other", "last")
        received = [news.next() for _ in range(20)]
        assert [m.text for m in received] == [f"event {n}" for n in range(20)]
        assert [m.id for m in received] == ids
        assert everything.texts(21)[-1] == "last"
        assert other.texts(1) == ["last"]


def test_the_head_of_a_stream_is_that_of_an_event_stream() -> None:
    with serving() as server, streams(server, "a") as (stream,):
        head = stream.head.lower()
        assert head.startswith("http/1.1 200")
        assert "content-type: text/event-stream" in head
        assert "cache-control: no-cache" in head
        assert stream.first == "retry: 2000"


def test_lines_end_where_the_format_says_and_nowhere_else() -> None:
    with serving() as server, streams(server, "a") as (stream,):
        server.publish("a", "one\r\ntwo\rthree\n\nfive\u2028\x0b\x0c\x85 six ")
        assert stream.next().data == ["one", "two", "three", "", "five\u2028\x0b\x0c\x85 six "]
        server.publish("a", "")
        assert stream.next().data == [""]


def test_a_full_queue_drops_the_event_for_that_client_alone_and_delays_nobody() -> None:
    with serving(DROP_NEWEST) as server, streams(server, "queue") as (quick,):
        slow = Stream(server, ["queue"], narrow=True)
        for n in range(FLOOD):
            server.publish("queue", large(n))
            assert number_of(quick.next().text) == n
        server.publish("end", "")
        dropped = 0
        numbers: list[int] = []
        while len(numbers) + dropped < FLOOD:
            message = slow.next()
            if message.kind == "umbel.gap":
                gap = json.loads(message.text)
                assert gap["cause"] == "dropped"
                assert message.id is None
                dropped += gap["count"]
            else:
                numbers.append(number_of(message.text))
        assert dropped > 0
        assert numbers == sorted(numbers)
        assert numbers[0] == 0
        slow.close()


@pytest.mark.parametrize("config", ["events = 4", "events = 4\nwhen-full = ask"])
def test_with_catch_up_a_slow_client_gets_every_event_in_the_end(config: str) -> None:
    with serving(config) as server:
        slow = Stream(server, ["queue"], narrow=True)
        for n in range(FLOOD):
            server.publish("queue", large(n))
        assert [number_of(text) for text in slow.texts(FLOOD)] == list(range(FLOOD))
        server.publish("queue", "live again")
        assert slow.texts(1) == ["live again"]
        slow.close()


def test_with_drop_oldest_the_newest_events_are_those_that_arrive() -> None:
    with serving("events = 4\nwhen-full = drop-oldest") as server:
        slow = Stream(server, ["queue"], narrow=True)
        for n in range(FLOOD):
            server.publish("queue", large(n))
        messages = [slow.next()]
        while messages[-1].kind == "umbel.gap" or number_of(messages[-1].text) < FLOOD - 1:
            messages.append(slow.next())
        numbers = [number_of(m.text) for m in messages if m.kind == "message"]
        gaps = [json.loads(m.text) for m in messages if m.kind == "umbel.gap"]
        assert numbers == sorted(numbers)
        assert numbers[-4:] == list(range(FLOOD - 4, FLOOD))
        assert len(numbers) + sum(gap["count"] for gap in gaps) == FLOOD
        slow.close()


def test_with_conflate_the_newest_event_of_each_topic_arrives_and_no_gap_tells_of_older_ones() -> None:
    with serving("events = 4\nwhen-full = conflate") as server:
        slow = Stream(server, ["/{x}"], narrow=True)
        for n in range(FLOOD):
            server.publish(f"/{n % 2}", large(n))
        messages = [slow.next()]
        while number_of(messages[-1].text) < FLOOD - 1:
            messages.append(slow.next())
        numbers = [number_of(m.text) for m in messages]
        assert numbers == sorted(numbers)
        assert numbers[-2:] == [FLOOD - 2, FLOOD - 1]
        assert len(numbers) < FLOOD
        slow.close()


def test_with_disconnect_the_stream_ends_and_the_client_comes_back_for_the_rest() -> None:
    with serving("events = 4\nwhen-full = disconnect") as server:
        slow = Stream(server, ["queue"], narrow=True)
        for n in range(FLOOD):
            server.publish("queue", large(n))
        received = []
        with pytest.raises(EOFError):
            while True:
                received.append(slow.next())
        assert 0 < len(received) < FLOOD
        again = Stream(server, ["queue"], last_event_id=received[-1].id)
        rest = again.texts(FLOOD - len(received))
        numbers = [number_of(text) for text in [m.text for m in received] + rest]
        assert numbers == list(range(FLOOD))
        again.close()


def test_a_client_that_goes_away_vanishes_and_its_handle_is_used_again() -> None:
    with serving() as server, streams(server, "a") as (stays,):
        goes = Stream(server, ["a"])
        wait_until(lambda: len(server.fan_out) == 2, "both are there")
        goes.close()
        wait_until(lambda: len(server.fan_out) == 1, "one has vanished")
        server.publish("a", "to the one that is left")
        assert stays.texts(1) == ["to the one that is left"]
        with streams(server, "b") as (newcomer,):
            assert [s.subscriber.client for s in server.fan_out.everyone()] == [0, 1]
            server.publish("a", "not for the newcomer")
            server.publish("b", "for the newcomer")
            assert newcomer.texts(1) == ["for the newcomer"]
        assert server.fan_out.seat.rebuilds == 0


def test_a_client_that_reads_nothing_is_given_up() -> None:
    with serving(write_s=0.3) as server, streams(server, "queue") as (quick,):
        stuck = Stream(server, ["queue"], narrow=True)
        for n in range(FLOOD):
            server.publish("queue", large(n))
            quick.next()
        wait_until(lambda: len(server.fan_out) == 1, "it has vanished")
        stuck.close()


def test_silence_is_broken_by_a_comment() -> None:
    with serving(heartbeat_s=0.05) as server, streams(server, "a") as (stream,):
        assert [stream.comment() for _ in range(3)] == [":"] * 3
        server.publish("a", "after it")
        assert stream.texts(1) == ["after it"]


def test_a_client_that_comes_back_gets_what_it_missed() -> None:
    with serving() as server:
        ids = [server.publish("a" if n % 2 else "b", str(n)) for n in range(200)]
        back = Stream(server, ["a"], last_event_id=ids[100])
        assert back.texts(50) == [str(n) for n in range(101, 200, 2)]
        server.publish("a", "live")
        assert back.texts(1) == ["live"]
        back.close()


@pytest.mark.parametrize("last_event_id", ["of another run:3", "x", "9" * 50])
def test_a_client_with_an_unknown_id_is_told_and_gets_all_that_there_is(last_event_id: str) -> None:
    with serving() as server:
        server.publish("a", "1")
        back = Stream(server, ["a"], last_event_id=last_event_id)
        assert json.loads(back.next().text) == {"cause": "unknown-id"}
        assert back.texts(1) == ["1"]
        back.close()


def test_a_client_that_was_away_for_too_long_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("umbel_asgi.log.LOG_EVENTS_MAX", 3)
    with serving() as server:
        ids = [server.publish("a", str(n)) for n in range(10)]
        back = Stream(server, ["a"], last_event_id=ids[1])
        assert json.loads(back.next().text) == {"cause": "expired"}
        assert back.texts(3) == ["7", "8", "9"]
        back.close()


LOOPS_ON_FOUR_BYTES = """
(func (export "route") (param $in i32) (param $count i32) (result i32)
  (if (i32.eq (i32.load offset=48 (local.get $in)) (i32.const 4))
    (then (loop $for-ever (br $for-ever))))
  (call $everybody (local.get $count)))
"""


def test_a_policy_that_loops_is_interrupted_and_replaced_and_streams_stay_open() -> None:
    policy = component("broadcast", LOOPS_ON_FOUR_BYTES, deadline_s=0.2)
    with serving(policy=policy) as server, streams(server, "a", "b") as both:
        server.publish("x", "first")
        assert [stream.texts(1) for stream in both] == [["first"], ["first"]]
        server.publish("x", "loop")
        for stream in both:
            gap = stream.next()
            assert (gap.kind, json.loads(gap.text)) == ("umbel.gap", {"cause": "withheld", "count": 1})
        # The new instance sends to those alone that it was told of.
        server.publish("x", "after it")
        assert [stream.texts(1) for stream in both] == [["after it"], ["after it"]]
        assert server.fan_out.seat.rebuilds == 2


def test_a_policy_that_fails_at_everyone_who_comes_lets_them_come_again() -> None:
    with serving(policy=component("trap_in_join")) as server:
        stream = Stream(server, ["a"])
        assert stream.head.startswith("HTTP/1.1 200")
        assert stream.first == "retry: 5000"
        assert stream.has_ended()
        assert len(server.fan_out) == 0


def test_whom_the_policy_refuses_for_now_is_told_when_to_come_again() -> None:
    with serving(policy=component("refuses_everybody")) as server:
        stream = Stream(server, ["a"])
        assert stream.first == "retry: 5000"
        assert stream.has_ended()


def test_handles_that_are_listed_again_and_again_or_never_were_get_the_event_once() -> None:
    with serving(policy=component("handle_flood")) as server, streams(server, "a") as (stream,):
        for n in range(3):
            server.publish("a", str(n))
            assert stream.texts(1) == [str(n)]


def form(*fields: tuple[str, str]) -> bytes:
    return urlencode(fields).encode()


FORM = "application/x-www-form-urlencoded"
BAD = [
    ("GET", "/events", b"", FORM, 400),
    ("GET", "/events?topic=", b"", FORM, 400),
    ("GET", "/events?topic=%00", b"", FORM, 400),
    ("GET", "/events?topic=%ff", b"", FORM, 400),
    ("GET", "/events?" + "topic=a&" * 102, b"", FORM, 400),
    ("GET", "/events?topic=" + "a" * 4097, b"", FORM, 400),
    ("POST", "/events?topic=a", b"", FORM, 405),
    ("GET", "/publish", b"", FORM, 405),
    ("GET", "/", b"", FORM, 404),
    ("POST", "/publish", b"", FORM, 400),
    ("POST", "/publish", form(("data", "x")), FORM, 400),
    ("POST", "/publish", form(("topic", "*"), ("data", "x")), FORM, 400),
    ("POST", "/publish", form(("topic", "a\nid: 1"), ("data", "x")), FORM, 400),
    ("POST", "/publish", form(("topic", "a"), ("data", "x"), ("data", "y")), FORM, 400),
    ("POST", "/publish", b"topic=a&data=%ff", FORM, 400),
    ("POST", "/publish", b"topic=a&data=\xff", FORM, 400),
    ("POST", "/publish", b"{}", "application/json", 415),
    ("POST", "/publish", b"topic=a&data=" + b"x" * (1 << 20), FORM, 413),
]


def test_bad_input_is_answered_with_what_is_wrong_and_changes_nothing() -> None:
    with serving() as server, streams(server, "*") as (stream,):
        for method, path, body, kind, expected in BAD:
            status, text = server.request(method, path, body, kind)
            assert (status, bool(text)) == (expected, True), (method, path[:40], body[:40], text)
        server.publish("a", "fine")
        assert stream.texts(1) == ["fine"]
        assert len(server.fan_out) == 1
