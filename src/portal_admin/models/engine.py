"""Opens the portal database, and turns its errors into ours."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, QueuePool, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from portal_admin.errors import (
    DatabaseProblem,
    DeskError,
    Interrupted,
    NotAllowed,
    OutcomeUnknown,
    Refused,
    SchemaMismatch,
    SettingsProblem,
)
from portal_admin.models.shares import is_on_network_share
from portal_admin.paths import make_file

log = logging.getLogger(__name__)

BUSY_SECONDS = 10
DRIVERS = {
    "sqlite": "sqlite",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
    "mssql": "mssql+mssqlpython",
    "mssql+mssqlpython": "mssql+mssqlpython",
}
PRAGMAS = (
    f"busy_timeout = {BUSY_SECONDS * 1000}",
    "foreign_keys = on",
    "synchronous = full",
    "temp_store = memory",
    "cache_size = -32768",
    # REPLACE then fires the triggers that keep the search indexes true.
    "recursive_triggers = on",
)
# A network that went away must not hang a desk for minutes; the last is in ms, the others in seconds.
PATIENCE: dict[str, dict[str, int]] = {
    "postgresql": {
        "connect_timeout": 5,
        "keepalives_idle": 20,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 30_000,
    },
    "mssql": {"timeout": 5},
}
# A server's default lets each statement see a newer state; SQLite's transactions never do.
ONE_STATE: dict[str, dict[str, Any]] = {"postgresql": {"isolation_level": "REPEATABLE READ"}}
# SQLSTATE of a serialization failure and of a deadlock.
PASSING = ("40001", "40P01")
# SQLSTATEs by which a server says no: of insufficient privilege, and those of migration 0004.
NO_PRIVILEGE, FOREIGN_NAME = "42501", "PA002"
UNTRUE = {
    "PA001": "The portal database takes no change without its line in the audit, so nothing was changed.",
    "PA003": "The portal database takes audit lines only with the time of its own clock, so nothing was changed.",
    "PA004": "The portal database takes only an audit line that follows the last one, so nothing was changed.",
    "PA005": "The portal database lets nobody change or remove lines of the audit.",
}
SECONDS_TO_RETURN = 5.0
SECONDS_BETWEEN_LOOKS = 0.1
# Given the connection of a transaction, what tells over another one whether it was committed.
Witness = Callable[[Connection], Callable[[Connection], bool]]
# What the driver's text contains, what we say. The first that fits wins.
SQLITE_SENTENCES = (
    ("database is locked", "Another program is writing to the portal database. Wait a moment and try again."),
    (
        "readonly database",
        "The portal database is read-only for you. Ask for write access to its file and folder.",
    ),
    (
        "unable to open",
        "The portal database file cannot be opened. Check that it exists and that you may read it.",
    ),
    ("file is not a database", "The file is not a portal database. Check the profile, or restore a backup."),
    (
        "malformed",
        "The portal database file is damaged. Restore the last backup with `portal-admin db restore`.",
    ),
    ("full", "The disk that holds the portal database is full. Free some space and try again."),
    ("no such table", "The portal database is not set up. Run `portal-admin db upgrade`."),
    (
        "write-ahead",
        "This drive cannot hold the portal database: it offers no write-ahead log. Use a local disk.",
    ),
)


def database_url(text: str) -> URL:
    """The parsed URL with the driver that this program brings; SettingsProblem when it is none."""
    try:
        url = make_url(text)
    except ArgumentError as problem:
        raise SettingsProblem(
            "The database address cannot be read. It looks like sqlite:///C:/portal/portal.db "
            "or postgresql://user@server/database."
        ) from problem
    if url.drivername not in DRIVERS:
        raise SettingsProblem(
            f"Databases of the kind {url.drivername} are not supported. Use sqlite or postgresql."
        )
    return url.set(drivername=DRIVERS[url.drivername])


def sqlite_file(url: URL) -> Path | None:
    """The absolute path of a SQLite database, None for a database server; refuses network shares and memory."""
    if url.get_backend_name() != "sqlite":
        return None
    if not url.database or url.database == ":memory:":
        raise SettingsProblem(
            "The database address names no file. It looks like sqlite:///C:/portal/portal.db."
        )
    path = Path(url.database).expanduser().absolute()
    if any(map(is_on_network_share, (Path(url.database), path, path.resolve()))):
        raise SettingsProblem(
            f"{path} lies on a network share, where SQLite can lose data. "
            "Keep the file on a local disk, or use a PostgreSQL database for several desks."
        )
    return path


def open_engine(url: str, *, create: bool = False) -> Engine:
    """The engine for a database URL; without `create` a missing SQLite file is an error, never a new empty database."""
    parsed = database_url(url)
    path = sqlite_file(parsed)
    if path is None:
        return _server_engine(parsed)
    if not create and not path.exists():
        raise SchemaMismatch(
            f"There is no portal database at {path}. Create it with `portal-admin db upgrade`.",
            title="There is no portal database yet",
        )
    return _sqlite_engine(parsed, path, create=create)


def _server_engine(url: URL) -> Engine:
    try:
        patience = PATIENCE[url.get_backend_name()]
        return create_engine(url, pool_pre_ping=True, hide_parameters=True, connect_args=patience)
    except (ImportError, NoSuchModuleError) as problem:
        raise SettingsProblem(
            f"The driver for {url.get_backend_name()} is not installed on this machine. "
            "Install portal-admin with the matching extra."
        ) from problem


def _sqlite_engine(url: URL, path: Path, *, create: bool) -> Engine:
    address = f"{path.as_uri()}?mode={'rwc' if create else 'rw'}"

    def connect() -> sqlite3.Connection:
        if create:
            # SQLite would let everybody read it; its log and index files follow the file itself.
            with suppress(OSError):  # it exists, or cannot be made, which SQLite says next
                make_file(path)
        return sqlite3.connect(
            address, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )

    engine = create_engine(url, creator=connect, poolclass=QueuePool, hide_parameters=True)
    event.listen(engine, "connect", _configure)
    event.listen(engine, "begin", _begin)
    return engine


def _configure(connection: Any, _record: Any) -> None:
    for pragma in PRAGMAS:
        connection.execute(f"pragma {pragma}")
    (mode,) = connection.execute("pragma journal_mode = wal").fetchone()
    if mode != "wal":
        raise sqlite3.OperationalError("no write-ahead log")


def _begin(connection: Connection) -> None:
    # A write lock taken at once cannot fail half-way through, as a read lock that is upgraded can.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection that sees one state of the database throughout; nothing is committed."""
    options = ONE_STATE.get(engine.dialect.name, {})
    with translated(), engine.connect().execution_options(**options) as connection:
        yield connection


