"""A server on a real socket, and clients for it."""

import http.client
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import urlencode

import uvicorn
from umbel_asgi import App, FanOut

WAIT_S = 10
"""How long anything may take that is to happen: only a test that fails waits so long."""
SMALL_BUFFER = 16 << 10
"""What the kernel is told to keep for a connection, so that slow clients are noticed soon."""


class Server:
    """`app` served by uvicorn in a thread of its own."""

    def __init__(self, app: App) -> None:
        self.app = app
        self._listener = socket.create_server(("127.0.0.1", 0))
        # Connections inherit it.
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SMALL_BUFFER)
        self.port: int = self._listener.getsockname()[1]
        config = uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=1)
        self._uvicorn = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._uvicorn.run, args=([self._listener],))

    @property
    def fan_out(self) -> FanOut:
        return self.app.fan_out

    def __enter__(self) -> Self:
        self._thread.start()
        wait_until(lambda: self._uvicorn.started, "the server has started")
        return self

    def __exit__(self, *_: object) -> None:
        self._uvicorn.should_exit = True
        self._thread.join()
        self._listener.close()

    def request(
        self, method: str, path: str, body: bytes = b"", kind: str = "application/x-www-form-urlencoded"
    ) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=WAIT_S)
        try:
            connection.request(method, path, body, {"Content-Type": kind})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def publish(self, topic: str, data: str) -> str:
        status, text = self.request("POST", "/publish", urlencode({"topic": topic, "data": data}).encode())
        assert status == 200, text
        return text


@dataclass
class Message:
    """What an `EventSource` would be given."""

    kind: str = "message"
    data: list[str] = field(default_factory=list)
    id: str | None = None

    @property
    def text(self) -> str:
        return "\n".join(self.data)


class Stream:
    """A client of `GET /events`, which is read when it is asked."""

    def __init__(
        self, server: Server, topics: Sequence[str], last_event_id: str | None = None, narrow: bool = False
    ) -> None:
        self._socket = socket.socket()
        if narrow:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER)
        self._socket.settimeout(WAIT_S)
        self._socket.connect(("127.0.0.1", server.port))
        query = urlencode([("topic", topic) for topic in topics])
        head = f"GET /events?{query} HTTP/1.0\r\n"
        if last_event_id is not None:
            head += f"Last-Event-ID: {last_event_id}\r\n"
        self._socket.sendall(f"{head}\r\n".encode())
        self._unread = b""
        self.head = self._until(b"\r\n\r\n").decode()
        # The first bytes come at once.
        self.first = self._until(b"\n\n").decode()

    def next(self) -> Message:
        """The next event."""
        while True:
            message = Message()
            for line in self._until(b"\n\n").decode().split("\n"):
                name, _, value = line.partition(": ")
                if name == "event":
                    message.kind = value
                elif name == "data":
                    message.data.append(value)
                elif name == "id":
                    message.id = value
            if message.data:
                return message

    def texts(self, count: int) -> list[str]:
        return [self.next().text for _ in range(count)]

    def comment(self) -> str:
        return self._until(b"\n\n").decode()

    def has_ended(self) -> bool:
        """Waits for the end; what comes before it is left out."""
        while self._socket.recv(1 << 16):
            pass
        return True

    def close(self) -> None:
        self._socket.close()

    def _until(self, end: bytes) -> bytes:
        while end not in self._unread:
            received = self._socket.recv(1 << 16)
            if not received:
                raise EOFError
            self._unread += received
        found, _, self._unread = self._unread.partition(end)
        return found


@contextmanager
def streams(server: Server, *topics: str) -> Iterator[list[Stream]]:
    """One stream for each of `topics`."""
    opened = [Stream(server, [topic]) for topic in topics]
    try:
        yield opened
    finally:
        for stream in opened:
            stream.close()


def wait_until(happened: Callable[[], bool], what: str) -> None:
    due = time.monotonic() + WAIT_S
    while not happened():
        assert time.monotonic() < due, f"not within {WAIT_S} s: {what}"
        time.sleep(0.005)
