"""Registration and reset mails, queued in the transaction of the change that causes them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from portal_admin.domain.people import EndUser
from portal_admin.errors import Refused
from portal_admin.models import mail_outbox
from portal_admin.services.desk import Desk


@dataclass(frozen=True, slots=True)
class Queued:
    """A mail that is queued, not yet sent, and the older ones it replaced."""

    user: EndUser
    kind: str
    mail_id: int
    superseded: tuple[int, ...]


def queue(connection: Connection, desk: Desk, user: EndUser, kind: str) -> Queued:
    """Queue one mail to the user; older ones of its kind die, and with them their links."""
    superseded = supersede(connection, user.id, kind)
    values = {
        "user_id": user.id,
        "kind": kind,
        "recipient": user.email,
        "status": "queued",
        "message_key": str(uuid.uuid4()),
        "attempts": 0,
        "due_at": desk.clock(),
        "created_at": desk.clock(),
        "created_by": desk.operator,
    }
    mail_id = connection.execute(insert(mail_outbox).values(values).returning(mail_outbox.c.id)).scalar_one()
    return Queued(user, kind, mail_id, superseded)


def supersede(connection: Connection, user_id: int, kind: str | None = None) -> tuple[int, ...]:
    """Let the user's queued mails die, of one kind or of all."""
    mine = [mail_outbox.c.user_id == user_id, mail_outbox.c.status == "queued"]
    if kind is not None:
        mine.append(mail_outbox.c.kind == kind)
    ids = tuple(
        connection.execute(select(mail_outbox.c.id).where(*mine).order_by(mail_outbox.c.id)).scalars()
    )
    connection.execute(update(mail_outbox).where(mail_outbox.c.id.in_(ids)).values(status="superseded"))
    return ids


def withdraw(connection: Connection, queued: Queued) -> None:
    """Cancel a mail that is still queued and queue again what it replaced; Refused when it is not."""
    mine = (mail_outbox.c.user_id == queued.user.id, mail_outbox.c.kind == queued.kind)
    cancel = update(mail_outbox).where(
        *mine, mail_outbox.c.id == queued.mail_id, mail_outbox.c.status == "queued"
    )
    if connection.execute(cancel.values(status="canceled")).rowcount != 1:
        raise Refused("That mail is no longer waiting, so it cannot be taken back.", rule="undo")
    again = update(mail_outbox).where(
        *mine, mail_outbox.c.id.in_(queued.superseded), mail_outbox.c.status == "superseded"
    )
    connection.execute(again.values(status="queued"))
