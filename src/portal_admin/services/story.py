"""A person's whole story on a site, on one line of time: what was done here, what they did in the portal, and the mails."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from portal_admin.domain.audit_values import Change
from portal_admin.domain.audit_words import REASON_TOLD, Event
from portal_admin.domain.mail import MailKind, MailStatus
from portal_admin.domain.text import canonical_email
from portal_admin.errors import NotFound
from portal_admin.models import audit_event, end_user, mail_outbox
from portal_admin.models.engine import reading
from portal_admin.services.audit_list import told
from portal_admin.services.chunks import chunks
from portal_admin.services.desk import Desk
from portal_admin.services.early_resets import CHANGED_FROM
from portal_admin.services.sites import find_site
from portal_admin.services.story_portal import AT_MOST, about, in_the_portal

MAILER = "mail delivery"
PORTAL = "the portal"
KINDS = {MailKind.REGISTRATION: "Registration mail", MailKind.RESET: "Password reset mail"}
# The column that holds when it happened, and what happened.
FATES = {
    MailStatus.QUEUED: ("created_at", "waits to be sent"),
    MailStatus.SENT: ("sent_at", "sent"),
    MailStatus.FAILED: ("due_at", "given up"),
    MailStatus.SUPERSEDED: ("created_at", "replaced by a newer one"),
    MailStatus.CANCELED: ("created_at", "taken back"),
}


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened: in words, by whom, at which of the person's addresses; `line` of the audit, if any."""

    at: datetime
    who: str
    headline: str
    email: str
    changes: tuple[Change, ...] = ()
    reason: str | None = None
    attention: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """The moments newest first; `emails` are all addresses of the person, `is_whole` is False when older ones are left out."""

    site: str
    emails: tuple[str, ...]
    name: str | None
    moments: tuple[Moment, ...]
    is_whole: bool


def story(desk: Desk, *, site: str, email: str) -> Story:
    """Everything about a person, followed across changes of the email address; NotFound when nothing is known."""
    with reading(desk.engine) as connection:
        on = find_site(connection, site)
        emails = _addresses(connection, on.key, canonical_email(email))
        users = {
            row.id: row
            for row in connection.execute(
                select(end_user).where(end_user.c.site_id == on.id, end_user.c.email.in_(emails))
            )
        }
        known = {identity: row.email for identity, row in users.items()}
        of = {email: email for email in emails} | about(connection, known)
        events = _events(connection, on.key, of)
        told_of = {(event.line.after or {}).get("attempt") for event in events}
        asked = list(in_the_portal(connection, on.id, known, emails, told_of))
        if not users and not events and not asked:
            raise NotFound(f"Nothing is known of {canonical_email(email)} on site {on.key}.")
        others = [
            *_mails(connection, known),
            *(Moment(one.at, PORTAL, one.words, one.email) for one in asked),
        ]
        newest = max(users.values(), key=lambda row: row.id, default=None)
    told_moments = [_moment(event, of[event.line.subject]) for event in events]
    moments = sorted([*told_moments, *others], key=lambda one: (one.at, one.line or 0), reverse=True)
    name = f"{newest.first_name} {newest.last_name}".strip() if newest is not None else None
    is_whole = max(len(events), len(asked), len(moments)) < AT_MOST
    return Story(on.key, emails, name, tuple(moments[:AT_MOST]), is_whole)


def _addresses(connection: Connection, site: str, email: str) -> tuple[str, ...]:
    """The address and those it was changed to or from, newest change last."""
    found, ahead = [email], {email}
    line = audit_event.c
    moved = (line.site_key == site, line.reason.like(f"{CHANGED_FROM} %"))
    while ahead:
        touched = select(line.operation_id).where(*moved, line.subject.in_(sorted(ahead)))
        query = select(line.subject).where(*moved, line.operation_id.in_(touched)).order_by(line.id)
        others = [one for one in connection.execute(query).scalars() if one not in found]
        ahead = set(others)
        found += dict.fromkeys(others)
    return tuple(found)


def _events(connection: Connection, site: str, subjects: Iterable[str]) -> list[Event]:
    line = audit_event.c
    rows: list[Row[Any]] = []
    for some in chunks(list(subjects)):
        query = select(audit_event).where(line.subject.in_(some), line.site_key == site)
        rows += connection.execute(query.order_by(line.id.desc()).limit(AT_MOST)).all()
    return told(connection, sorted(rows, key=lambda row: -row.id)[:AT_MOST])


def _moment(event: Event, email: str) -> Moment:
    line = event.line
    return Moment(
        line.at,
        line.operator,
        event.headline,
        email,
        () if event.is_told else event.changes,
        None if line.action in REASON_TOLD else line.reason,
        event.attention,
        line.id,
    )


def _mails(connection: Connection, users: dict[int, str]) -> list[Moment]:
    query = (
        select(mail_outbox)
        .where(mail_outbox.c.user_id.in_(sorted(users)))
        .order_by(mail_outbox.c.id.desc())
        .limit(AT_MOST)
    )
    return [_mail(row, users[row.user_id]) for row in connection.execute(query)]


def _mail(row: Row[Any], email: str) -> Moment:
    status = MailStatus(row.status)
    when, what = FATES[status]
    return Moment(
        getattr(row, when) or row.created_at,
        MAILER if when != "created_at" else row.created_by,
        f"{KINDS[MailKind(row.kind)]} {what}",
        email,
        reason=row.failure if status is MailStatus.FAILED else None,
        attention="The mail was not delivered" if status is MailStatus.FAILED else None,
    )
