"""Looking after the portal database: upgrade, check, backup and restore."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from stat import S_IMODE

from sqlalchemy import URL, Engine

from portal_admin.errors import DatabaseProblem, DeskError, InvalidInput, NotFound, Refused
from portal_admin.models.engine import database_url, open_engine, reading, sqlite_file, writing
from portal_admin.models.migrations.comparison import SEARCH_TABLES
from portal_admin.models.schema import HEAD, check_schema, is_newer, schema_of, upgrade_schema
from portal_admin.paths import make_file, make_folder
from portal_admin.services.roles import appoint_first, signed_in_as
from portal_admin.services.settings import read_settings

# A backup that holds the file longer than this has met a program that does not let go.
SECONDS_TO_COPY = 60.0
DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


@dataclass(frozen=True, slots=True)
class Upgrade:
    """What an upgrade did: the schema before (None for a new database) and after, and the copy made first."""

    before: str | None
    after: str
    backup: Path | None


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
        _make_folder(path.parent)
    with opened(url, create=True) as engine:
        with reading(engine) as connection:
            before = schema_of(connection)
        if before == HEAD:
            return Upgrade(before, HEAD, None)
        if before is not None and is_newer(before):
            check_schema(engine)
        copy = None
        if path is not None and before is not None:
            copy = path.with_name(f"{path.name}.before-{HEAD}-{_stamp(now)}")
            _copy(path, copy)
        upgrade_schema(engine)
        with writing(engine) as connection:
            appoint_first(connection, name=signed_in_as(connection, operator), now=now)
    return Upgrade(before, HEAD, copy)


def check(url: str) -> tuple[DatabaseCheck, ...]:
    """Every check of the database; one that fails does not hide the others, but one that does not answer raises."""
    with opened(url) as engine:
        with reading(engine):
            pass
        return tuple(_checked(name, look, engine) for name, look in CHECKS[engine.dialect.name == "sqlite"])


def backup(url: str, *, to: Path) -> Path:
    """Copy a SQLite database while it is in use; the copy appears under its name only when it is whole."""
    source = _existing_file(url)
    to = to.expanduser().absolute()
    if to.exists():
        raise Refused(f"{to} exists already. Choose another name.", rule="no_overwriting")
    if not to.parent.is_dir():
        # A folder that is made for a mistyped name, or where a drive is not mounted, looks like a backup.
        raise NotFound(f"There is no folder {to.parent}. Make it, or choose another.")
    _copy(source, to)
    return to


def restore(url: str, *, source: Path, now: datetime) -> Path | None:
    """Put a backup in the place of the database and return where the old file is kept, None when there was none."""
    source = source.expanduser().absolute()
    if not source.is_file():
        raise NotFound(f"There is no file {source}.")
    path = _file_of(url)
    if path.exists() and source.samefile(path):
        raise InvalidInput("A database cannot be restored from itself.", field="source")
    _make_folder(path.parent)
    fresh = path.with_name(f"{path.name}.restoring-{_stamp(now)}")
    try:
        # The copy is what was verified, whatever happens to the source meanwhile.
        _copy(source, fresh)
        _verify_backup(fresh, source)
        kept = None
        if path.exists():
            kept = path.with_name(f"{path.name}.before-restore-{_stamp(now)}")
            _refuse_when_in_use(path)
            _open_to_the_same(fresh, path)
            _move_aside(path, kept)
        os.replace(fresh, path)
    except OSError as problem:
        raise DatabaseProblem(
            f"The files beside {path} cannot be moved. Close every program that uses the database."
        ) from problem
    finally:
        fresh.unlink(missing_ok=True)
    return kept


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


def _whole(engine: Engine) -> str | None:
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
    check_schema(engine)
    return None


def _settings(engine: Engine) -> str | None:
    with reading(engine) as connection:
        read_settings(connection)
    return None


SHARED_CHECKS = (("schema", _schema), ("settings", _settings))
SQLITE_CHECKS = (("integrity", _whole), ("foreign_keys", _no_orphans), ("search", _search_indexes))
CHECKS = {True: SQLITE_CHECKS + SHARED_CHECKS, False: SHARED_CHECKS}


def _verify_backup(copy: Path, source: Path) -> None:
    with opened(URL.create("sqlite", database=str(copy)).render_as_string()) as engine:
        fault = _whole(engine)
        with reading(engine) as connection:
            revision = schema_of(connection)
        if fault is not None or revision is None:
            raise Refused(
                f"{source} is not a whole portal database, so nothing was changed.", rule="sound_backup"
            )
        if is_newer(revision):
            raise Refused(
                f"{source} comes from a newer Portal Admin (schema {revision}). Install that version first.",
                rule="sound_backup",
            )


def _refuse_when_in_use(path: Path) -> None:
    """Fold the write-ahead log into the file, which only a program that has the database to itself can do."""
    try:
        with closing(sqlite3.connect(path, timeout=0)) as connection:
            connection.execute("pragma journal_mode = delete")
    except sqlite3.DatabaseError as problem:
        if problem.sqlite_errorcode in DAMAGED:
            return  # a damaged file is what a restore is for
        raise Refused(
            "Another program is using the portal database. Close every Portal Admin and try again.",
            rule="not_in_use",
        ) from problem


def _open_to_the_same(fresh: Path, path: Path) -> None:
    """A database that several people use stays theirs when it is restored."""
    if sys.platform != "win32":
        old = path.stat()
        with suppress(PermissionError):  # the owner is root's to give, and the group its members'
            os.chown(fresh, old.st_uid if os.geteuid() == 0 else -1, old.st_gid)
        fresh.chmod(S_IMODE(old.st_mode))


def _move_aside(path: Path, to: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        part = path.with_name(path.name + suffix)
        if part.exists():
            os.replace(part, to.with_name(to.name + suffix))


def _copy(source: Path, to: Path) -> None:
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


def _existing_file(url: str) -> Path:
    path = _file_of(url)
    if not path.exists():
        raise NotFound(f"There is no portal database at {path}.")
    return path


def _file_of(url: str) -> Path:
    path = sqlite_file(database_url(url))
    if path is None:
        raise Refused(
            "Backup and restore are for SQLite files. A database server has tools of its own, such as pg_dump.",
            rule="sqlite_only",
        )
    return path


def _make_folder(folder: Path) -> None:
    try:
        make_folder(folder)
    except OSError as problem:
        raise DatabaseProblem(
            f"The folder {folder} cannot be made. Check the path and your rights."
        ) from problem


def _stamp(now: datetime) -> str:
    return f"{now:%Y%m%dT%H%M%SZ}"
