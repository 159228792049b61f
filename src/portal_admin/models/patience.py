"""PostgreSQL connections that wait for nobody without an end."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.errors import OperationalError, _WaitTimeout

SECONDS_TO_LOCK = 10
SECONDS_TO_ANSWER = 60
# A commit writes what has been sent already; a network that keeps its answer must not keep the desk.
SECONDS_TO_COMMIT = 10.0
# Longer than the server itself allows a statement, so that its own words come first.
GRACE = 5.0
SERVER_SETTINGS = {
    "lock_timeout": f"{SECONDS_TO_LOCK}s",
    "statement_timeout": f"{SECONDS_TO_ANSWER}s",
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
}
# tcp_user_timeout is in ms, the others in seconds; an address may name its own.
CONNECTING: dict[str, Any] = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
    "options": " ".join(f"-c {name}={value}" for name, value in SERVER_SETTINGS.items()),
}


class PatientConnection(psycopg.Connection[Any]):
    """Gives a server up, and the connection with it, that has not answered in time; `patience` in seconds."""

    patience: float | None = SECONDS_TO_ANSWER + GRACE

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """Wait for an answer; OperationalError when there is none in time."""
        try:
            return super().wait(gen, interval, self.patience if timeout is None else timeout)
        except _WaitTimeout as problem:
            if timeout is not None:
                raise
            self.pgconn.finish()
            raise OperationalError("the server did not answer in time") from problem

    def commit(self) -> None:
        """Commit, and wait for the answer only so long."""
        usual, self.patience = self.patience, SECONDS_TO_COMMIT
        try:
            super().commit()
        finally:
            self.patience = usual


def connect(_dialect: Any, _record: Any, arguments: list[Any], options: dict[str, Any]) -> PatientConnection:
    """What an engine calls to connect."""
    return PatientConnection.connect(*arguments, **options)
