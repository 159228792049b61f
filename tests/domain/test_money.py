from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_admin.domain.money import EXPONENTS, exponent, from_minor, to_minor


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("1075.00", "USD", 107500),
        ("925", "USD", 92500),
        ("0.01", "CAD", 1),
        ("-3.5", "EUR", -350),
        ("0", "USD", 0),
        ("1E+3", "USD", 100000),
        ("1500", "JPY", 1500),
        ("1.234", "KWD", 1234),
        ("99999999999999.99", "USD", 9999999999999999),
        ("10.500", "USD", 1050),
    ],
)
def test_that_amounts_become_whole_minor_units(amount: str, currency: str, minor: int) -> None:
    assert to_minor(Decimal(amount), currency) == minor
    assert from_minor(minor, currency) == Decimal(amount)


@pytest.mark.parametrize(("amount", "currency"), [("1.005", "USD"), ("0.5", "JPY"), ("1.2345", "KWD")])
def test_that_an_amount_with_too_many_decimals_is_never_rounded(amount: str, currency: str) -> None:
    with pytest.raises(ValueError, match="decimals"):
        to_minor(Decimal(amount), currency)


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "-Infinity"])
def test_that_what_is_no_number_is_no_amount(amount: str) -> None:
    with pytest.raises(ValueError):
        to_minor(Decimal(amount), "USD")


def test_that_absent_stays_absent() -> None:
    assert to_minor(None, "USD") is None
    assert from_minor(None, "USD") is None


def test_that_an_amount_shows_all_its_decimals() -> None:
    assert str(from_minor(107500, "USD")) == "1075.00"
    assert str(from_minor(1500, "JPY")) == "1500"


@given(minor=st.integers(-(2**63), 2**63 - 1), currency=st.sampled_from(["USD", *EXPONENTS]))
def test_that_minor_units_survive_the_way_there_and_back(minor: int, currency: str) -> None:
    amount = from_minor(minor, currency)
    assert -amount.as_tuple().exponent == exponent(currency)  # type: ignore[operator]
    assert to_minor(amount, currency) == minor
