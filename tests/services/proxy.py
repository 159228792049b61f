"""A network between the desk and the server, which can be cut at any message."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from sqlalchemy import make_url

# Told what the desk sends, before the server sees it.
Watch = Callable[[bytes], None]


class Proxy:
    """Passes bytes between a port of this machine and a server's socket; `silent` keeps back what the server says."""

    def __init__(self, url: str) -> None:
        self._url = make_url(url)
        folder = Path(str(self._url.query["host"]))
        self._server = str(folder / ".s.PGSQL.5432")
        self._door = socket.create_server(("127.0.0.1", 0))
        self._desks: list[socket.socket] = []
        self._servers: list[socket.socket] = []
        self._unnoticed = False
        self._threads: list[threading.Thread] = []
        self.silent = threading.Event()
        self.watch: Watch = lambda _data: None
        self._spawn(self._accept)

    @property
    def url(self) -> str:
        """The database's address through this network."""
        port = self._door.getsockname()[1]
        through = self._url.set(host="127.0.0.1", port=port, query={})
        return through.render_as_string(hide_password=False)

    def cut(self, *, noticed: bool = True) -> None:
        """Break every connection there is; unnoticed by the server, its ends stay open."""
        self._unnoticed = not noticed
        for line in [*self._desks, *(self._servers if noticed else ())]:
            _shut(line)

    def close_door(self) -> None:
        """Let nobody in any more."""
        _shut(self._door)

    def close(self) -> None:
        """Break everything for good."""
        self.close_door()
        self.cut()
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        while True:
            try:
                desk, _ = self._door.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            try:
                server.connect(self._server)
            except OSError:
                server.close()
                desk.close()
                continue
            self._desks.append(desk)
            self._servers.append(server)
            self._spawn(lambda desk=desk, server=server: self._pass(desk, server, heard=True))
            self._spawn(lambda desk=desk, server=server: self._pass(server, desk, heard=False))

    def _pass(self, source: socket.socket, to: socket.socket, *, heard: bool) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if heard:
                    self.watch(data)
                    if source.fileno() < 0:
                        return  # cut meanwhile: it never arrived
                elif self.silent.is_set():
                    continue
                to.sendall(data)
            if heard and self._unnoticed:
                return
        _shut(source)
        _shut(to)

    def _spawn(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, daemon=True)
        self._threads.append(thread)
        thread.start()


def _shut(line: socket.socket) -> None:
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
    line.close()
