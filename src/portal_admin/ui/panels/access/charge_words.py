"""Open charges as a cell and in words: what is past due is marked, and what is not known is no zero."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from portal_admin.domain.money import exponent
from portal_admin.services.charges import Charges
from portal_admin.ui.panels.access.words import day, tr
from portal_admin.ui.tables.rows import Cell
from portal_admin.ui.theme import Meaning
from portal_admin.ui.widgets.ages import clock_text

# Before every amount, when sorted: who looks for the largest looks for what is known.
UNKNOWN_SORTS_AS = Decimal(-1)


def money(value: Decimal, currency: str) -> str:
    """An amount with all decimals of its currency."""
    return f"{value:,.{exponent(currency)}f}"


def charge_cell(charges: Charges, *, mixed: bool, now: datetime) -> Cell:
    """What is open on a contract; `mixed` where the currency does not stand in the header."""
    if charges.open is None:
        return Cell(
            tr("not known"),
            Meaning.UNKNOWN,
            "question",
            tooltip=charge_words(charges, now),
            sort=UNKNOWN_SORTS_AS,
        )
    found = charges.open
    shown = money(found.total, found.currency)
    if mixed:
        shown = f"{shown} {found.currency}"
    said = charge_words(charges, now)
    if found.is_past_due:
        return Cell(shown, Meaning.ATTENTION, "warning", tooltip=said, sort=found.total)
    return Cell(shown, tooltip=said, sort=found.total)


def charge_words(charges: Charges, now: datetime) -> str:
    """What is open, what of it is past due since when, and how old that knowledge is."""
    age = _age(charges, now)
    if charges.open is None:
        return f"{charges.problem} {age}".strip()
    found = charges.open
    if not found.total:
        return f"{tr('No open charges.')} {age}".strip()
    said = [
        tr("{amount} {currency} open").format(
            amount=money(found.total, found.currency), currency=found.currency
        )
    ]
    if found.is_past_due:
        said.append(
            tr("{amount} past due since {day}").format(
                amount=money(found.past_due, found.currency), day=day(found.oldest_due)
            )
        )
    elif found.oldest_due is not None:
        said.append(tr("due from {day}").format(day=day(found.oldest_due)))
    return f"{', '.join(said)}. {age}".strip()


def _age(charges: Charges, now: datetime) -> str:
    if charges.as_of is None:
        return ""
    said = tr("Stored {time}, stale.") if charges.stale else tr("Stored {time}.")
    return said.format(time=clock_text(charges.as_of, now))
