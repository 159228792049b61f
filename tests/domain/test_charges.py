"""What is open on a contract: exact sums, the company's own day, and no sum of what cannot be read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_admin.domain.charges import OpenCharges, UnreadableCharges, open_charges

TODAY = date(2026, 11, 21)


def invoice(due: str, *left: str) -> dict[str, Any]:
    return {"DueDate": due, "Details": [{"CurrentDueAmount": amount} for amount in left]}


def sums(*invoices: dict[str, Any]) -> OpenCharges:
    return open_charges(invoices, currency="USD", today=TODAY)


@pytest.mark.parametrize(
    ("due", "is_due", "past_due"),
    [("2026-11-20", "10.50", "10.50"), ("2026-11-21", "10.50", "0"), ("2026-11-22", "0", "0")],
)
def test_that_an_invoice_is_due_on_its_day_and_past_due_the_day_after(
    due: str, is_due: str, past_due: str
) -> None:
    found = sums(invoice(due, "10.00", "0.50"))
    assert found.total == Decimal("10.50")
    assert (found.due, found.past_due) == (Decimal(is_due), Decimal(past_due))
    assert found.is_past_due is (Decimal(past_due) > 0)


def test_that_paid_invoices_count_for_nothing_and_the_oldest_open_one_is_named() -> None:
    found = sums(
        invoice("2026-09-01", "0.00"), invoice("2026-11-01", "1.00"), invoice("2026-12-01", "2.00", "0.05")
    )
    assert found.total == Decimal("3.05")
    assert found.past_due == Decimal("1.00")
    assert found.oldest_due == date(2026, 11, 1)


def test_that_a_credit_is_set_off_within_its_invoice_and_never_against_another() -> None:
    found = sums(invoice("2026-11-01", "10.00", "-4.00"), invoice("2026-12-01", "-7.00"))
    assert found.total == Decimal("6.00")


def test_that_no_invoices_are_no_open_charges() -> None:
    assert sums() == OpenCharges("USD", Decimal(0), Decimal(0), Decimal(0), None)


@pytest.mark.parametrize(
    "broken",
    [
        {"DueDate": "2026-11-01"},
        {"Details": []},
        {"DueDate": "soon", "Details": []},
        {"DueDate": None, "Details": []},
        invoice("2026-11-01", "ten"),
        invoice("2026-11-01", "NaN"),
        {"DueDate": "2026-11-01", "Details": [{"CurrentDueAmount": 10.1}]},
        {"DueDate": "2026-11-01", "Details": [{"CurrentDueAmount": None}]},
    ],
)
def test_that_one_unreadable_invoice_makes_the_sum_unknown(broken: dict[str, Any]) -> None:
    with pytest.raises(UnreadableCharges):
        sums(invoice("2026-11-01", "5.00"), broken)


def test_that_a_record_that_is_no_list_is_unreadable() -> None:
    with pytest.raises(UnreadableCharges):
        open_charges(None, currency="USD", today=TODAY)  # type: ignore[arg-type]


CENTS = st.integers(0, 10**9).map(lambda cents: Decimal(cents).scaleb(-2))
INVOICES = st.lists(
    st.tuples(st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.lists(CENTS, max_size=4)), max_size=12
)


@given(INVOICES)
def test_that_the_sums_are_exact_and_part_of_one_another(drawn: list[tuple[date, list[Decimal]]]) -> None:
    found = sums(*(invoice(due.isoformat(), *map(str, left)) for due, left in drawn))
    assert found.total == sum((sum(left, Decimal(0)) for _, left in drawn), Decimal(0))
    assert Decimal(0) <= found.past_due <= found.due <= found.total
    assert (found.oldest_due is None) == (found.total == 0)
