"""What audit lines say, in one sentence each: a table of the actions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from portal_admin.domain.audit_line import AuditLine
from portal_admin.domain.audit_values import (
    CHANGE_NOTHING,
    FLAG,
    LINKED,
    NONE,
    Change,
    changes,
    method_words,
    sentence,
    value_words,
)

# What became of a service request on its way to ASPIRE.
HANDED_OVER = {
    "sent": "ASPIRE holds it as comment",
    "refused": "ASPIRE refused it",
    "unknown": "the outcome is unknown",
}
# Names of accounts by their oid: the audit holds ids, people know names.
Names = Mapping[int, str]
# Whose reason is a mail's number, or is the headline already.
REASON_TOLD = CHANGE_NOTHING | {"user.change_email"}


@dataclass(frozen=True, slots=True)
class Event:
    """An audit line told to a person: one sentence, the values that changed, and what deserves a look.

    `is_told` is True when the sentence holds all that changed.
    """

    line: AuditLine
    headline: str
    changes: tuple[Change, ...]
    attention: str | None
    is_told: bool


def tell(line: AuditLine, names: Names) -> Event:
    """The line in words."""
    known = ACTIONS.get(line.action) or _Words(action_words(line.action))
    detail = known.detail(line, names) if known.detail else ""
    flag = (line.after or {}).get(FLAG)
    attention = sentence(str(flag)) if flag else None
    return Event(line, f"{known.title} {detail}".strip(), changes(line), attention, known.is_told)


def reason_words(line: AuditLine) -> str | None:
    """Why it was done: the reason, or for a caller who was verified the note on how."""
    note = (line.after or {}).get("note") if line.action == "caller.verify" else None
    return line.reason or (str(note) if note else None)


def action_words(action: str) -> str:
    """What an action did, in words; one that has none of its own is named as it is written."""
    known = ACTIONS.get(action)
    return known.title if known else sentence(action.replace(".", " ").replace("_", " "))


def linked_oids(line: AuditLine) -> tuple[int, ...]:
    """The oids of the accounts that were linked or unlinked."""
    return tuple(oid for oid, _ in _linked(line))


def _linked(line: AuditLine) -> list[tuple[int, str]]:
    changed = (line.after or {}).get(LINKED)
    found = changed if isinstance(changed, list) else []
    return [
        (one["account_oid"], str(one.get("account_id", "")))
        for one in found
        if isinstance(one, dict) and isinstance(one.get("account_oid"), int)
    ]


def _accounts(line: AuditLine, names: Names) -> str:
    return ", ".join(f"{account_id} {names.get(oid, '')}".strip() for oid, account_id in _linked(line))


def _person(line: AuditLine, _names: Names) -> str:
    after = line.after or {}
    name = f"{after.get('first_name', '')} {after.get('last_name', '')}".strip()
    accounts = value_words(after.get("accounts"))
    return f"{name}, {after.get('status', '')}, linked to {accounts}"


def _edited(line: AuditLine, _names: Names) -> str:
    told = (f"{one.name.lower()}: {one.before or NONE} → {one.after or NONE}" for one in changes(line))
    return "; ".join(told)


def _method(line: AuditLine, _names: Names) -> str:
    return method_words((line.after or {}).get("method"))


def _file(line: AuditLine, _names: Names) -> str:
    rows = (line.after or {}).get("rows", 0)
    return f"{value_words(rows)} to {line.subject}"


def _role(line: AuditLine, _names: Names) -> str:
    return f"{line.subject}: {value_words((line.after or {}).get('role'))}"


def _subject(line: AuditLine, _names: Names) -> str:
    return line.subject


def _assigned(line: AuditLine, _names: Names) -> str:
    return f"{line.subject} to {(line.after or {}).get('assigned_to') or 'nobody'}"


def _request_status(line: AuditLine, _names: Names) -> str:
    before, after = (value_words((values or {}).get("status")) for values in (line.before, line.after))
    return f"{line.subject}: {before} → {after}"


def _handed_over(line: AuditLine, _names: Names) -> str:
    after = line.after or {}
    fate = HANDED_OVER.get(str(after.get("hand_over")), "it did not arrive in ASPIRE")
    comment = f" {after['comment']}" if "comment" in after else ""
    return f"{line.subject}, {fate}{comment}"


def _setting(line: AuditLine, _names: Names) -> str:
    before, after = (value_words((values or {}).get("value")) for values in (line.before, line.after))
    return f"{line.subject}: {before} → {after}"


def _moved(line: AuditLine, _names: Names) -> str:
    """`email changed from a to b` is told as it stands; it names both users."""
    return (line.reason or "").removeprefix("email changed ")


class _Words(NamedTuple):
    title: str
    detail: Callable[[AuditLine, Names], str] | None = None
    is_told: bool = False


ACTIONS: Mapping[str, _Words] = {
    "user.create": _Words("Created", _person, is_told=True),
    "user.edit": _Words("Changed", _edited, is_told=True),
    "user.resend": _Words("Queued a registration mail"),
    "user.reset": _Words("Queued a password reset mail"),
    "user.withdraw_mail": _Words("Took back a mail before it was sent"),
    "user.deactivate": _Words("Deactivated"),
    "user.reactivate": _Words("Reactivated"),
    "user.change_email": _Words("Changed the email", _moved),
    "caller.verify": _Words("Verified the caller:", _method),
    "call.note": _Words("Wrote a call note"),
    "payment.submit": _Words("Submitted a payment for the caller:", _subject),
    "payment.sent": _Words("Learned what became of a payment that was sent:", _subject),
    "payment.cancel": _Words("Asked to cancel payment", _subject),
    "request.assign": _Words("Assigned service request", _assigned),
    "request.status": _Words("Changed service request", _request_status),
    "request.note": _Words("Wrote on service request", _subject),
    "request.hand_over": _Words("Began to hand over to ASPIRE service request", _subject, is_told=True),
    "request.handed_over": _Words("Learned what became of a hand-over:", _handed_over, is_told=True),
    "enrollment.submit": _Words("Enrolled", _person, is_told=True),
    "enrollment.refuse": _Words("Refused an enrolment"),
    "enrollment.export": _Words("Exported customers who cannot enrol:", _file),
    "link.add": _Words("Linked", _accounts),
    "link.remove": _Words("Unlinked", _accounts),
    "link.undo_remove": _Words("Linked again", _accounts),
    "site.create": _Words("Created site", _subject),
    "site.set_labels": _Words("Mapped", _edited, is_told=True),
    "site.set_brand": _Words("Changed the brand of site", _subject),
    "site.set_policy": _Words("Changed the policy of", _edited, is_told=True),
    "mail.resend": _Words("Queued a mail again that had failed"),
    "mail.use_key": _Words("Changed the mail key"),
    "field.note": _Words("Wrote a note on", _subject),
    "field.verify": _Words("Verified field", _subject),
    "field.export": _Words("Exported the fields of contract", _subject),
    "users.export": _Words("Exported end users:", _file),
    "audit.export": _Words("Exported the audit:", _file),
    "audit.accept_restore": _Words("Accepted that audit lines are gone"),
    "user.undo_import": _Words("Took back what an import did"),
    "operator.add": _Words("Made operator", _role),
    "operator.set_role": _Words("Changed the role of", _role),
    "database.backup": _Words("Copied the whole database to", _subject),
    "database.restore": _Words("Restored the database from", _subject),
    "caller.reveal": _Words("Looked at the channels of record unmasked"),
    "setting.set": _Words("Changed setting", _setting, is_told=True),
    "setting.unset": _Words("Gave its default back to setting", _subject),
    "import.begin": _Words("Began the import of", _subject),
    "import.end": _Words("Finished the import of", _subject),
    "import.cancel": _Words("Cancelled the import of", _subject),
    "import.undo": _Words("Took back the import of", _subject),
    "import.export": _Words("Exported rows of an import:", _file),
}
