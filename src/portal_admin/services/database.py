"""Looking after the portal database: upgrade and check."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, text

from portal_admin.errors import DatabaseProblem, DeskError, Refused
from portal_admin.models.enforcement import TRIGGERS
from portal_admin.models.engine import database_url, open_engine, reading, sqlite_file, writing
from portal_admin.models.migrations.comparison import SEARCH_TABLES
from portal_admin.models.schema import HEAD, check_schema, check_whole, is_newer, schema_of, upgrade_schema
from portal_admin.paths import make_file, make_folder
from portal_admin.services.roles import appoint_first, signed_in_as
from portal_admin.services.settings import read_settings

# A backup that holds the file longer than this has met a program that does not let go.
SECONDS_TO_COPY = 60.0
DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


@dataclass(frozen=True, slots=True)
class Upgrade:
    """What an upgrade did: the schema before (None for a new database) and after, and the copy of a file made first."""

    before: str | None
    after: str
    is_file: bool
    backup: Path | None = None


@dataclass(frozen=True, slots=True)
class DatabaseCheck:
    """One check of the database: whether it passed, and a sentence."""

    check: str
    passed: bool
    message: str


def upgrade(url: str, *, now: datetime, operator: str) -> Upgrade:
    """Create the database or bring it to this program's schema, after a backup copy of a SQLite file.

    The operator becomes its first Administrator where it has none.
    """
    path = sqlite_file(database_url(url))
    if path is not None:
        make_home(path.parent)
    with opened(url, create=True) as engine:
        with reading(engine) as connection:
            before = schema_of(connection)
        copy = None
        if before != HEAD:
            if before is not None and is_newer(before):
                check_schema(engine)
            if path is not None and before is not None:
                copy = path.with_name(f"{path.name}.before-{HEAD}-{stamp(now)}")
                copy_file(path, copy)
            upgrade_schema(engine)
        check_whole(engine)
        with writing(engine) as connection:
            appoint_first(connection, name=signed_in_as(connection, operator), now=now)
    return Upgrade(before, HEAD, path is not None, copy)


def check(url: str) -> tuple[DatabaseCheck, ...]:
    """Every check of the database; one that fails does not hide the others, but one that does not answer raises."""
    with opened(url) as engine:
        with reading(engine):
            pass
        return tuple(_checked(name, look, engine) for name, look in CHECKS[engine.dialect.name])


@contextmanager
def opened(url: str, *, create: bool = False) -> Iterator[Engine]:
    """An engine for one piece of work."""
    engine = open_engine(url, create=create)
    try:
        yield engine
    finally:
        engine.dispose()


def _checked(name: str, look: Callable[[Engine], str | None], engine: Engine) -> DatabaseCheck:
    try:
        fault = look(engine)
    except DeskError as problem:
        fault = problem.message
    return DatabaseCheck(name, fault is None, fault or "In order.")


def fault_of(engine: Engine) -> str | None:
    """What is wrong with a SQLite file, None for nothing."""
    with reading(engine) as connection:
        found = connection.exec_driver_sql("pragma integrity_check(1)").scalar()
    if found == "ok":
        return None
    return "The file is damaged. Restore the last backup with `portal-admin db restore`."


def _no_orphans(engine: Engine) -> str | None:
    with reading(engine) as connection:
        tables = sorted({str(row[0]) for row in connection.exec_driver_sql("pragma foreign_key_check")})
    return f"Rows without their parents in: {', '.join(tables)}. Restore the last backup." if tables else None


def _search_indexes(engine: Engine) -> str | None:
    """The rank of 1 makes FTS5 compare the index with its rows; it needs the write lock, and commits nothing."""
    with reading(engine) as connection:
        for index in SEARCH_TABLES:
            statement = f"insert into {index}({index}, rank) values ('integrity-check', 1)"  # noqa: S608
            connection.exec_driver_sql(statement)
    return None


def _schema(engine: Engine) -> str | None:
    check_whole(engine)
    return None


def _settings(engine: Engine) -> str | None:
    with reading(engine) as connection:
        read_settings(connection)
    return None


def _enforcement(engine: Engine) -> str | None:
    with reading(engine) as connection:
        in_force = set(connection.execute(IN_FORCE).scalars())
    missing = ", ".join(name for name in TRIGGERS if name not in in_force)
    if not missing:
        return None
    return (
        f"The server no longer enforces what these triggers did: {missing}. "
        "Ask whoever looks after it why they were dropped or disabled, and verify the audit."
    )


IN_FORCE = text(
    "select tgname from pg_trigger where tgenabled in ('O', 'A') and not tgisinternal "
    "and tgrelid in (select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace "
    "where n.nspname = current_schema())"
)
SHARED_CHECKS = (("schema", _schema), ("settings", _settings))
SQLITE_CHECKS = (("integrity", fault_of), ("foreign_keys", _no_orphans), ("search", _search_indexes))
CHECKS = {
    "sqlite": SQLITE_CHECKS + SHARED_CHECKS,
    "postgresql": (*SHARED_CHECKS, ("enforcement", _enforcement)),
    "mssql": SHARED_CHECKS,
}


def copy_file(source: Path, to: Path) -> None:
    """SQLite's online backup, to a name of its own first."""
    partial = to.with_name(f"{to.name}.partial")
    partial.unlink(missing_ok=True)
    try:
        make_file(partial)
        with (
            closing(sqlite3.connect(f"{source.as_uri()}?mode=rw", uri=True, timeout=SECONDS_TO_COPY)) as old,
            closing(sqlite3.connect(partial)) as new,
        ):
            old.backup(new)
            # One file that can be carried away, without a log beside it.
            new.execute("pragma journal_mode = delete")
        with open(partial, "rb+") as file:
            os.fsync(file.fileno())
        os.replace(partial, to)
    except (sqlite3.Error, OSError) as problem:
        if getattr(problem, "sqlite_errorcode", None) in DAMAGED:
            raise Refused(
                f"{source} is not a whole portal database, so nothing was changed.", rule="sound_backup"
            ) from problem
        raise DatabaseProblem(
            f"{source} could not be copied to {to}. Check the room on the disk and your rights."
        ) from problem
    finally:
        partial.unlink(missing_ok=True)


def file_of(url: str) -> Path:
    """The file of a SQLite database; Refused for a server, which has tools of its own."""
    path = sqlite_file(database_url(url))
    if path is None:
        raise Refused(
            "Backup and restore are for SQLite files. A database server has tools of its own, such as pg_dump.",
            rule="sqlite_only",
        )
    return path


def make_home(folder: Path) -> None:
    """Make the folder of a database."""
    try:
        make_folder(folder)
    except OSError as problem:
        raise DatabaseProblem(
            f"The folder {folder} cannot be made. Check the path and your rights."
        ) from problem


def stamp(now: datetime) -> str:
    """An instant as it stands in the names of files."""
    return f"{now:%Y%m%dT%H%M%SZ}"
