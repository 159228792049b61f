"""Registration and reset mails as the desk sees them: what was queued, sent or failed, and until when its link lives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class MailKind(StrEnum):
    """What a mail asks its reader to do."""

    REGISTRATION = "registration"
    RESET = "reset"


class MailStatus(StrEnum):
    """Queued waits; Failed was given up and can be queued again; Superseded and Canceled are dead with their links."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    SUPERSEDED = "superseded"
    CANCELED = "canceled"


# How long a link lives when the settings do not say otherwise, from the moment its mail leaves.
LIFETIMES: Mapping[MailKind, timedelta] = {
    MailKind.REGISTRATION: timedelta(days=7),
    MailKind.RESET: timedelta(hours=24),
}
# The pause before each further try; after the last one a mail is given up.
BACKOFF = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=12),
)
# Further requests for the same mail within this time are answered with the one that is on its way.
THROTTLE = timedelta(seconds=60)
NO_SENDER = "The site has no sender yet."


@dataclass(frozen=True, slots=True)
class LastMail:
    """The newest mail to a user that is queued, sent or failed, since `at`.

    `expires_at` is when its link dies, None while it was not sent or no longer matters; `note` says why it waits or
    failed.
    """

    kind: MailKind
    status: MailStatus
    at: datetime
    expires_at: datetime | None = None
    note: str | None = None


def next_try(attempts: int, now: datetime) -> datetime | None:
    """When to try again after that many tries, None when it is time to give up."""
    return now + BACKOFF[attempts - 1] if attempts <= len(BACKOFF) else None
