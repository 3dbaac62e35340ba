"""The built component, through the library that embeds policies."""

import random
import subprocess
import sys
from pathlib import Path

import pytest
from hostile import DISPATCHER
from sampling import is_sampled
from test_sampling import drawn
from umbel_policy import (
    Component,
    Event,
    Export,
    Fault,
    FaultClass,
    FullMailbox,
    Limits,
    Mailbox,
    Policy,
    Refusal,
    Selector,
    Settings,
    Subscriber,
    Verdict,
)

BUILD = Path(__file__).parents[1] / "build"
PATIENT = Limits(deadline_s=30)
SUBSCRIBERS = 10_000


@pytest.fixture(scope="module")
def component(tmp_path_factory: pytest.TempPathFactory) -> Component:
    file = tmp_path_factory.mktemp("built") / "sampling.wasm"
    built = subprocess.run([sys.executable, BUILD, file], capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    return Component.load(file, PATIENT)


def start(component: Component, config: str = "") -> Policy:
    return component.instantiate(Settings(config=config, seed=7))


def subscriber(client: int, *patterns: str, claims: str = "") -> Subscriber:
    selectors = tuple(Selector("uri-template", p) for p in patterns)
    return Subscriber(client=client, selectors=selectors, claims=claims)


def test_it_imports_no_function_and_answers_every_call(component: Component) -> None:
    policy = start(component, "every = 4")
    assert policy.profile.wants == ("claims",)
    known = subscriber(1, "/news/{id}", claims='{"sub": "reader"}')
    refused = Refusal(reason="a template has one plain variable here, at its end", retry_ms=None)
    mailbox = Mailbox(events_max=1024, bytes_max=1 << 20, when_full=Verdict.CATCH_UP)
    admissions = policy.join([subscriber(0, "/news/{id}"), known, subscriber(2, "{+x}")])
    assert admissions == [mailbox, mailbox, refused]
    page = [Event(topics=("/news/1",), offset=offset) for offset in range(1, 65)]
    everyone, some = ([0, 1], [1])
    audiences = [sorted(audience) for audience in policy.route(page)]
    assert audiences == [everyone if is_sampled(e.offset, 4) else some for e in page]
    assert everyone in audiences
    selected = [index for index, audience in enumerate(audiences) if audience == everyone]
    assert policy.select([1, 0, 9], page) == [list(range(64)), selected, []]
    full = FullMailbox(client=0, offset=1, events=1024, bytes=1, oldest_ms=1)
    assert policy.overflow([full, full]) == [Verdict.CATCH_UP] * 2
    policy.leave([0, 1])
    assert policy.route(page) == [[]] * 64


def test_a_configuration_that_it_does_not_know_is_refused(component: Component) -> None:
    with pytest.raises(Fault, match='unknown key "rate"') as failed:
        start(component, "rate = 3")
    assert (failed.value.export, failed.value.fault_class) == (Export.CONFIGURE, FaultClass.REFUSED)


def test_with_one_in_one_it_decides_as_the_default_policy_does(component: Component) -> None:
    source = drawn()
    default = Component.load(DISPATCHER, PATIENT)
    for _ in range(20):
        pair = [start(component, "every = 1"), start(default)]
        joined = [random_subscriber(source, client) for client in range(20)]
        page = [random_event(source, offset) for offset in range(1, 33)]
        answers = []
        for policy in pair:
            assert all(isinstance(a, Mailbox) for a in policy.join(joined))
            policy.leave([3, 4])
            audiences = [sorted(set(audience)) for audience in policy.route(page)]
            answers.append((audiences, policy.select(range(21), page)))
        assert answers[0] == answers[1]


def random_subscriber(source: random.Random, client: int) -> Subscriber:
    patterns = ["*", "a", "/n/{x}", "/n/1", "{x}", "/n/%41{x}", "/é/{y.z}", "/n/{z}"]
    claims = source.choice(["", '{"sub": "x"}'])
    return subscriber(client, *source.sample(patterns, source.randint(1, 3)), claims=claims)


def random_event(source: random.Random, offset: int) -> Event:
    alphabet = ["a", "1", "/", "%41", "%4", "é", "{x}", ",", " ", "~"]
    prefixes = ["", "/n/", "/é/", "a"]
    spelled = "".join(source.choices(alphabet, k=source.randint(0, 3)))
    topic = (source.choice(prefixes) + spelled) or "a"
    return Event(topics=(topic, source.choice(["a", "/n/1", "b"])), offset=offset)


def test_it_holds_ten_thousand_subscribers_within_its_memory(component: Component) -> None:
    policy = start(component, "every = 1")
    for first in range(0, SUBSCRIBERS, 250):
        clients = range(first, first + 250)
        policy.join([subscriber(c, "/news/{id}", f"/user/{c}", claims="x" * (c % 2)) for c in clients])
    [news, user] = policy.route([Event(topics=(t,), offset=1) for t in ("/news/1", "/user/77")])
    assert sorted(news) == list(range(SUBSCRIBERS))
    assert user == [77]
    policy.leave(list(range(SUBSCRIBERS)))
    assert policy.route([Event(topics=("/news/1",), offset=1)]) == [[]]
