"""Delivers what is due: at least once, and with a Message-ID that lets receivers tell a repeated mail."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError

from portal_admin.domain.mail import MailStatus
from portal_admin.domain.mail_links import link
from portal_admin.domain.mail_server import Answer, Fate, MailServer
from portal_admin.domain.permissions import Permission
from portal_admin.errors import DeskError, MailServerUnusable, SettingsProblem
from portal_admin.models.engine import reading
from portal_admin.services.change import action
from portal_admin.services.desk import Desk
from portal_admin.services.mail import claims
from portal_admin.services.mail.compose import Letter, compose
from portal_admin.services.mail.keys import check_mail_key
from portal_admin.services.mail.settings import MailSettings, read_mail_settings
from portal_admin.services.mail.smtp import SECONDS_FOR_A_MAIL, SECONDS_TO_ANSWER, Courier

log = logging.getLogger(__name__)

# So often in a row it is not the mails that break the connection.
LOSSES_IN_A_ROW = 3
NO_SERVER = (
    "Mails wait, because no mail server is named yet. Name it: portal-admin settings set mail.host HOST"
)
UNWRITABLE = "The address cannot be written in a mail."


@dataclass(frozen=True, slots=True)
class Delivered:
    """What one run did: mails sent, put off until later, and given up; `waiting` are all that are queued after it.

    `no_sender` are the sites whose mails wait for a brand; `stopped` is why the run ended before its time; `next_try` is
    when the first of those that wait for a time is due, None when one is due already.
    """

    sent: int
    retried: int
    failed: int
    waiting: int
    no_sender: tuple[str, ...] = ()
    stopped: DeskError | None = None
    next_try: datetime | None = None


@dataclass(frozen=True, slots=True)
class MailSecrets:
    """Where the secrets come from when they are needed; the password is given to the server it was meant for only."""

    key: Callable[[], str | None]
    password: Callable[[MailServer], str | None]


def _never() -> bool:
    return False


@action(Permission.SEND_MAIL)
def send_due(
    desk: Desk,
    *,
    secrets: MailSecrets,
    cancelled: Callable[[], bool] = _never,
    timeout: float = SECONDS_TO_ANSWER,
    budget: float = SECONDS_FOR_A_MAIL,
) -> Delivered:
    """Send the mails that are due, one after the other, until none is left or `cancelled` says so.

    A server that cannot be used ends the run, and costs no mail a try. `timeout` bounds each answer of the server and
    `budget` each mail, in seconds.
    """
    counts: Counter[MailStatus] = Counter()
    stopped = None
    if claims.is_any_due(desk):
        try:
            _deliver(desk, secrets, cancelled, counts, timeout, budget)
        except (MailServerUnusable, SettingsProblem) as problem:
            stopped = problem
    left = claims.waiting(desk)
    return Delivered(
        counts[MailStatus.SENT],
        counts[MailStatus.QUEUED],
        counts[MailStatus.FAILED],
        left.mails,
        left.no_sender,
        stopped,
        left.next_try,
    )


def _deliver(
    desk: Desk,
    secrets: MailSecrets,
    cancelled: Callable[[], bool],
    counts: Counter[MailStatus],
    timeout: float,
    budget: float,
) -> None:
    with reading(desk.engine) as connection:
        settings = read_mail_settings(connection)
    server = settings.server
    if server is None:
        raise SettingsProblem(NO_SERVER)
    key = check_mail_key(settings, secrets.key())
    losses = 0
    with Courier(
        server, password=lambda: secrets.password(server), timeout=timeout, budget=budget
    ) as courier:
        while not cancelled():
            # A mail is taken only once the server is ready for it.
            courier.connect()
            claimed = claims.claim(desk, settings.lifetimes)
            if claimed is None:
                return
            answer = _hand_over(desk, courier, claimed, settings, key)
            counts[claims.record(desk, claimed, answer)] += 1
            losses = losses + 1 if answer.lost else 0
            if losses == LOSSES_IN_A_ROW:
                raise MailServerUnusable(
                    f"The mail server {server.host} broke off the connection {losses} times in a row, so no more mails "
                    "were tried."
                )


def _hand_over(
    desk: Desk, courier: Courier, claimed: claims.Claim, settings: MailSettings, key: bytes
) -> Answer:
    brand, lifetime = claimed.brand, settings.lifetimes[claimed.kind]
    where = link(brand.link_base, claimed.kind, claimed.message_key, key)
    letter = Letter(claimed.kind, claimed.message_key, claimed.recipient, claimed.name, where, lifetime)
    try:
        mail = compose(letter, brand, now=desk.clock())
    except (ValueError, IndexError, MessageError):
        log.exception("mail %s cannot be written", claimed.mail_id)
        return Answer(Fate.NEVER, UNWRITABLE)
    try:
        return courier.hand_over(mail, sender=brand.sender_address, recipient=claimed.recipient)
    except MailServerUnusable:
        claims.release(desk, claimed)
        raise
