"""Where an instance of the policy sits."""

import logging
import time
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from umbel_policy import Component, Fault, Policy, Profile, Refusal, Settings

from .subscription import Subscription

ATTEMPTS_MAX = 2
"""Instances that are asked one question."""
REBUILDS_MAX = 5
"""Instances that are made to get one that knows everyone: streams of up to three offenders end."""
SLICE_CLIENTS = 256
"""Clients that an instance is told of in one call."""
PAUSE_S = 1.0
"""Seconds that a policy is left alone after no instance could be made."""

T = TypeVar("T")
_log = logging.getLogger(__name__)


class Present(Protocol):
    """Those whom an instance is told of."""

    def everyone(self) -> list[Subscription]:
        """All that a new instance is to know."""

    def expel(self, subscription: Subscription) -> None:
        """Ends the stream of one that no instance knows."""


class Seat:
    """The policy's instance. One that fails is replaced, and the next is told of everyone present.

    The policy is asked, never trusted: no answer of it is believed here beyond its form.
    """

    def __init__(self, component: Component, settings: Settings, present: Present) -> None:
        self._component = component
        self._settings = settings
        self._present = present
        self._paused_until = 0.0
        self._last_fault: Fault | None = None
        # What is wrong with the settings or with the component is known before anyone connects.
        self._policy: Policy | None = component.instantiate(settings)
        self._profile = self._policy.profile
        self.rebuilds = 0
        """Instances that took the place of one that had failed."""

    @property
    def profile(self) -> Profile:
        """What the policy says of itself."""
        return self._profile

    def ask(self, question: Callable[[Policy], T]) -> T:
        """The answer of this instance, or else of a new one. Raises the last `Fault`."""
        for _ in range(ATTEMPTS_MAX):
            policy = self._policy or self._rebuild()
            try:
                return question(policy)
            except Fault as fault:
                self._failed(fault)
        assert self._last_fault is not None
        raise self._last_fault.again()

    def tell_of_leaving(self, clients: Sequence[int]) -> None:
        """A new instance does not know them in the first place, so nobody is asked twice."""
        if self._policy is not None:
            try:
                self._policy.leave(clients)
            except Fault as fault:
                self._failed(fault)

    def _failed(self, fault: Fault) -> None:
        # With its traceback it would hold those who are to vanish, and a log may keep what it is given.
        self._last_fault = fault.again()
        _log.warning("%s", self._last_fault)
        self._policy = None

    def _rebuild(self) -> Policy:
        """A new instance that knows everyone. Whoever makes `join` fail when it is asked about alone
        is expelled."""
        if self._last_fault is not None and time.monotonic() < self._paused_until:
            raise self._last_fault.again()
        slice_clients = SLICE_CLIENTS
        for _ in range(REBUILDS_MAX):
            failed = self._build(slice_clients)
            if self._policy is not None:
                return self._policy
            if len(failed) == 1:
                self._present.expel(failed[0])
            slice_clients = 1
            if not failed:
                break
        self._paused_until = time.monotonic() + PAUSE_S
        assert self._last_fault is not None
        raise self._last_fault.again()

    def _build(self, slice_clients: int) -> list[Subscription]:
        """Makes an instance. Where it failed, the slice that it failed at."""
        self.rebuilds += 1
        told: list[Subscription] = []
        try:
            policy = self._component.instantiate(self._settings)
            everyone = self._present.everyone()
            for start in range(0, len(everyone), slice_clients):
                told = everyone[start : start + slice_clients]
                admissions = policy.join([s.subscriber for s in told])
                for subscription, admission in zip(told, admissions, strict=True):
                    if isinstance(admission, Refusal):
                        self._present.expel(subscription)
                    else:
                        subscription.bounds = admission
        except Fault as fault:
            self._failed(fault)
            return told
        self._policy = policy
        return []
