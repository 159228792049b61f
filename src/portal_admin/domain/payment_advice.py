"""What a rep should know or do about a payment beyond its steps: questions and ways out, never a verdict (rule F)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from portal_admin.domain.bank_returns import reason_advice
from portal_admin.domain.dates import day_words
from portal_admin.domain.payment_banking import NOT_COLLECTED
from portal_admin.domain.payment_facts import PaymentFacts
from portal_admin.domain.payment_pick_up import SOURCE as MISSED_SOURCE
from portal_admin.domain.payment_pick_up import outlook
from portal_admin.domain.payment_sending import CONTRACT_SOURCE, MINUTES, is_late
from portal_admin.domain.payment_status import SOURCE
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
from portal_admin.domain.payments import EventKind, PaymentStatus

Steps = Mapping[StepKind, Step]
WEB = "WEB"


@dataclass(frozen=True, slots=True)
class Advice:
    """One piece of advice: a name for programs, what to know or do, and the article that it rests on."""

    name: str
    sentence: str
    source: str


def advice(facts: PaymentFacts, steps: Steps, proven: PaymentStatus) -> tuple[Advice, ...]:
    """All that is worth saying, the urgent first; `proven` is the status by the evidence."""
    return (
        *_about_sending(facts, steps),
        *_about_debit(facts),
        *_about_pick_up(facts, steps),
        *_about_bank(facts, steps),
        *_about_status(facts, proven),
        *_about_account(facts),
        *_unread(facts),
    )


def _about_sending(facts: PaymentFacts, steps: Steps) -> Iterator[Advice]:
    cancel = steps.get(StepKind.CANCEL)
    if steps[StepKind.SENT].state is UNKNOWN:
        yield Advice(
            "outcome_unknown",
            f"Do not submit it again: look for reference {facts.payment.reference} among the contract's Alternate EFTs first.",
            SOURCE,
        )
    if steps[StepKind.SENT].state is OVERDUE or (cancel is not None and cancel.state is OVERDUE):
        yield Advice(
            "sync_down",
            f"More than {MINUTES} minutes: check under Sync & health, and with the vendor, whether the portal's sync runs.",
            SOURCE,
        )


def _about_debit(facts: PaymentFacts) -> Iterator[Advice]:
    payment, debit = facts.payment, facts.debit
    if len(facts.debits) > 1:
        oids = ", ".join(str(eft.oid) for eft in facts.debits)
        yield Advice(
            "two_debits",
            f"ASPIRE holds {len(facts.debits)} Alternate EFTs for this one payment ({oids}): cancel what is too much.",
            SOURCE,
        )
    if debit is not None and debit.amount != payment.amount:
        yield Advice(
            "amount_differs",
            f"The payment asked for {amount_words(facts, payment.amount)}, ASPIRE holds {amount_words(facts, debit.amount)}.",
            SOURCE,
        )
    if debit is not None and debit.start_date != payment.pay_on:
        yield Advice(
            "date_differs",
            f"The payment asked for {day_words(payment.pay_on)}, ASPIRE holds {day_words(debit.start_date)}.",
            SOURCE,
        )


def _about_pick_up(facts: PaymentFacts, steps: Steps) -> Iterator[Advice]:
    state, debit = steps[StepKind.PICKED].state, facts.debit
    if debit is None or state not in (FAILED, OVERDUE, WAITING):
        return
    if state is not WAITING:
        yield Advice(
            "never_picked" if state is FAILED else "not_picked_yet",
            f"Run EFT Generation with a begin date of {day_words(debit.start_date)} or before, or cancel the payment and "
            "make it again with a date to come.",
            MISSED_SOURCE,
        )
    caution = outlook(facts, debit).caution
    if caution is not None:
        yield Advice("may_be_missed", caution, MISSED_SOURCE)


def _about_bank(facts: PaymentFacts, steps: Steps) -> Iterator[Advice]:
    back = steps[StepKind.RETURNED]
    if back.state is FAILED:
        code = facts.posting.return_reason if facts.posting else back.evidence.get("return_reason")
        yield Advice(
            "returned",
            f"The portal goes on showing Paid: it has no status for a return. {reason_advice(code)}",
            SOURCE,
        )
    elif steps[StepKind.SENT_TO_BANK].state is DONE:
        yield Advice("not_collected", f"The portal's Paid means sent to the bank. {NOT_COLLECTED}", SOURCE)


def _about_status(facts: PaymentFacts, proven: PaymentStatus) -> Iterator[Advice]:
    shown = facts.payment.status
    if shown is PaymentStatus.PAID and facts.posted_batch is None and facts.batches_complete:
        yield Advice(
            "paid_without_batch",
            "The portal shows Paid, but no posted batch read now holds the entry: ask whoever runs EFT Generation.",
            SOURCE,
        )
    if shown is proven:
        return
    since = _changed_at(facts, proven)
    late = since is not None and is_late(facts, since)
    ending = (
        f"which is more than {MINUTES} minutes old: the sync may be down"
        if late
        else f"within {MINUTES} minutes"
    )
    yield Advice(
        "status_late" if late else "status_lags",
        f"The portal shows {shown}; by the evidence it should show {proven}, {ending}.",
        SOURCE,
    )


def _changed_at(facts: PaymentFacts, proven: PaymentStatus) -> datetime | None:
    """When ASPIRE came to what proves the status, None where it does not say."""
    if proven is PaymentStatus.PAID:
        return facts.posted_batch.posted_at if facts.posted_batch else None
    if facts.debit is None:
        refused = facts.event(EventKind.REFUSED)
        return refused.at if refused else None
    return facts.debit.created_at if proven is PaymentStatus.SCHEDULED else facts.debit.changed_at


def _about_account(facts: PaymentFacts) -> Iterator[Advice]:
    code = facts.debit.sec_code if facts.debit else WEB
    if facts.payment.is_business and code.strip().upper() == WEB:
        yield Advice(
            "web_on_business",
            "It goes as WEB, which is by definition for consumer accounts, while this is a business account. Is that "
            "agreed with your bank? A question for whoever answers for bank debits, not a fault of this payment.",
            CONTRACT_SOURCE,
        )


def _unread(facts: PaymentFacts) -> Iterator[Advice]:
    """What could not be looked up, and why, told once for all that failed alike."""
    failed: dict[str, list[str]] = {}
    for what, evidence in (
        ("Alternate EFTs", facts.alternate_efts),
        ("batches of EFT Generation", facts.batches),
        ("payments", facts.received),
        ("invoices", facts.invoices),
    ):
        if not evidence.is_known:
            failed.setdefault(evidence.doubt, []).append(what)
    for reason, names in failed.items():
        listed = f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
        yield Advice("could_not_look", f"ASPIRE's {listed} could not be read. {reason}", SOURCE)
