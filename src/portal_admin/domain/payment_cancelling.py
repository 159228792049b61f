"""The step of a payment that somebody wants cancelled (`why-is-the-payment-status-not-updating`)."""

from __future__ import annotations

from portal_admin.domain.payment_facts import PaymentFacts
from portal_admin.domain.payment_sending import MINUTES, is_late
from portal_admin.domain.payment_status import SOURCE, is_cancelled
from portal_admin.domain.payment_steps import (
    DONE,
    FAILED,
    OVERDUE,
    UNKNOWN,
    WAITING,
    Step,
    StepKind,
    StepState,
    unread,
)
from portal_admin.domain.payments import EventKind, PaymentStatus

ALIKE = "A cancelled and a processed entry look alike (Payments 0); only the batches tell them apart."
CANCELLING = (PaymentStatus.PENDING_CANCEL, PaymentStatus.CANCELED)


def cancel(facts: PaymentFacts) -> Step | None:
    """What became of the wish to cancel; None where nobody had it and nothing shows it."""
    asked = facts.cancel_asked or facts.cancel_refused
    if asked is None and facts.payment.status not in CANCELLING and not is_cancelled(facts):
        return None
    state, sentence = _judged(facts)
    at = asked.at if asked else None
    if state is DONE:
        done = facts.event(EventKind.CANCELED)
        at = (done.at if done else None) or (facts.debit.changed_at if facts.debit else None) or at
    as_of = facts.batches.as_of if facts.debit_oid is not None else facts.alternate_efts.as_of
    return Step(StepKind.CANCEL, state, sentence, SOURCE, at=at, as_of=as_of)


def _judged(facts: PaymentFacts) -> tuple[StepState, str]:
    if facts.posted_batch is not None:
        return FAILED, f"Too late: batch {facts.posted_batch.oid} was posted with it."
    if is_cancelled(facts):
        read = len(facts.batches.fact or ())
        return (
            DONE,
            f"Payments is 0, and none of the {read} batches read holds it: cancelled before any took it.",
        )
    if facts.cancel_refused is not None:
        why = facts.cancel_refused.evidence.get("message") or "ASPIRE refused to cancel it."
        return FAILED, str(why)
    if facts.debit is not None:
        return _of_debit(facts)
    if not facts.alternate_efts.is_known:
        return UNKNOWN, unread("Whether ASPIRE cancelled it")
    if facts.payment.alternate_eft_oid is not None:
        return UNKNOWN, "ASPIRE does not list the entry any more, which proves no cancellation."
    if facts.payment.status is PaymentStatus.CANCELED:
        return DONE, "Cancelled before it was sent to ASPIRE."
    return _pending(facts, "")


def _of_debit(facts: PaymentFacts) -> tuple[StepState, str]:
    if facts.debit is None or facts.debit.payments > 0:
        held = f" Batch {facts.batch.oid}, not posted yet, holds it." if facts.batch else ""
        return _pending(facts, held)
    if facts.batch is not None:
        return UNKNOWN, f"{ALIKE} Batch {facts.batch.oid} holds it and is not posted yet."
    if facts.postings:
        return UNKNOWN, f"{ALIKE} None of those read holds it, yet ASPIRE posted it to the contract."
    if facts.batches.is_known:
        return UNKNOWN, f"{ALIKE} They were not read far enough back, or not after the entry."
    return UNKNOWN, f"{ALIKE} {unread('They')}"


def _pending(facts: PaymentFacts, held: str) -> tuple[StepState, str]:
    asked = facts.cancel_asked
    if asked is None:
        return WAITING, f"ASPIRE has not confirmed it; when it was asked for is not recorded.{held}"
    if is_late(facts, asked.at):
        return (
            OVERDUE,
            f"ASPIRE has not confirmed it within {MINUTES} minutes: the sync may be down.{held}",
        )
    return WAITING, f"ASPIRE has up to {MINUTES} minutes to confirm it.{held}"
