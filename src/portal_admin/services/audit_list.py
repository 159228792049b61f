"""Lists of audit events: filtered, told in words, streamed for files and paged for the window."""

from __future__ import annotations

from array import array
from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Row, func, select

from portal_admin.domain.audit_line import AuditLine
from portal_admin.domain.audit_words import Event, linked_oids, tell
from portal_admin.domain.text import canonical_email, operator_key
from portal_admin.models import aspire_account, audit_event
from portal_admin.models.engine import reading
from portal_admin.services.chunks import chunks
from portal_admin.services.desk import Desk

PAGE = 500


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which events: `person` is a whole email address, `text` a part of what was changed; times are UTC, `until` excluded."""

    person: str | None = None
    operator: str | None = None
    action: str | None = None
    site: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    operation: str | None = None
    text: str = ""

    @property
    def is_set(self) -> bool:
        """Whether anything is left out."""
        return self != AuditFilter()


@dataclass(frozen=True, slots=True)
class Choices:
    """The operators and the actions that the audit names, for choosing from."""

    operators: tuple[str, ...]
    actions: tuple[str, ...]


def choices(desk: Desk) -> Choices:
    """Whom and what the audit names; by way of the indexes, however long it is."""
    with reading(desk.engine) as connection:
        return Choices(
            _distinct(connection, audit_event.c.operator), _distinct(connection, audit_event.c.action)
        )


def list_events(desk: Desk, wanted: AuditFilter) -> Generator[Event, None, None]:
    """The events that pass the filter, newest first, streamed."""
    with reading(desk.engine) as connection:
        conditions, last = _conditions(connection, wanted), None
        while True:
            query = select(audit_event).where(*conditions).order_by(audit_event.c.id.desc()).limit(PAGE)
            rows = connection.execute(query if last is None else query.where(audit_event.c.id < last)).all()
            yield from told(connection, rows)
            if len(rows) < PAGE:
                return
            last = rows[-1].id


def count(desk: Desk, wanted: AuditFilter) -> int:
    """How many events pass the filter."""
    with reading(desk.engine) as connection:
        query = select(func.count()).select_from(audit_event).where(*_conditions(connection, wanted))
        return int(connection.execute(query).scalar_one())


def rank(desk: Desk, wanted: AuditFilter, *, oldest_first: bool = False) -> Sequence[int]:
    """The ids of the events that pass the filter, in order; a page of them is read with `page`.

    Lines are never changed, so ids once ranked stay true without holding a connection.
    """
    with reading(desk.engine) as connection:
        conditions = _conditions(connection, wanted)
        ids = None if conditions else _without_gaps(connection)
        if ids is None:
            query = select(audit_event.c.id).where(*conditions).order_by(audit_event.c.id)
            ids = array("q", connection.execute(query).scalars())
    return ids if oldest_first else ids[::-1]


def page(desk: Desk, ids: Iterable[int]) -> list[Event]:
    """These events, in that order."""
    order = list(ids)
    with reading(desk.engine) as connection:
        rows = [
            row
            for some in chunks(order)
            for row in connection.execute(select(audit_event).where(audit_event.c.id.in_(some)))
        ]
        found = {event.line.id: event for event in told(connection, rows)}
    return [found[identity] for identity in order if identity in found]


def operation(desk: Desk, operation_id: str, *, at_most: int) -> tuple[tuple[Event, ...], int]:
    """The first events of one operation, and how many it has."""
    mine = audit_event.c.operation_id == operation_id
    with reading(desk.engine) as connection:
        query = select(audit_event).where(mine).order_by(audit_event.c.id).limit(at_most)
        events = tuple(told(connection, connection.execute(query).all()))
        whole = select(func.count()).select_from(audit_event).where(mine)
        return events, int(connection.execute(whole).scalar_one())


def told(connection: Connection, rows: Sequence[Row[Any]]) -> list[Event]:
    """Rows of audit_event in words, with the names of the accounts they are about."""
    lines = [_line(row) for row in rows]
    oids = {oid for line in lines for oid in linked_oids(line)}
    names = {
        row.oid: row.name
        for some in chunks(sorted(oids))
        for row in connection.execute(
            select(aspire_account.c.oid, aspire_account.c.name).where(aspire_account.c.oid.in_(some))
        )
    }
    return [tell(line, names) for line in lines]


def _line(row: Row[Any]) -> AuditLine:
    values = dict(row._mapping)
    values["site"] = values.pop("site_key")
    for name in ("before", "after"):
        # This program writes objects only; what others put there must still be shown.
        if values[name] is not None and not isinstance(values[name], dict):
            values[name] = {"value": values[name]}
    return AuditLine(**values)


def _conditions(connection: Connection, wanted: AuditFilter) -> list[ColumnElement[bool]]:
    event = audit_event.c
    found: list[ColumnElement[bool]] = []
    if wanted.person is not None:
        found.append(event.subject == canonical_email(wanted.person))
    if wanted.operator is not None:
        key = operator_key(wanted.operator)
        known = _distinct(connection, event.operator)
        found.append(event.operator.in_([name for name in known if operator_key(name) == key]))
    if wanted.text.strip():
        found.append(func.lower(event.subject).contains(wanted.text.strip().lower(), autoescape=True))
    exact = (
        (event.action, wanted.action),
        (event.site_key, wanted.site),
        (event.operation_id, wanted.operation),
    )
    found += [column == value for column, value in exact if value is not None]
    if wanted.since is not None:
        found.append(event.at >= wanted.since)
    if wanted.until is not None:
        found.append(event.at < wanted.until)
    return found


def _without_gaps(connection: Connection) -> Sequence[int] | None:
    """All ids as a range, when none is missing between the first and the last: nothing need be read then."""
    # Each for itself, because together they would read every line.
    counted = select(func.count()).select_from(audit_event)
    asked = (counted, select(func.min(audit_event.c.id)), select(func.max(audit_event.c.id)))
    number, first, last = (connection.execute(query).scalar() for query in asked)
    if not number or first is None or last is None:
        return range(0)
    return range(first, last + 1) if number == last - first + 1 else None


def _distinct(connection: Connection, column: Column[Any]) -> tuple[str, ...]:
    """Every value of an indexed column, one look into the index for each."""
    found: list[str] = []
    while True:
        least = select(func.min(column))
        value = connection.execute(least.where(column > found[-1]) if found else least).scalar()
        if value is None:
            return tuple(found)
        found.append(value)
