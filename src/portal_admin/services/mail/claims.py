"""Takes one due mail at a time, so that several senders never send the same one at once, and records its fate."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    case,
    func,
    or_,
    select,
    type_coerce,
    update,
)

from portal_admin.domain.brand import Brand
from portal_admin.domain.mail import MailKind, MailStatus, next_try
from portal_admin.domain.mail_links import NEEDED
from portal_admin.domain.mail_server import Answer, Fate
from portal_admin.models import end_user, mail_outbox, site, site_brand
from portal_admin.models.engine import reading, writing
from portal_admin.services.brand import brand_of
from portal_admin.services.change import whole
from portal_admin.services.desk import Desk

# Longer than handing over a mail can take, and than clocks of senders may differ.
CLAIM = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Claim:
    """A mail that is this sender's alone `until` then; after that another may take it."""

    mail_id: int
    until: datetime
    attempts: int
    kind: MailKind
    message_key: str
    recipient: str
    name: str
    brand: Brand


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many mails are queued, and the keys of the sites whose mails wait because nobody gave them a sender.

    `next_try` is when the first of the others can be taken, None when there is none or one can be taken now.
    """

    mails: int
    no_sender: tuple[str, ...]
    next_try: datetime | None


def is_any_due(desk: Desk) -> bool:
    """Whether there is a mail to send now."""
    with reading(desk.engine) as connection:
        return connection.execute(_due(desk.clock()).limit(1)).first() is not None


def waiting(desk: Desk) -> Waiting:
    """What is left in the queue, whatever it waits for."""
    queued = mail_outbox.c.status == MailStatus.QUEUED.value
    without = (
        select(site.c.key)
        .join(end_user, end_user.c.site_id == site.c.id)
        .join(mail_outbox, mail_outbox.c.user_id == end_user.c.id)
        .outerjoin(site_brand, site_brand.c.site_id == site.c.id)
        .where(queued, site_brand.c.site_id.is_(None))
        .distinct()
        .order_by(site.c.key)
    )
    mail = mail_outbox.c
    free = func.min(case((mail.claimed_until > mail.due_at, mail.claimed_until), else_=mail.due_at))
    first = (
        select(type_coerce(free, mail.due_at.type))
        .join(end_user, end_user.c.id == mail.user_id)
        .join(site_brand, site_brand.c.site_id == end_user.c.site_id)
        .where(queued)
    )
    now = desk.clock()
    with reading(desk.engine) as connection:
        count = connection.execute(select(func.count()).select_from(mail_outbox).where(queued)).scalar_one()
        at: datetime | None = connection.execute(first.select_from(mail_outbox)).scalar()
        later = at if at is not None and at > now else None
        return Waiting(count, tuple(connection.execute(without).scalars()), later)


def claim(desk: Desk, lifetimes: Mapping[MailKind, timedelta]) -> Claim | None:
    """The oldest due mail whose site has a sender, taken; its link's life begins now. None when there is none."""
    return whole(lambda: _claim(desk, lifetimes))


def record(desk: Desk, claimed: Claim, answer: Answer) -> MailStatus:
    """Keep what became of a mail, and return whether it is sent, queued again or given up.

    A mail that was superseded meanwhile, or taken by another after the claim ran out, is left as it is.
    """
    now, attempts = desk.clock(), claimed.attempts + 1
    again = next_try(attempts, now) if answer.fate is Fate.LATER else None
    if answer.fate is Fate.ACCEPTED:
        status, values = MailStatus.SENT, {"sent_at": now}
    elif again is not None:
        status, values = MailStatus.QUEUED, {"due_at": again}
    else:
        # For a mail that was given up, this is since when.
        status, values = MailStatus.FAILED, {"due_at": now}
    _write(desk, claimed, {**values, "status": status.value, "attempts": attempts, "failure": answer.failure})
    return status


def release(desk: Desk, claimed: Claim) -> None:
    """Give a mail back untried."""
    _write(desk, claimed, {})


def _claim(desk: Desk, lifetimes: Mapping[MailKind, timedelta]) -> Claim | None:
    now = desk.clock()
    with writing(desk.engine, committed=_done_again) as connection:
        while True:
            row = connection.execute(_due(now).limit(1)).first()
            if row is None:
                return None
            kind = MailKind(row.kind)
            fits = row.user_status == NEEDED[kind]
            values: dict[str, Any] = {"claimed_until": now + CLAIM, "expires_at": now + lifetimes[kind]}
            mine = update(mail_outbox).where(mail_outbox.c.id == row.id, _is_due(now))
            # Somebody else may have taken it since it was looked at.
            taken = connection.execute(
                mine.values(values if fits else {"status": MailStatus.SUPERSEDED.value})
            )
            if fits and taken.rowcount == 1:
                brand = brand_of(connection, row.site_id)
                return None if brand is None else _claimed(row, values["claimed_until"], brand)


def _claimed(row: Row[Any], until: datetime, brand: Brand) -> Claim:
    name = f"{row.first_name} {row.last_name}".strip()
    return Claim(row.id, until, row.attempts, MailKind(row.kind), row.message_key, row.recipient, name, brand)


def _due(now: datetime) -> Select[Any]:
    return (
        select(
            mail_outbox,
            end_user.c.status.label("user_status"),
            end_user.c.first_name,
            end_user.c.last_name,
            end_user.c.site_id,
        )
        .join(end_user, end_user.c.id == mail_outbox.c.user_id)
        .join(site_brand, site_brand.c.site_id == end_user.c.site_id)
        .where(_is_due(now))
        .order_by(mail_outbox.c.due_at, mail_outbox.c.id)
    )


def _is_due(now: datetime) -> ColumnElement[bool]:
    return and_(
        mail_outbox.c.status == MailStatus.QUEUED.value,
        mail_outbox.c.due_at <= now,
        or_(mail_outbox.c.claimed_until.is_(None), mail_outbox.c.claimed_until <= now),
    )


def _done_again(_connection: Connection) -> Callable[[Connection], bool]:
    """What is written here may be written twice: a fate that was recorded is not found, and a claim runs out."""
    return lambda _other: False


def _write(desk: Desk, claimed: Claim, values: Mapping[str, Any]) -> None:
    mine = update(mail_outbox).where(
        mail_outbox.c.id == claimed.mail_id,
        mail_outbox.c.status == MailStatus.QUEUED.value,
        mail_outbox.c.claimed_until == claimed.until,
    )

    def write() -> None:
        with writing(desk.engine, committed=_done_again) as connection:
            connection.execute(mine.values(**values, claimed_until=None))

    whole(write)
