"""What became of the last mail to an end user, in the words of the list and of the details."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from PySide6.QtCore import QCoreApplication

from portal_admin.domain.mail import LastMail, MailKind, MailStatus
from portal_admin.ui.theme import Meaning
from portal_admin.ui.widgets.ages import clock_text, zone_text

# How a mail with something to say of it stands out, and its icon.
MAIL_MEANINGS: Mapping[MailStatus, tuple[Meaning | None, str | None]] = {
    MailStatus.QUEUED: (Meaning.ATTENTION, "warning"),
    MailStatus.SENT: (None, None),
    MailStatus.FAILED: (Meaning.BAD, "cross"),
}


def _tr(text: str) -> str:
    return QCoreApplication.translate("MailWords", text)


def short_words(mail: LastMail, now: datetime) -> str:
    """`Registration sent 14:02, expires 28 Nov 14:02`."""
    kind = _tr("Registration") if mail.kind is MailKind.REGISTRATION else _tr("Reset")
    done = {
        MailStatus.QUEUED: _tr("{kind} queued {time}"),
        MailStatus.SENT: _tr("{kind} sent {time}"),
        MailStatus.FAILED: _tr("{kind} failed {time}"),
    }[mail.status].format(kind=kind, time=clock_text(mail.at, now))
    if mail.expires_at is None:
        return done
    ends = _tr("{done}, expires {time}") if now < mail.expires_at else _tr("{done}, expired {time}")
    return ends.format(done=done, time=clock_text(mail.expires_at, now))


def long_words(mail: LastMail, now: datetime) -> str:
    """The same in sentences, with why it waits or failed."""
    kind = _tr("Registration mail") if mail.kind is MailKind.REGISTRATION else _tr("Reset mail")
    lines = [
        {
            MailStatus.QUEUED: _tr("{kind} queued {time}, not yet sent."),
            MailStatus.SENT: _tr("{kind} sent {time}."),
            MailStatus.FAILED: _tr("{kind} failed {time}."),
        }[mail.status].format(kind=kind, time=clock_text(mail.at, now))
    ]
    if mail.expires_at is not None:
        ends = _tr("Its link expires {time}.") if now < mail.expires_at else _tr("Its link expired {time}.")
        lines.append(ends.format(time=clock_text(mail.expires_at, now)))
    if mail.note:
        lines.append(mail.note)
    return "\n".join(lines)


def hover_words(mail: LastMail) -> str:
    """The full times with their zone."""
    times = [zone_text(mail.at), *([zone_text(mail.expires_at)] if mail.expires_at else [])]
    return "\n".join([*times, *([mail.note] if mail.note else [])])
