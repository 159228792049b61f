"""The state of a payment in a few words, and the sentence to say on the phone; never that money was collected (rule F)."""

from __future__ import annotations

from collections.abc import Mapping

from portal_admin.domain.bank_returns import RETURN_DAYS, banking_days_after, reason_words
from portal_admin.domain.dates import long_day_words
from portal_admin.domain.payment_facts import PaymentFacts
from portal_admin.domain.payment_steps import (
    DONE,
    FAILED,
    OVERDUE,
    UNKNOWN,
    WAITING,
    Step,
    StepKind,
    amount_words,
)
from portal_admin.domain.payments import PaymentStatus

Steps = Mapping[StepKind, Step]

STATUS_WORDS: Mapping[PaymentStatus, str] = {
    PaymentStatus.PENDING: "Waiting to be sent to ASPIRE",
    PaymentStatus.SCHEDULED: "Scheduled in ASPIRE",
    PaymentStatus.PENDING_CANCEL: "Pending Cancel, not confirmed yet",
    PaymentStatus.CANCELED: "Canceled before any batch took it",
    PaymentStatus.PAID: "Sent to the bank, not yet collected",
}


def status_words(steps: Steps, status: PaymentStatus) -> str:
    """What the payment has come to, in words that promise nothing."""
    if steps[StepKind.RETURNED].state is FAILED:
        return "Returned by the bank"
    if steps[StepKind.CONTRACT_POSTED].state is DONE:
        return "Posted to the contract; a return can still follow"
    if steps[StepKind.SENT].state is FAILED:
        return "Refused by ASPIRE, nothing was done"
    if steps[StepKind.SENT].state is UNKNOWN:
        return "It is not known whether ASPIRE has it"
    if steps[StepKind.PICKED].state is FAILED:
        return "Scheduled, but no batch will pick it up by itself"
    if status is PaymentStatus.PAID or steps[StepKind.SENT_TO_BANK].state is DONE:
        return STATUS_WORDS[PaymentStatus.PAID]
    if _is_doubtful(steps):
        return "It cannot be told what became of it"
    return STATUS_WORDS[status]


def phone_sentence(facts: PaymentFacts, steps: Steps, status: PaymentStatus) -> str:
    """What to say to the caller."""
    payment = facts.payment
    what = f"Your payment of {amount_words(facts, payment.amount)} for contract {payment.contract_id}"
    if steps[StepKind.RETURNED].state is FAILED:
        return f"{what} was sent back by the bank{_reason(facts)}, so the amount is open again."
    if steps[StepKind.CONTRACT_POSTED].state is DONE:
        return f"{what} was posted to your contract{_posted_on(facts)}. {_can_come_back(facts, steps)}"
    if steps[StepKind.SENT].state is FAILED:
        return f"{what} was not accepted, and nothing was debited."
    if steps[StepKind.SENT_TO_BANK].state is DONE:
        at = steps[StepKind.SENT_TO_BANK].at
        on = f" on {long_day_words(facts.day(at))}" if at else ""
        return f"{what} was sent to the bank{on}. It is not yet collected. {_can_come_back(facts, steps)}"
    if steps[StepKind.SENT].state is UNKNOWN or _is_doubtful(steps):
        return f"I cannot tell yet what became of {what[0].lower()}{what[1:]}. Please do not make it again until I know."
    return _under_way(facts, steps, status, what)


def _under_way(facts: PaymentFacts, steps: Steps, status: PaymentStatus, what: str) -> str:
    if steps[StepKind.PICKED].state is FAILED:
        return (
            f"{what} is scheduled, but it was left out of the bank's file. We will put that right with you."
        )
    if status is PaymentStatus.CANCELED:
        return f"{what} was cancelled before it was sent to the bank. Nothing was debited for it."
    if status is PaymentStatus.PENDING_CANCEL:
        return f"{what} is being cancelled, which is not confirmed yet."
    if steps[StepKind.PICKED].state is DONE:
        return f"{what} is in the next file for the bank. Nothing has been debited yet."
    if status is PaymentStatus.SCHEDULED or facts.debit is not None:
        day = facts.debit.start_date if facts.debit else facts.payment.pay_on
        late = " It should have gone to the bank already; we are looking into it."
        return f"{what} is scheduled for {long_day_words(day)}.{late if steps[StepKind.PICKED].state is OVERDUE else ''}"
    if steps[StepKind.SENT].state is OVERDUE:
        return f"{what} was received, but has not been passed on in time. We are looking into it; please do not make it again."
    return f"{what} was received and will be scheduled within minutes."


def _is_doubtful(steps: Steps) -> bool:
    """Whether a step decides that nobody can look at now: then the status is only what the portal showed last."""
    if steps[StepKind.SENT].state is WAITING:
        return False
    doubtful = (StepKind.ALTERNATE_EFT, StepKind.PICKED, StepKind.BATCH_POSTED)
    cancel = steps.get(StepKind.CANCEL)
    return any(steps[kind].state is UNKNOWN for kind in doubtful) or (
        cancel is not None and cancel.state is UNKNOWN
    )


def _reason(facts: PaymentFacts) -> str:
    money = facts.posting
    if money is None:
        return ""
    on = f" on {long_day_words(money.return_date)}" if money.return_date else ""
    return f"{on}: {reason_words(money.return_reason)}"


def _posted_on(facts: PaymentFacts) -> str:
    return f" on {long_day_words(facts.posting.post_date)}" if facts.posting else ""


def _can_come_back(facts: PaymentFacts, steps: Steps) -> str:
    at = steps[StepKind.SENT_TO_BANK].at
    day = facts.day(at) if at else facts.posting.post_date if facts.posting else None
    if day is None:
        return "The bank can still send it back."
    until = banking_days_after(day, RETURN_DAYS)
    if facts.today > until:
        return "The bank has not sent it back; a disputed debit still can come back for weeks."
    return f"The bank can still send it back, mostly until about {long_day_words(until)}."
