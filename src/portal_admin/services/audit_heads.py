"""How far the audit had got when this machine last looked: what is cut off or replaced later is noticed by it."""

from __future__ import annotations

import json
import logging
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, select

from portal_admin.domain.audit_chain import GENESIS
from portal_admin.errors import CouldNotLook, DeskError, InvalidInput
from portal_admin.models import audit_event
from portal_admin.models.engine import reading, sqlite_file
from portal_admin.paths import make_folder
from portal_admin.services.audit import head
from portal_admin.services.desk import Desk

log = logging.getLogger(__name__)

SECONDS_BETWEEN_NOTES = 2.0
_noted: dict[tuple[Path, str], float] = {}


@dataclass(frozen=True, slots=True)
class Seen:
    """A line that was the last one of the audit when somebody looked."""

    id: int
    hash: str
    at: datetime


def database_name(engine: Engine) -> str:
    """What tells one database from another on this machine: no operator, no password."""
    path = sqlite_file(engine.url)
    if path is not None:
        return path.as_uri()
    url = engine.url
    host = url.host or url.query.get("host", "")
    return f"{url.get_backend_name()}://{host}:{url.port or ''}/{url.database or ''}"


def now_seen(desk: Desk) -> Seen:
    """The last line of the audit as it is now."""
    with reading(desk.engine) as connection:
        last = head(connection)
    return Seen(last.id, last.hash, desk.clock())


def last_seen(desk: Desk) -> Seen | None:
    """What this machine saw last, None when it never looked; CouldNotLook when its file cannot be read."""
    if desk.heads is None:
        return None
    return _read(desk.heads).get(database_name(desk.engine))


def holds(connection: Connection, seen: Seen) -> bool:
    """Whether the audit still has the very line that was seen."""
    if seen.id == 0:
        return True
    query = select(audit_event.c.hash).where(audit_event.c.id == seen.id)
    return bool(connection.execute(query).scalar() == seen.hash)


def note(desk: Desk) -> None:
    """After a change: remember the last line, now and then, and never fail for it."""
    if desk.heads is None:
        return
    key, now = (desk.heads, database_name(desk.engine)), time.monotonic()
    if now - _noted.get(key, now - SECONDS_BETWEEN_NOTES) >= SECONDS_BETWEEN_NOTES:
        _noted[key] = now
        remember(desk)


def remember(desk: Desk) -> str | None:
    """Remember the last line of the audit; a line that was seen and is gone stays remembered, as evidence.

    Returns why the audit must be verified, None while everything that was seen is there.
    """
    if desk.heads is None:
        return None
    try:
        return _remember(desk, desk.heads)
    except CouldNotLook as problem:
        log.warning("the last audit line could not be remembered: %s", problem)
        return problem.message
    except (OSError, DeskError) as problem:
        log.warning("the last audit line could not be remembered: %s", problem)
        return None


def accept(desk: Desk, seen: Seen) -> None:
    """Remember this line in place of the one that was seen before."""
    if desk.heads is not None:
        with _locked(desk.heads):
            _write(desk.heads, _read(desk.heads) | {database_name(desk.engine): seen})


def _remember(desk: Desk, path: Path) -> str | None:
    name = database_name(desk.engine)
    before = _read(path).get(name)
    with reading(desk.engine) as connection:
        last = head(connection)
        if before is not None and not holds(connection, before):
            log.error("audit line %d, seen %s, is missing or different", before.id, before.at.isoformat())
            return f"Line {before.id}, which this desk saw, is missing or different. Verify the audit."
    if before is not None and last.id <= before.id:
        return None
    with _locked(path):
        kept = _read(path)
        # Another window may have seen more meanwhile.
        if kept.get(name) == before:
            _write(path, kept | {name: Seen(last.id, last.hash, desk.clock())})
    return None


def parse_head(text: str) -> Seen:
    """A line that `audit export-head` wrote; InvalidInput when the text is none."""
    try:
        return _seen(json.loads(text))
    except (ValueError, TypeError, KeyError, AttributeError) as problem:
        raise InvalidInput(
            "The file holds no audit head. It is written by `portal-admin audit export-head FILE`.",
            field="head",
        ) from problem


def as_record(seen: Seen) -> dict[str, Any]:
    """The form of a seen line in files."""
    return {"id": seen.id, "hash": seen.hash, "at": seen.at.astimezone(UTC).isoformat()}


def _seen(record: Any) -> Seen:
    identity, own, at = record["id"], record["hash"], datetime.fromisoformat(record["at"])
    if type(identity) is not int or identity < 0 or at.tzinfo is None:
        raise ValueError("no line")
    if not isinstance(own, str) or len(own) != len(GENESIS):
        raise ValueError("no hash")
    return Seen(identity, own, at)


def _read(path: Path) -> dict[str, Seen]:
    try:
        records = json.loads(path.read_text(encoding="utf-8"))
        return {name: _seen(record) for name, record in records.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as problem:
        raise CouldNotLook(
            f"{path}, in which this machine remembers the last audit line it saw, cannot be read, so nobody can tell "
            "from here whether lines were cut off. Find out who changed it; move it away to begin anew.",
            title="The remembered audit line cannot be read",
        ) from problem


def _write(path: Path, kept: dict[str, Seen]) -> None:
    text = json.dumps({name: as_record(seen) for name, seen in sorted(kept.items())}, indent=1)
    number, draft = tempfile.mkstemp(prefix=f"{path.name}.", dir=path.parent)
    try:
        with os.fdopen(number, "w", encoding="utf-8", newline="\n") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(draft)
        raise


if sys.platform == "win32":

    def _lock(number: int) -> None:
        import msvcrt

        msvcrt.locking(number, msvcrt.LK_LOCK, 1)

else:

    def _lock(number: int) -> None:
        import fcntl

        fcntl.flock(number, fcntl.LOCK_EX)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """One program of this machine at a time; closing the file gives the lock back, even to a program that died."""
    make_folder(path.parent)
    with path.with_name(f"{path.name}.lock").open("a") as file:
        _lock(file.fileno())
        yield
