"""Runs policies of Umbel, components of the world `dispatcher`, in a Python program.

    component = Component.load("dispatcher.wasm")
    policy = component.instantiate(Settings(seed=secrets.randbits(64)))
    policy.join([Subscriber(client=0, selectors=(Selector("uri-template", "/news/{id}"),))])
    policy.route([Event(topics=("/news/7",))])  # [[0]]

A policy is not trusted: each call has a deadline and each instance a limit of memory, and what it
answers is checked. Where a call fails, `Fault` says whose failure it is, and the instance is gone:
make another one from the component and tell it who is there.
"""

from .component import Component, LoadError
from .fault import Blame, Export, Fault, FaultClass
from .limits import Limits
from .policy import Policy
from .records import (
    ASK,
    Event,
    FullMailbox,
    Mailbox,
    Profile,
    Refusal,
    Selector,
    Settings,
    Subscriber,
    Verdict,
    WhenFull,
)

__all__ = [
    "ASK",
    "Blame",
    "Component",
    "Event",
    "Export",
    "Fault",
    "FaultClass",
    "FullMailbox",
    "Limits",
    "LoadError",
    "Mailbox",
    "Policy",
    "Profile",
    "Refusal",
    "Selector",
    "Settings",
    "Subscriber",
    "Verdict",
    "WhenFull",
]
