"""One window per user and session: a second start hands over what to open and ends."""

from __future__ import annotations

import hashlib
import json
import os
import sys

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from portal_admin.paths import config_folder

ANSWER_WITHIN = 1000  # ms
LONGEST = 2000  # bytes


def _name() -> str:
    """Differs between users (their folders do), sessions, and folders chosen by PORTAL_ADMIN_HOME."""
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
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._connected)

    def listen(self) -> bool:
        """Become the one instance; False when another one was faster."""
        name = _name()
        if self._server.listen(name):
            return True
        # What a killed window left behind; a living one would have answered before.
        QLocalServer.removeServer(name)
        return self._server.listen(name)

    def close(self) -> None:
        """Let the next start become the one instance."""
        self._server.close()

    def _connected(self) -> None:
        socket = self._server.nextPendingConnection()
        socket.readyRead.connect(lambda: self._read(socket))
        socket.disconnected.connect(socket.deleteLater)
        self._read(socket)

    def _read(self, socket: QLocalSocket) -> None:
        if not socket.canReadLine():
            if socket.bytesAvailable() > LONGEST:
                socket.abort()
            return
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
