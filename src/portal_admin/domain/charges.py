"""What is still to be paid on a contract: exact sums over its open invoices.

The portal shows open invoices and lets nobody choose one (`can-users-pay-specific-invoices`), so the sum is over all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, DecimalException
from typing import Any

SOURCE = "can-users-pay-specific-invoices"
NOTHING = Decimal(0)


class UnreadableCharges(ValueError):
    """An invoice holds something that is no amount or no date, so that no sum of them would be true."""


@dataclass(frozen=True, slots=True)
class OpenCharges:
    """Sums of the charges still open, in `currency`; `oldest_due` is the due date of the oldest open invoice.

    `past_due` was due before today, `due` today or before, `total` is everything open, as the portal shows it.
    """

    currency: str
    total: Decimal
    due: Decimal
    past_due: Decimal
    oldest_due: date | None = None

    @property
    def is_past_due(self) -> bool:
        return self.past_due > NOTHING


def open_charges(invoices: Sequence[Mapping[str, Any]], *, currency: str, today: date) -> OpenCharges:
    """What is open on these invoices (ASPIRE's names), judged on the company's own `today`.

    UnreadableCharges when any amount or due date cannot be read: a sum without it would be too small.
    """
    try:
        left = [(date.fromisoformat(one["DueDate"]), _left_of(one)) for one in invoices]
    except (KeyError, TypeError, ValueError, DecimalException) as problem:
        raise UnreadableCharges("an invoice cannot be read") from problem
    still = [(due, amount) for due, amount in left if amount > NOTHING]
    return OpenCharges(
        currency,
        total=_sum(amount for _, amount in still),
        due=_sum(amount for due, amount in still if due <= today),
        past_due=_sum(amount for due, amount in still if due < today),
        oldest_due=min((due for due, _ in still), default=None),
    )


def _left_of(invoice: Mapping[str, Any]) -> Decimal:
    return _sum(_amount(line["CurrentDueAmount"]) for line in invoice["Details"])


def _amount(value: Any) -> Decimal:
    if not isinstance(value, str):
        raise TypeError(value)  # money is a decimal string; a float would not be exact
    amount = Decimal(value)
    if not amount.is_finite():
        raise ValueError(value)
    return amount


def _sum(amounts: Any) -> Decimal:
    return sum(amounts, NOTHING)
