"""What audit lines say in words: one table for the actions, one for the values."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from portal_admin.domain.audit_line import AuditLine
from portal_admin.domain.dates import day_words
from portal_admin.domain.verification import LABELS, Method

# Names of accounts by their oid: the audit holds ids, people know names.
Names = Mapping[int, str]
NONE = "none"
FLAG = "flag"

FIELDS: Mapping[str, str] = {
    "first_name": "First name",
    "last_name": "Last name",
    "status": "Status",
    "accounts": "Linked accounts",
    "name": "Name",
    "labels": "Private labels",
    "unlabelled": "Contracts without a label",
    "gained": "Contracts gained",
    "lost": "Contracts lost",
    "role": "Role",
    "note": "Note",
    "verified_on": "Verified on",
    "method": "Way",
    "until": "Counts until",
    "verification": "Caller verified",
    "rows": "Rows",
    "text": "Text",
    "statuses": "Statuses",
    "links": "A row for each link",
    "site": "Site",
    "id": "Line",
    "hash": "Hash",
    "at": "Time",
}
# What a user is, which some lines hold though nothing of it was changed.
STATE = frozenset({"first_name", "last_name", "status", "accounts"})
CHANGE_NOTHING = frozenset({"user.resend", "user.reset", "user.withdraw_mail"})
# Whose reason is a mail's number, or is the headline already.
REASON_TOLD = CHANGE_NOTHING | {"user.change_email"}
# What is told elsewhere: by the headline, or as something to look at.
UNTOLD = frozenset({"changed", FLAG})


class Change(NamedTuple):
    """A value before and after, in words; None where there was none."""

    name: str
    before: str | None
    after: str | None


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


def action_words(action: str) -> str:
    """What an action did, in words; one that has none of its own is named as it is written."""
    known = ACTIONS.get(action)
    return known.title if known else sentence(action.replace(".", " ").replace("_", " "))


def changes(line: AuditLine) -> tuple[Change, ...]:
    """The values that the line changed, in the order of their names' table."""
    before, after = line.before or {}, line.after or {}
    if line.action in CHANGE_NOTHING:
        after = {key: value for key, value in after.items() if key not in STATE}
    keys = [key for key in FIELDS if key in before or key in after]
    keys += sorted(({*before, *after}) - set(keys))
    return tuple(
        Change(field_words(key), _optional(before, key), _optional(after, key))
        for key in keys
        if key not in UNTOLD and before.get(key) != after.get(key)
    )


def field_words(key: str) -> str:
    """The name of a value for people."""
    return FIELDS.get(key) or sentence(key.replace("_", " "))


def value_words(value: Any) -> str:
    """A value for people."""
    match value:
        case None | "" | []:
            return NONE
        case bool():
            return "yes" if value else "no"
        case list():
            return ", ".join(map(value_words, value))
        case {"method": method, "by": by, "at": at}:
            return f"{value_words(method)}, by {by}, {value_words(at)}"
        case dict():
            return "; ".join(f"{field_words(key)} {value_words(held)}" for key, held in value.items())
        case str():
            return _text_words(value)
    return str(value)


def sentence(text: str) -> str:
    """The text with a capital at its start."""
    return text[:1].upper() + text[1:]


def _text_words(text: str) -> str:
    if text in _METHODS:
        return LABELS[Method(text)].lower()
    if not _INSTANT.fullmatch(text):
        return text
    try:
        at = datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        return text
    return f"{day_words(at)} {at:%H:%M} UTC"


_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_METHODS = frozenset(method.value for method in Method)


def _optional(values: Mapping[str, Any], key: str) -> str | None:
    return value_words(values[key]) if values.get(key) is not None else None


def linked_oids(line: AuditLine) -> tuple[int, ...]:
    """The oids of the accounts that were linked or unlinked."""
    return tuple(oid for oid, _ in _linked(line))


def _linked(line: AuditLine) -> list[tuple[int, str]]:
    changed = (line.after or {}).get("changed")
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
    return value_words((line.after or {}).get("method"))


def _file(line: AuditLine, _names: Names) -> str:
    rows = (line.after or {}).get("rows", 0)
    return f"{value_words(rows)} to {line.subject}"


def _role(line: AuditLine, _names: Names) -> str:
    return f"{line.subject}: {value_words((line.after or {}).get('role'))}"


def _subject(line: AuditLine, _names: Names) -> str:
    return line.subject


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
    "link.add": _Words("Linked", _accounts),
    "link.remove": _Words("Unlinked", _accounts),
    "link.undo_remove": _Words("Linked again", _accounts),
    "site.create": _Words("Created site", _subject),
    "site.set_labels": _Words("Mapped", _edited, is_told=True),
    "site.set_brand": _Words("Changed the brand of site", _subject),
    "mail.resend": _Words("Queued a mail again that had failed"),
    "mail.use_key": _Words("Changed the mail key"),
    "field.note": _Words("Wrote a note on", _subject),
    "field.verify": _Words("Verified field", _subject),
    "users.export": _Words("Exported end users:", _file),
    "audit.export": _Words("Exported the audit:", _file),
    "audit.accept_restore": _Words("Accepted that audit lines are gone"),
    "operator.add": _Words("Made operator", _role),
    "operator.set_role": _Words("Changed the role of", _role),
    "database.restore": _Words("Restored the database"),
}