@contextmanager
def writing(engine: Engine, *, committed: Witness | None = None) -> Iterator[Connection]:
    """A write transaction: committed when the block ends, rolled back when it raises.

    `committed` is given the connection and returns what tells, over another one, whether the transaction was
    committed; it is asked when the connection is lost meanwhile. Without it that is OutcomeUnknown.
    """
    with translated(), engine.connect().execution_options(writes=True) as connection:
        transaction = connection.begin()
        try:
            witness = committed(connection) if committed else None
            yield connection
        except BaseException:
            transaction.rollback()
            raise
        try:
            transaction.commit()
        except DBAPIError as problem:
            if not is_lost(problem):
                raise
            _find_out(engine, witness, problem)


def _find_out(engine: Engine, witness: Callable[[Connection], bool] | None, problem: DBAPIError) -> None:
    """Returns when the lost transaction was committed; Interrupted when it was not; OutcomeUnknown when nobody says."""
    unknown = OutcomeUnknown(
        "The connection to the portal database was lost while saving, and it cannot be asked yet. "
        "Look at the record again before you repeat anything."
    )
    if witness is None:
        raise unknown from problem
    deadline = time.monotonic() + SECONDS_TO_RETURN
    while True:
        try:
            with engine.connect() as connection:
                done = witness(connection)
            break
        except DBAPIError as again:
            if time.monotonic() >= deadline:
                raise unknown from again
            time.sleep(SECONDS_BETWEEN_LOOKS)
    if not done:
        raise Interrupted(
            "The connection to the portal database was lost, and nothing was changed."
        ) from problem


def is_lost(problem: DBAPIError) -> bool:
    """Whether the connection broke, so that the server's last answer is missing."""
    return problem.connection_invalidated or type(problem.orig).__name__ == "AdminShutdown"


def _is_interrupted(problem: DBAPIError) -> bool:
    """Whether the server undid the transaction for a reason that may not come again."""
    return is_lost(problem) or getattr(problem.orig, "sqlstate", None) in PASSING


@contextmanager
def translated() -> Iterator[None]:
    """Raises database errors as our own, with the details in the log under its correlation id."""
    try:
        yield
    except (DBAPIError, NoFreeConnection) as problem:
        passing = isinstance(problem, DBAPIError) and _is_interrupted(problem)
        found = _refusal(problem) or (Interrupted if passing else DatabaseProblem)(_sentence(problem))
        log.error("database error", exc_info=problem, extra={"correlation_id": found.correlation_id})
        raise found from problem


def _refusal(problem: DBAPIError | NoFreeConnection) -> DeskError | None:
    """What a server will not do for this login, None when something else went wrong."""
    state = getattr(getattr(problem, "orig", None), "sqlstate", None)
    if state == NO_PRIVILEGE:
        return NotAllowed(
            "The portal database does not let your login do that. If your role was just given to you, ask the "
            "database's administrator to run what `portal-admin db grants` prints; else ask an Administrator."
        )
    if state == FOREIGN_NAME:
        return NotAllowed("The portal database takes what you vouch for only under the name of your login.")
    return Refused(UNTRUE[state], rule="audited") if state in UNTRUE else None


def _sentence(problem: DBAPIError | NoFreeConnection) -> str:
    if isinstance(problem, NoFreeConnection):
        return "The portal database is busy with other work of this program. Wait a moment and try again."
    origin = problem.orig
    if isinstance(origin, sqlite3.Error):
        for part, sentence in SQLITE_SENTENCES:
            if part in str(origin):
                return sentence
    elif problem.connection_invalidated or type(origin).__name__ == "OperationalError":
        return "The portal database server cannot be reached. Check the network, then try again."
    return "The portal database reported an error. The log holds the details."
