"""In which order ASPIRE pays open charges, by the contract's method (`cash-application-methods`).

A *layer* is what is paid at once: whole where the money suffices, pro rata over its charges where it does not. What
the articles say and what was decided beyond them: docs/decisions/0012-cash-application.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import groupby
from typing import Any

from portal_admin.domain.invoices import Charge, Invoice

SOURCE = "cash-application-methods"
LAST = float("inf")


class CashMethod(StrEnum):
    """ASPIRE's CashApplicationMethod."""

    BALANCE_FORWARD = "BalanceForward"
    BALANCE_FORWARD_PRORATED = "BalanceForwardProrated"
    PRIORITY_POST = "PriorityPost"
    PRIORITY_POST_OLDEST_DUE_BY = "PriorityPostOldestDueBy"

    @property
    def words(self) -> str:
        """ASPIRE's own words for it."""
        return WORDS[self]

    @property
    def meaning(self) -> str:
        """What it does, for people."""
        return MEANINGS[self]


WORDS: Mapping[CashMethod, str] = {
    CashMethod.BALANCE_FORWARD: "Balance Forward",
    CashMethod.BALANCE_FORWARD_PRORATED: "Balance Forward Prorated",
    CashMethod.PRIORITY_POST: "Priority Post",
    CashMethod.PRIORITY_POST_OLDEST_DUE_BY: "Priority Post Oldest Due By",
}
MEANINGS: Mapping[CashMethod, str] = {
    CashMethod.BALANCE_FORWARD: "The oldest invoice first, and in it charge by charge by priority.",
    CashMethod.BALANCE_FORWARD_PRORATED: (
        "The oldest invoice first; the money that does not cover an invoice is split pro rata over its charges."
    ),
    CashMethod.PRIORITY_POST: "All charges of priority 1 from the oldest to the newest, then those of priority 2, and so on.",
    CashMethod.PRIORITY_POST_OLDEST_DUE_BY: (
        "By priority, and in it one transaction code after another, beginning with the one that is due longest."
    ),
}


@dataclass(frozen=True, slots=True)
class OpenCharge:
    """One charge with what is open of it, in minor units, more than nothing."""

    invoice: Invoice
    charge: Charge
    open: int

    @property
    def place(self) -> tuple[Any, ...]:
        """Where it stands where nothing else decides: by invoice, then as ASPIRE numbers charges."""
        return *invoice_place(self.invoice), self.charge.oid


@dataclass(frozen=True, slots=True)
class Unit:
    """A charge with what rides with it (*Group with Parent Charge*): in the parent's place, paid pro rata together."""

    parent: Charge
    invoice: Invoice
    charges: tuple[OpenCharge, ...]

    @property
    def priority(self) -> float:
        return LAST if self.parent.priority is None else self.parent.priority

    @property
    def due(self) -> date:
        return self.invoice.due_of(self.parent)

    @property
    def place(self) -> tuple[Any, ...]:
        return *invoice_place(self.invoice), self.parent.oid


Layer = tuple[OpenCharge, ...]


def invoice_place(invoice: Invoice) -> tuple[Any, ...]:
    """Invoices from the oldest to the newest."""
    return invoice.due_date, invoice.number, invoice.oid


def layers(method: CashMethod, charges: Iterable[OpenCharge]) -> tuple[Layer, ...]:
    """What is paid first, what next; the order in which the charges are given does not matter."""
    return ORDERS[method](sorted(charges, key=lambda one: one.place))


def units(charges: Sequence[OpenCharge]) -> list[Unit]:
    """Charges in order, each with those that ride with it."""
    found: dict[tuple[int, int], list[OpenCharge]] = {}
    parents: dict[tuple[int, int], Charge] = {}
    for one in charges:
        parent = _parent(one)
        found.setdefault((one.invoice.oid, parent.oid), []).append(one)
        parents[one.invoice.oid, parent.oid] = parent
    return [
        Unit(parents[key], mine[0].invoice, tuple(sorted(mine, key=lambda one: one.charge.oid != key[1])))
        for key, mine in found.items()
    ]


def _parent(one: OpenCharge) -> Charge:
    """The charge of the same invoice that it rides with in the end; itself where there is none, or they go round."""
    by_oid = {charge.oid: charge for charge in one.invoice.charges}
    charge, seen = one.charge, {one.charge.oid}
    while charge.group_with is not None and charge.group_with in by_oid:
        charge = by_oid[charge.group_with]
        if charge.oid in seen:
            return one.charge
        seen.add(charge.oid)
    return charge


def _balance_forward(charges: Sequence[OpenCharge]) -> tuple[Layer, ...]:
    return _sorted(charges, lambda unit: (*invoice_place(unit.invoice), unit.priority, unit.due, unit.place))


def _prorated(charges: Sequence[OpenCharge]) -> tuple[Layer, ...]:
    """Priorities do not count (`aspire-cash-application-method-definitions`), and so nothing rides with anything."""
    return tuple(tuple(mine) for _, mine in groupby(charges, key=lambda one: invoice_place(one.invoice)))


def _priority_post(charges: Sequence[OpenCharge]) -> tuple[Layer, ...]:
    return _sorted(charges, lambda unit: (unit.priority, unit.due, unit.place))


def _oldest_due_by(charges: Sequence[OpenCharge]) -> tuple[Layer, ...]:
    oldest: dict[tuple[float, str], date] = {}
    for unit in units(charges):
        kind = unit.priority, unit.parent.code
        oldest[kind] = min(unit.due, oldest.get(kind, unit.due))

    def place(unit: Unit) -> tuple[Any, ...]:
        code = unit.parent.code
        return unit.priority, oldest[unit.priority, code], code, unit.due, unit.place

    return _sorted(charges, place)


def _sorted(charges: Sequence[OpenCharge], place: Callable[[Unit], tuple[Any, ...]]) -> tuple[Layer, ...]:
    return tuple(unit.charges for unit in sorted(units(charges), key=place))


ORDERS: Mapping[CashMethod, Callable[[Sequence[OpenCharge]], tuple[Layer, ...]]] = {
    CashMethod.BALANCE_FORWARD: _balance_forward,
    CashMethod.BALANCE_FORWARD_PRORATED: _prorated,
    CashMethod.PRIORITY_POST: _priority_post,
    CashMethod.PRIORITY_POST_OLDEST_DUE_BY: _oldest_due_by,
}
