"""What is learned of payments: followed by sync, traced on demand, and cancelled only before they are picked up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from portal_admin.domain.payment_cancel_rules import Way
from portal_admin.domain.payment_steps import StepKind, StepState
from portal_admin.domain.payments import PaymentStatus, Sending
from portal_admin.errors import (
    AspireOutcomeUnknown,
    AspireRefused,
    Conflict,
    CouldNotLook,
    NotFound,
    Refused,
    SwitchedOff,
)
from portal_admin.sandbox.server import Sandbox
from portal_admin.services.desk import Desk
from portal_admin.services.payments.cancel import cancel, preview_cancel
from portal_admin.services.payments.follow import follow
from portal_admin.services.payments.submit import resume
from portal_admin.services.payments.trace import trace
from portal_admin.services.site_policy import set_policy
from portal_admin.services.sync import sync
from tests.fixtures.desk import NOW, Clock
from tests.services.filled import audit_rows
from tests.services.payments.paying import (
    BLIND,
    LOST,
    NEVER_ARRIVED,
    Killed,
    debits,
    killed_after,
    kinds,
    only_payment,
    pay,
    portal_payment,
    stored,
)

LATER = timedelta(minutes=2)
CANCEL_LOST: dict[str, Any] = {"operation": "cancelAlternateEft", "drop": "after", "times": 1}


def batch(sandbox: Sandbox, *oids: int, posted: bool = True) -> None:
    """EFT Generation ran for Monday."""
    sandbox.put(
        "EftBatches",
        {
            "EftBatchOid": 30,
            "BeginDate": "2026-11-23",
            "EndDate": "2026-11-23",
            "IsPosted": posted,
            "PostDateTime": "2026-11-23T21:00:00Z" if posted else None,
            "AlternateEftOids": list(oids),
        },
    )


def test_that_sync_learns_the_whole_way_of_a_payment_and_each_thing_once(office: Desk) -> None:
    portal_payment(office.engine, "P-0007")
    assert sync(office).payments == 1
    found = stored(office.engine, "P-0007")
    assert (found.status, found.sending, found.alternate_eft_oid) == (PaymentStatus.PAID, Sending.SENT, 7)
    told = kinds(office.engine, "P-0007")
    assert told == ["alternate_eft", "picked", "posted", "paid", "contract_posted", "applied", "returned"]
    assert found.followed_at == NOW
    assert sync(office).payments == 0
    assert kinds(office.engine, "P-0007") == told
    assert stored(office.engine, "P-0007").version == found.version, "nobody needs to look again"


def test_that_canceled_and_paid_are_told_apart_by_batches_alone(office: Desk) -> None:
    portal_payment(office.engine, "P-0007", status="Scheduled")
    portal_payment(office.engine, "P-0009", status="Pending Cancel", requested_at=NOW - timedelta(days=30))
    portal_payment(office.engine, "P-0008", status="Pending")
    follow(office)
    states = [stored(office.engine, one).status for one in ("P-0007", "P-0009", "P-0008")]
    assert states == ["Paid", "Canceled", "Scheduled"]


@pytest.mark.databases("sqlite")
def test_that_what_cannot_be_read_changes_nothing_and_fails_no_sync(office: Desk, sandbox: Sandbox) -> None:
    portal_payment(office.engine, "P-0009", status="Pending Cancel")
    sandbox.fault(operation="listEftBatches", status=500)
    done = sync(office)
    assert done.complete
    assert any("Payments could not be followed" in warning for warning in done.warnings)
    assert stored(office.engine, "P-0009").status == "Pending Cancel"
    sandbox.clear_faults()
    sandbox.fault(operation="getAlternateEfts", status=500)
    assert follow(office).learned == 0
    found = stored(office.engine, "P-0009")
    assert (found.status, found.followed_at) == ("Pending Cancel", None)


@pytest.mark.databases("sqlite")
def test_that_a_sync_has_only_so_much_time_and_begins_with_those_that_waited_longest(office: Desk) -> None:
    portal_payment(office.engine, "P-0007")
    portal_payment(office.engine, "P-0008")
    ticks = iter([0.0, 0.0, 99.0])
    first = follow(office, budget=10, clock=lambda: next(ticks))
    assert (first.read, first.left) == (1, 1)
    assert stored(office.engine, "P-0008").followed_at is None
    ticks = iter([0.0, 0.0, 99.0])
    follow(office, budget=10, clock=lambda: next(ticks))
    assert stored(office.engine, "P-0008").followed_at == NOW


@pytest.mark.databases("sqlite")
def test_that_sync_settles_what_a_killed_desk_left(office: Desk, sandbox: Sandbox, clock: Clock) -> None:
    with pytest.raises(Killed), killed_after(office, 2):
        pay(office)
    reference = only_payment(office.engine).reference
    assert stored(office.engine, reference).sending is Sending.SENDING
    follow(office)
    found = stored(office.engine, reference)
    assert (found.sending, found.status) == (Sending.SENT, PaymentStatus.SCHEDULED)
    sandbox.fault(**NEVER_ARRIVED)
    with pytest.raises(Killed), killed_after(office, 2):
        pay(office, amount="9.99")
    clock.now = NOW + LATER
    assert follow(office).learned == 1
    lost = [one for one in debits(sandbox) if one["Amount"] == "9.99"]
    assert lost == [], "sync never sends"


def test_that_a_trace_tells_sent_to_the_bank_and_never_writes(office: Desk, sandbox: Sandbox) -> None:
    done = pay(office)
    assert done.payment.alternate_eft_oid is not None
    batch(sandbox, done.payment.alternate_eft_oid)
    before = stored(office.engine, done.payment.reference)
    found = trace(office, reference=done.payment.reference.lower())
    assert found.timeline.status_words == "Sent to the bank, not yet collected"
    assert found.timeline.step(StepKind.SENT_TO_BANK).state is StepState.DONE
    assert found.problems == ()
    assert stored(office.engine, done.payment.reference) == before
    with pytest.raises(NotFound, match="no payment with the reference D-NONE"):
        trace(office, reference="D-NONE")
    set_policy(office, site="MAIN", payments_enabled=False)
    with pytest.raises(SwitchedOff):
        trace(office, reference=done.payment.reference)


@pytest.mark.databases("sqlite")
def test_that_a_trace_without_aspire_rests_on_what_was_learned_before(office: Desk, sandbox: Sandbox) -> None:
    portal_payment(office.engine, "P-0007")
    follow(office)
    sandbox.fault(status=500)
    found = trace(office, reference="P-0007")
    assert found.problems
    assert found.timeline.step(StepKind.RETURNED).state is StepState.FAILED
    assert found.timeline.step(StepKind.BATCH_POSTED).state is StepState.DONE
    assert found.timeline.status is PaymentStatus.PAID


# Cancelling


def test_that_a_payment_no_batch_holds_is_cancelled_in_aspire(office: Desk, sandbox: Sandbox) -> None:
    reference = pay(office).payment.reference
    seen = preview_cancel(office, reference=reference)
    assert seen.way is Way.ASPIRE
    done = cancel(office, reference=reference, version=seen.payment.version)
    assert (done.problem, done.payment.status) == (None, PaymentStatus.CANCELED)
    assert [one["Payments"] for one in debits(sandbox, reference)] == [0]
    assert kinds(office.engine, reference)[-2:] == ["cancel_requested", "canceled"]
    actions = [row.action for row in audit_rows(office.engine)][-2:]
    assert actions == ["payment.cancel", "payment.sent"]
    with pytest.raises(Refused, match="canceled already"):
        cancel(office, reference=reference)


@pytest.mark.parametrize("posted", [False, True])
def test_that_what_a_batch_holds_is_not_cancelled_and_the_batch_is_named(
    office: Desk, sandbox: Sandbox, posted: bool
) -> None:
    done = pay(office)
    assert done.payment.alternate_eft_oid is not None
    batch(sandbox, done.payment.alternate_eft_oid, posted=posted)
    with pytest.raises(Refused, match="batch 30, which covers 23 Nov 2026") as refused:
        cancel(office, reference=done.payment.reference)
    assert refused.value.rule == "picked_up"
    assert [one["Payments"] for one in debits(sandbox, done.payment.reference)] == [1]


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("operation", ["listEftBatches", "getAlternateEfts"])
def test_that_nothing_is_cancelled_while_the_evidence_cannot_be_read(
    office: Desk, sandbox: Sandbox, operation: str
) -> None:
    reference = pay(office).payment.reference
    sandbox.fault(operation=operation, status=500)
    with pytest.raises(CouldNotLook, match="nothing was"):
        cancel(office, reference=reference)
    assert stored(office.engine, reference).status == "Scheduled"


@pytest.mark.databases("sqlite")
def test_that_a_lost_answer_to_a_cancel_is_resolved_by_reading(office: Desk, sandbox: Sandbox) -> None:
    reference = pay(office).payment.reference
    sandbox.fault(**CANCEL_LOST)
    done = cancel(office, reference=reference)
    assert done.payment.status is PaymentStatus.CANCELED, "read back at once"
    assert done.problem is None, "nothing is unknown any more"


@pytest.mark.databases("sqlite")
def test_that_a_cancel_that_did_not_arrive_stays_pending_and_can_be_asked_again(
    office: Desk, sandbox: Sandbox
) -> None:
    reference = pay(office).payment.reference
    sandbox.fault(**CANCEL_LOST | {"drop": "before"})
    lost = cancel(office, reference=reference)
    assert lost.payment.status is PaymentStatus.PENDING_CANCEL
    assert isinstance(lost.problem, AspireOutcomeUnknown)
    assert cancel(office, reference=reference).payment.status is PaymentStatus.CANCELED
    assert len(debits(sandbox, reference)) == 1


@pytest.mark.databases("sqlite")
def test_that_a_no_to_a_cancel_leaves_it_scheduled(office: Desk, sandbox: Sandbox) -> None:
    reference = pay(office).payment.reference
    sandbox.fault(operation="cancelAlternateEft", status=409, code="AlreadyProcessed", times=1)
    done = cancel(office, reference=reference)
    assert isinstance(done.problem, AspireRefused)
    assert done.payment.status is PaymentStatus.SCHEDULED
    assert kinds(office.engine, reference)[-1] == "cancel_refused"


def test_that_a_payment_never_sent_is_cancelled_here_alone(office: Desk, sandbox: Sandbox) -> None:
    portal_payment(office.engine, "P-5000")
    assert preview_cancel(office, reference="P-5000").way is Way.HERE
    assert cancel(office, reference="P-5000").payment.status is PaymentStatus.CANCELED
    assert debits(sandbox) == []


def unknown(desk: Desk, sandbox: Sandbox, fault: dict[str, Any]) -> str:
    sandbox.fault(**fault)
    sandbox.fault(**BLIND)
    reference = pay(desk).payment.reference
    sandbox.clear_faults()
    return reference


@pytest.mark.databases("sqlite")
def test_that_an_unknown_one_is_cancelled_in_aspire_if_it_is_there(office: Desk, sandbox: Sandbox) -> None:
    reference = unknown(office, sandbox, LOST)
    assert cancel(office, reference=reference).payment.status is PaymentStatus.CANCELED
    assert [one["Payments"] for one in debits(sandbox, reference)] == [0]


@pytest.mark.databases("sqlite")
def test_that_an_unknown_one_that_is_not_there_is_cancelled_after_the_grace_and_still_looked_for(
    office: Desk, sandbox: Sandbox, clock: Clock
) -> None:
    reference = unknown(office, sandbox, NEVER_ARRIVED)
    with pytest.raises(AspireOutcomeUnknown, match="Look again"):
        cancel(office, reference=reference)
    clock.now = NOW + LATER
    assert preview_cancel(office, reference=reference).way is Way.NOT_FOUND
    assert cancel(office, reference=reference).payment.status is PaymentStatus.CANCELED
    with pytest.raises(Refused, match="never sent again"):
        resume(office, reference=reference)
    late = sandbox.record("AlternateEfts", 8)
    assert late is not None
    sandbox.put("AlternateEfts", late | {"AlternateEftOid": 20, "ReferenceNumber": reference})
    follow(office)
    assert stored(office.engine, reference).status is PaymentStatus.PENDING_CANCEL, "a person sees it again"


@pytest.mark.databases("sqlite")
def test_that_nobody_cancels_what_moved_on_meanwhile(office: Desk) -> None:
    reference = pay(office).payment.reference
    with pytest.raises(Conflict, match="moved on"):
        cancel(office, reference=reference, version=1)
