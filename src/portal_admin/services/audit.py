"""The audit line of a change, written in the transaction of that change: no line, no change."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, text

from portal_admin.domain.audit_chain import GENESIS, link_hash
from portal_admin.models import audit_event
from portal_admin.models.base import Instant
from portal_admin.services.desk import Desk

# SQLite's write transactions exclude each other already.
LOCKS = {
    "postgresql": text("select pg_advisory_xact_lock(7067280)"),
    "mssql": text("exec sp_getapplock @Resource = 'portal_admin.audit', @LockMode = 'Exclusive'"),
}
CLOCKS = {
    "postgresql": func.clock_timestamp(type_=Instant),
    "mssql": func.sysdatetimeoffset(type_=Instant),
}
LAST = "last audit line"


@dataclass(frozen=True, slots=True)
class Head:
    """The last line of the audit; 0 and the hash of nothing when there is none."""

    id: int
    hash: str


def new_operation() -> str:
    """An id that ties together the audit lines of one thing a rep did."""
    return str(uuid.uuid4())


def lock(connection: Connection) -> None:
    """Let one transaction at a time append, so that the chain cannot fork; held until the transaction ends."""
    statement = LOCKS.get(connection.dialect.name)
    if statement is not None:
        connection.execute(statement)


def head(connection: Connection) -> Head:
    """The last line of the audit."""
    query = select(audit_event.c.id, audit_event.c.hash).order_by(audit_event.c.id.desc()).limit(1)
    row = connection.execute(query).first()
    return Head(0, GENESIS) if row is None else Head(row.id, row.hash)


def record(
    connection: Connection,
    desk: Desk,
    *,
    action: str,
    subject: str,
    site: str | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str | None = None,
) -> None:
    """Append one audit line: who, when, what, and the values before and after."""
    line = {"action": action, "subject": subject, "site_key": site, "before": before, "after": after}
    record_all(connection, desk, [{**line, "reason": reason}])


def record_all(connection: Connection, desk: Desk, lines: Iterable[Mapping[str, Any]]) -> None:
    """Append audit lines of one operation; each has action, subject, site_key, before, after and reason."""
    lock(connection)
    last, at = head(connection), now(connection, desk)
    operation = desk.operation or new_operation()
    rows, identity, previous = [], last.id, last.hash
    for line in lines:
        identity += 1
        row = {**line, "id": identity, "at": at, "operator": desk.operator, "operation_id": operation}
        row["previous_hash"] = previous
        row["hash"] = previous = link_hash(previous, row)
        rows.append(row)
    if rows:
        connection.execute(insert(audit_event), rows)
        connection.info.setdefault(LAST, [])[:] = [Head(identity, previous)]


def written(connection: Connection) -> Callable[[Connection], bool]:
    """Tells, over another connection, whether the lines that are appended to this one from now on were committed."""
    # A list of our own: what else a connection knows is forgotten when it is lost.
    appended: list[Head] = []
    connection.info[LAST] = appended

    def committed(other: Connection) -> bool:
        # Whoever holds the lock still may yet commit.
        lock(other)
        if not appended:
            return False
        last = appended[-1]
        found = other.execute(select(audit_event.c.hash).where(audit_event.c.id == last.id)).scalar()
        return found == last.hash

    return committed


def now(connection: Connection, desk: Desk) -> datetime:
    """The clock of the database; a SQLite file has none but this machine's."""
    if connection.dialect.name == "sqlite":
        return desk.clock()
    found: datetime = connection.execute(select(CLOCKS[connection.dialect.name])).scalar_one()
    return found
