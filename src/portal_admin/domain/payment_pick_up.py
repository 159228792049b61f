"""Whether EFT Generation will pick up a scheduled debit, and why not (`customer-portal-payment-missing-from-eft-file`).

That an entry which its window left out is never picked up later is inferred [I]: it is told with the way out, and
nothing is done about it by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from portal_admin.domain.bank_returns import banking_day, is_banking_day
from portal_admin.domain.dates import day_words
from portal_admin.domain.payment_facts import PaymentFacts
from portal_admin.domain.records import AlternateEft, EftBatch

SOURCE = "customer-portal-payment-missing-from-eft-file"


class PickUp(StrEnum):
    """WAITING: its day is to come; OVERDUE: it is past and no batch covers it; MISSED: the batches went by without it."""

    WAITING = "waiting"
    OVERDUE = "overdue"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Outlook:
    """What will become of a debit that no batch holds, why, and what may keep it from being picked up."""

    pick_up: PickUp
    reason: str
    caution: str | None = None


def outlook(facts: PaymentFacts, debit: AlternateEft) -> Outlook:
    """For a debit with a payment left that no batch holds; the batches must be known."""
    start = debit.start_date
    batches = sorted(facts.batches.fact or (), key=lambda batch: (batch.begin_date, batch.oid))
    covering = [batch for batch in batches if batch.begin_date <= start <= batch.end_date]
    open_one = next((batch for batch in covering if not batch.is_posted), None)
    if open_one is not None:
        reason = (
            f"Batch {open_one.oid} covers {window(open_one)}, is not posted yet and does not hold it so far."
        )
        return Outlook(PickUp.WAITING, reason, "It must be in that batch before the batch is posted.")
    if covering:
        return Outlook(PickUp.MISSED, _left_out(facts, debit, covering[-1]))
    later = next((batch for batch in batches if batch.begin_date > start), None)
    if later is not None:
        return Outlook(PickUp.MISSED, _before(facts, start, later))
    return _to_come(facts, start)


def window(batch: EftBatch) -> str:
    """`8 Nov 2026 to 9 Nov 2026`."""
    if batch.begin_date == batch.end_date:
        return day_words(batch.begin_date)
    return f"{day_words(batch.begin_date)} to {day_words(batch.end_date)}"


def _left_out(facts: PaymentFacts, debit: AlternateEft, batch: EftBatch) -> str:
    posted = f" on {facts.when(batch.posted_at)}" if batch.posted_at else ""
    reason = f"Batch {batch.oid} covers its start date and was posted{posted} without it."
    if debit.created_at and batch.posted_at and debit.created_at > batch.posted_at:
        reason += f" The entry came into ASPIRE only afterwards, on {facts.when(debit.created_at)}."
    return reason


def _before(facts: PaymentFacts, start: date, later: EftBatch) -> str:
    reason = (
        f"Its start date {day_words(start)} lies before {day_words(later.begin_date)}, when the next batch "
        f"({later.oid}) begins, and no batch covers it."
    )
    if facts.previous_day and not is_banking_day(start):
        return f"{reason} {_weekend(start)}"
    if facts.previous_day:
        return f"{reason} EFT Generation's Previous Day option is on, and it skips weekends."
    if facts.previous_day is None:
        return f"{reason} Whether EFT Generation's Previous Day option is on could not be read."
    return reason


def _weekend(start: date) -> str:
    return (
        f"{day_words(start)} is a {'Saturday' if start.weekday() == 5 else 'Sunday'}, "
        "and EFT Generation's Previous Day option skips weekends."
    )


def _to_come(facts: PaymentFacts, start: date) -> Outlook:
    caution = _weekend(start) if facts.previous_day and not is_banking_day(start) else None
    if facts.today > banking_day(start):
        reason = f"Its start date {day_words(start)} is past, and no batch covers it: EFT Generation has not run for it."
        return Outlook(PickUp.OVERDUE, reason, caution)
    reason = f"It waits for the EFT Generation that covers {day_words(start)}."
    return Outlook(PickUp.WAITING, reason, caution)
