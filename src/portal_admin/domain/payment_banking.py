"""The steps of a payment at EFT Generation and the bank; a posted batch alone proves them.

`why-is-the-payment-status-not-updating`, and for what no batch takes `customer-portal-payment-missing-from-eft-file`.
"""

from __future__ import annotations

from portal_admin.domain.bank_returns import banking_day
from portal_admin.domain.payment_facts import PaymentFacts
from portal_admin.domain.payment_pick_up import SOURCE as MISSED_SOURCE
from portal_admin.domain.payment_pick_up import PickUp, outlook, window
from portal_admin.domain.payment_status import SOURCE, is_cancelled
from portal_admin.domain.payment_steps import (
    DONE,
    FAILED,
    NOT_REACHED,
    OVERDUE,
    UNKNOWN,
    WAITING,
    Step,
    StepKind,
    StepState,
    unread,
)
from portal_admin.domain.payments import EventKind, PaymentEvent
from portal_admin.domain.records import EftBatch

NOT_COLLECTED = "Sent to the bank is not collected: a return can follow for days."
STATES = {PickUp.WAITING: WAITING, PickUp.OVERDUE: OVERDUE, PickUp.MISSED: FAILED}


def picked(facts: PaymentFacts, entry: Step) -> Step:
    """Whether a batch took the debit; `entry` is the step of its Alternate EFT."""
    kind, batch = StepKind.PICKED, facts.batch
    if batch is not None:
        found = facts.event(EventKind.PICKED)
        sentence = f"Batch {batch.oid}, which covers {window(batch)}, holds it."
        at = found.at if found else None
        return Step(kind, DONE, sentence, SOURCE, at, None, facts.batches.as_of, _evidence(batch))
    recorded = facts.event(EventKind.PICKED, EventKind.POSTED)
    if recorded is not None and not facts.batches.is_known:
        return _recorded(kind, facts, recorded)
    state, sentence = _not_held(facts, entry)
    source = MISSED_SOURCE if state in (FAILED, OVERDUE) else SOURCE
    return Step(kind, state, sentence, source, as_of=facts.batches.as_of)


def batch_posted(facts: PaymentFacts, before: Step) -> Step:
    """Whether that batch was posted; `before` is the step of its picking."""
    kind, batch = StepKind.BATCH_POSTED, facts.batch
    if batch is not None and batch.is_posted:
        sentence = f"Batch {batch.oid} was posted."
        return Step(
            kind, DONE, sentence, SOURCE, batch.posted_at, None, facts.batches.as_of, _evidence(batch)
        )
    if batch is not None:
        late = facts.today > banking_day(batch.end_date)
        sentence = (
            f"Batch {batch.oid} is generated, but not posted{', though its days are past' if late else ''}."
        )
        return Step(kind, OVERDUE if late else WAITING, sentence, SOURCE, as_of=facts.batches.as_of)
    recorded = facts.event(EventKind.POSTED)
    if recorded is not None and not facts.batches.is_known:
        return _recorded(kind, facts, recorded)
    return _follows(kind, before)


def sent_to_bank(facts: PaymentFacts, before: Step) -> Step:
    """The bank file goes with the posting; `before` is the step of the posting."""
    kind = StepKind.SENT_TO_BANK
    if before.state is not DONE:
        return _follows(kind, before)
    by = f"in the bank file of batch {facts.batch.oid}" if facts.batch else "with the batch that was recorded"
    sentence = f"It went to the bank {by}. {NOT_COLLECTED}"
    return Step(kind, DONE, sentence, SOURCE, before.at, before.on, before.as_of)


def _not_held(facts: PaymentFacts, entry: Step) -> tuple[StepState, str]:
    """What it means that no batch read holds the debit."""
    if is_cancelled(facts):
        return NOT_REACHED, "It was cancelled before any batch took it."
    if entry.state is UNKNOWN:
        return UNKNOWN, "Whether there is an entry to pick up is not known."
    if facts.debit_oid is None:
        return NOT_REACHED, "There is no entry to pick up."
    if not facts.batches.is_known:
        return UNKNOWN, unread("EFT Generation's batches")
    if not facts.batches_complete:
        return (
            UNKNOWN,
            "No batch read holds it, but they were not read far enough back, or not after the entry.",
        )
    if facts.debit is None:
        return UNKNOWN, "No batch holds it so far; whether it still waits for one is not known."
    if facts.postings:
        return UNKNOWN, "ASPIRE posted it to the contract, yet no batch that it lists holds it."
    found = outlook(facts, facts.debit)
    return STATES[found.pick_up], found.reason


def _follows(kind: StepKind, before: Step) -> Step:
    """A step that rests on the one before: unknown where that is unknown, else not reached."""
    if before.state is UNKNOWN:
        return Step(kind, UNKNOWN, "It rests on the step before, which is not known.", SOURCE)
    sentence = "Not yet." if before.state in (WAITING, OVERDUE) else "Not reached."
    return Step(kind, NOT_REACHED, sentence, SOURCE)


def _recorded(kind: StepKind, facts: PaymentFacts, event: PaymentEvent) -> Step:
    """What the portal learned before, where ASPIRE cannot be asked now."""
    sentence = f"Learned from ASPIRE on {facts.when(event.learned_at)}. {unread('The batches now')}"
    return Step(kind, DONE, sentence, SOURCE, at=event.at, as_of=event.learned_at)


def _evidence(batch: EftBatch) -> dict[str, object]:
    return {
        "eft_batch_oid": batch.oid,
        "begin_date": batch.begin_date,
        "end_date": batch.end_date,
        "is_posted": batch.is_posted,
    }
