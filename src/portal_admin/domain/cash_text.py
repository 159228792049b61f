"""A preview as text, to read out on the phone or to put into a mail."""

from __future__ import annotations

from collections.abc import Iterator

from portal_admin.domain.cash_application import Portion
from portal_admin.domain.cash_preview import NO_CHOICE, CashPreview, money_words
from portal_admin.domain.dates import day_words


def preview_text(preview: CashPreview) -> str:
    """The whole preview, line by line."""
    return "\n".join(_lines(preview))


def outcome_words(preview: CashPreview) -> str:
    """What comes of it in one sentence."""
    found = preview.application
    what = money_words(found.amount, preview.currency)
    if not found.applied:
        return f"{what} would pay no charge: all of it would stand as unapplied cash."
    charges = "1 charge" if len(found.applied) == 1 else f"{len(found.applied)} charges"
    rest = money_words(found.unapplied, preview.currency)
    unapplied = f", and {rest} would stand as unapplied cash" if found.unapplied else ""
    partly = [one for one in found.applied if one.left]
    left = sum((one.left for one in found.portions if one.left), start=found.unapplied * 0)
    open_ = f"; {money_words(left, preview.currency)} would stay open" if left else ""
    how = ", some of them in part" if len(partly) > 1 else ", one of them in part" if partly else ""
    if len(found.applied) == 1:
        how = ", in part" if partly else ""
    return f"{what} would pay {charges}{how}{unapplied}{open_}."


def window_words(days: int | None) -> str:
    """The Automatic Cash Application Window for people."""
    if days is None:
        return "No limit: invoices to come are paid, too."
    if days <= 1:
        return "Only what is due by that day is paid."
    return f"{days} days, that day counting as day 1; what is due later is not paid by itself."


def _lines(preview: CashPreview) -> Iterator[str]:
    found = preview.application
    yield f"Contract {preview.contract_id}: {money_words(found.amount, preview.currency)} on {day_words(preview.on)}"
    yield f"{found.method.words}: {found.method.meaning}"
    yield f"Automatic Cash Application Window: {window_words(preview.window_days)}"
    yield ""
    number = None
    for one in sorted(found.applied, key=lambda one: (one.invoice_due, one.invoice)):
        if one.invoice != number:
            number = one.invoice
            yield f"Invoice {number}, due {day_words(one.invoice_due)}"
        yield _portion(one, preview.currency)
    yield outcome_words(preview)
    yield ""
    yield from (caution.sentence for caution in preview.cautions)
    yield NO_CHOICE


def _portion(one: Portion, currency: str) -> str:
    left = f", {money_words(one.left, currency)} left" if one.left else ", paid whole"
    return f"  {one.transaction_code}: {money_words(one.applied, currency)} of {money_words(one.open, currency)}{left}"
