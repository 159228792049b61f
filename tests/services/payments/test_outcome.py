"""What becomes of a payment whose outcome is not known: one debit in the end, or a person decides."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from portal_admin.aspire.client import AspireClient
from portal_admin.domain.payments import EventKind, PaymentStatus, Sending
from portal_admin.domain.permissions import Role
from portal_admin.errors import (
    AspireOutcomeUnknown,
    AspireRefused,
    AspireUnreachable,
    Conflict,
    CouldNotLook,
    DeskError,
    NotAllowed,
    Refused,
)
from portal_admin.sandbox.server import Sandbox
from portal_admin.services import operators
from portal_admin.services.desk import Desk
from portal_admin.services.payments.list import list_payments
from portal_admin.services.payments.submit import resume
from tests.fixtures.desk import NOW, Clock
from tests.fixtures.operators import appoint
from tests.services.filled import audit_rows
from tests.services.payments.paying import (
    BLIND,
    LOST,
    MONDAY,
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


def test_that_a_lost_answer_is_read_back_at_once(office: Desk, sandbox: Sandbox) -> None:
    sandbox.fault(**LOST)
    done = pay(office)
    assert done.problem is None
    assert len(debits(sandbox, done.payment.reference)) == 1
    assert done.payment.sending is Sending.SENT


def test_that_a_lost_answer_that_cannot_be_read_back_is_unknown_and_found_later(
    office: Desk, sandbox: Sandbox
) -> None:
    sandbox.fault(**LOST)
    sandbox.fault(**BLIND)
    lost = pay(office)
    assert isinstance(lost.problem, AspireOutcomeUnknown)
    assert (lost.payment.status, lost.payment.sending) == (PaymentStatus.PENDING, Sending.UNKNOWN)
    with pytest.raises(Refused, match="not settled"):
        pay(office, again=True)
    with pytest.raises(CouldNotLook):
        resume(office, reference=lost.payment.reference)
    sandbox.clear_faults()
    found = resume(office, reference=lost.payment.reference)
    assert (found.problem, found.payment.sending) == (None, Sending.SENT)
    assert len(debits(sandbox)) == 1
    assert audit_rows(office.engine)[-1].after["sending"] == "sent"


def test_that_what_never_arrived_is_sent_again_after_the_grace_with_its_old_key(
    office: Desk, sandbox: Sandbox, clock: Clock
) -> None:
    sandbox.fault(**NEVER_ARRIVED)
    lost = pay(office)
    assert lost.payment.sending is Sending.UNKNOWN
    reference = lost.payment.reference
    if office.engine.dialect.name == "sqlite":  # a server has a clock of its own
        with pytest.raises(AspireOutcomeUnknown, match="Look again in a minute"):
            resume(office, reference=reference)
        assert debits(sandbox) == []
        clock.now = NOW + LATER
        assert resume(office, reference=reference).payment.sending is Sending.SENT
        assert resume(office, reference=reference).problem is None, "once more does nothing"
        assert len(debits(sandbox, reference)) == 1


KILLS: dict[str, tuple[int, dict[str, Any] | None, int]] = {
    "stored": (1, None, 0),
    "claimed": (2, NEVER_ARRIVED, 0),
    "sent": (2, None, 1),
}


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(("commits", "fault", "there"), KILLS.values(), ids=KILLS)
def test_that_a_process_killed_between_two_steps_leaves_one_debit_in_the_end(
    office: Desk, sandbox: Sandbox, clock: Clock, commits: int, fault: dict[str, Any] | None, there: int
) -> None:
    if fault:
        sandbox.fault(**fault)
    with pytest.raises(Killed), killed_after(office, commits):
        pay(office)
    assert len(debits(sandbox)) == there
    reference = only_payment(office.engine).reference
    with pytest.raises(Refused, match="not settled"):
        pay(office)
    clock.now = NOW + LATER
    assert resume(office, reference=reference).payment.sending is Sending.SENT
    assert len(debits(sandbox)) == 1


@pytest.mark.databases("sqlite")
def test_that_nothing_is_sent_again_to_an_aspire_that_was_restored(
    office: Desk, sandbox: Sandbox, clock: Clock
) -> None:
    sandbox.fault(**LOST)
    sandbox.fault(**BLIND)
    lost = pay(office)
    sandbox.clear_faults()
    sandbox.restore(3600)  # the debit is gone, and so is the memory of its key
    clock.now = NOW + LATER
    with pytest.raises(Refused, match="restored from a backup") as refused:
        resume(office, reference=lost.payment.reference)
    assert refused.value.rule == "aspire_restored"
    assert stored(office.engine, lost.payment.reference).sending is Sending.UNKNOWN


@pytest.mark.databases("sqlite")
def test_that_of_two_desks_that_look_again_only_one_sends(
    office: Desk, sandbox: Sandbox, clock: Clock
) -> None:
    sandbox.fault(**NEVER_ARRIVED)
    lost = pay(office)
    clock.now = NOW + LATER

    def again(_: int) -> str:
        try:
            return resume(office, reference=lost.payment.reference).payment.sending
        except (Conflict, AspireOutcomeUnknown) as problem:
            return problem.kind

    with ThreadPoolExecutor(3) as pool:
        done = list(pool.map(again, range(3)))
    assert "sent" in done
    assert len(debits(sandbox)) == 1


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"status": 503, "retry_after": 900}, "aspire_busy"),
        ({"status": 400}, "aspire_failed"),
    ],
)
def test_that_what_surely_was_not_sent_waits_and_can_be_sent(
    office: Desk, sandbox: Sandbox, fault: dict[str, Any], kind: str
) -> None:
    sandbox.fault(operation="createAlternateEft", times=1, **fault)
    waiting = pay(office)
    assert waiting.problem is not None
    assert (waiting.problem.kind, waiting.payment.sending) == (kind, Sending.QUEUED)
    assert kinds(office.engine, waiting.payment.reference)[-1] is EventKind.NOT_SENT
    assert resume(office, reference=waiting.payment.reference).payment.sending is Sending.SENT
    assert len(debits(sandbox)) == 1


def test_that_a_no_of_aspire_is_final_and_told(office: Desk, sandbox: Sandbox) -> None:
    sandbox.fault(operation="createAlternateEft", status=409, code="BankAccountNotUsable", times=1)
    refused = pay(office)
    assert isinstance(refused.problem, AspireRefused)
    assert (refused.payment.status, refused.payment.sending) == (PaymentStatus.CANCELED, Sending.REFUSED)
    with pytest.raises(Refused, match="never sent again"):
        resume(office, reference=refused.payment.reference)
    assert pay(office).problem is None, "another one may be submitted"


@pytest.mark.databases("sqlite")
def test_that_a_key_that_aspire_met_before_leaves_it_to_a_person(
    office: Desk, sandbox: Sandbox, clock: Clock
) -> None:
    sandbox.fault(operation="createAlternateEft", status=409, code="IdempotencyKeyReused", times=1)
    doubtful = pay(office)
    assert doubtful.payment.sending is Sending.UNKNOWN
    clock.now = NOW + LATER
    with pytest.raises(Refused, match="key of payment"):
        resume(office, reference=doubtful.payment.reference)


@pytest.mark.databases("sqlite")
def test_that_a_debit_whose_day_is_past_is_not_sent_late(
    office: Desk, sandbox: Sandbox, clock: Clock
) -> None:
    sandbox.fault(**NEVER_ARRIVED)
    lost = pay(office)
    clock.now = NOW + timedelta(days=3)
    with pytest.raises(Refused, match=r"day of payment .* is past"):
        resume(office, reference=lost.payment.reference)


@pytest.mark.databases("sqlite")
def test_that_the_desk_never_sends_what_the_portal_sends(office: Desk, sandbox: Sandbox) -> None:
    portal_payment(office.engine, "P-5000", pay_on=MONDAY)
    with pytest.raises(Refused, match="made in the portal"):
        resume(office, reference="P-5000")
    with pytest.raises(Refused, match="pay twice"):
        pay(office, amount="250.00")
    assert debits(sandbox) == []


@pytest.mark.databases("sqlite")
def test_that_an_outcome_is_kept_although_the_right_was_taken_away_meanwhile(
    office: Desk, sandbox: Sandbox
) -> None:
    appoint(office.engine, "casey", Role.CSR)
    sandbox.fault(operation="createAlternateEft", latency=0.4)

    def demote() -> None:
        operators.set_role(office, name="casey", role=Role.READ_ONLY)

    commits: list[object] = []
    demotion = threading.Thread(target=demote, name="demotion")

    def claimed(connection: object) -> None:
        # The second commit is the claim; the demotion waits for its lock, and is done while ASPIRE takes its time.
        commits.append(connection)
        if len(commits) == 2:
            demotion.start()

    event.listen(office.engine, "commit", claimed)
    done = pay(replace(office, operator="casey"))
    demotion.join()
    event.remove(office.engine, "commit", claimed)
    assert done.payment.sending is Sending.SENT
    with pytest.raises(NotAllowed):
        pay(replace(office, operator="casey"), amount="1.00")


@pytest.mark.databases("sqlite")
def test_that_without_aspire_nothing_is_submitted(office: Desk) -> None:
    with pytest.raises(DeskError, match="no ASPIRE connection"):
        pay(replace(office, aspire=None))
    far = AspireClient("http://127.0.0.1:9", user="x", password=lambda: "x", budget=1)
    with pytest.raises((AspireUnreachable, CouldNotLook)):
        pay(replace(office, aspire=far))
    far.close()
    assert list_payments(office).payments == ()
