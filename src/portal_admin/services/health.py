"""How the portal's background work is doing: sync, mails, and imports that nobody ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from portal_admin.domain.permissions import Permission, refusal
from portal_admin.models import end_user, import_batch, import_row, mail_outbox, site
from portal_admin.models.engine import reading
from portal_admin.services.desk import Desk
from portal_admin.services.live import NOT_CONFIGURED
from portal_admin.services.roles import role_of
from portal_admin.services.sync.status import SyncStatus, sync_status

LETTERS_SHOWN = 20
MAILS_MAY_WAIT = timedelta(minutes=15)
SHARED = "Several desks share this database, so its server syncs it; desks read from ASPIRE live."


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A mail that was given up, and why."""

    id: int
    site: str
    recipient: str
    kind: str
    created_at: datetime
    attempts: int
    failure: str


@dataclass(frozen=True, slots=True)
class MailQueue:
    """How many mails wait, since when, how many were sent, and the newest of those that were given up."""

    queued: int
    oldest_queued: datetime | None
    sent: int
    last_sent: datetime | None
    failed: int
    dead: tuple[DeadLetter, ...]

    def is_late(self, now: datetime) -> bool:
        """Whether a mail waits for so long that nobody seems to send any."""
        return self.oldest_queued is not None and now - self.oldest_queued > MAILS_MAY_WAIT


@dataclass(frozen=True, slots=True)
class UnfinishedImport:
    """An import that is not at its end; `is_running` while somebody works on it."""

    id: int
    site: str
    file_name: str
    created_at: datetime
    created_by: str
    rows: int
    done: int
    is_running: bool


@dataclass(frozen=True, slots=True)
class Health:
    """All of it at one time; `no_sync` says why this desk may not sync, None when it may."""

    at: datetime
    sync: SyncStatus
    mail: MailQueue
    imports: tuple[UnfinishedImport, ...]
    no_sync: str | None


def health(desk: Desk) -> Health:
    """Read it all from the portal database; ASPIRE is not asked."""
    status, now = sync_status(desk), desk.clock()
    with reading(desk.engine) as connection:
        return Health(
            at=now,
            sync=status,
            mail=_mail(connection),
            imports=_imports(connection, now),
            no_sync=_why_no_sync(connection, desk),
        )


def _mail(connection: Connection) -> MailQueue:
    mail = mail_outbox
    count = func.count().label("mails")
    first, last = func.min(mail.c.created_at), func.max(mail.c.sent_at)
    counted = select(mail.c.status, count, first.label("first"), last.label("last")).group_by(mail.c.status)
    found = {row.status: row for row in connection.execute(counted)}
    queued, sent, failed = found.get("queued"), found.get("sent"), found.get("failed")
    return MailQueue(
        queued=queued.mails if queued else 0,
        oldest_queued=queued.first if queued else None,
        sent=sent.mails if sent else 0,
        last_sent=sent.last if sent else None,
        failed=failed.mails if failed else 0,
        dead=_dead_letters(connection) if failed else (),
    )


def _dead_letters(connection: Connection) -> tuple[DeadLetter, ...]:
    query = (
        select(mail_outbox, site.c.key.label("site_key"))
        .join(end_user, end_user.c.id == mail_outbox.c.user_id)
        .join(site, site.c.id == end_user.c.site_id)
        .where(mail_outbox.c.status == "failed")
        .order_by(mail_outbox.c.id.desc())
        .limit(LETTERS_SHOWN)
    )
    return tuple(
        DeadLetter(
            row.id, row.site_key, row.recipient, row.kind, row.created_at, row.attempts, row.failure or ""
        )
        for row in connection.execute(query)
    )


def _imports(connection: Connection, now: datetime) -> tuple[UnfinishedImport, ...]:
    rows = (
        select(
            import_row.c.batch_id, func.count().label("rows"), func.count(import_row.c.result).label("done")
        )
        .group_by(import_row.c.batch_id)
        .where(import_row.c.batch_id.in_(select(import_batch.c.id).where(import_batch.c.status == "running")))
        .subquery()
    )
    query = (
        select(import_batch, site.c.key.label("site_key"), rows.c.rows, rows.c.done)
        .join(site, site.c.id == import_batch.c.site_id)
        .outerjoin(rows, rows.c.batch_id == import_batch.c.id)
        .where(import_batch.c.status == "running")
        .order_by(import_batch.c.id.desc())
    )
    return tuple(
        UnfinishedImport(
            id=row.id,
            site=row.site_key,
            file_name=row.file_name,
            created_at=row.created_at,
            created_by=row.created_by,
            rows=row.rows or 0,
            done=row.done or 0,
            is_running=row.runner_until is not None and row.runner_until > now,
        )
        for row in connection.execute(query)
    )


def _why_no_sync(connection: Connection, desk: Desk) -> str | None:
    if desk.engine.dialect.name != "sqlite":
        return SHARED
    if desk.aspire is None:
        return NOT_CONFIGURED
    return refusal(role_of(connection, desk.operator), Permission.SYNC)
