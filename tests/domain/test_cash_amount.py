"""An amount as somebody types it: what could be read in two ways is not read at all."""

from __future__ import annotations

from decimal import Decimal

import pytest

from portal_admin.domain.cash_amount import amount_typed, in_currency
from portal_admin.errors import InvalidInput


@pytest.mark.parametrize(
    "typed",
    [
        *("", ".", "$", "0", "0.00", "-5", "\N{MINUS SIGN}5", "(5)", "1e3", "NaN", "5 USD"),
        *("1,00", "10,00.00", "1.2.3", "100000000000", "\N{ARABIC-INDIC DIGIT ONE}0"),
    ],
)
def test_that_what_is_no_plain_amount_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        amount_typed(typed)
    assert refused.value.field == "amount"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("1075", "1075"),
        ("1,075.00", "1075.00"),
        (" 25 ", "25"),
        ("$.5", "0.5"),
        ("\N{NO-BREAK SPACE}7.25", "7.25"),
        (Decimal("12.30"), "12.30"),
        (Decimal("1E+3"), "1000"),
        ("99999999999.99", "99999999999.99"),
    ],
)
def test_that_a_plain_amount_is_understood(typed: str | Decimal, meant: str) -> None:
    assert amount_typed(typed) == Decimal(meant)


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [("25.5", "USD", "25.50"), ("25.500", "CAD", "25.50"), ("10.00", "JPY", "10"), ("1.5", "KWD", "1.500")],
)
def test_that_an_amount_gets_the_decimals_of_its_currency(amount: str, currency: str, shown: str) -> None:
    assert str(in_currency(Decimal(amount), currency)) == shown


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        ("1.005", "USD", "at most 2 decimals"),
        ("0.5", "JPY", "no decimals"),
        ("1.0005", "KWD", "at most 3 decimals"),
    ],
)
def test_that_more_decimals_than_the_currency_has_are_refused(amount: str, currency: str, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        in_currency(Decimal(amount), currency)
