"""What money received would pay, charge by charge and exact to the cent (`cash-application-methods`).

What no charge takes goes to unapplied cash. All sums are whole minor units; a pro rata split gives each charge its
share rounded down, and the units left to the largest remainders.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from portal_admin.domain.cash_order import SOURCE, CashMethod, Layer, OpenCharge, invoice_place, layers
from portal_admin.domain.invoices import Invoice
from portal_admin.domain.money import from_minor, to_minor
from portal_admin.errors import CouldNotLook, Refused

WINDOW_SOURCE = "automatic-cash-application-window"


@dataclass(frozen=True, slots=True)
class Portion:
    """One charge: what was open, what is applied to it, what is left."""

    invoice: str
    invoice_due: date
    due_date: date
    transaction_code: str
    detail_oid: int
    open: Decimal
    applied: Decimal

    @property
    def left(self) -> Decimal:
        return self.open - self.applied


@dataclass(frozen=True, slots=True)
class CashApplication:
    """`portions` are all charges that could be paid, in the order in which they are; the rest is unapplied cash.

    `beyond_window` are open invoices that are due too late, `credits` charges below nothing, which money never pays.
    """

    method: CashMethod
    currency: str
    amount: Decimal
    portions: tuple[Portion, ...]
    unapplied: Decimal
    beyond_window: tuple[Invoice, ...] = ()
    credits: tuple[Portion, ...] = ()

    @property
    def applied(self) -> tuple[Portion, ...]:
        """The charges that get something."""
        return tuple(one for one in self.portions if one.applied)


def method_of(name: str | None) -> CashMethod:
    """ASPIRE's name of a method; CouldNotLook when it says none, Refused when it is none that is known."""
    if not (name or "").strip():
        raise CouldNotLook("ASPIRE does not say which cash application method the contract has.")
    try:
        return CashMethod((name or "").strip())
    except ValueError as problem:
        raise Refused(
            f"The contract's cash application method “{name}” is none of ASPIRE's four, so what a payment would pay "
            "cannot be told here. Look at its set-up in ASPIRE.",
            rule="cash_application_method",
            source=SOURCE,
            title="Cannot preview this method",
        ) from problem


def apply_cash(
    *,
    method: CashMethod,
    invoices: Iterable[Invoice],
    amount: Decimal,
    currency: str,
    on: date,
    window_days: int | None = None,
) -> CashApplication:
    """Spread an amount received `on` a day over the open charges; ValueError for money the currency does not know."""
    everything = tuple(invoices)
    within = [invoice for invoice in everything if in_window(invoice.due_date, on, window_days)]
    money = to_minor(amount, currency)
    if money < 0:
        raise ValueError(f"{amount} is no amount received")
    portions: list[Portion] = []
    for layer in layers(method, open_charges(within, currency)):
        shares = split(min(money, sum(one.open for one in layer)), [one.open for one in layer])
        money -= sum(shares)
        portions += _portions(layer, shares, currency)
    later = [invoice for invoice in everything if not in_window(invoice.due_date, on, window_days)]
    beyond = [invoice for invoice in later if any(open_charges([invoice], currency))]
    return CashApplication(
        method,
        currency,
        amount,
        tuple(portions),
        from_minor(money, currency),
        tuple(sorted(beyond, key=invoice_place)),
        _credits(everything, currency),
    )


def in_window(due: date, on: date, window_days: int | None) -> bool:
    """Posted 11/8 with window 7, what is due 11/15 is not paid: the day itself is day 1; no window is no limit.

    It limits future invoices only (`automatic-cash-application-window`): what is due by that day is always paid.
    """
    return window_days is None or due <= on or (due - on).days + 1 <= window_days


def open_charges(invoices: Iterable[Invoice], currency: str) -> Iterable[OpenCharge]:
    """The charges of which something is open; credits and what is paid are none."""
    for invoice in invoices:
        for charge in invoice.charges:
            minor = to_minor(charge.current, currency)
            if minor > 0:
                yield OpenCharge(invoice, charge, minor)


def split(money: int, parts: Sequence[int]) -> list[int]:
    """Money, not more than the parts' sum, pro rata over them: shares rounded down, the rest to the largest remainders.

    Of equal remainders the earlier part gets it; nothing ever gets more than its part.
    """
    total = sum(parts)
    if total == 0:
        return [0] * len(parts)
    shares = [money * part // total for part in parts]
    by_remainder = sorted(range(len(parts)), key=lambda place: (-(money * parts[place] % total), place))
    for place in by_remainder[: money - sum(shares)]:
        shares[place] += 1
    return shares


def _portions(layer: Layer, shares: Sequence[int], currency: str) -> list[Portion]:
    return [_portion(one, share, currency) for one, share in zip(layer, shares, strict=True)]


def _portion(one: OpenCharge, share: int, currency: str) -> Portion:
    return Portion(
        one.invoice.number,
        one.invoice.due_date,
        one.invoice.due_of(one.charge),
        one.charge.code,
        one.charge.oid,
        from_minor(one.open, currency),
        from_minor(share, currency),
    )


def _credits(invoices: Iterable[Invoice], currency: str) -> tuple[Portion, ...]:
    return tuple(
        _portion(OpenCharge(invoice, charge, to_minor(charge.current, currency)), 0, currency)
        for invoice in invoices
        for charge in invoice.charges
        if charge.current < 0
    )
