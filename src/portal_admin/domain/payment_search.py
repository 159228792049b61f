"""What somebody typed to find a payment: amounts, days, addresses, references and contract ids, in any order."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

AMOUNT = re.compile(r"[$€£]?(?P<whole>\d{1,3}(,\d{3})+|\d{1,11})(?P<rest>\.\d{1,3})?", re.ASCII)
ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})", re.ASCII)
AMERICAN = re.compile(r"(?P<month>\d{1,2})/(?P<day>\d{1,2})(/(?P<year>\d{4}))?", re.ASCII)
MOST_WORDS = 6


@dataclass(frozen=True, slots=True)
class Word:
    """One word and all that it can mean; `text` begins a reference or an address, or is a contract id."""

    text: str
    amount: Decimal | None = None
    day: date | None = None


def words(typed: str, *, today: date) -> tuple[Word, ...]:
    """The words, each with what it can mean; a day without its year is the last one there was or the one to come soon."""
    return tuple(_word(one, today) for one in typed.split()[:MOST_WORDS])


def _word(text: str, today: date) -> Word:
    return Word(text, _amount(text), _day(text, today))


def _amount(text: str) -> Decimal | None:
    found = AMOUNT.fullmatch(text)
    if found is None:
        return None
    return Decimal(found["whole"].replace(",", "") + (found["rest"] or ""))


def _day(text: str, today: date) -> date | None:
    found = ISO.fullmatch(text) or AMERICAN.fullmatch(text)
    if found is None:
        return None
    year = found["year"]
    try:
        if year is not None:
            return date(int(year), int(found["month"]), int(found["day"]))
        near = [date(today.year + more, int(found["month"]), int(found["day"])) for more in (-1, 0, 1)]
    except ValueError:
        return None
    return min(near, key=lambda one: abs((one - today).days))
