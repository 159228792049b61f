"""The outbox as an administrator sees it: what waits, what was sent, and what was given up and can be sent again."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, select, update

from portal_admin.domain.mail import NO_SENDER, MailKind, MailStatus
from portal_admin.domain.permissions import Permission
from portal_admin.errors import NotFound, Refused
from portal_admin.models import end_user, mail_outbox, site, site_brand
from portal_admin.models.engine import reading
from portal_admin.services import audit
from portal_admin.services.change import action, changing
from portal_admin.services.desk import Desk

PAGE = 500


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail; `next_try` is set while it is queued, `note` says why it waits or failed."""

    id: int
    site: str
    email: str
    kind: MailKind
    status: MailStatus
    queued_at: datetime
    attempts: int
    next_try: datetime | None
    sent_at: datetime | None
    expires_at: datetime | None
    note: str | None


def list_mails(desk: Desk, *, status: MailStatus | None = None) -> Generator[Mail, None, None]:
    """The mails of the outbox, oldest first, streamed."""
    last = 0
    with reading(desk.engine) as connection:
        while True:
            query = _query().where(mail_outbox.c.id > last).order_by(mail_outbox.c.id).limit(PAGE)
            if status is not None:
                query = query.where(mail_outbox.c.status == status.value)
            rows = connection.execute(query).all()
            yield from map(_mail, rows)
            if len(rows) < PAGE:
                return
            last = rows[-1].id


@action(Permission.SEND_MAIL)
def resend(desk: Desk, *, ids: Sequence[int]) -> tuple[Mail, ...]:
    """Queue mails again that were given up, all of them or none; their Message-IDs and links stay what they were."""
    wanted = tuple(dict.fromkeys(ids))
    with changing(desk) as connection:
        for mail_id in wanted:
            row = connection.execute(_query().where(mail_outbox.c.id == mail_id)).first()
            if row is None:
                raise NotFound(f"There is no mail {mail_id}. `portal-admin mail list` shows the mails.")
            if row.status != MailStatus.FAILED:
                raise Refused(
                    f"Mail {mail_id} is {row.status}. Only mails that failed are queued again.", rule="resend"
                )
            again = update(mail_outbox).where(mail_outbox.c.id == mail_id)
            fresh = {"attempts": 0, "due_at": desk.clock(), "failure": None, "expires_at": None}
            connection.execute(again.values(status=MailStatus.QUEUED.value, **fresh))
            reason = f"{row.kind} mail {mail_id}"
            audit.record(
                connection,
                desk,
                action="mail.resend",
                subject=row.recipient,
                site=row.site_key,
                before={"status": row.status, "failure": row.failure},
                after={"status": MailStatus.QUEUED.value},
                reason=reason,
            )
        query = _query().where(mail_outbox.c.id.in_(wanted)).order_by(mail_outbox.c.id)
        return tuple(map(_mail, connection.execute(query).all()))


def _query() -> Select[Any]:
    return (
        select(mail_outbox, site.c.key.label("site_key"), site_brand.c.site_id.label("brand"))
        .join(end_user, end_user.c.id == mail_outbox.c.user_id)
        .join(site, site.c.id == end_user.c.site_id)
        .outerjoin(site_brand, site_brand.c.site_id == site.c.id)
    )


def _mail(row: Row[Any]) -> Mail:
    status = MailStatus(row.status)
    queued = status is MailStatus.QUEUED
    return Mail(
        id=row.id,
        site=row.site_key,
        email=row.recipient,
        kind=MailKind(row.kind),
        status=status,
        queued_at=row.created_at,
        attempts=row.attempts,
        next_try=row.due_at if queued and row.brand is not None else None,
        sent_at=row.sent_at,
        expires_at=row.expires_at,
        note=NO_SENDER if queued and row.brand is None else row.failure,
    )
