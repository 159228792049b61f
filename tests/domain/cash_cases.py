"""Open invoices as the vendor's articles show them, and what an application of money comes to."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from portal_admin.domain.cash_application import CashApplication, apply_cash
from portal_admin.domain.cash_order import CashMethod
from portal_admin.domain.invoices import Charge, Invoice

FORWARD, PRORATED, PRIORITY, OLDEST = CashMethod
TODAY = date(2026, 11, 8)


def charge(oid: int, code: str, open_: str, priority: int | None = None, **different: Any) -> Charge:
    return Charge(oid, code, Decimal(open_), Decimal(open_), priority, **different)


def invoice(oid: int, due: date, *charges: Charge) -> Invoice:
    return Invoice(oid, f"INV-{oid}", due, charges)


def monthly(oid: int, due: date, *, grouped: bool = False) -> Invoice:
    """1,075.00: rent 1,000, tax 50, late fee 25."""
    rent, tax, late = oid * 10 + 1, oid * 10 + 2, oid * 10 + 3
    return invoice(
        oid,
        due,
        charge(rent, "RENT", "1000.00", 1),
        charge(tax, "TAX", "50.00", 2, group_with=rent if grouped else None),
        charge(late, "LATE", "25.00", 3),
    )


OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
TWO = (monthly(100, OCTOBER), monthly(101, NOVEMBER))
TWO_GROUPED = (monthly(100, OCTOBER, grouped=True), monthly(101, NOVEMBER, grouped=True))


def applied(
    method: CashMethod, amount: str, *invoices: Invoice, currency: str = "USD", **different: Any
) -> CashApplication:
    return apply_cash(
        method=method,
        invoices=invoices,
        amount=Decimal(amount),
        currency=currency,
        **{"on": TODAY, **different},
    )


def paid(found: CashApplication) -> list[tuple[str, str, str]]:
    """Invoice, transaction code and amount of each charge that gets something, in order."""
    return [(one.invoice, one.transaction_code, str(one.applied)) for one in found.applied]
