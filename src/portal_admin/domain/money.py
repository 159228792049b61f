"""Money between decimals, as people and ASPIRE write it, and whole minor units, as the database keeps it."""

from __future__ import annotations

from decimal import Decimal
from typing import overload

# ISO 4217 currencies whose minor unit is not a hundredth.
EXPONENTS = {
    "JPY": 0,
    "KRW": 0,
    "CLP": 0,
    "ISK": 0,
    "VND": 0,
    "BHD": 3,
    "JOD": 3,
    "KWD": 3,
    "OMR": 3,
    "TND": 3,
}


def exponent(currency: str) -> int:
    """How many decimals the currency has."""
    return EXPONENTS.get(currency, 2)


@overload
def to_minor(amount: Decimal, currency: str) -> int: ...
@overload
def to_minor(amount: None, currency: str) -> None: ...
def to_minor(amount: Decimal | None, currency: str) -> int | None:
    """The amount in minor units; ValueError when it is no number or has more decimals than the currency."""
    if amount is None:
        return None
    if not amount.is_finite():
        raise ValueError(f"{amount} is no amount")
    scaled = amount.scaleb(exponent(currency))
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{amount} has more decimals than {currency} knows")
    return int(scaled)


@overload
def from_minor(minor: int, currency: str) -> Decimal: ...
@overload
def from_minor(minor: None, currency: str) -> None: ...
def from_minor(minor: int | None, currency: str) -> Decimal | None:
    """The amount of so many minor units, with all its decimals."""
    return None if minor is None else Decimal(minor).scaleb(-exponent(currency))
