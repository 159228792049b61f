"""Whether registration and reset mails reach people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from portal_admin.domain.mail import MailStatus
from portal_admin.domain.verdict import Result
from portal_admin.models import end_user, mail_outbox, site, site_brand
from portal_admin.models.engine import reading
from portal_admin.services.doctor.visit import Finding, Visit
from portal_admin.services.health import MAILS_MAY_WAIT
from portal_admin.services.mail.settings import MailSettings, read_mail_settings

NAME = "mail"
SET_BRAND = "Give each site one with `portal-admin sites set-brand`."


@dataclass(frozen=True, slots=True)
class _Facts:
    sites: int
    failed: int
    queued: int
    oldest: datetime | None
    unbranded: tuple[str, ...]
    waiting_for_brand: tuple[str, ...]


def mail(visit: Visit) -> Finding:
    with reading(visit.engine) as connection:
        settings, facts = read_mail_settings(connection), _facts(connection)
    if not facts.sites:
        return Finding(NAME, Result.PASS, "There is no site yet, so there are no mails to send.")
    faults, gaps = tuple(_faults(facts, visit.patient.clock())), tuple(_gaps(settings, facts))
    if faults or gaps:
        messages, fixes = zip(*faults, *gaps, strict=True)
        result = Result.FAIL if faults else Result.ADVICE
        return Finding(NAME, result, " ".join(messages), " ".join(dict.fromkeys(fixes)))
    host = settings.server.host if settings.server else ""
    waiting = f"{_mails(facts.queued)} queued" if facts.queued else "none waits"
    return Finding(NAME, Result.PASS, f"Mails are handed to {host}; {waiting}.")


def _faults(facts: _Facts, now: datetime) -> Iterator[tuple[str, str]]:
    """What keeps mails from people already, and what to do."""
    if facts.failed:
        yield (
            f"{_mails(facts.failed)} could not be delivered.",
            "See why with `portal-admin mail list --status failed`, then `portal-admin mail resend ID`.",
        )
    if facts.waiting_for_brand:
        yield (
            f"Mails wait, because these sites have no sender yet: {_listed(facts.waiting_for_brand)}.",
            SET_BRAND,
        )
    if facts.oldest is not None and now - facts.oldest > MAILS_MAY_WAIT:
        yield (
            f"{_mails(facts.queued)} queued, the oldest since {facts.oldest:%Y-%m-%d %H:%M} UTC.",
            "See that the server runs `portal-admin mail send --every 1m`.",
        )


def _gaps(settings: MailSettings, facts: _Facts) -> Iterator[tuple[str, str]]:
    """What will keep the next mail from its reader, and what to do."""
    if settings.server is None:
        yield (
            "No mail server is named, so no mails are sent.",
            "Name it with `portal-admin settings set mail.host HOST`.",
        )
    if settings.key_fingerprint is None:
        yield (
            "There is no mail key, so no links can be made.",
            "Make one with `portal-admin mail key --new`.",
        )
    missing = tuple(key for key in facts.unbranded if key not in facts.waiting_for_brand)
    if missing:
        yield f"These sites have no sender yet: {_listed(missing)}.", SET_BRAND


def _facts(connection: Connection) -> _Facts:
    unbranded = (
        select(site.c.key)
        .outerjoin(site_brand, site_brand.c.site_id == site.c.id)
        .where(site_brand.c.site_id.is_(None))
    )
    queued = mail_outbox.c.status == MailStatus.QUEUED.value
    waiting = (
        unbranded.join(end_user, end_user.c.site_id == site.c.id)
        .join(mail_outbox, mail_outbox.c.user_id == end_user.c.id)
        .where(queued)
        .distinct()
    )
    counted = select(func.count(), func.min(mail_outbox.c.created_at)).select_from(mail_outbox)
    count, oldest = connection.execute(counted.where(queued)).one()
    failed = connection.execute(counted.where(mail_outbox.c.status == MailStatus.FAILED.value)).one()[0]
    return _Facts(
        sites=connection.execute(select(func.count()).select_from(site)).scalar_one(),
        failed=failed,
        queued=count,
        oldest=oldest,
        unbranded=tuple(connection.execute(unbranded.order_by(site.c.key)).scalars()),
        waiting_for_brand=tuple(connection.execute(waiting.order_by(site.c.key)).scalars()),
    )


def _mails(count: int) -> str:
    return "1 mail" if count == 1 else f"{count:,} mails"


def _listed(keys: tuple[str, ...], most: int = 5) -> str:
    more = f" and {len(keys) - most} more" if len(keys) > most else ""
    return f"{', '.join(keys[:most])}{more}"
