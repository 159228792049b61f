"""Proves that the audit is whole: every line follows the one before, up to the last line that was ever seen."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Select, select
from sqlalchemy.exc import DBAPIError

from portal_admin.domain.audit_chain import COVERED, GENESIS, fault
from portal_admin.domain.dates import day_words
from portal_admin.domain.permissions import Permission
from portal_admin.errors import CouldNotLook, Refused
from portal_admin.models import audit_event
from portal_admin.models.engine import reading
from portal_admin.services import audit, audit_heads
from portal_admin.services.audit import Head
from portal_admin.services.audit_heads import Seen
from portal_admin.services.change import action, changing
from portal_admin.services.desk import Desk

PAGE = 2000
START = Head(0, GENESIS)
RESTORED = "database.restore"
NAMES = (*COVERED, "previous_hash", "hash")
Line = Mapping[str, Any]
Progress = Callable[[int, int], object]


@dataclass(frozen=True, slots=True)
class Broken:
    """The first line at which the audit is broken, and what is wrong there."""

    id: int
    problem: str


@dataclass(frozen=True, slots=True)
class Verified:
    """How many lines were read, the last that is sound, and where the audit is broken, if it is."""

    lines: int
    head: Head
    broken: Broken | None

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return self.broken is None


@dataclass(slots=True)
class _Walk:
    """Where the walk along the chain is, and what it passed that matters at its end."""

    wanted: frozenset[int]
    lines: int = 0
    head: Head = START
    broken: Broken | None = None
    passed: dict[int, str] = field(default_factory=lambda: {0: GENESIS})
    restores: list[Line] = field(default_factory=list)

    def step(self, line: Line) -> None:
        problem = fault(line, last_id=self.head.id, last_hash=self.head.hash)
        if problem is not None:
            self.broken = Broken(line["id"], problem)
            return
        self.lines += 1
        self.head = Head(line["id"], line["hash"])
        if line["id"] in self.wanted:
            self.passed[line["id"]] = line["hash"]
        if line["action"] == RESTORED:
            self.restores.append(line)


@action(Permission.VERIFY_AUDIT)
def verify(
    desk: Desk,
    *,
    head: Seen | None = None,
    progress: Progress = lambda done, total: None,  # noqa: ARG005
    cancelled: Callable[[], bool] = lambda: False,
) -> Verified | None:
    """Read the whole audit and name the first line that is broken; None when it was cancelled.

    The last line that this machine saw, and `head` when given, must still be there: lines that were cut off at the
    end, rewritten, or replaced by an older copy leave a chain that is sound in itself. CouldNotLook when this
    machine's memory cannot be read. `progress` is told lines read and lines there are.
    """
    with reading(desk.engine) as connection:
        seen, trouble = _remembered(desk)
        walk = _Walk(frozenset(one.id for one in (seen, head) if one is not None))
        total = audit.head(connection).id
        for page in _pages(connection):
            for line in page:
                walk.step(line)
                if walk.broken is not None:
                    return Verified(walk.lines, walk.head, walk.broken)
            progress(walk.lines, max(total, walk.lines))
            if cancelled():
                return None
    for known, whose in ((head, "the head that was kept"), (seen, "this desk")):
        if known is not None and walk.passed.get(known.id) != known.hash:
            return Verified(walk.lines, walk.head, _gone(walk, known, whose))
    if trouble is not None:
        raise trouble
    audit_heads.remember(desk)
    return Verified(walk.lines, walk.head, None)


def sound_head(desk: Desk, *, progress: Progress) -> Seen:
    """The last line of an audit that is sound, to be kept elsewhere; Refused names the first broken line of another."""
    found = verify(desk, progress=progress)
    if found is None:
        raise RuntimeError("nobody cancels this")
    if found.broken is not None:
        raise Refused(
            f"The audit is broken at line {found.broken.id}, so there is no head to keep. {found.broken.problem}",
            rule="sound_audit",
        )
    return Seen(found.head.id, found.head.hash, desk.clock())


@action(Permission.RESTORE_DATABASE)
def accept_restore(desk: Desk, *, reason: str) -> Seen:
    """Stop expecting the last line that this machine saw, once it is known why it is gone; itself an audit line."""
    seen = audit_heads.last_seen(desk)
    with changing(desk) as connection:
        if seen is None or audit_heads.holds(connection, seen):
            raise Refused(
                "The last audit line that this machine saw is still there, so there is nothing to accept.",
                rule="nothing_to_accept",
            )
        before = audit_heads.as_record(seen)
        audit.record(
            connection, desk, action="audit.accept_restore", subject="audit", before=before, reason=reason
        )
    now = audit_heads.now_seen(desk)
    audit_heads.accept(desk, now)
    return now


def _remembered(desk: Desk) -> tuple[Seen | None, CouldNotLook | None]:
    """Trouble with the memory is told after what the chain itself tells."""
    try:
        return audit_heads.last_seen(desk), None
    except CouldNotLook as problem:
        return None, problem


def _gone(walk: _Walk, known: Seen, whose: str) -> Broken:
    """A line that was once the last one is not in the audit any more."""
    when = _when(known.at)
    if known.id > walk.head.id:
        at = walk.head.id + 1
        lines = f"Line {at} is" if at == known.id else f"Lines {at} to {known.id} are"
        problem = (
            f"{lines} missing: {whose} had line {known.id} as the last one on {when}. "
            "The end was cut off, or an older copy of the database was put in its place."
        )
    else:
        at = known.id
        problem = (
            f"It is not the line that {whose} had on {when}. The audit was rewritten at or before it, "
            "or an older copy of the database was put in its place."
        )
    for line in reversed(walk.restores):
        if line["id"] <= known.id and line["at"] > known.at:
            problem += (
                f" Line {line['id']} says that {line['operator']} restored a backup on {_when(line['at'])}. If that "
                "was agreed, an Administrator can accept it with `portal-admin audit accept-restore`."
            )
            break
    return Broken(at, problem)


def _when(at: datetime) -> str:
    instant = at.astimezone(UTC)
    return f"{day_words(instant)} {instant:%H:%M} UTC"


def _pages(connection: Connection) -> Iterator[Iterable[Line]]:
    columns = [audit_event.c[name] for name in NAMES]
    last = None
    while True:
        query = select(*columns).order_by(audit_event.c.id).limit(PAGE)
        rows = _readable(connection, query if last is None else query.where(audit_event.c.id > last))
        yield rows
        if len(rows) < PAGE:
            return
        last = rows[-1]["id"]


def _readable(connection: Connection, query: Select[Any]) -> Sequence[Line]:
    """The lines of a page; one that cannot even be read is told apart from its neighbours."""
    try:
        return [dict(zip(NAMES, row, strict=True)) for row in connection.execute(query)]
    except (ValueError, TypeError, DBAPIError) as problem:
        if not _is_unreadable(problem):
            raise
    ids = connection.execute(query.with_only_columns(audit_event.c.id)).scalars().all()
    return [_line(connection, identity) for identity in ids]


def _line(connection: Connection, identity: int) -> Line:
    query = select(*(audit_event.c[name] for name in NAMES)).where(audit_event.c.id == identity)
    try:
        return dict(zip(NAMES, connection.execute(query).one(), strict=True))
    except (ValueError, TypeError, DBAPIError) as problem:
        if not _is_unreadable(problem):
            raise
        return dict.fromkeys(NAMES, ...) | {"id": identity}


def _is_unreadable(problem: Exception) -> bool:
    """Whether a value is at fault and not the database: no JSON, no instant, no text."""
    if isinstance(problem, DBAPIError):
        return isinstance(problem.orig, sqlite3.Error) and "decode" in str(problem.orig)
    return True
