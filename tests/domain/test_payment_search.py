"""What somebody types to find a payment, and what each word can mean."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_admin.domain.payment_search import MOST_WORDS, Word, words

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("250", "250"),
        ("250.00", "250.00"),
        ("$1,075.50", "1075.50"),
        ("0012", "0012"),
        ("1,07", None),
        ("12.3456", None),
        ("P-0007", None),
        ("-5", None),
        ("١٢", None),
    ],
)
def test_that_an_amount_is_known_by_its_form(typed: str, amount: str | None) -> None:
    (word,) = words(typed, today=TODAY)
    assert word.amount == (None if amount is None else Decimal(amount))


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2026-11-09", date(2026, 11, 9)),
        ("11/9", date(2026, 11, 9)),
        ("11/9/2025", date(2025, 11, 9)),
        ("1/5", date(2027, 1, 5)),
        ("2026-13-01", None),
        ("2/30", None),
        ("2/29", None),
        ("2/29/2024", date(2024, 2, 29)),
        ("11-9", None),
    ],
)
def test_that_a_day_without_its_year_is_the_nearest(typed: str, day: date | None) -> None:
    (word,) = words(typed, today=TODAY)
    assert word.day == day


def test_that_words_keep_their_order_and_are_not_endless() -> None:
    assert words("  250   P-1 ", today=TODAY) == (Word("250", amount=Decimal(250)), Word("P-1"))
    assert len(words("a " * 50, today=TODAY)) == MOST_WORDS


@given(st.text(max_size=60))
def test_that_nothing_that_can_be_typed_breaks_it(typed: str) -> None:
    for word in words(typed, today=TODAY):
        assert word.text
        assert word.amount is None or word.amount.is_finite()
