"""Values and entries of the field reference in words, for lists, exports and the telephone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from portal_admin.domain.dates import day_words
from portal_admin.domain.field_conditions import CONDITIONS
from portal_admin.domain.fields import (
    Field,
    FieldNote,
    FieldRow,
    FieldSheet,
    Provenance,
    Single,
    Source,
    State,
    Value,
)
from portal_admin.domain.money import exponent

NOTHING = "—"
BLANK = "______"
SPOKEN_ITEMS = 3
SEVERAL_USERS = "Several people are registered for this contract; look up the caller before you answer."

STATE_WORDS = {
    State.EQUAL: "Equal",
    State.DIFFERS: "Differs",
    State.STALE: "Stale",
    State.NOT_STORED: "Not stored",
    State.NOT_READABLE: "Not readable",
    State.NOT_APPLICABLE: "Does not apply",
    State.NOT_COMPARED: "Portal only",
}

DATA_CLASSES = {
    "accounts": "Accounts",
    "contracts": "Contract list",
    "contract": "Contract",
    "invoices": "Invoices",
    "payments": "Payments",
    "alternate_efts": "Alternate EFTs",
    "bank_accounts": "Bank accounts",
    "equipment": "Equipment",
    "amortization": "Amortization schedule",
    "credit_lines": "Lines of credit",
    "end_users": "End users",
}


@dataclass(frozen=True, slots=True)
class Manner:
    """In which zone times are told, and with how many decimals amounts."""

    zone: tzinfo = UTC
    decimals: int = 2


def manner_of(sheet: FieldSheet) -> Manner:
    """The company's zone and the decimals of the contract's currency."""
    return Manner(ZoneInfo(sheet.time_zone), exponent(sheet.currency))


def words(value: Value, *, manner: Manner) -> str:
    """A value as a person reads it: 1 Dec 2026, 18,240.10; several joined by commas; nothing as a dash."""
    if isinstance(value, tuple):
        return ", ".join(_single(item, manner) for item in value)
    return _single(value, manner)


def _single(value: Single, manner: Manner) -> str:
    if value is None:
        return NOTHING
    if isinstance(value, Decimal):
        return f"{value:,.{manner.decimals}f}"
    if isinstance(value, datetime):
        local = value.astimezone(manner.zone)
        return f"{day_words(local.date())} {local:%H:%M}"
    return day_words(value) if isinstance(value, date) else str(value)


def plain(value: Value) -> Any:
    """A value for JSON: amounts as strings, dates in ISO form, instants in UTC with Z."""
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value


def cadence_words(entry: Field) -> str:
    """How often the portal gets this value, in words."""
    if entry.source is not Source.ASPIRE:
        return "At once" if entry.source is Source.PORTAL else NOTHING
    return "Daily, from 4 AM US Central" if entry.is_daily else "Every 15 minutes"


def condition(entry: Field) -> str:
    """When the portal shows the field."""
    return CONDITIONS[entry.condition].sentence if entry.condition else "Always."


def provenance(entry: Field) -> str:
    """What the entry rests on, without claiming more than that."""
    basis = {
        Provenance.ARTICLE: f"The vendor's public article “{entry.article}”.",
        Provenance.INFERRED: "Inferred by this project; no public article states it.",
        Provenance.DECISION: "A decision of this project where nothing is public.",
    }[entry.provenance]
    if entry.source is not Source.ASPIRE or entry.provenance is not Provenance.ARTICLE:
        return basis
    stated = entry.screen_provenance is Provenance.ARTICLE
    return f"{basis} The ASPIRE screen is {'named there' if stated else 'inferred'}."


def verification(notes: tuple[FieldNote, ...]) -> str | None:
    """The newest verification by this company."""
    for note in notes:
        if note.verified_on is not None:
            return f"Verified by this company on {day_words(note.verified_on)} ({note.created_by})"
    return None


def spoken(row: FieldRow, *, manner: Manner) -> str:
    """The sentence to read aloud: ASPIRE's value where it could be read, else the portal's with its time."""
    text = row.field.wording
    if "{value}" not in text:
        return text
    if row.state is State.NOT_APPLICABLE:
        return row.reason or text
    live = row.aspire if row.aspire and not row.aspire.problem and row.aspire.found else None
    told = live or row.portal
    if told is None or told.problem or not told.found:
        return "I cannot see that value at the moment; let me check and call you back."
    if told.value is None:
        return "We have nothing on record for that on this contract."
    if row.field.source is Source.PORTAL and isinstance(told.value, tuple):
        return SEVERAL_USERS
    sentence = text.replace("{value}", _aloud(told.value, manner))
    if row.state is State.DIFFERS and row.portal is not None and live is not None:
        sentence += f" Your portal still shows {_aloud(row.portal.value, manner)}{_until(row, manner)}."
    elif live is None and told.as_of is not None and row.field.source is Source.ASPIRE:
        sentence += f" That is as of {_single(told.as_of, manner)}."
    return sentence


def _aloud(value: Value, manner: Manner) -> str:
    if value is None:
        return "nothing there"
    if isinstance(value, tuple) and len(value) > SPOKEN_ITEMS:
        return f"{words(value[:SPOKEN_ITEMS], manner=manner)} and {len(value) - SPOKEN_ITEMS} more"
    return words(value, manner=manner)


def _until(row: FieldRow, manner: Manner) -> str:
    if row.next_update is None or row.aspire is None or row.aspire.as_of is None:
        return ""
    due, asked = (when.astimezone(manner.zone) for when in (row.next_update, row.aspire.as_of))
    if due <= asked:
        return "; its next update is due now"
    on = "" if due.date() == asked.date() else f"on {day_words(due.date())} "
    return f"; its next update is due {on}at {due:%H:%M}"
