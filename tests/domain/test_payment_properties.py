"""Whatever ASPIRE says: what cannot be read never becomes a no, and nothing is done without proof of its own (rule F)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from portal_admin.domain.payment_facts import PaymentFacts
from portal_admin.domain.payment_status import status_from
from portal_admin.domain.payment_steps import StepKind
from portal_admin.domain.payment_timeline import timeline
from portal_admin.domain.payments import EventKind, PaymentStatus, Sending
from tests.domain.payment_cases import (
    ASKED,
    DONE,
    FAILED,
    INVOICE,
    NOT_REACHED,
    NOW,
    OVERDUE,
    TUESDAY,
    UNKNOWN,
    UNREAD,
    WAITING,
    batch,
    came_back,
    eft,
    event,
    facts,
    known,
    payment,
    pending,
    received,
    spent,
    unposted,
)

NO_PROOF = {"alternate_efts", "batches", "received", "invoices"}
DECIDED = frozenset({DONE, FAILED, NOT_REACHED})

payments = st.one_of(
    st.builds(payment, status=st.sampled_from(PaymentStatus)),
    st.builds(pending, sending=st.sampled_from([Sending.QUEUED, Sending.SENDING, Sending.UNKNOWN])),
)
entries = st.sampled_from(
    [(), (eft(),), (eft(start_date=TUESDAY - timedelta(days=3)),), (spent(),), (eft(), eft(oid=8))]
)
batches = st.sampled_from(
    [(), (batch(),), (unposted(),), (batch(alternate_eft_oids=()),), (batch(3), unposted(4))]
)
money = st.sampled_from([(), (received(),), (came_back(),), (received(applied=None),)])
wishes = st.sampled_from(
    [(), (EventKind.CANCEL_REQUESTED,), (EventKind.CANCEL_REQUESTED, EventKind.CANCEL_REFUSED)]
)


@st.composite
def situations(draw: st.DrawFn) -> PaymentFacts:
    """Facts that were all read; a posted batch that holds the entry leaves none of it, and only then is there money."""
    held, found = draw(batches), draw(entries)
    gone = any(one.is_posted and one.alternate_eft_oids for one in held)
    return facts(
        draw(payments),
        events=tuple(event(kind, ASKED) for kind in draw(wishes)),
        alternate_efts=known(*((spent(), *found[1:]) if gone else found)),
        batches=known(*held),
        received=known(*(draw(money) if gone else ())),
        invoices=known(INVOICE),
        now=ASKED + draw(st.sampled_from([timedelta(minutes=5), timedelta(hours=3), timedelta(days=2)])),
        previous_day=draw(st.sampled_from([True, False, None])),
    )


def without(of: PaymentFacts, names: set[str]) -> PaymentFacts:
    changes: dict[str, Any] = dict.fromkeys(names, UNREAD)
    return replace(of, **changes)


@given(situations(), st.sets(st.sampled_from(sorted(NO_PROOF))))
def test_that_a_fact_that_is_missing_never_decides_anything(of: PaymentFacts, missing: set[str]) -> None:
    whole = {step.kind: step for step in timeline(of).steps}
    for step in timeline(without(of, missing)).steps:
        if step.state not in DECIDED or step.kind not in whole:
            continue
        before = whole[step.kind].state
        assert step.state is before or before is UNKNOWN or _recorded(of, step.kind), (step, before)


def _recorded(of: PaymentFacts, kind: StepKind) -> bool:
    """What the portal recorded of ASPIRE's own word may stand where its list now would say more."""
    if kind is StepKind.CANCEL:
        return of.cancel_refused is not None
    return kind is StepKind.ALTERNATE_EFT and of.payment.alternate_eft_oid is not None


@given(situations(), st.sets(st.sampled_from(sorted(NO_PROOF))))
def test_that_without_proof_the_portal_keeps_its_status(of: PaymentFacts, missing: set[str]) -> None:
    found = status_from(without(of, missing))
    assert found in (of.payment.status, status_from(of)) or "received" in missing
    if {"alternate_efts", "batches"} <= missing:
        assert found is of.payment.status


@given(situations(), st.sets(st.sampled_from(sorted(NO_PROOF))))
def test_that_nothing_is_done_after_an_unknown_step_but_by_its_own_proof(
    of: PaymentFacts, missing: set[str]
) -> None:
    facts_left = without(of, missing)
    found = timeline(facts_left)
    if found.step(StepKind.PICKED).state is not DONE:
        assert found.step(StepKind.BATCH_POSTED).state is not DONE
        assert found.step(StepKind.SENT_TO_BANK).state is not DONE
    if found.step(StepKind.CONTRACT_POSTED).state is DONE:
        assert facts_left.postings
    if found.step(StepKind.BATCH_POSTED).state is DONE:
        assert facts_left.posted_batch is not None


@given(situations())
def test_that_paid_and_canceled_rest_on_batches_alone(of: PaymentFacts) -> None:
    found = status_from(of)
    if found is PaymentStatus.PAID and of.payment.status is not PaymentStatus.PAID:
        assert of.posted_batch is not None
    if found is PaymentStatus.CANCELED and of.payment.status is not PaymentStatus.CANCELED:
        assert of.batches_complete
        assert not of.holding


@given(situations(), st.sets(st.sampled_from(sorted(NO_PROOF))))
def test_that_every_step_comes_once_and_in_order(of: PaymentFacts, missing: set[str]) -> None:
    kinds = [step.kind for step in timeline(without(of, missing)).steps]
    order = [kind for kind in StepKind if kind in kinds]
    assert kinds == order
    assert set(StepKind) - set(kinds) <= {StepKind.CANCEL}


@given(situations())
def test_that_overdue_is_only_what_could_still_come(of: PaymentFacts) -> None:
    found = timeline(of)
    late = [step for step in found.steps if step.state in (OVERDUE, WAITING)]
    assert all(step.sentence for step in late)
    if of.now <= NOW and found.step(StepKind.SENT).state is OVERDUE:
        assert of.now - of.payment.requested_at > timedelta(minutes=15)
