"""A server that answers with scripted bytes, for what no well-behaved server would ever send."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Answer = bytes | Callable[[socket.socket], None]
TLS_HELLO = b"\x16"
SESSION = {"Token": "token-1", "ExpiresAt": "2026-11-22T20:00:00Z"}


def answer(status: int = 200, body: Any = None, **headers: str) -> bytes:
    """A complete HTTP answer; `body` is sent as it is when bytes, as JSON otherwise."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(content)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


def error(status: int, code: str, **headers: str) -> bytes:
    return answer(status, {"Code": code, "Message": "UPSTREAM WORDS", "CorrelationId": "x"}, **headers)


def hang_up(_: socket.socket) -> None:
    """Close without a word."""


def silence(connection: socket.socket) -> None:
    """Say nothing until the other side gives up."""
    connection.settimeout(5)
    connection.recv(1)


def drip(content: bytes, every: float = 0.02) -> Callable[[socket.socket], None]:
    """One byte at a time, for ever, so that no single read ever waits long."""

    def send(connection: socket.socket) -> None:
        for byte in content:
            connection.sendall(bytes([byte]))
            time.sleep(every)

    return send


@dataclass(frozen=True)
class Asked:
    method: str
    target: str
    headers: dict[str, str]
    body: bytes


class ScriptedServer:
    """Answers each request with the next of `script` (the last one for ever); sign-ins with `session`."""

    def __init__(self) -> None:
        self.script: deque[Answer] = deque()
        self.session: deque[Answer] = deque([answer(200, SESSION)])
        self.asked: list[Asked] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def __enter__(self) -> ScriptedServer:
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(5)

    @property
    def paths(self) -> list[str]:
        return [asked.target for asked in self.asked]

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            try:
                while (asked := _read(connection)) is not None:
                    self.asked.append(asked)
                    script = self.session if asked.target == "/session" else self.script
                    say = script.popleft() if len(script) > 1 else script[0]
                    if not isinstance(say, bytes):
                        say(connection)
                        return
                    connection.sendall(say)
            except OSError:
                return


def _read(connection: socket.socket) -> Asked | None:
    head = b""
    while b"\r\n\r\n" not in head:
        more = connection.recv(65536)
        if not more or more.startswith(TLS_HELLO):
            return None
        head += more
    head, _, body = head.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    while len(body) < int(headers.get("content-length", 0)):
        body += connection.recv(65536)
    method, target, _ = first.split(" ")
    return Asked(method, target, headers, body)
