"""Replies, whole or as a fault leaves them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from portal_admin.sandbox.faults import Fault, disfigured

WEB_PAGE = b"<!doctype html><title>Gateway</title><h1>Please sign in to the company network</h1>\n"
PIECES = 10


@dataclass(slots=True)
class Answer:
    """What an operation answers: JSON content, HTTP status, headers."""

    content: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


def json_response(answer: Answer) -> Response:
    """The reply of an operation that nothing disturbs."""
    body = msgspec.json.encode(answer.content)
    return Response(body, answer.status, answer.headers, "application/json")


async def pause(stopping: asyncio.Event, seconds: float) -> None:
    """Wait, but not beyond the server's end."""
    try:
        await asyncio.wait_for(stopping.wait(), seconds)
    except TimeoutError:
        return


class FaultyResponse(Response):
    """A reply as the faults leave it: late, cut, in pieces, in HTML, or not sent at all."""

    def __init__(self, answer: Answer, struck: list[Fault], stopping: asyncio.Event) -> None:
        content = answer.content
        for fault in struck:
            content = disfigured(content, fault)
        body, media_type, status = msgspec.json.encode(content), "application/json", answer.status
        for fault in struck:
            if fault.html:
                body, media_type, status = WEB_PAGE, "text/html", fault.status or 200
        super().__init__(body, status, answer.headers, media_type)
        self._struck = struck
        self._stopping = stopping

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send what is left of the reply; a closed connection ends it."""
        transport = scope["state"]["transport"]
        if not any(fault.drop for fault in self._struck):
            await send(
                {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
            )
            if not any(fault.truncate for fault in self._struck):
                await self._send_body(send)
                return
            half = bytes(self.body)[: len(self.body) // 2]
            await send({"type": "http.response.body", "body": half, "more_body": True})
        transport.close()
        while (await receive())["type"] != "http.disconnect":
            pass

    async def _send_body(self, send: Send) -> None:
        drip = sum(fault.drip for fault in self._struck)
        for piece in self._pieces() if drip else [bytes(self.body)]:
            if drip:
                await pause(self._stopping, drip)
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    def _pieces(self) -> Iterator[bytes]:
        body = bytes(self.body)
        size = -(-len(body) // PIECES) or 1
        for start in range(0, len(body), size):
            yield body[start : start + size]
