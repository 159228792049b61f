"""Writes down what was learned from ASPIRE about a payment, each thing once, and the status that it proves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Connection

from portal_admin.domain.payment_facts import PaymentFacts
from portal_admin.domain.payment_sending_rules import GRACE
from portal_admin.domain.payment_status import status_from
from portal_admin.domain.payments import EventKind, Origin, PaymentStatus, Sending
from portal_admin.services.payments.stored import add_event, move, note_seen

LOST = "The desk that sent it never told what became of it."
# By what two things that were learned are the same one.
IDENTITY = ("alternate_eft_oid", "eft_batch_oid", "payment_oid")


@dataclass(frozen=True, slots=True)
class Lesson:
    """One thing that ASPIRE's records show, when it happened, and what proves it."""

    kind: EventKind
    at: datetime
    evidence: Mapping[str, Any] = field(default_factory=dict)


def learn(connection: Connection, facts: PaymentFacts, *, operator: str) -> tuple[Lesson, ...]:
    """Write what is new, and the status; Conflict when somebody else moved the payment meanwhile."""
    new = tuple(lesson for lesson in lessons(facts) if not _is_known(facts, lesson))
    for lesson in new:
        add_event(
            connection,
            facts.payment.id,
            lesson.kind,
            at=min(lesson.at, facts.now),
            learned_at=facts.now,
            operator=operator,
            evidence=lesson.evidence,
        )
    state, seen = _state(facts), _seen(facts)
    if new or any(getattr(facts.payment, name) != value for name, value in state.items()):
        move(connection, facts.payment, **state, **seen)
    elif seen:
        # Nothing moved, so nobody who has the payment before them needs to look again.
        note_seen(connection, facts.payment, **seen)
    return new


def lessons(facts: PaymentFacts) -> Iterator[Lesson]:
    """Everything that ASPIRE's records show of the payment, in the order in which it happens."""
    status, batch = status_from(facts), facts.batch
    if _is_lost(facts):
        yield Lesson(EventKind.UNKNOWN, facts.now, {"message": LOST})
    for debit in facts.debits:
        evidence = {"alternate_eft_oid": debit.oid, "amount": str(debit.amount), "sec_code": debit.sec_code}
        yield Lesson(EventKind.ALTERNATE_EFT, debit.created_at or facts.now, evidence)
    if batch is not None:
        held = {
            "eft_batch_oid": batch.oid,
            "begin_date": batch.begin_date.isoformat(),
            "end_date": batch.end_date.isoformat(),
        }
        yield Lesson(EventKind.PICKED, batch.posted_at or batch.changed_at or facts.now, held)
        if batch.is_posted:
            posted = batch.posted_at or batch.changed_at or facts.now
            yield Lesson(EventKind.POSTED, posted, held)
            yield Lesson(EventKind.PAID, posted, held)
    for money in facts.postings:
        mine = {"payment_oid": money.oid, "amount": str(money.amount)}
        yield Lesson(EventKind.CONTRACT_POSTED, _start(facts, money.post_date), mine)
        if money.applied:
            lines = [{"invoice_detail_oid": a.detail_oid, "amount": str(a.amount)} for a in money.applied]
            yield Lesson(EventKind.APPLIED, _start(facts, money.post_date), mine | {"applied": lines})
        if money.is_returned:
            back = _start(facts, money.return_date or money.post_date)
            yield Lesson(EventKind.RETURNED, back, mine | {"return_reason": money.return_reason})
    if status is PaymentStatus.CANCELED and facts.debit is not None:
        at = facts.debit.changed_at or facts.now
        yield Lesson(EventKind.CANCELED, at, {"alternate_eft_oid": facts.debit.oid})


def _state(facts: PaymentFacts) -> dict[str, Any]:
    payment = facts.payment
    state: dict[str, Any] = {"status": status_from(facts)}
    if facts.debit is not None and payment.sending is not Sending.SENT:
        state |= {"sending": Sending.SENT}
    if facts.debit is not None and payment.alternate_eft_oid is None:
        state |= {"alternate_eft_oid": facts.debit.oid}
    if _is_lost(facts):
        state |= {"sending": Sending.UNKNOWN}
    return state


def _seen(facts: PaymentFacts) -> dict[str, Any]:
    read = facts.alternate_efts.is_known and not facts.alternate_efts.stored
    return {"followed_at": facts.now} if read else {}


def _is_lost(facts: PaymentFacts) -> bool:
    """Whether a desk began to send it, and was never heard of again."""
    payment, begun = facts.payment, facts.event(EventKind.SENDING)
    return (
        payment.sending is Sending.SENDING
        and payment.origin is Origin.DESK
        and facts.alternate_efts.is_known
        and facts.debit is None
        and begun is not None
        and facts.now >= begun.at + GRACE
    )


def _is_known(facts: PaymentFacts, lesson: Lesson) -> bool:
    if lesson.kind is EventKind.UNKNOWN:
        return False
    return any(
        event.kind is lesson.kind
        and all(event.evidence.get(name) == lesson.evidence.get(name) for name in IDENTITY)
        for event in facts.events
    )


def _start(facts: PaymentFacts, day: date) -> datetime:
    """A day of the company as the instant at which it begins."""
    return datetime.combine(day, time(), tzinfo=facts.zone)
