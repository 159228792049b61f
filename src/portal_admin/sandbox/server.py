"""The sandbox on a loopback port: in a thread for tests and the demo, or in the foreground."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from types import FrameType, TracebackType
from typing import Any, Self, TypeVar

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from portal_admin.errors import InvalidInput
from portal_admin.sandbox.app import PASSWORD, USER, Aspire
from portal_admin.sandbox.faults import Fault, from_json
from portal_admin.sandbox.portfolio import Portfolio, Record
from portal_admin.sandbox.records import KINDS
from portal_admin.sandbox.routes import build

__all__ = ["PASSWORD", "USER", "Sandbox", "serve"]

Result = TypeVar("Result")


class _Protocol(H11Protocol):
    """Gives the application its connection, so that a fault can close it."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        # asyncio does this only for sockets opened with the protocol named; without it each reply waits 40 ms.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.app_state = {"transport": transport}


class Sandbox:
    """A stand-in ASPIRE on a thread of its own; `url` says where. A port of 0 means a free one."""

    def __init__(self, portfolio: Portfolio, port: int = 0) -> None:
        self._portfolio = portfolio
        self._port = port
        self._aspire: Aspire
        self._loop: asyncio.AbstractEventLoop
        self._thread: threading.Thread
        self.url = ""

    def __enter__(self) -> Self:
        listener = _listener(self._port)
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        self._aspire = Aspire(self._portfolio)
        ready: Future[asyncio.AbstractEventLoop] = Future()
        self._thread = threading.Thread(target=self._run, args=(listener, ready), name="sandbox")
        self._thread.start()
        self._loop = ready.result()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._aspire.stopping.set)
        self._thread.join()

    def _run(self, listener: socket.socket, ready: Future[asyncio.AbstractEventLoop]) -> None:
        try:
            asyncio.run(_serving(self._aspire, listener, ready))
        except BaseException as problem:
            if ready.done():
                raise
            ready.set_exception(problem)

    # Changing data, as `/_sandbox` does

    def put(self, kind: str, record: Record) -> Record:
        """Store a whole record in a list such as `Contracts`, stamped now."""
        return self._call(lambda: self._aspire.world.put(kind, record))

    def patch(self, kind: str, oid: int, **fields: Any) -> Record:
        """Change fields of a record, and stamp it; a KeyError when there is none."""
        changed = self._call(lambda: self._aspire.world.patch(kind, oid, fields))
        if changed is None:
            raise KeyError(KINDS[kind].oid, oid)
        return changed

    def delete(self, kind: str, oid: int) -> None:
        """Remove a record; a KeyError when there is none."""
        if not self._call(lambda: self._aspire.world.delete(kind, oid)):
            raise KeyError(KINDS[kind].oid, oid)

    def record(self, kind: str, oid: int) -> Record | None:
        """The whole record as it stands now, or None."""
        return self._call(lambda: self._aspire.world.get(kind, oid))

    def settings(self, settings: Record) -> None:
        """Replace Global Settings and JobStream tasks."""
        self._call(lambda: self._aspire.world.set_settings(settings))

    def instance(self, **fields: Any) -> None:
        """Change Now (an ISO instant, which freezes the clock), Generation, Version or Capabilities."""
        self._call(lambda: self._aspire.world.set_instance(fields))

    def fault(self, **fault: Any) -> None:
        """Switch a fault on, as in `fault(status=503, retry_after=2, path="/contracts", times=1)`; see `faults.Fault`."""
        wanted = from_json([{name.replace("_", "-"): value for name, value in fault.items()}])
        self._call(lambda: self._aspire.switch_on(wanted))

    def clear_faults(self) -> None:
        """Switch all faults off."""
        self._call(self._aspire.faults.clear)

    def restore(self, seconds: float = 3600) -> None:
        """Go back to a backup so many seconds old: Generation + 1, the clock back, later changes gone."""
        self._call(lambda: self._aspire.world.restore(seconds))

    def active_faults(self) -> list[Fault]:
        """Faults that can still strike."""
        return self._call(self._aspire.faults.active)

    def _call(self, act: Callable[[], Result]) -> Result:
        """Run on the server's thread, where alone the world may be touched."""
        done: Future[Result] = Future()

        def run() -> None:
            try:
                done.set_result(act())
            except Exception as problem:
                done.set_exception(problem)

        self._loop.call_soon_threadsafe(run)
        return done.result()


def serve(portfolio: Portfolio, port: int) -> None:
    """Serve in the foreground until SIGINT or SIGTERM; says where on stdout once it listens."""
    stop = threading.Event()

    def ask_to_stop(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    old = {number: signal.signal(number, ask_to_stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with Sandbox(portfolio, port) as box:
            sys.stdout.write(f"listening on {box.url}\n")
            sys.stdout.flush()
            # A wait without end would keep Windows from delivering Ctrl+C.
            while not stop.wait(0.5):
                pass
    finally:
        for number, handler in old.items():
            signal.signal(number, handler)


def _listener(port: int) -> socket.socket:
    try:
        return socket.create_server(("127.0.0.1", port), backlog=128)
    except OSError as problem:
        raise InvalidInput(
            f"Port {port} cannot be used. Choose another one, or 0 for a free one.", field="port"
        ) from problem


async def _serving(aspire: Aspire, listener: socket.socket, ready: Future[asyncio.AbstractEventLoop]) -> None:
    """uvicorn's protocol without its server, whose polling start and end would cost each test a tenth of a second."""
    config = uvicorn.Config(
        build(aspire), lifespan="off", log_config=None, access_log=False, ws="none", date_header=False
    )
    config.load()
    state = ServerState()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: _Protocol(config=config, server_state=state, app_state={}), sock=listener
    )
    ready.set_result(loop)
    await aspire.stopping.wait()
    server.close()
    if state.tasks:
        await asyncio.wait(state.tasks, timeout=5)
    for connection in list(state.connections):
        connection.transport.abort()
    while state.connections:
        await asyncio.sleep(0)
    await server.wait_closed()
