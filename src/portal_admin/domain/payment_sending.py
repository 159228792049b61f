"""The steps of a payment up to its entry in ASPIRE: requested, sent, Alternate EFT.

The times are those of `why-is-the-payment-status-not-updating`.
"""

from __future__ import annotations

from datetime import datetime

from portal_admin.domain.dates import day_words
from portal_admin.domain.payment_facts import PaymentFacts
from portal_admin.domain.payment_status import SOURCE
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
    amount_words,
    unread,
)
from portal_admin.domain.payments import SENT_WITHIN, EventKind, Origin, PaymentStatus, Sending
from portal_admin.domain.records import AlternateEft

CONTRACT_SOURCE = "can-users-pay-specific-invoices"
MINUTES = int(SENT_WITHIN.total_seconds()) // 60


def requested(facts: PaymentFacts) -> Step:
    """What was asked for, by whom; the payer chose a contract and no invoice."""
    payment = facts.payment
    where = "in the portal" if payment.origin is Origin.PORTAL else "at the desk for the caller"
    account = f" from {payment.bank_account}" if payment.bank_account else ""
    sentence = (
        f"{amount_words(facts, payment.amount)} for contract {payment.contract_id} on {day_words(payment.pay_on)}"
        f"{account}, requested {where} by {payment.requested_by}."
    )
    evidence = {"reference": payment.reference, "contract_id": payment.contract_id, "amount": payment.amount}
    return Step(
        StepKind.REQUESTED, DONE, sentence, CONTRACT_SOURCE, at=payment.requested_at, evidence=evidence
    )


def sent(facts: PaymentFacts) -> Step:
    """Whether the request reached ASPIRE: the entry itself proves it, whatever the portal noted."""
    payment = facts.payment
    tried = facts.event(EventKind.SENDING)
    at = tried.at if tried else None
    if facts.was_sent:
        known = facts.event(EventKind.ALTERNATE_EFT)
        at = at or (facts.debit.created_at if facts.debit else None) or (known.at if known else None)
        return Step(StepKind.SENT, DONE, "ASPIRE took the request.", SOURCE, at=at)
    if payment.sending is Sending.REFUSED:
        return _refused(facts)
    if payment.sending is Sending.UNKNOWN or (
        payment.sending is Sending.SENDING and is_late(facts, at or payment.requested_at)
    ):
        return Step(StepKind.SENT, UNKNOWN, _no_answer(facts), SOURCE, at=at)
    if payment.sending is Sending.SENDING:
        return Step(StepKind.SENT, WAITING, "It is being sent to ASPIRE now.", SOURCE, at=at)
    return _queued(facts)


def alternate_eft(facts: PaymentFacts) -> Step:
    """The entry in ASPIRE; where it cannot be read, what the portal recorded of it."""
    kind, payment, efts = StepKind.ALTERNATE_EFT, facts.payment, facts.alternate_efts
    if facts.debit is not None:
        debit = facts.debit
        evidence = {
            "alternate_eft_oid": debit.oid,
            "amount": debit.amount,
            "payments": debit.payments,
            "payments_processed": debit.payments_processed,
        }
        return Step(
            kind, DONE, _debit_words(facts, debit), SOURCE, debit.created_at, None, efts.as_of, evidence
        )
    if payment.alternate_eft_oid is not None:
        return _remembered(facts, payment.alternate_eft_oid)
    if payment.sending is Sending.REFUSED:
        return Step(kind, NOT_REACHED, "There is none: ASPIRE refused the request.", SOURCE)
    if not efts.is_known:
        return Step(kind, UNKNOWN, unread("The contract's Alternate EFTs"), SOURCE, as_of=efts.as_of)
    none = f"ASPIRE lists no Alternate EFT with reference {payment.reference}"
    state, sentence = _none_listed(facts, none)
    return Step(kind, state, sentence, SOURCE, as_of=efts.as_of)


def is_late(facts: PaymentFacts, since: datetime) -> bool:
    """Whether more than the 15 minutes have gone that each step may take."""
    return facts.now - since > SENT_WITHIN


