"""How the portal's background work is doing: sync, mails, and imports that nobody ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from portal_admin.domain.permissions import Permission, refusal
from portal_admin.models import end_user, import_batch, mail_outbox, setting, site, site_brand
from portal_admin.models.engine import reading
from portal_admin.services.desk import Desk
from portal_admin.services.imports.batches import Batch, BatchStatus, batch_of, batch_query
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
    """How many mails wait, since when, how many were sent, and the newest of those that were given up.

    `senderless` are the sites whose mails wait because nobody said who they come from; without `has_server` no mail leaves.
    """

    queued: int
    oldest_queued: datetime | None
    sent: int
    last_sent: datetime | None
    failed: int
    dead: tuple[DeadLetter, ...]
    senderless: tuple[str, ...] = ()
    has_server: bool = False

    def is_late(self, now: datetime) -> bool:
        """Whether a mail waits for so long that nobody seems to send any."""
        return self.oldest_queued is not None and now - self.oldest_queued > MAILS_MAY_WAIT


@dataclass(frozen=True, slots=True)
class Health:
    """All of it at one time; `imports` are those begun and not ended, `no_sync` is why this desk may not sync."""

    at: datetime
    sync: SyncStatus
    mail: MailQueue
    imports: tuple[Batch, ...]
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
        senderless=_senderless(connection) if queued else (),
        has_server=_has_server(connection),
    )


def _has_server(connection: Connection) -> bool:
    named = select(setting.c.value).where(setting.c.key == "mail.host")
    return bool(connection.execute(named).scalar())


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


def _senderless(connection: Connection) -> tuple[str, ...]:
    waiting = select(end_user.c.site_id).join(mail_outbox, mail_outbox.c.user_id == end_user.c.id)
    query = select(site.c.key).where(
        site.c.id.in_(waiting.where(mail_outbox.c.status == "queued")),
        site.c.id.not_in(select(site_brand.c.site_id)),
    )
    return tuple(connection.execute(query.order_by(site.c.key)).scalars())


def _imports(connection: Connection, now: datetime) -> tuple[Batch, ...]:
    running = batch_query().where(import_batch.c.status == BatchStatus.RUNNING.value)
    rows = connection.execute(running.order_by(import_batch.c.id.desc()))
    return tuple(batch_of(row, now) for row in rows)


def _why_no_sync(connection: Connection, desk: Desk) -> str | None:
    if desk.engine.dialect.name != "sqlite":
        return SHARED
    if desk.aspire is None:
        return NOT_CONFIGURED
    return refusal(role_of(connection, desk.operator), Permission.SYNC)
