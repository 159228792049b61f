"""From an ASPIRE record to the value a portal screen shows: which records count, which property, in which form.

The same steps run over the stored record and over the live one, so that a difference is a difference of facts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from portal_admin.domain.bank_returns import REASONS
from portal_admin.domain.cash_order import CashMethod
from portal_admin.domain.fields import Field, Single, Value

Record = Mapping[str, Any]
Records = Sequence[Record]


class NotInThisForm(ValueError):
    """A record holds a value that does not have the form its field calls for."""


def value_of(field: Field, record: Any, *, today: dt.date) -> Value:
    """The value a portal screen shows for this record or list of records; NotInThisForm where it cannot be read."""
    try:
        found = leaves(SELECTORS[field.select](records_of(record), today), field.path)
        if field.transform in REDUCERS:
            return REDUCERS[field.transform](found)
        return _plain(tuple(None if leaf is None else EACH[field.transform](leaf) for leaf in found))
    except (ValueError, TypeError, InvalidOperation, KeyError) as problem:
        raise NotInThisForm(field.transform) from problem


def leaves(records: Sequence[Any], path: Sequence[str]) -> list[Any]:
    """Every value at the end of the path; lists on the way are followed into each of their items."""
    found: list[Any] = list(records)
    for step in path:
        found = [item.get(step) for item in found if isinstance(item, Mapping)]
        found = [part for item in found for part in (item if isinstance(item, list) else [item])]
    return found


def records_of(record: Any) -> Records:
    """One record or a list of them as a list; no record as none."""
    if record is None:
        return ()
    return record if isinstance(record, list) else (record,)


def _plain(values: tuple[Single, ...]) -> Value:
    if all(value is None for value in values):
        return None
    return values[0] if len(values) == 1 else values


# --- which records count ------------------------------------------------------------------------------------------


def _still_due(invoice: Record) -> Decimal:
    return sum((_money(line["CurrentDueAmount"]) for line in invoice.get("Details") or ()), Decimal(0))


def _open(invoices: Records, today: dt.date) -> Records:  # noqa: ARG001
    return sorted((i for i in invoices if _still_due(i) > 0), key=lambda i: str(i.get("DueDate")))


def _past_due(invoices: Records, today: dt.date) -> Records:
    return [i for i in _open(invoices, today) if _date(i["DueDate"]) < today]


def _latest_by(name: str) -> Callable[[Records, dt.date], Records]:
    def newest(records: Records, today: dt.date) -> Records:  # noqa: ARG001
        dated = [r for r in records if r.get(name)]
        return [max(dated, key=lambda r: str(r[name]))] if dated else []

    return newest


def _where(name: str, wanted: Callable[[Any], bool]) -> Callable[[Records, dt.date], Records]:
    return lambda records, today: [r for r in records if wanted(r.get(name))]  # noqa: ARG005


def _next_line(schedules: Records, today: dt.date) -> Records:
    ahead = [line for s in schedules for line in s.get("Lines") or () if _date(line["Date"]) >= today]
    return [{"Lines": sorted(ahead, key=lambda line: str(line["Date"]))[:1]}]


def _last_line(schedules: Records, today: dt.date) -> Records:  # noqa: ARG001
    lines = [line for s in schedules for line in s.get("Lines") or ()]
    return [{"Lines": sorted(lines, key=lambda line: str(line["Date"]))[-1:]}]


SELECTORS: Mapping[str, Callable[[Records, dt.date], Records]] = {
    "all": lambda records, today: records,  # noqa: ARG005
    "open": _open,
    "oldest_open": lambda records, today: _open(records, today)[:1],
    "past_due": _past_due,
    "latest_invoice": _latest_by("InvoiceDate"),
    "latest_payment": _latest_by("PostDate"),
    "returned": _where("IsReturned", bool),
    "active": _where("IsActive", lambda value: value is not False),
    "payments_left": _where("Payments", lambda value: bool(value)),
    "next_line": _next_line,
    "last_line": _last_line,
}


# --- in which form ------------------------------------------------------------------------------------------------


def _text(value: Any) -> str:
    return value if isinstance(value, str) else str(value)


def _money(value: Any) -> Decimal:
    amount = Decimal(value)
    if not amount.is_finite():
        raise NotInThisForm("money")
    return amount


def _date(value: Any) -> dt.date:
    return dt.date.fromisoformat(value)


def _instant(value: Any) -> dt.datetime:
    read = dt.datetime.fromisoformat(value)
    if read.tzinfo is None:
        raise NotInThisForm("instant")
    return read


def _label(value: Any) -> str | None:
    """A blank private label is none (`how-do-i-control-user-access-to-contracts`)."""
    return _text(value).strip() or None


def _flag(words: Mapping[bool, str]) -> Callable[[Any], str]:
    return lambda value: words[value]


def _words(words: Mapping[str, str]) -> Callable[[Any], str]:
    """A name we do not know stays as ASPIRE has it: companies add their own."""
    return lambda value: words.get(value, _text(value))


def _last_four(value: Any) -> str:
    digits = "".join(character for character in _text(value) if character.isalnum())
    return f"•••• {digits[-4:]}".rstrip()


CONTRACT_TYPES = {"OperatingLease": "Operating lease", "CapitalLease": "Capital lease", "Loan": "Loan"}
CASH_METHODS = {method.value: method.words for method in CashMethod}
FREQUENCIES = {"SemiAnnual": "Every six months", "Annual": "Yearly"}
RETURN_REASONS = {code: f"{code}, {words}" for code, words in REASONS.items()}

EACH: Mapping[str, Callable[[Any], Single]] = {
    "text": _text,
    "label": _label,
    "whole": int,
    "money": _money,
    "percent": lambda rate: f"{_money(rate).normalize():f} %",
    "date": _date,
    "instant": _instant,
    "yes_no": _flag({True: "Yes", False: "No"}),
    "area": _flag({True: "Closed", False: "Open"}),
    "booked": _flag({True: "Booked", False: "Not booked"}),
    "account_use": _flag({True: "Business", False: "Personal"}),
    "account_active": _flag({True: "Active", False: "Inactive"}),
    "returned": _flag({True: "Returned", False: "Not returned"}),
    "contract_type": _words(CONTRACT_TYPES),
    "frequency": _words(FREQUENCIES),
    "cash_method": _words(CASH_METHODS),
    "return_reason": _words(RETURN_REASONS),
    "eft_status": lambda left: "Scheduled" if int(left) > 0 else "Processed or canceled",
    "last_four": _last_four,
}


def _sum(found: Sequence[Any]) -> Value:
    return sum((_money(leaf) for leaf in found if leaf is not None), Decimal(0))


def _count(found: Sequence[Any]) -> Value:
    return sum(1 for leaf in found if leaf is not None)


def _earliest(found: Sequence[Any]) -> Value:
    return min((_date(leaf) for leaf in found if leaf is not None), default=None)


REDUCERS: Mapping[str, Callable[[Sequence[Any]], Value]] = {
    "sum": _sum,
    "count": _count,
    "earliest": _earliest,
}
