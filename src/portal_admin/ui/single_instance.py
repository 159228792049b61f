"""One window per user and session: a second start hands over what to open and ends."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from portal_admin.paths import config_folder

if TYPE_CHECKING:
    from PySide6.QtNetwork import QLocalServer, QLocalSocket

ANSWER_WITHIN = 1000  # ms
LONGEST = 4000  # bytes: the longest place, each character of it written out


def _mark() -> Path:
    """Says that a window may be open, so that the first start need not load the network to ask."""
    return config_folder() / "window.open"


def _name() -> str:
    """Differs between users (their folders do), sessions, and folders chosen by PORTAL_ADMIN_HOME."""
    import hashlib

    parts = (str(config_folder()), _session())
    return "portal-admin-" + hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


if sys.platform == "win32":

    def _session() -> str:
        import ctypes

        session = ctypes.c_ulong()
        ctypes.windll.kernel32.ProcessIdToSessionId(os.getpid(), ctypes.byref(session))
        return str(session.value)

    def _let_the_other_window_come_forward() -> None:
        import ctypes

        ctypes.windll.user32.AllowSetForegroundWindow(-1)

else:

    def _session() -> str:
        return os.environ.get("XDG_SESSION_ID", "")

    def _let_the_other_window_come_forward() -> None:
        """Only Windows holds windows back."""


def hand_over(place: str | None, profile: str | None) -> bool:
    """Ask a window that is already open to come forward and open a place; False when there is none."""
    return _mark().exists() and _ask(place, profile)


def _ask(place: str | None, profile: str | None) -> bool:
    import json

    from PySide6.QtNetwork import QLocalSocket

    socket = QLocalSocket()
    socket.connectToServer(_name())
    if not socket.waitForConnected(ANSWER_WITHIN):
        return False
    _let_the_other_window_come_forward()
    line = json.dumps({"open": place, "profile": profile}) + "\n"
    socket.write(line.encode())
    heard = socket.waitForReadyRead(ANSWER_WITHIN)
    socket.disconnectFromServer()
    return heard


class SingleInstance(QObject):
    """Listens for later starts; `asked` carries the place to open and the profile they named, or None."""

    asked = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._server: QLocalServer | None = None

    def listen(self, place: str | None = None, profile: str | None = None) -> bool:
        """Become the one instance; False when another one was a moment faster and took the place over."""
        from PySide6.QtNetwork import QLocalServer

        name = _name()
        server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        server.newConnection.connect(self._connected)
        if not server.listen(name):
            if _ask(place, profile):
                return False
            # What a killed window left behind.
            QLocalServer.removeServer(name)
            server.listen(name)
        self._server = server
        mark = _mark()
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()
        return True

    def close(self) -> None:
        """Let the next start become the one instance."""
        if self._server is not None:
            self._server.close()
            self._server = None
            _mark().unlink(missing_ok=True)

    def _connected(self) -> None:
        if self._server is None:
            return
        socket = self._server.nextPendingConnection()
        socket.readyRead.connect(lambda: self._read(socket))
        socket.disconnected.connect(socket.deleteLater)
        self._read(socket)

    def _read(self, socket: QLocalSocket) -> None:
        if not socket.canReadLine():
            if socket.bytesAvailable() > LONGEST:
                socket.abort()
            return
        import json

        line = bytes(socket.readLine(LONGEST).data())
        socket.write(b"ok\n")
        socket.flush()
        try:
            asked = json.loads(line)
        except ValueError:
            return
        if isinstance(asked, dict):
            self.asked.emit(_text(asked.get("open")), _text(asked.get("profile")))


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
