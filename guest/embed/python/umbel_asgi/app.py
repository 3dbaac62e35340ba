"""The ASGI application."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias

from umbel_policy import Component, Limits

from . import event_stream, requests
from .fan_out import FanOut, Refused
from .requests import BadRequestError, Message, Receive, Scope
from .subscription import Subscription

Send: TypeAlias = Callable[[Message], Awaitable[None]]

HEARTBEAT_S = 15
"""Seconds of silence after which a comment is written, so that a dead connection is noticed."""
WRITE_S = 10
"""Seconds that a client may take nothing, before it is given up."""
RECONNECT_MS = 2_000
DEADLINE_S = 0.05
"""Seconds of a call to the policy: for so long everyone waits."""
DISPATCHER = Path(__file__).parents[3] / "dist" / "dispatcher.wasm"

_STREAM_HEADERS = [
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-cache, no-transform"),
    (b"x-accel-buffering", b"no"),
]


def create_app() -> "App":
    """An application as the environment describes it: UMBEL_POLICY is a file, the default policy where
    it is not set; UMBEL_CONFIG is the text that the policy is configured with."""
    component = Component.load(os.environ.get("UMBEL_POLICY", DISPATCHER), Limits(deadline_s=DEADLINE_S))
    return App(FanOut(component, os.environ.get("UMBEL_CONFIG", "")))


class App:
    """`GET /events?topic=SELECTOR` is a stream, `POST /publish` with a form of `topic` and `data`
    publishes. Topics may be repeated; selectors are URI templates, and `*` is everything."""

    def __init__(self, fan_out: FanOut, heartbeat_s: float = HEARTBEAT_S, write_s: float = WRITE_S) -> None:
        self.fan_out = fan_out
        self._heartbeat_s = heartbeat_s
        self._write_s = write_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _live(receive, send)
        elif scope["type"] == "http":
            try:
                await self._answer(scope, receive, send)
            except BadRequestError as error:
                await _text(send, error.status, error.text)
        else:
            raise ValueError(f"no {scope['type']} here")

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        match scope["path"], scope["method"]:
            case "/events", "GET":
                await self._stream(scope, receive, send)
            case "/publish", "POST":
                publication = await requests.publication(scope, receive)
                await _text(send, 200, self.fan_out.publish(publication.topics, publication.data))
            case "/events" | "/publish", _:
                raise BadRequestError(405, "GET /events and POST /publish")
            case _:
                raise BadRequestError(404, "GET /events and POST /publish")

    async def _stream(self, scope: Scope, receive: Receive, send: Send) -> None:
        patterns = requests.selectors(scope)
        try:
            # From here on this task alone keeps the client alive.
            subscription = self.fan_out.subscribe(patterns, requests.last_event_id(scope))
        except Refused as refused:
            await _refuse(send, refused)
            return
        await send({"type": "http.response.start", "status": 200, "headers": _STREAM_HEADERS})
        tasks = {
            asyncio.create_task(self._write_until_stuck(subscription, send)),
            asyncio.create_task(_until_gone(receive)),
        }
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _write_until_stuck(self, subscription: Subscription, send: Send) -> None:
        # Not left to the task: an exception would hold its frames, and they the subscription.
        with suppress(TimeoutError):
            await self._write(subscription, send)

    async def _write(self, subscription: Subscription, send: Send) -> None:
        await self._give(send, event_stream.retry(RECONNECT_MS))
        while True:
            if piece := self.fan_out.take(subscription):
                await self._give(send, piece)
            elif subscription.ended:
                await send({"type": "http.response.body"})
                return
            else:
                try:
                    async with asyncio.timeout(self._heartbeat_s):
                        await subscription.wake.wait()
                except TimeoutError:
                    await self._give(send, event_stream.HEARTBEAT)

    async def _give(self, send: Send, body: bytes) -> None:
        # The server makes this wait where the client does not read.
        async with asyncio.timeout(self._write_s):
            await send({"type": "http.response.body", "body": body, "more_body": True})


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _refuse(send: Send, refused: Refused) -> None:
    if refused.retry_ms is None:
        await _text(send, 403, refused.reason)
        return
    # T14: an EventSource gives up for good on any other status.
    await send({"type": "http.response.start", "status": 200, "headers": _STREAM_HEADERS})
    await send({"type": "http.response.body", "body": event_stream.retry(refused.retry_ms)})


async def _text(send: Send, status: int, text: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text.encode()})


async def _live(receive: Receive, send: Send) -> None:
    while True:
        phase = (await receive())["type"]
        await send({"type": f"{phase}.complete"})
        if phase == "lifespan.shutdown":
            return
