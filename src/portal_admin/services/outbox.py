"""Registration and reset mails, queued in the transaction of the change that causes them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, insert, select, update

from portal_admin.domain.mail import THROTTLE, MailStatus
from portal_admin.domain.people import EndUser
from portal_admin.errors import Refused
from portal_admin.models import mail_outbox
from portal_admin.services import audit
from portal_admin.services.desk import Desk

# A mail that is none of these has died already, and its link with it.
ALIVE = (MailStatus.QUEUED, MailStatus.SENT, MailStatus.FAILED)
ON_ITS_WAY = (MailStatus.QUEUED, MailStatus.SENT)


@dataclass(frozen=True, slots=True)
class Replaced:
    """An older mail that died for a newer one, and what it was."""

    mail_id: int
    status: MailStatus


@dataclass(frozen=True, slots=True)
class Queued:
    """A mail that is on its way to a user, and the older ones it replaced.

    `age` is set when it was asked for a moment ago already, so that nothing was queued now.
    """

    user: EndUser
    kind: str
    mail_id: int
    superseded: tuple[Replaced, ...] = ()
    status: MailStatus = MailStatus.QUEUED
    age: timedelta | None = None


def queue(connection: Connection, desk: Desk, user: EndUser, kind: str) -> Queued:
    """Queue one mail to the user; older ones of its kind die, and with them their links.

    Within a minute of the last one nothing is queued, and that one is returned.
    """
    recent = _recent(connection, desk, user, kind)
    if recent is not None:
        return recent
    superseded = supersede(connection, user.id, kind)
    now = audit.now(connection, desk)
    values = {
        "user_id": user.id,
        "kind": kind,
        "recipient": user.email,
        "status": MailStatus.QUEUED.value,
        "message_key": str(uuid.uuid4()),
        "attempts": 0,
        # At once, also where this desk's clock is ahead.
        "due_at": min(now, desk.clock()),
        "created_at": now,
        "created_by": desk.operator,
    }
    mail_id = connection.execute(insert(mail_outbox).values(values).returning(mail_outbox.c.id)).scalar_one()
    return Queued(user, kind, mail_id, superseded)


def supersede(connection: Connection, user_id: int, kind: str | None = None) -> tuple[Replaced, ...]:
    """Let the user's mails die with their links, of one kind or of all, sent or not."""
    mine = [mail_outbox.c.user_id == user_id, mail_outbox.c.status.in_(ALIVE)]
    if kind is not None:
        mine.append(mail_outbox.c.kind == kind)
    query = select(mail_outbox.c.id, mail_outbox.c.status).where(*mine).order_by(mail_outbox.c.id)
    replaced = tuple(Replaced(row.id, MailStatus(row.status)) for row in connection.execute(query))
    if replaced:
        ids = [one.mail_id for one in replaced]
        dead = update(mail_outbox).where(mail_outbox.c.id.in_(ids))
        connection.execute(dead.values(status=MailStatus.SUPERSEDED.value))
    return replaced


def withdraw(connection: Connection, queued: Queued) -> None:
    """Cancel a mail that no sender has taken up, and bring back what it replaced; Refused when it is too late."""
    mine = (mail_outbox.c.user_id == queued.user.id, mail_outbox.c.kind == queued.kind)
    cancel = update(mail_outbox).where(
        *mine,
        mail_outbox.c.id == queued.mail_id,
        mail_outbox.c.status == MailStatus.QUEUED.value,
        # Even a claim that ran out may mean that the mail has left.
        mail_outbox.c.claimed_until.is_(None),
    )
    if connection.execute(cancel.values(status=MailStatus.CANCELED.value)).rowcount != 1:
        raise Refused("That mail is no longer waiting, so it cannot be taken back.", rule="undo")
    for one in queued.superseded:
        again = update(mail_outbox).where(
            *mine,
            mail_outbox.c.id == one.mail_id,
            mail_outbox.c.status == MailStatus.SUPERSEDED.value,
        )
        connection.execute(again.values(status=one.status.value))


def _recent(connection: Connection, desk: Desk, user: EndUser, kind: str) -> Queued | None:
    # Desks may disagree about the time by more than a minute.
    now = audit.now(connection, desk)
    query = (
        select(mail_outbox)
        .where(
            mail_outbox.c.user_id == user.id,
            mail_outbox.c.kind == kind,
            mail_outbox.c.status.in_(ON_ITS_WAY),
            mail_outbox.c.created_at > now - THROTTLE,
        )
        .order_by(mail_outbox.c.id.desc())
        .limit(1)
    )
    row = connection.execute(query).first()
    if row is None:
        return None
    # A clock may have been set back since.
    age = max(timedelta(), now - row.created_at)
    return Queued(user, kind, row.id, status=MailStatus(row.status), age=age)
