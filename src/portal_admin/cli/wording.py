"""Words that several commands print."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portal_admin.cli.output import Output
from portal_admin.domain.mail import LastMail, MailStatus
from portal_admin.domain.verdict import Check, Verdict
from portal_admin.errors import COULD_NOT_LOOK, DONE

VERDICTS = {
    "visible": "Visible",
    "not_visible": "Not visible",
    "cannot_tell": "Cannot tell",
    "offered": "Offered",
    "not_offered": "Not offered",
    "accepted": "Accepted",
    "refused": "Refused",
}
MARKS = {"pass": "ok", "fail": "NO", "unknown": "??", "advice": "!!"}


def check_line(check: Check) -> str:
    """One check: mark, name, fact, age."""
    age = f"  (as of {when(check.as_of)})" if check.as_of else ""
    return f"  {MARKS[check.result]}  {check.name}: {check.sentence}{age}"


def exit_of(verdict: Verdict) -> int:
    """A verdict of either kind is an answer; cannot tell is not."""
    return COULD_NOT_LOOK if verdict.cannot_tell else DONE


def stale_exit(out: Output, freshness: Any) -> int:
    """Warn of a snapshot that cannot be relied on: the list stands, but is no answer."""
    if freshness.restored:
        out.say(
            "Warning: the ASPIRE database was restored from a backup, so the portal's copy of ASPIRE may be wrong. "
            "Ask an administrator for a full sync."
        )
    if not freshness.stale:
        return COULD_NOT_LOOK if freshness.restored else DONE
    since = f"was last confirmed {when(freshness.as_of)}" if freshness.as_of else "was never synced"
    out.say(
        f"Warning: the portal's copy of ASPIRE {since}; what is missing here may still be visible. Run a sync."
    )
    return COULD_NOT_LOOK


def via_words(via: Any) -> str:
    """The accounts and roles that open a contract."""
    return ", ".join(f"{one.account_id} as {one.role}" for one in via)


def when(instant: datetime) -> str:
    """An instant for a terminal, in UTC."""
    return f"{instant:%Y-%m-%d %H:%M:%S} UTC"


def mail_words(mail: LastMail) -> str:
    """What became of a mail, until when its link lives, and why it waits or failed."""
    done = "queued, not yet sent" if mail.status is MailStatus.QUEUED else mail.status.value
    parts = [f"{mail.kind} mail {done}, {when(mail.at)}"]
    if mail.expires_at is not None:
        parts.append(f"link expires {when(mail.expires_at)}")
    return "; ".join(parts) + (f". {mail.note}" if mail.note else "")
