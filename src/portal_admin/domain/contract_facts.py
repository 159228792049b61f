"""The few facts of a contract that a caller asks about: what the portal shows, what ASPIRE says now, equal or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from portal_admin.domain import field_words
from portal_admin.domain.fields import FieldRow, FieldSheet, Reading, State


@dataclass(frozen=True, slots=True)
class Part:
    """A field of the reference as a part of a fact: its words around the value; `unless_none` leaves out a zero."""

    key: str
    words: str = "{}"
    unless_none: bool = False


# Each fact with what it is made of; it is left out where none of that applies.
FACTS: Mapping[str, tuple[Part, ...]] = {
    "Next payment": (Part("contract.next_due"), Part("contract.payment_amount")),
    "Closed on": (Part("contract.termination_date"),),
    "Open charges": (
        Part("invoices.total_due"),
        Part("invoices.past_due", "{} past due", unless_none=True),
    ),
    "Last payment": (Part("payments.last_date"), Part("payments.last_amount")),
    "Remaining balance": (Part("contract.remaining_balance"),),
    "Insurance until": (Part("contract.insurance_until"),),
}
KEYS = frozenset(part.key for parts in FACTS.values() for part in parts)
# Told only where a side has it.
IF_ANY = frozenset({"Insurance until"})
# A fact of several fields is as good as the worst of them.
WORST_FIRST = (State.NOT_READABLE, State.DIFFERS, State.NOT_STORED, State.STALE, State.EQUAL)
UNREAD = "?"
NOTHING_KEPT = "not received"


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact in words; `portal_at` is the age of the portal's side, None where it keeps nothing."""

    name: str
    portal: str
    aspire: str
    state: State
    portal_at: datetime | None = None
    reason: str | None = None

    @property
    def says_something(self) -> bool:
        return {self.portal, self.aspire} - {field_words.NOTHING, NOTHING_KEPT, UNREAD} != set()


@dataclass(frozen=True, slots=True)
class ContractFacts:
    """The facts of one contract as of one look; `problem` says why ASPIRE could not be asked for all of them.

    `stored_at` is the age of the oldest of what the portal shows.
    """

    contract_id: str
    customer: str | None
    currency: str
    looked_at: datetime
    facts: tuple[Fact, ...]
    stored_at: datetime | None
    is_live: bool
    problem: str | None = None


def facts_of(sheet: FieldSheet) -> ContractFacts:
    """The facts of a sheet that holds the fields of KEYS."""
    rows = {row.field.key: row for row in sheet.rows}
    facts = []
    for name, wanted in FACTS.items():
        parts = [(part, rows[part.key]) for part in wanted if _applies(rows.get(part.key))]
        if not parts:
            continue
        fact = _fact(name, parts, sheet)
        if name not in IF_ANY or fact.says_something:
            facts.append(fact)
    return ContractFacts(
        sheet.contract_id,
        sheet.customer,
        sheet.currency,
        sheet.looked_at,
        tuple(facts),
        stored_at=min((fact.portal_at for fact in facts if fact.portal_at), default=None),
        is_live=not sheet.problems and all(fact.state is not State.NOT_READABLE for fact in facts),
        problem=sheet.problems[0].message if sheet.problems else None,
    )


def _applies(row: FieldRow | None) -> bool:
    return row is not None and row.state is not State.NOT_APPLICABLE


def _fact(name: str, parts: Sequence[tuple[Part, FieldRow]], sheet: FieldSheet) -> Fact:
    rows = [row for _part, row in parts]
    states = {row.state for row in rows}
    worst = next((state for state in WORST_FIRST if state in states), rows[0].state)
    ages = [row.portal.as_of for row in rows if row.portal and row.portal.found and row.portal.as_of]
    return Fact(
        name,
        _words([(part, row.portal) for part, row in parts], sheet),
        _words([(part, row.aspire) for part, row in parts], sheet),
        worst,
        min(ages, default=None),
        next((row.reason for row in rows if row.state is worst and row.reason), None),
    )


def _words(sides: Sequence[tuple[Part, Reading | None]], sheet: FieldSheet) -> str:
    """Several values with a dot between; a side that could not be read, or keeps nothing, says so once."""
    if any(side is not None and side.problem for _part, side in sides):
        return UNREAD
    manner = field_words.manner_of(sheet)
    said = []
    for part, side in sides:
        if side is None or not side.found:
            return NOTHING_KEPT
        if side.value is not None and not (part.unless_none and not side.value):
            said.append(part.words.format(field_words.words(side.value, manner=manner)))
    return " · ".join(said) or field_words.NOTHING
