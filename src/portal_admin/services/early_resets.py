"""Resets that followed an email change too soon: how a stolen account is taken over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from portal_admin.domain.people import EndUser
from portal_admin.models import audit_event
from portal_admin.models.engine import reading
from portal_admin.services import audit, people
from portal_admin.services.desk import Desk
from portal_admin.services.sites import find_site

SOON = timedelta(hours=24)
SHOWN_FOR = timedelta(days=30)
FLAG = "reset within 24 hours of an email change"
# What the audit says of both users of a change, the old one and the new one.
CHANGED_FROM = "email changed from"


@dataclass(frozen=True, slots=True)
class Change:
    """A person's address on a site was changed, at that time of the database."""

    operation: str
    at: datetime
    emails: frozenset[str]


@dataclass(frozen=True, slots=True)
class EarlyReset:
    """A password reset within a day of an email change of the same person on the same site."""

    email: str
    changed_at: datetime
    reset_at: datetime
    operator: str


@dataclass(frozen=True, slots=True)
class Caution:
    """What to know before a reset: when the email last changed, if that is soon enough for a flag, and earlier flags."""

    changed_at: datetime | None
    resets: tuple[EarlyReset, ...]


def caution(desk: Desk, *, site: str, email: str) -> Caution:
    """What a person's email changes on a site say about resets, those of the last 30 days."""
    with reading(desk.engine) as connection:
        user = people.find_user(connection, find_site(connection, site), email)
        now = audit.now(connection, desk)
        changes = _changes(connection, user)
        resets = tuple(one for one in _early(connection, user, changes) if now - one.reset_at <= SHOWN_FOR)
        return Caution(_soon(changes, now), resets)


def changed_soon_before(connection: Connection, desk: Desk, user: EndUser) -> datetime | None:
    """When the email of this person changed, if a reset now is to be flagged."""
    return _soon(_changes(connection, user), audit.now(connection, desk))


def _soon(changes: tuple[Change, ...], now: datetime) -> datetime | None:
    return max((one.at for one in changes if now - one.at <= SOON), default=None)


def _early(connection: Connection, user: EndUser, changes: tuple[Change, ...]) -> list[EarlyReset]:
    if not changes:
        return []
    emails = frozenset().union(*(one.emails for one in changes))
    query = (
        select(audit_event.c.subject, audit_event.c.at, audit_event.c.operator)
        .where(audit_event.c.action == "user.reset", *_of(user, emails))
        .order_by(audit_event.c.id)
    )
    return [
        EarlyReset(row.subject, max(before), row.at, row.operator)
        for row in connection.execute(query)
        if (before := [one.at for one in changes if timedelta(0) <= row.at - one.at <= SOON])
    ]


def _changes(connection: Connection, user: EndUser) -> tuple[Change, ...]:
    """All email changes of the person behind a user on its site, found by walking from address to address."""
    found: dict[str, Change] = {}
    known, ahead = {user.email}, frozenset({user.email})
    while ahead:
        for change in _touching(connection, user, ahead):
            found[change.operation] = change
        ahead = frozenset().union(*(one.emails for one in found.values())) - known
        known |= ahead
    return tuple(found.values())


def _touching(connection: Connection, user: EndUser, emails: frozenset[str]) -> list[Change]:
    told = audit_event.c.reason.like(f"{CHANGED_FROM} %")
    touched = select(audit_event.c.operation_id).where(told, *_of(user, emails))
    query = select(audit_event.c.operation_id, audit_event.c.subject, audit_event.c.at).where(
        told, audit_event.c.site_key == user.site, audit_event.c.operation_id.in_(touched)
    )
    lines: dict[str, list[Any]] = {}
    for row in connection.execute(query):
        lines.setdefault(row.operation_id, []).append(row)
    return [
        Change(operation, max(row.at for row in rows), frozenset(row.subject for row in rows))
        for operation, rows in lines.items()
    ]


def _of(user: EndUser, emails: frozenset[str]) -> tuple[ColumnElement[bool], ...]:
    return (audit_event.c.subject.in_(sorted(emails)), audit_event.c.site_key == user.site)
