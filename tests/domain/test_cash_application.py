"""The four cash application methods, on the vendor's own examples and at their edges (rule F)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from portal_admin.domain.cash_application import CashApplication, in_window, method_of, split
from portal_admin.domain.cash_order import CashMethod
from portal_admin.errors import CouldNotLook, Refused
from tests.domain.cash_cases import (
    FORWARD,
    NOVEMBER,
    OCTOBER,
    OLDEST,
    PRIORITY,
    PRORATED,
    TODAY,
    TWO,
    TWO_GROUPED,
    applied,
    charge,
    invoice,
    monthly,
    paid,
)

FIRST_WHOLE = [("INV-100", "RENT", "1000.00"), ("INV-100", "TAX", "50.00"), ("INV-100", "LATE", "25.00")]


def by_charge(found: CashApplication) -> dict[tuple[str, str], str]:
    return {(number, code): amount for number, code, amount in paid(found)}


# The vendor's examples: 2,000.00 on two invoices of 1,075.00


def test_that_balance_forward_pays_the_first_whole_and_the_rest_to_the_rent_of_the_second() -> None:
    found = applied(FORWARD, "2000.00", *TWO)
    assert paid(found) == [*FIRST_WHOLE, ("INV-101", "RENT", "925.00")]
    assert found.unapplied == 0
    rent = found.applied[-1]
    assert (rent.open, rent.left, rent.due_date) == (Decimal("1000.00"), Decimal("75.00"), NOVEMBER)


def test_that_prorated_splits_the_second_over_its_charges() -> None:
    found = applied(PRORATED, "2000.00", *TWO)
    assert paid(found) == [
        *FIRST_WHOLE,
        ("INV-101", "RENT", "860.47"),
        ("INV-101", "TAX", "43.02"),
        ("INV-101", "LATE", "21.51"),
    ]
    assert found.unapplied == 0


def test_that_priority_post_pays_all_rents_before_any_tax() -> None:
    found = applied(PRIORITY, "2060.00", *TWO)
    assert paid(found) == [
        ("INV-100", "RENT", "1000.00"),
        ("INV-101", "RENT", "1000.00"),
        ("INV-100", "TAX", "50.00"),
        ("INV-101", "TAX", "10.00"),
    ]


def test_that_priority_post_mixes_codes_of_one_priority_by_age_and_oldest_due_by_does_not() -> None:
    several = (
        invoice(100, OCTOBER, charge(1, "RENT", "100.00", 1)),
        invoice(101, date(2026, 10, 15), charge(2, "FEE", "100.00", 1)),
        invoice(102, NOVEMBER, charge(3, "RENT", "100.00", 1), charge(4, "TAX", "10.00", 2)),
    )
    assert [one[:2] for one in paid(applied(PRIORITY, "305.00", *several))] == [
        ("INV-100", "RENT"),
        ("INV-101", "FEE"),
        ("INV-102", "RENT"),
        ("INV-102", "TAX"),
    ]
    assert paid(applied(OLDEST, "250.00", *several)) == [
        ("INV-100", "RENT", "100.00"),
        ("INV-102", "RENT", "100.00"),
        ("INV-101", "FEE", "50.00"),
    ]


@pytest.mark.parametrize("method", list(CashMethod))
def test_that_more_than_all_open_charges_leaves_unapplied_cash(method: CashMethod) -> None:
    found = applied(method, "2500.00", *TWO)
    assert sum(one.applied for one in found.applied) == Decimal("2150.00")
    assert found.unapplied == Decimal("350.00")
    assert all(one.left == 0 for one in found.portions)


@pytest.mark.parametrize("method", list(CashMethod))
def test_that_without_invoices_all_of_it_is_unapplied_cash(method: CashMethod) -> None:
    found = applied(method, "10.00")
    assert (found.portions, found.unapplied) == ((), Decimal("10.00"))


@pytest.mark.parametrize("method", list(CashMethod))
def test_that_charges_that_get_nothing_are_told_apart(method: CashMethod) -> None:
    found = applied(method, "0.00", *TWO)
    assert found.applied == ()
    assert len(found.portions) == 6


# Group with Parent Charge


def test_that_tax_rides_with_its_rent_pro_rata() -> None:
    found = applied(FORWARD, "2000.00", *TWO_GROUPED)
    assert paid(found)[3:] == [("INV-101", "RENT", "880.95"), ("INV-101", "TAX", "44.05")]


@pytest.mark.parametrize("method", [PRIORITY, OLDEST])
def test_that_tax_is_paid_in_the_place_of_its_rent(method: CashMethod) -> None:
    found = applied(method, "1575.00", *TWO_GROUPED)
    assert paid(found) == [
        ("INV-100", "RENT", "1000.00"),
        ("INV-100", "TAX", "50.00"),
        ("INV-101", "RENT", "500.00"),
        ("INV-101", "TAX", "25.00"),
    ]


def test_that_prorated_splits_over_all_charges_whatever_rides_with_what() -> None:
    assert paid(applied(PRORATED, "2000.00", *TWO_GROUPED)) == paid(applied(PRORATED, "2000.00", *TWO))


def test_that_a_tax_keeps_the_place_of_a_rent_that_is_paid() -> None:
    one = invoice(
        100,
        NOVEMBER,
        charge(1, "RENT", "0.00", 1),
        charge(2, "FEE", "30.00", 2),
        charge(3, "TAX", "50.00", 3, group_with=1),
    )
    assert paid(applied(FORWARD, "60.00", one)) == [("INV-100", "TAX", "50.00"), ("INV-100", "FEE", "10.00")]


def test_that_what_rides_with_what_rides_goes_with_the_first_parent() -> None:
    one = invoice(
        100,
        NOVEMBER,
        charge(1, "RENT", "100.00", 1),
        charge(2, "TAX", "100.00", 9, group_with=1),
        charge(3, "SURTAX", "100.00", 9, group_with=2),
    )
    assert [amount for *_, amount in paid(applied(FORWARD, "150.00", one))] == ["50.00"] * 3


@pytest.mark.parametrize("parent", [3, 77])
def test_that_a_charge_whose_parent_is_not_on_the_invoice_stands_for_itself(parent: int) -> None:
    """77 is nowhere; 3 and 2 ride with each other."""
    one = invoice(
        100,
        NOVEMBER,
        charge(1, "RENT", "100.00", 1),
        charge(2, "TAX", "100.00", 2, group_with=parent),
        charge(3, "FEE", "100.00", 3, group_with=2 if parent == 3 else None),
    )
    assert by_charge(applied(FORWARD, "150.00", one)) == {
        ("INV-100", "RENT"): "100.00",
        ("INV-100", "TAX"): "50.00",
    }


# The window


@pytest.mark.parametrize(
    ("due", "window", "paid_now"),
    [
        (date(2026, 11, 14), 7, True),
        (date(2026, 11, 15), 7, False),  # the article's own example
        (date(2026, 11, 8), 1, True),
        (date(2026, 11, 9), 1, False),
        (date(2026, 11, 8), 0, True),
        (date(2026, 11, 9), 0, False),
        (date(2020, 1, 1), 0, True),
        (date(2036, 1, 1), None, True),
    ],
)
def test_that_the_window_counts_today_as_day_one(due: date, window: int | None, paid_now: bool) -> None:
    assert in_window(due, TODAY, window) is paid_now
    found = applied(FORWARD, "100.00", invoice(100, due, charge(1, "RENT", "60.00", 1)), window_days=window)
    assert found.unapplied == (Decimal("40.00") if paid_now else Decimal("100.00"))
    assert bool(found.beyond_window) is not paid_now


def test_that_the_window_counts_from_the_day_of_the_payment() -> None:
    later = invoice(100, date(2026, 11, 15), charge(1, "RENT", "60.00", 1))
    found = applied(FORWARD, "60.00", later, window_days=7, on=date(2026, 11, 9))
    assert found.unapplied == 0


def test_that_a_paid_invoice_beyond_the_window_is_not_mentioned() -> None:
    later = invoice(100, date(2027, 11, 15), charge(1, "RENT", "0.00", 1))
    assert applied(FORWARD, "60.00", later, window_days=7).beyond_window == ()


# What else is decided


def test_that_a_missing_priority_comes_last() -> None:
    one = invoice(100, NOVEMBER, charge(1, "MISC", "10.00"), charge(2, "RENT", "10.00", 9))
    assert paid(applied(FORWARD, "15.00", one)) == [
        ("INV-100", "RENT", "10.00"),
        ("INV-100", "MISC", "5.00"),
    ]


@pytest.mark.parametrize("method", list(CashMethod))
def test_that_credits_and_paid_charges_get_nothing_and_give_nothing(method: CashMethod) -> None:
    one = invoice(
        100,
        NOVEMBER,
        charge(1, "RENT", "100.00", 1),
        charge(2, "CREDIT", "-40.00", 1),
        charge(3, "TAX", "0.00", 2),
    )
    found = applied(method, "150.00", one)
    assert paid(found) == [("INV-100", "RENT", "100.00")]
    assert found.unapplied == Decimal("50.00")
    assert [one.transaction_code for one in found.credits] == ["CREDIT"]


def test_that_invoices_of_one_day_go_by_number_then_by_charge() -> None:
    twins = (
        invoice(101, NOVEMBER, charge(4, "RENT", "10.00", 1), charge(3, "RENT", "10.00", 1)),
        invoice(100, NOVEMBER, charge(5, "RENT", "10.00", 1)),
    )
    for method in (FORWARD, PRIORITY, OLDEST):
        assert [one.detail_oid for one in applied(method, "30.00", *twins).applied] == [5, 3, 4]


def test_that_a_charge_of_its_own_due_date_counts_by_it() -> None:
    one = invoice(
        100,
        NOVEMBER,
        charge(1, "FEE", "10.00", 1),
        charge(2, "FEE", "10.00", 1, due_date=OCTOBER),
    )
    found = applied(PRIORITY, "15.00", one)
    assert [(p.detail_oid, p.due_date) for p in found.applied] == [(2, OCTOBER), (1, NOVEMBER)]


@pytest.mark.parametrize(
    ("currency", "amount", "shares"),
    [("USD", "0.02", ["0.01", "0.01"]), ("JPY", "2", ["1", "1"]), ("KWD", "0.002", ["0.001", "0.001"])],
)
def test_that_shares_have_the_decimals_of_the_currency(currency: str, amount: str, shares: list[str]) -> None:
    one = invoice(100, NOVEMBER, *(charge(oid, f"C{oid}", "10", 1) for oid in (1, 2, 3)))
    found = applied(PRORATED, amount, one, currency=currency)
    assert [str(portion.applied) for portion in found.applied] == shares


def test_that_more_decimals_than_the_currency_has_are_not_rounded() -> None:
    with pytest.raises(ValueError, match="decimals"):
        applied(FORWARD, "10.00", invoice(100, NOVEMBER, charge(1, "RENT", "10.005", 1)))
    with pytest.raises(ValueError, match="no amount received"):
        applied(FORWARD, "-0.01", monthly(100, NOVEMBER))


@pytest.mark.parametrize(
    ("money", "parts", "shares"),
    [
        (0, [1, 2], [0, 0]),
        (3, [1, 2], [1, 2]),
        (1, [1, 1, 1], [1, 0, 0]),
        (2, [1, 1, 1], [1, 1, 0]),
        (92500, [100000, 5000, 2500], [86047, 4302, 2151]),
        (10, [], []),
        (10, [0, 0], [0, 0]),
    ],
)
def test_that_a_split_gives_the_rest_to_the_largest_remainders(
    money: int, parts: list[int], shares: list[int]
) -> None:
    assert split(money, parts) == shares


@pytest.mark.parametrize("method", list(CashMethod))
def test_that_every_method_has_its_words(method: CashMethod) -> None:
    assert method_of(method.value) is method
    assert method.words.replace(" ", "") == method.value
    assert method.meaning.endswith(".")


def test_that_a_method_of_another_name_is_refused_and_none_is_a_failed_look() -> None:
    with pytest.raises(Refused, match="“Whatever” is none of ASPIRE's four"):
        method_of("Whatever")
    for missing in (None, "", " "):
        with pytest.raises(CouldNotLook):
            method_of(missing)
