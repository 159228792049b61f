"""An amount as somebody types it, taken strictly: what could be read in two ways is not read at all."""

from __future__ import annotations

import re
from decimal import Decimal

from portal_admin.domain.money import exponent, to_minor
from portal_admin.errors import InvalidInput

# 1075, 1075.00, 1,075.00 and .5; a comma separates thousands or nothing.
TYPED = re.compile(r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?|\.[0-9]+", re.ASCII)
# Eleven digits, as much as ASPIRE takes as one debit (openapi.yaml).
MOST = Decimal("99999999999.99")
FIELD = "amount"


def amount_typed(typed: str | Decimal) -> Decimal:
    """The amount, more than nothing; InvalidInput for anything else than digits with a decimal point."""
    text = f"{typed:f}" if isinstance(typed, Decimal) else typed
    text = text.strip().removeprefix("$").replace("\N{NO-BREAK SPACE}", "").strip()
    if text.startswith(("-", "\N{MINUS SIGN}", "(")):
        raise InvalidInput("The amount must be more than nothing.", field=FIELD)
    if TYPED.fullmatch(text) is None:
        raise InvalidInput("Type the amount in digits with a decimal point, as 1075.00.", field=FIELD)
    amount = Decimal(text.replace(",", ""))
    if amount <= 0:
        raise InvalidInput("The amount must be more than nothing.", field=FIELD)
    if amount > MOST:
        raise InvalidInput("That is more than ASPIRE takes as one payment.", field=FIELD)
    return amount


def in_currency(amount: Decimal, currency: str) -> Decimal:
    """The amount with the decimals of its currency; InvalidInput when it has more."""
    try:
        to_minor(amount, currency)
    except ValueError as problem:
        decimals = exponent(currency)
        most = "no decimals" if not decimals else f"at most {decimals} decimals"
        raise InvalidInput(f"An amount in {currency} has {most}.", field=FIELD) from problem
    return amount.quantize(Decimal(1).scaleb(-exponent(currency)))
