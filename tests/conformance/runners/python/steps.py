"""Steps of a vector or a trace: asks a policy, and writes what it answered as the README has it."""

import base64
from collections.abc import Iterable
from typing import Any, TypeAlias

from umbel_policy import (
    Component,
    Event,
    Fault,
    FaultClass,
    FullMailbox,
    Mailbox,
    Policy,
    Refusal,
    Selector,
    Settings,
    Subscriber,
)

Json: TypeAlias = Any


class MalformedStep(Exception):
    """A step that is not as the README has it."""


class Runner:
    """Asks one instance after the other: each `configure` makes a new one."""

    def __init__(self, component: Component) -> None:
        self._component = component
        self._policy: Policy | None = None

    def ask(self, step: Json) -> Json | None:
        """What was answered to `step`; none after a call that failed or a refusal, up to the next
        `configure`: then nothing is asked. Raises `MalformedStep`."""
        try:
            if step["call"] == "configure":
                return self._configure(step)
            call = _CALLS[step["call"]]
            return None if self._policy is None else call(self._policy, step)
        except Fault as fault:
            self._policy = None
            return {"failed": {"export": fault.export.value, "class": fault.fault_class.value}}
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise MalformedStep(f"{type(error).__name__}: {error}") from error

    def _configure(self, step: Json) -> Json:
        self._policy = None
        settings = Settings(
            config=step.get("config", ""),
            seed=step.get("seed", 0),
            facts=_pairs(step.get("facts", [])),
        )
        try:
            self._policy = self._component.instantiate(settings)
        except Fault as fault:
            if fault.fault_class is not FaultClass.REFUSED:
                raise
        return {"configured": self._policy is not None}


def _join(policy: Policy, step: Json) -> Json:
    admissions = policy.join([_subscriber(s) for s in step["subscribers"]])
    return {"admissions": [_admission(a) for a in admissions]}


def _leave(policy: Policy, step: Json) -> Json:
    policy.leave(step["clients"])
    return "left"


def _route(policy: Policy, step: Json) -> Json:
    audiences = policy.route([_event(e) for e in step["events"]])
    return {"audiences": [sorted(set(audience)) for audience in audiences]}


def _select(policy: Policy, step: Json) -> Json:
    return {"selections": policy.select(step["clients"], [_event(e) for e in step["events"]])}


def _overflow(policy: Policy, step: Json) -> Json:
    verdicts = policy.overflow([_full(f) for f in step["full"]])
    return {"verdicts": [verdict.value for verdict in verdicts]}


_CALLS = {
    "join": _join,
    "leave": _leave,
    "route": _route,
    "select": _select,
    "overflow": _overflow,
}


def _subscriber(of: Json) -> Subscriber:
    return Subscriber(
        client=of["client"],
        selectors=_selectors(of["selectors"]),
        grants=_selectors(of.get("grants", [])),
        claims=of.get("claims", ""),
        attributes=_pairs(of.get("attributes", [])),
        joined_ms=of.get("joined-ms", 0),
    )


def _event(of: Json) -> Event:
    data = of["data"].encode() if of.get("data") is not None else None
    if of.get("data-base64") is not None:
        data = base64.b64decode(of["data-base64"], validate=True)
    return Event(
        topics=tuple(of["topics"]),
        offset=of.get("offset", 0),
        id=of.get("id", ""),
        kind=of.get("kind"),
        private=of.get("private", False),
        accepted_ms=of.get("accepted-ms", 0),
        size=of.get("size", 0),
        data=data,
        attributes=_pairs(of.get("attributes", [])),
    )


def _full(of: Json) -> FullMailbox:
    return FullMailbox(
        client=of["client"],
        offset=of.get("offset", 0),
        events=of.get("events", 0),
        bytes=of.get("bytes", 0),
        oldest_ms=of.get("oldest-ms", 0),
    )


def _selectors(of: Iterable[Json]) -> tuple[Selector, ...]:
    return tuple(Selector(s["matcher"], s["pattern"]) for s in of)


def _pairs(of: Iterable[Json]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in of)


def _admission(of: Mailbox | Refusal) -> Json:
    if isinstance(of, Refusal):
        return {"reason": of.reason, "retry-ms": of.retry_ms}
    return {
        "events-max": of.events_max,
        "bytes-max": of.bytes_max,
        "when-full": str(of.when_full),
    }
