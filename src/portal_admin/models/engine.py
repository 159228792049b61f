"""Opens the portal database, and its transactions."""

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

from portal_admin.errors import Interrupted, OutcomeUnknown, SchemaMismatch, SettingsProblem
from portal_admin.models.failures import LOST, is_lost, translated
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
# A server's default lets each statement see a newer state; SQLite's transactions never do.
ONE_STATE: dict[str, dict[str, Any]] = {"postgresql": {"isolation_level": "REPEATABLE READ"}}
SECONDS_TO_RETURN = 5.0
SECONDS_BETWEEN_LOOKS = 0.1
UNKNOWN = (
    "The connection to the portal database was lost while saving, and it cannot be asked yet. "
    "Look at the record again before you repeat anything."
)
# A desk that vanishes in mid-change must not keep everybody else from changing anything.
BOUND = {"postgresql": "SET LOCAL idle_in_transaction_session_timeout = 30000"}
# While somebody waits for an outcome, the transaction in question may hold its locks still.
BRIEFLY = {"postgresql": "SET LOCAL lock_timeout = 1000"}
# Given the connection of a transaction, what tells over another one whether it was committed.
Witness = Callable[[Connection], Callable[[Connection], bool]]


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
        if url.get_backend_name() == "postgresql":
            return _postgres_engine(url)
        return create_engine(url, pool_pre_ping=True, hide_parameters=True, connect_args={"timeout": 5})
    except (ImportError, NoSuchModuleError) as problem:
        raise SettingsProblem(
            f"The driver for {url.get_backend_name()} is not installed on this machine. "
            "Install portal-admin with the matching extra."
        ) from problem


def _postgres_engine(url: URL) -> Engine:
    from portal_admin.models.patience import CONNECTING, connect

    # What the address itself says of these goes first.
    usual = {name: value for name, value in CONNECTING.items() if name not in url.query}
    # Asking for a type that no table here has would cost every connection two round trips.
    engine = create_engine(
        url, pool_pre_ping=True, hide_parameters=True, connect_args=usual, use_native_hstore=False
    )
    event.listen(engine, "do_connect", connect)
    return engine


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
    with translated(), connect_for_reading(engine) as connection:
        yield connection


def connect_for_reading(engine: Engine) -> Connection:
    """A connection each of whose transactions sees one state of the database; its errors are not translated."""
    return engine.connect().execution_options(**ONE_STATE.get(engine.dialect.name, {}))


@contextmanager
def writing(engine: Engine, *, committed: Witness | None = None) -> Iterator[Connection]:
    """A write transaction: committed when the block ends, rolled back when it raises.

    Interrupted when the database broke it off. `committed` is given the connection and returns what tells, over
    another one, whether the transaction was committed; it is asked when the connection is lost while committing.
    Without it that is OutcomeUnknown.
    """
    with translated(Interrupted), engine.connect().execution_options(writes=True) as connection:
        transaction = connection.begin()
        try:
            _bound(connection)
            witness = committed(connection) if committed else None
            yield connection
        except BaseException:
            with suppress(DBAPIError):  # a connection that is lost takes its transaction along
                transaction.rollback()
            raise
        try:
            transaction.commit()
        except DBAPIError as problem:
            if not is_lost(problem):
                raise
            _find_out(engine, witness, problem)


def _bound(connection: Connection) -> None:
    """Let the server end a transaction whose desk vanished, and with it what the transaction locks."""
    statement = BOUND.get(connection.dialect.name)
    if statement is not None:
        connection.exec_driver_sql(statement)


def _find_out(engine: Engine, witness: Callable[[Connection], bool] | None, problem: DBAPIError) -> None:
    """Returns when the lost transaction was committed; Interrupted when it was not; OutcomeUnknown when nobody says."""
    log.warning("connection lost while committing", exc_info=problem)
    if witness is None:
        raise OutcomeUnknown(UNKNOWN) from problem
    deadline = time.monotonic() + SECONDS_TO_RETURN
    while True:
        try:
            with engine.connect() as connection:
                _ask_briefly(connection)
                done = witness(connection)
            break
        except (DBAPIError, NoFreeConnection) as again:
            if time.monotonic() >= deadline:
                raise OutcomeUnknown(UNKNOWN) from again
            time.sleep(SECONDS_BETWEEN_LOOKS)
    if not done:
        raise Interrupted(LOST) from problem


def _ask_briefly(connection: Connection) -> None:
    statement = BRIEFLY.get(connection.dialect.name)
    if statement is not None:
        connection.exec_driver_sql(statement)


@contextmanager
def unhurried(connection: Connection) -> Iterator[None]:
    """Let the statements of a transaction take their time, as building an index does."""
    if connection.dialect.name != "postgresql":
        yield
        return
    connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
    driver: Any = connection.connection.dbapi_connection
    usual, driver.patience = driver.patience, None
    try:
        yield
    finally:
        driver.patience = usual
