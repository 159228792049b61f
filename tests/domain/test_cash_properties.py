"""Whatever is open and whatever is paid: the sums hold, and no charge gets more than its own (rule F)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from portal_admin.domain.cash_application import CashApplication, apply_cash, in_window
from portal_admin.domain.cash_order import CashMethod
from portal_admin.domain.invoices import Charge, Invoice
from tests.domain.cash_cases import FORWARD, OLDEST, PRIORITY, PRORATED, TODAY

CENT = Decimal("0.01")
methods = st.sampled_from(CashMethod)
amounts = st.integers(0, 900_000).map(lambda cents: Decimal(cents) / 100)
windows = st.one_of(st.none(), st.integers(0, 60))
opens = st.one_of(st.integers(-5000, 120_000), st.sampled_from([0, 1, 2, 100_000])).map(
    lambda cents: Decimal(cents) / 100
)


@st.composite
def bills(draw: st.DrawFn) -> tuple[Invoice, ...]:
    """Up to five invoices of up to five charges, some riding with others."""
    found, oid = [], 0
    for number in range(draw(st.integers(0, 5))):
        charges: list[Charge] = []
        for _ in range(draw(st.integers(0, 5))):
            oid += 1
            ridden = [None, *(charge.oid for charge in charges)]
            charges.append(
                Charge(
                    oid,
                    draw(st.sampled_from(["RENT", "TAX", "LATE", "FEE"])),
                    Decimal(1000),
                    draw(opens),
                    draw(st.sampled_from([None, 1, 1, 2, 3])),
                    group_with=draw(st.sampled_from(ridden)),
                )
            )
        due = TODAY + timedelta(days=draw(st.integers(-90, 60)))
        found.append(Invoice(number + 1, f"INV-{number}", due, tuple(charges)))
    return tuple(found)


def spread(
    method: CashMethod, invoices: tuple[Invoice, ...], amount: Decimal, window: int | None = None
) -> CashApplication:
    return apply_cash(
        method=method, invoices=invoices, amount=amount, currency="USD", on=TODAY, window_days=window
    )


@given(methods, bills(), amounts, windows)
def test_that_applied_and_unapplied_are_the_amount_and_nothing_is_over_applied(
    method: CashMethod, invoices: tuple[Invoice, ...], amount: Decimal, window: int | None
) -> None:
    found = spread(method, invoices, amount, window)
    applied = sum((one.applied for one in found.portions), Decimal(0))
    assert applied + found.unapplied == amount
    assert all(0 <= one.applied <= one.open and one.left >= 0 for one in found.portions)
    if found.unapplied:
        assert all(one.left == 0 for one in found.portions), "money is left only where nothing is open"


@given(methods, bills(), amounts, windows)
def test_that_every_open_charge_in_the_window_stands_there_once(
    method: CashMethod, invoices: tuple[Invoice, ...], amount: Decimal, window: int | None
) -> None:
    found = spread(method, invoices, amount, window)
    expected = {
        charge.oid: charge.current
        for invoice in invoices
        if in_window(invoice.due_date, TODAY, window)
        for charge in invoice.charges
        if charge.current > 0
    }
    assert len(found.portions) == len(expected)
    assert {one.detail_oid: one.open for one in found.portions} == expected
    assert {one.detail_oid for one in found.credits} == {
        charge.oid for invoice in invoices for charge in invoice.charges if charge.current < 0
    }


@given(methods, bills(), amounts, windows, st.randoms(use_true_random=False))
def test_that_the_order_in_which_aspire_lists_them_does_not_matter(
    method: CashMethod, invoices: tuple[Invoice, ...], amount: Decimal, window: int | None, random: object
) -> None:
    mixed = [
        Invoice(one.oid, one.number, one.due_date, tuple(random.sample(one.charges, len(one.charges))))  # type: ignore[attr-defined]
        for one in random.sample(invoices, len(invoices))  # type: ignore[attr-defined]
    ]
    assert spread(method, tuple(mixed), amount, window).portions == (
        spread(method, invoices, amount, window).portions
    )


@given(st.sampled_from([FORWARD, PRORATED]), bills(), amounts)
def test_that_balance_forward_pays_no_invoice_before_an_older_one_is_whole(
    method: CashMethod, invoices: tuple[Invoice, ...], amount: Decimal
) -> None:
    found = spread(method, invoices, amount)
    dates = [one.invoice_due for one in found.portions]
    assert dates == sorted(dates)
    newest = max((one.invoice_due for one in found.applied), default=date.min)
    assert all(one.left == 0 for one in found.portions if one.invoice_due < newest)


@given(st.sampled_from([PRIORITY, OLDEST]), bills(), amounts)
def test_that_priority_post_pays_no_charge_before_those_of_a_higher_priority(
    method: CashMethod, invoices: tuple[Invoice, ...], amount: Decimal
) -> None:
    alone = tuple(
        Invoice(
            one.oid,
            one.number,
            one.due_date,
            tuple(Charge(c.oid, c.code, c.original, c.current, c.priority) for c in one.charges),
        )
        for one in invoices
    )
    priority = {charge.oid: charge.priority or 99 for one in alone for charge in one.charges}
    found = spread(method, alone, amount)
    order = [priority[one.detail_oid] for one in found.portions]
    assert order == sorted(order)
    lowest = max((priority[one.detail_oid] for one in found.applied), default=0)
    assert all(one.left == 0 for one in found.portions if priority[one.detail_oid] < lowest)


@given(bills(), amounts)
def test_that_a_pro_rata_share_is_within_a_cent(invoices: tuple[Invoice, ...], amount: Decimal) -> None:
    found = spread(PRORATED, invoices, amount)
    for number in {one.invoice for one in found.portions}:
        mine = [one for one in found.portions if one.invoice == number]
        given_, total = sum(one.applied for one in mine), sum(one.open for one in mine)
        assert all(abs(one.applied - given_ * one.open / total) < CENT for one in mine)


@given(st.sampled_from([FORWARD, PRIORITY, OLDEST]), bills(), amounts)
def test_that_what_rides_together_is_paid_in_one_ratio_within_a_cent(
    method: CashMethod, invoices: tuple[Invoice, ...], amount: Decimal
) -> None:
    portions = {one.detail_oid: one for one in spread(method, invoices, amount).portions}
    for invoice in invoices:
        by_oid = {charge.oid: charge for charge in invoice.charges}
        for charge in invoice.charges:
            child, parent = portions.get(charge.oid), portions.get(charge.group_with or 0)
            if child is not None and parent is not None and charge.group_with in by_oid:
                ratio = parent.applied / parent.open
                slack = CENT * (1 + child.open / parent.open)
                assert abs(child.applied - ratio * child.open) <= slack


@given(methods, bills(), amounts, amounts)
def test_that_more_money_never_pays_a_charge_less_by_more_than_a_cent(
    method: CashMethod, invoices: tuple[Invoice, ...], first: Decimal, more: Decimal
) -> None:
    less = {one.detail_oid: one.applied for one in spread(method, invoices, first).portions}
    greater = {one.detail_oid: one.applied for one in spread(method, invoices, first + more).portions}
    assert all(greater[oid] >= applied - CENT for oid, applied in less.items())
