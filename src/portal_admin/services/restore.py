"""Putting a backup in the place of the portal database: for Administrators, audited in what is restored."""

from __future__ import annotations

import os
import sqlite3
import sys
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from stat import S_IMODE

from sqlalchemy import URL, Engine, inspect

from portal_admin.domain.permissions import Permission, require
from portal_admin.errors import DatabaseProblem, InvalidInput, NotFound, Refused
from portal_admin.models import audit_event
from portal_admin.models import operator as operator_table
from portal_admin.models.engine import reading, writing
from portal_admin.models.schema import HEAD, is_newer, missing_parts, schema_of, upgrade_schema
from portal_admin.services import audit
from portal_admin.services.audit import Head
from portal_admin.services.database import (
    DAMAGED,
    copy_file,
    fault_of,
    file_of,
    make_home,
    opened,
    stamp,
)
from portal_admin.services.desk import Desk
from portal_admin.services.roles import appoint_first, role_of


@dataclass(frozen=True, slots=True)
class Restored:
    """Where the old file is kept (None when there was none), and the older schema that the backup had."""

    kept: Path | None
    upgraded_from: str | None


def restore(url: str, *, source: Path, now: datetime, operator: str) -> Restored:
    """Put a backup in the place of the database, at this program's schema; its audit tells who did.

    NotAllowed unless the database that is replaced knows the operator as one who may.
    """
    source = source.expanduser().absolute()
    path = file_of(url)
    if not source.is_file():
        raise NotFound(f"There is no file {source}.")
    if path.exists() and source.samefile(path):
        raise InvalidInput("A database cannot be restored from itself.", field="source")
    replaced = _end_of(url, operator) if path.exists() else None
    make_home(path.parent)
    fresh = path.with_name(f"{path.name}.restoring-{stamp(now)}")
    try:
        # The copy is what was verified, whatever happens to the source meanwhile.
        copy_file(source, fresh)
        with opened(URL.create("sqlite", database=str(fresh)).render_as_string()) as engine:
            revision = _sound_revision(engine, source)
            if revision != HEAD:
                upgrade_schema(engine)
            _require_whole(engine, source)
            _tell(Desk(engine, None, lambda: now, operator), source, replaced)
        return Restored(_put_in_place(fresh, path, now), None if revision == HEAD else revision)
    except OSError as problem:
        raise DatabaseProblem(
            f"The files beside {path} cannot be moved. Close every program that uses the database."
        ) from problem
    finally:
        fresh.unlink(missing_ok=True)


def _end_of(url: str, operator: str) -> Head | None:
    """The last audit line of the database that is replaced, once the operator may; None where it cannot tell.

    A file that is damaged, or older than roles, knows nobody, and a damaged one is what a restore is for: then
    whoever the operating system lets write the file may, as it could be overwritten by hand.
    """
    try:
        with opened(url) as engine, reading(engine) as connection:
            if not inspect(connection).has_table(operator_table.name):
                return None
            require(role_of(connection, operator), Permission.RESTORE_DATABASE)
            # A table that is gone is what a restore is for too.
            return audit.head(connection) if inspect(connection).has_table(audit_event.name) else None
    except DatabaseProblem as problem:
        if _is_damage(problem):
            return None
        raise


def _is_damage(problem: DatabaseProblem) -> bool:
    code = getattr(getattr(problem.__cause__, "orig", None), "sqlite_errorcode", 0)
    return (code & 0xFF) in DAMAGED  # the rest of an extended code tells where the damage is


def _sound_revision(engine: Engine, source: Path) -> str:
    fault = fault_of(engine)
    with reading(engine) as connection:
        revision = schema_of(connection)
    if fault is not None or revision is None:
        raise _unsound(source)
    if is_newer(revision):
        raise Refused(
            f"{source} comes from a newer Portal Admin (schema {revision}). Install that version first.",
            rule="sound_backup",
        )
    return revision


def _require_whole(engine: Engine, source: Path) -> None:
    with reading(engine) as connection:
        if missing_parts(connection):
            raise _unsound(source)


def _unsound(source: Path) -> Refused:
    return Refused(f"{source} is not a whole portal database, so nothing was changed.", rule="sound_backup")


def _tell(desk: Desk, source: Path, replaced: Head | None) -> None:
    """Append to the restored audit where it came from, and which audit it replaces."""
    with writing(desk.engine) as connection:
        appoint_first(connection, name=desk.operator, now=desk.clock())
        audit.record(
            connection,
            desk,
            action="database.restore",
            subject=source.name,
            before=asdict(replaced) if replaced else None,
            after={"file": source.name, **asdict(audit.head(connection))},
        )


def _put_in_place(fresh: Path, path: Path, now: datetime) -> Path | None:
    kept = None
    if path.exists():
        kept = path.with_name(f"{path.name}.before-restore-{stamp(now)}")
        _refuse_when_in_use(path)
        _open_to_the_same(fresh, path)
        _move_aside(path, kept)
    os.replace(fresh, path)
    return kept


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