def _refused(facts: PaymentFacts) -> Step:
    refusal = facts.event(EventKind.REFUSED)
    why = (refusal.evidence.get("message") if refusal else None) or "ASPIRE refused the request."
    return Step(
        StepKind.SENT,
        FAILED,
        f"{why} Nothing was done, and nobody is debited.",
        SOURCE,
        at=refusal.at if refusal else None,
    )


def _no_answer(facts: PaymentFacts) -> str:
    lost = "It was sent, but the answer was lost: whether ASPIRE has it is not known."
    efts = facts.alternate_efts
    if efts.is_known and efts.as_of is not None:
        return f"{lost} ASPIRE listed none with this reference at {facts.when(efts.as_of)}, which proves nothing yet."
    return lost


def _queued(facts: PaymentFacts) -> Step:
    kind, payment = StepKind.SENT, facts.payment
    if payment.status is PaymentStatus.CANCELED and facts.alternate_efts.is_known:
        return Step(kind, NOT_REACHED, "It was cancelled before it was sent.", SOURCE)
    if payment.status is PaymentStatus.CANCELED:
        return Step(kind, UNKNOWN, unread("Whether ASPIRE has it"), SOURCE)
    if not is_late(facts, payment.requested_at):
        sentence = f"It waits to be sent to ASPIRE, which takes up to {MINUTES} minutes."
        return Step(kind, WAITING, sentence, SOURCE)
    minutes = (facts.now - payment.requested_at).total_seconds() // 60
    length = f"{minutes:.0f} minutes" if minutes < 120 else f"{minutes // 60:.0f} hours"
    sentence = (
        f"It has waited {length} to be sent, more than the {MINUTES} it may take: the sync may be down."
    )
    return Step(kind, OVERDUE, sentence, SOURCE)


def _debit_words(facts: PaymentFacts, debit: AlternateEft) -> str:
    words = (
        f"Alternate EFT {debit.oid}: {amount_words(facts, debit.amount)} on {day_words(debit.start_date)}, "
        f"{debit.sec_code}, Payments {debit.payments}, Payments Processed {debit.payments_processed}."
    )
    if facts.alternate_efts.stored:
        words += f" This is the portal's copy; ASPIRE could not be asked: {facts.alternate_efts.doubt}"
    return words


def _remembered(facts: PaymentFacts, oid: int) -> Step:
    """ASPIRE's list without the entry counts only when it is younger than what the portal recorded."""
    recorded, efts = facts.event(EventKind.ALTERNATE_EFT), facts.alternate_efts
    at = recorded.at if recorded else None
    since = recorded.learned_at if recorded else facts.payment.requested_at
    evidence = {"alternate_eft_oid": oid}
    if efts.is_known and efts.as_of is not None and efts.as_of >= since:
        lost = f"ASPIRE no longer lists Alternate EFT {oid}, which the portal recorded for this payment."
        return Step(StepKind.ALTERNATE_EFT, FAILED, lost, SOURCE, at, None, efts.as_of, evidence)
    kept = f"The portal recorded Alternate EFT {oid}. {unread('Its state now')}"
    return Step(StepKind.ALTERNATE_EFT, DONE, kept, SOURCE, at, None, since, evidence)


def _none_listed(facts: PaymentFacts, none: str) -> tuple[StepState, str]:
    payment = facts.payment
    if payment.sending in (Sending.UNKNOWN, Sending.SENDING):
        return UNKNOWN, f"{none} so far."
    if payment.status is PaymentStatus.CANCELED:
        return NOT_REACHED, "There is none: it was cancelled before it was sent."
    if payment.sending is Sending.SENT:
        tried = facts.event(EventKind.SENDING)
        late = is_late(facts, tried.at if tried else payment.requested_at)
        return (OVERDUE if late else WAITING), f"{none}, although the request was sent."
    return NOT_REACHED, f"{none} yet: it comes once the request is sent."
