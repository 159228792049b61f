"""The few facts of a contract that a caller asks about: what the portal shows, what ASPIRE says now, equal or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from portal_admin.domain import field_words
from portal_admin.domain.fields import FieldRow, FieldSheet, Reading, State

# Each fact with the fields of the reference it is made of; of one that is left out, the fields do not apply.
FACTS: Mapping[str, tuple[str, ...]] = {
    "Next payment": ("contract.next_due", "contract.payment_amount"),
    "Closed on": ("contract.termination_date",),
    "Open charges": ("invoices.total_due",),
    "Past due": ("invoices.past_due",),
    "Last payment": ("payments.last_date", "payments.last_amount"),
    "Remaining balance": ("contract.remaining_balance",),
    "Insurance until": ("contract.insurance_until",),
}
KEYS = frozenset(key for keys in FACTS.values() for key in keys)
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
    for name, keys in FACTS.items():
        parts = [rows[key] for key in keys if key in rows and rows[key].state is not State.NOT_APPLICABLE]
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


def _fact(name: str, parts: Sequence[FieldRow], sheet: FieldSheet) -> Fact:
    states = {row.state for row in parts}
    worst = next((state for state in WORST_FIRST if state in states), parts[0].state)
    ages = [row.portal.as_of for row in parts if row.portal and row.portal.found and row.portal.as_of]
    return Fact(
        name,
        _words([row.portal for row in parts], sheet),
        _words([row.aspire for row in parts], sheet),
        worst,
        min(ages, default=None),
        next((row.reason for row in parts if row.state is worst and row.reason), None),
    )


def _words(sides: Sequence[Reading | None], sheet: FieldSheet) -> str:
    """Several values with a dot between; a side that could not be read, or keeps nothing, says so once."""
    if any(side is not None and side.problem for side in sides):
        return UNREAD
    if any(side is None or not side.found for side in sides):
        return NOTHING_KEPT
    manner = field_words.manner_of(sheet)
    said = [field_words.words(side.value, manner=manner) for side in sides if side is not None]
    told = [words for words in said if words != field_words.NOTHING]
    return " · ".join(told) or field_words.NOTHING
