"""The rules as plain Python, without a component."""

import os
import random

import pytest
from sampling import Malformed, Sampling, Unsupported, every, is_sampled, key

EVENTS = 20_000


def drawn() -> random.Random:
    """A source of random cases that a failed run can be repeated with."""
    seed = int(os.environ.get("UMBEL_SEED") or random.SystemRandom().getrandbits(32))
    print(f"UMBEL_SEED={seed}")
    return random.Random(seed)


def with_members(rate: int, *members: tuple[int, str, bool]) -> Sampling:
    policy = Sampling(rate)
    for client, pattern, anonymous in members:
        policy.join(client, [key("uri-template", pattern)], anonymous)
    return policy


def sampled_offset(rate: int) -> int:
    return next(offset for offset in range(1, 1 << 20) if is_sampled(offset, rate))


@pytest.mark.parametrize("rate", [1, 2, 7, 10, 100])
def test_one_event_in_so_many_is_sampled_whatever_the_step_between_offsets(rate: int) -> None:
    for step in (1, 2, 7, 10, 64):
        share = sum(is_sampled(n * step, rate) for n in range(EVENTS)) / EVENTS
        assert share == pytest.approx(1 / rate, rel=0.2), (rate, step)


def test_topics_that_take_turns_are_sampled_alike() -> None:
    even, odd = (sum(is_sampled(n, 10) for n in range(start, EVENTS, 2)) for start in (0, 1))
    assert even == pytest.approx(odd, rel=0.2)


def test_who_has_a_token_gets_everything_and_who_has_none_the_sample() -> None:
    policy = with_members(5, (0, "*", True), (1, "*", False))
    for offset in range(1, 200):
        expected = [0, 1] if is_sampled(offset, 5) else [1]
        assert sorted(policy.route(offset, ["a"])) == expected


def test_all_anonymous_subscribers_see_the_same_sample() -> None:
    policy = with_members(5, (0, "*", True), (1, "a", True), (2, "{x}", True))
    assert {len(policy.route(offset, ["a"])) for offset in range(200)} == {0, 3}


def test_a_new_instance_decides_as_the_one_before_it() -> None:
    before, after = (with_members(5, (0, "a", True)) for _ in range(2))
    live = [offset for offset in range(200) if before.route(offset, ["a"])]
    assert after.select([0], [(offset, ["a"]) for offset in range(200)]) == [live]


COVERED = [
    ("*", "anything"),
    ("a", "a"),
    ("/news/{id}", "/news/7"),
    ("/news/{id}", "/news/"),
    ("/news/{id}", "/news/a,b"),
    ("/news/{id}", "/news/%41~._-"),
    ("/news/{id}", "/news/{id}"),
    ("/news/{id}", "/news/" + "7" * 256),
    ("{x}", "a"),
    ("/%41/{x.y}", "/%41/1"),
    ("/é/{x}", "/é/1"),
]
NOT_COVERED = [
    ("a", "b"),
    ("/news/{id}", "/news/7/comments"),
    ("/news/{id}", "/news/" + "7" * 257),
    ("/news/{id}", "/news"),
    ("/news/{id}", "/news/é"),
    ("/news/{id}", "/news/%4"),
    ("/news/{id}", "/news/a b"),
    ("/news/{id}", "/news/{other}"),
]


@pytest.mark.parametrize(
    ("pattern", "topic", "covered"),
    [(*case, True) for case in COVERED] + [(*case, False) for case in NOT_COVERED],
)
def test_a_selector_covers_its_topics_and_no_others(pattern: str, topic: str, covered: bool) -> None:
    policy = with_members(1, (0, pattern, True))
    assert policy.route(1, [topic]) == [0] * covered
    assert policy.route(1, ["another of its topics", topic]) == [0] * covered


def test_an_exact_selector_is_no_template() -> None:
    policy = Sampling(1)
    policy.join(0, [key("exact", "a/{x}")], False)
    assert policy.route(1, ["a/b"]) == []
    assert policy.route(1, ["a/{x}"]) == [0]


