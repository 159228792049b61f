"""The values that audit lines hold, in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from portal_admin.domain.audit_line import AuditLine
from portal_admin.domain.dates import day_words
from portal_admin.domain.verification import LABELS, Method

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
    "user": "End user",
    "contract": "Contract",
    "contract_id": "Contract",
    "amount": "Amount",
    "on": "Pay on",
    "bank_account": "Bank account",
    "refused_by": "Refused by",
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
    "value": "Value",
    "read": "Rows read",
    "created": "Created",
    "changed": "Changed",
    "unchanged": "Unchanged",
    "refused": "Refused",
    "shown": "Shown",
    "import": "Import",
    "id": "Line",
    "hash": "Hash",
    "at": "Time",
}
# What a user is, which some lines hold though nothing of it was changed.
STATE = frozenset({"first_name", "last_name", "status", "accounts"})
CHANGE_NOTHING = frozenset({"user.resend", "user.reset", "user.withdraw_mail"})
# The accounts that a link line is about, which the headline tells; an import counts rows under the same name.
LINKED = "changed"


class Change(NamedTuple):
    """A value before and after, in words; None where there was none."""

    name: str
    before: str | None
    after: str | None


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
        if key != FLAG and not _is_link(key, after) and before.get(key) != after.get(key)
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
            return f"{method_words(method)}, by {by}, {value_words(at)}"
        case dict():
            return "; ".join(f"{field_words(key)} {value_words(held)}" for key, held in value.items())
        case str():
            return _text_words(value)
    return str(value)


def method_words(method: object) -> str:
    """How a caller was verified, in words."""
    known = next((one for one in Method if one.value == method), None)
    return value_words(method) if known is None else LABELS[known].lower()


def sentence(text: str) -> str:
    """The text with a capital at its start."""
    return text[:1].upper() + text[1:]


def _text_words(text: str) -> str:
    if not _INSTANT.fullmatch(text):
        return text
    try:
        at = datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        return text
    return f"{day_words(at)} {at:%H:%M} UTC"


_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def _is_link(key: str, after: Mapping[str, Any]) -> bool:
    return key == LINKED and isinstance(after.get(key), list)


def _optional(values: Mapping[str, Any], key: str) -> str | None:
    value = values.get(key)
    if value is None:
        return None
    if key == "refused_by" and isinstance(value, list):
        return ", ".join(str(check).replace("_", " ") for check in value)
    return method_words(value) if key == "method" else value_words(value)
