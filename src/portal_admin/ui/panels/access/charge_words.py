"""Open charges as a cell and in words: what is past due is marked, and what is not known is no zero."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from portal_admin.domain.charges import OpenCharges
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


def charge_cell(charges: Charges, *, mixed: bool, now: datetime, live: Charges | None = None) -> Cell:
    """What is open on a contract; `mixed` where the currency does not stand in the header.

    The amount is the portal's; what ASPIRE says now, where it was asked, marks it as different.
    """
    said = charge_words(charges, now)
    shown = charges.open
    mark: tuple[Meaning | None, str | None] = None, None
    if shown is not None and shown.is_past_due:
        mark = Meaning.ATTENTION, "warning"
    if live is not None:
        said = f"{said}\n{_live_words(live, charges, now)}"
    if live is not None and live.open is not None:
        if shown is None:
            shown, mark = live.open, (Meaning.ATTENTION, "database")
        elif shown != live.open:
            mark = Meaning.BAD, "differ"
    if shown is None:
        return Cell(tr("not known"), Meaning.UNKNOWN, "question", tooltip=said, sort=UNKNOWN_SORTS_AS)
    text = money(shown.total, shown.currency)
    if mixed:
        text = f"{text} {shown.currency}"
    return Cell(text, mark[0], mark[1], tooltip=said, sort=shown.total)


def charge_words(charges: Charges, now: datetime) -> str:
    """What is open, what of it is past due since when, and how old that knowledge is."""
    age = _age(charges, now)
    if charges.open is None:
        return f"{charges.problem} {age}".strip()
    return f"{_open_words(charges.open)} {age}".strip()


def _open_words(found: OpenCharges) -> str:
    if not found.total:
        return tr("No open charges.")
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
    return f"{', '.join(said)}."


def _live_words(live: Charges, stored: Charges, now: datetime) -> str:
    """What ASPIRE says: the same, or what else, or why it could not be asked."""
    when = clock_text(live.as_of or now, now)
    if live.open is None:
        return tr("Not compared with ASPIRE: {why}").format(why=live.problem)
    if live.open == stored.open:
        return tr("ASPIRE says the same, live {time}.").format(time=when)
    said = _open_words(live.open)
    return tr("ASPIRE says now, live {time}: {charges}").format(time=when, charges=said)


def _age(charges: Charges, now: datetime) -> str:
    if charges.as_of is None:
        return ""
    said = tr("Stored {time}, stale.") if charges.stale else tr("Stored {time}.")
    return said.format(time=clock_text(charges.as_of, now))