UNSUPPORTED = [
    ("url-pattern", "/news/:id"),
    ("uri-template", "/{a}/{b}"),
    ("uri-template", "/{a}/b"),
    ("uri-template", "/{+a}"),
    ("uri-template", "/{a,b}"),
    ("uri-template", "/{a*}"),
    ("uri-template", "/{a:3}"),
    ("uri-template", "/{}"),
    ("uri-template", "/{a"),
    ("uri-template", "a}"),
    ("uri-template", "/100%{a}"),
    ("uri-template", "/a b/{c}"),
]


@pytest.mark.parametrize(("language", "pattern"), UNSUPPORTED)
def test_a_selector_that_cannot_be_looked_up_is_refused(language: str, pattern: str) -> None:
    with pytest.raises(Unsupported):
        key(language, pattern)


def test_whoever_joins_again_has_its_new_selectors_alone() -> None:
    policy = with_members(5, (0, "a", True), (0, "b", False))
    assert [policy.route(1, [topic]) for topic in ("a", "b")] == [[], [0]]


def test_whoever_leaves_is_forgotten_and_so_is_what_it_asked_for() -> None:
    policy = Sampling(1)
    everything = [key("exact", "a"), key("uri-template", "b/{x}"), key("uri-template", "*")]
    for client in range(10):
        policy.join(client, everything, anonymous=client % 2 == 0)
    for client in [*range(10), 99]:
        policy.leave(client)
    assert (policy._members, policy._by_text, policy._by_prefix) == ({}, {}, {})


def test_several_selectors_and_topics_are_one_delivery() -> None:
    policy = Sampling(1)
    policy.join(0, [key("exact", "a"), key("exact", "a"), key("uri-template", "{x}")], True)
    assert policy.route(1, ["a", "b"]) == [0]


def test_select_agrees_with_route_in_random_cases() -> None:
    source = drawn()
    patterns = ["*", "a", "b", "/n/{x}", "/n/1", "{x}", "/n/{x}", "/n/{y}"]
    topics = ["a", "b", "c", "/n/1", "/n/2", "/n/{x}", "/n/é", "*"]
    for _ in range(300):
        policy = Sampling(source.choice([1, 2, 5]))
        for _ in range(source.randrange(30)):
            client = source.randrange(8)
            if source.random() < 0.2:
                policy.leave(client)
            else:
                chosen = source.sample(patterns, source.randint(1, 3))
                policy.join(client, [key("uri-template", p) for p in chosen], source.random() < 0.5)
        page = [(source.getrandbits(40), source.sample(topics, source.randint(1, 2))) for _ in range(8)]
        audiences = [policy.route(offset, event_topics) for offset, event_topics in page]
        for client, selected in enumerate(policy.select(range(9), page)):
            assert selected == [index for index, audience in enumerate(audiences) if client in audience]


def test_the_work_for_a_topic_does_not_grow_with_the_selectors_of_strangers() -> None:
    policy = Sampling(1)
    for client in range(10_000):
        policy.join(client, [key("uri-template", f"/{client}/{{x}}")], True)
    # 10,000 templates tried one after the other would take minutes.
    for client in range(0, 10_000, 10):
        assert policy.route(1, [f"/{client}/{'1' * 100}"]) == [client]


CONFIGURED = [
    ("", 10),
    ("every = 3", 3),
    ("# all\n\n every=1 # of them\n", 1),
    ("every = 2\nevery = 1000000", 1_000_000),
]


@pytest.mark.parametrize(("config", "expected"), CONFIGURED)
def test_the_operator_says_of_how_many(config: str, expected: int) -> None:
    assert every(config) == expected


@pytest.mark.parametrize("value", ["0", "-1", "1.5", "ten", "", "1000001", "٣", "9" * 5000])
def test_a_number_that_is_none_is_refused_with_its_line(value: str) -> None:
    with pytest.raises(Malformed, match="line 2: every is a number from 1 to 1000000"):
        every(f"\nevery = {value}")


def test_an_unknown_key_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(Malformed, match='line 1: unknown key "rate"; there is: every'):
        every("rate = 3")
