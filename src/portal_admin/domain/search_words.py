"""What somebody typed into the one box: filters, and the text that is left (`searching-for-customer-portal-users`)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

FILTERS = ("email", "contract", "account", "site", "status")
# A filter, then its value: quoted (to the end of the text when the quote is never closed) or up to the next blank.
TOKEN = re.compile(
    rf"""(?<!\S)(?P<filter>{"|".join(FILTERS)}):[ \t]*(?:"(?P<quoted>[^"]*)"?|(?P<plain>[^\s"]\S*))?""",
    re.IGNORECASE,
)
# Of a number of three digits and more, those before the point may be grouped; an id begins with a zero, an amount with none.
AMOUNT = re.compile(
    r"\$?[ ]?(?P<number>(?:[1-9][0-9]{0,2}(?:,[0-9]{3}){1,4}|0|[1-9][0-9]{0,14})(?:\.[0-9]{1,3})?)"
)


@dataclass(frozen=True, slots=True)
class Sought:
    """The text to look for, and what narrows it; several values of one filter are alternatives."""

    text: str = ""
    email: tuple[str, ...] = ()
    contract: tuple[str, ...] = ()
    account: tuple[str, ...] = ()
    site: tuple[str, ...] = ()
    status: tuple[str, ...] = ()

    @property
    def filters(self) -> dict[str, tuple[str, ...]]:
        """The filters that have a value."""
        every = {name: getattr(self, name) for name in FILTERS}
        return {name: values for name, values in every.items() if values}

    @property
    def is_empty(self) -> bool:
        return not self.text and not self.filters


def parse(typed: str) -> Sought:
    """Read `email:`, `contract:`, `account:`, `site:` and `status:`; whatever else stands there is text, taken literally.

    A filter that has no value yet narrows nothing.
    """
    values: dict[str, list[str]] = {name: [] for name in FILTERS}
    for found in TOKEN.finditer(typed):
        value = (found["quoted"] if found["quoted"] is not None else found["plain"] or "").strip()
        if value:
            values[found["filter"].lower()].append(value)
    text = " ".join(TOKEN.sub(" ", typed).split())
    return Sought(text, **{name: tuple(dict.fromkeys(given)) for name, given in values.items()})


def words_typed(text: str) -> list[str]:
    """Its words, without the comma or semicolon that parts one from the next, as in "Olson, Kris"."""
    return [word.strip(",;") or word for word in text.split()]


def amount_of(text: str) -> Decimal | None:
    """The amount that a text says, as "1,075.00", "$1075" or "1075.00"; None for anything else, as for an id with zeros."""
    found = AMOUNT.fullmatch(text.strip())
    if found is None:
        return None
    amount = Decimal(found["number"].replace(",", ""))
    return amount if amount > 0 else None
