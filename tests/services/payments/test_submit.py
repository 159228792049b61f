"""Submitting a payment for a caller: who may pay what from where, and one debit whatever breaks in between."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
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
    InvalidInput,
    NotAllowed,
    Refused,
    SwitchedOff,
)
from portal_admin.sandbox.server import Sandbox
from portal_admin.services import operators
from portal_admin.services.desk import Desk
from portal_admin.services.payments.list import list_payments
from portal_admin.services.payments.payer import payer
from portal_admin.services.payments.submit import resume
from portal_admin.services.site_policy import set_policy
from tests.fixtures.desk import NOW, Clock
from tests.fixtures.operators import appoint
from tests.services.conftest import INA, PAUL, RUTH
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


def test_that_a_payment_becomes_one_debit_with_its_reference_and_its_lines_in_the_audit(
    office: Desk, sandbox: Sandbox
) -> None:
    done = pay(office)
    assert done.problem is None
    found = stored(office.engine, done.payment.reference)
    (debit,) = debits(sandbox)
    assert (debit["Amount"], debit["StartDate"], debit["SecCode"]) == ("125.50", "2026-11-23", "WEB")
    assert debit["ReferenceNumber"] == found.reference
    assert (found.status, found.sending) == (PaymentStatus.SCHEDULED, Sending.SENT)
    assert found.alternate_eft_oid == debit["AlternateEftOid"]
    assert found.bank_account == "First · Checking · …6789"
    assert kinds(office.engine, found.reference) == ["requested", "sending", "alternate_eft"]
    lines = [row for row in audit_rows(office.engine) if row.action.startswith("payment")]
    assert [row.action for row in lines] == ["payment.submit", "payment.sent"]
    assert len({row.operation_id for row in lines}) == 1
    assert "123456789" not in repr(lines)


NO_AMOUNTS = [
    ("0", "more than nothing"),
    ("-5", "more than nothing"),
    ("1.005", "at most 2 decimals"),
    ("abc", "in digits"),
    ("NaN", "in digits"),
    ("Infinity", "in digits"),
    ("1e3000", "in digits|more than ASPIRE"),
    ("100000000000", "more than ASPIRE takes"),
    ("", "in digits"),
]


@pytest.mark.databases("sqlite")
def test_that_an_amount_that_is_none_is_not_sent(office: Desk, sandbox: Sandbox) -> None:
    for amount, says in NO_AMOUNTS:
        with pytest.raises(InvalidInput, match=says) as refused:
            pay(office, amount=amount)
        assert refused.value.field == "amount"
    assert debits(sandbox) == []


@pytest.mark.databases("sqlite")
def test_that_today_is_the_companys_day(office: Desk, clock: Clock) -> None:
    clock.now = NOW.replace(day=22, hour=3)  # still the 21st in Chicago
    with pytest.raises(InvalidInput, match="before today, 21 Nov 2026"):
        pay(office, on=date(2026, 11, 20))
    with pytest.raises(InvalidInput, match="at most a year"):
        pay(office, on=date(2062, 11, 23))
    assert pay(office, on=date(2026, 11, 21)).problem is None


NOT_OPEN: list[tuple[dict[str, Any], str, str]] = [
    ({"contract_id": "0012-0046"}, "contract_closed", "Closed"),
    ({"contract_id": "0012-0048"}, "contract_not_visible", "LEGACY"),
    ({"contract_id": "no-such"}, "contract_not_visible", "has a contract no-such"),
    ({"email": INA}, "contract_not_visible", "Inactive"),
    ({"email": PAUL, "contract_id": "0020-0001"}, "contract_not_visible", "Pending"),
]


@pytest.mark.databases("sqlite")
def test_that_nobody_pays_for_what_the_portal_does_not_show_them_open(office: Desk, sandbox: Sandbox) -> None:
    for changed, rule, says in NOT_OPEN:
        with pytest.raises(Refused, match=says) as refused:
            pay(office, **changed)
        assert refused.value.rule == rule
    assert (debits(sandbox), list_payments(office).payments) == ([], ())


@pytest.mark.databases("sqlite")
def test_that_what_cannot_be_told_is_not_paid(office: Desk, sandbox: Sandbox) -> None:
    for fault in (
        {"operation": "getBankAccounts", "status": 500},
        {"operation": "getSettings", "status": 500},
        {"operation": "listContracts", "status": 500},
    ):
        sandbox.fault(**fault)
        with pytest.raises(CouldNotLook) as failed:
            pay(office)
        assert failed.value.exit_code == 3, fault
        sandbox.clear_faults()
    assert list_payments(office).payments == ()


@pytest.mark.databases("sqlite")
def test_that_an_aspire_that_cannot_read_back_is_sent_nothing(office: Desk, sandbox: Sandbox) -> None:
    sandbox.instance(Capabilities=["PaymentRequests", "BankAccounts"])
    with pytest.raises(Refused, match="does not offer AlternateEfts") as refused:
        pay(office)
    assert refused.value.rule == "not_offered"
    sandbox.instance(Capabilities=["PaymentRequests", "BankAccounts", "AlternateEfts"])
    assert pay(office).problem is None, "what ASPIRE does not tell is no reason against it"


def test_that_switched_off_means_at_the_site_and_in_aspire(office: Desk, sandbox: Sandbox) -> None:
    set_policy(office, site="MAIN", payments_enabled=False)
    with pytest.raises(SwitchedOff, match="site MAIN"):
        pay(office)
    set_policy(office, site="MAIN", payments_enabled=True)
    sandbox.settings({"PaymentsEnabled": False})
    with pytest.raises(SwitchedOff, match="PaymentsEnabled"):
        pay(office)
    assert debits(sandbox) == []


@pytest.mark.databases("sqlite")
def test_that_the_policy_decides_which_bank_accounts_may_pay(office: Desk, sandbox: Sandbox) -> None:
    whole = sandbox.record("BankAccounts", 3)
    assert whole is not None
    sandbox.put("BankAccounts", whole | {"BankAccountOid": 4, "AccountOid": 3})  # the guarantor's
    sandbox.put("BankAccounts", whole | {"BankAccountOid": 5, "AccountOid": 6})  # the broker's
    sandbox.put("BankAccounts", whole | {"BankAccountOid": 6, "IsActive": False})

    def usable() -> list[int]:
        found = payer(office, site="MAIN", email=RUTH, contract_id="0012-0045")
        return sorted(one.oid for one in found.usable)

    assert usable() == [3, 4]
    set_policy(office, site="MAIN", bank_accounts="existing")
    assert usable() == [3]
    for oid, says in ((4, "only existing accounts.*FAQ"), (5, "Customer nor Guarantor"), (6, "not active")):
        with pytest.raises(Refused, match=says):
            pay(office, bank_account_oid=oid)
    with pytest.raises(InvalidInput, match="No party"):
        pay(office, bank_account_oid=77)
    assert debits(sandbox) == []


def test_that_a_second_click_does_not_pay_twice(office: Desk, sandbox: Sandbox) -> None:
    pay(office)
    with pytest.raises(Refused, match="pay twice") as refused:
        pay(office)
    assert refused.value.rule == "likely_duplicate"
    assert pay(office, amount="125.51").problem is None
    assert pay(office, again=True).problem is None
    assert len(debits(sandbox)) == 3


def test_that_two_desks_at_once_pay_once(office: Desk, sandbox: Sandbox) -> None:
    def one(_: int) -> str:
        try:
            return "sent" if pay(office).problem is None else "problem"
        except Refused as refusal:
            return refusal.rule

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(one, range(2)))
    assert done.count("sent") == 1
    assert set(done) - {"sent"} <= {"likely_duplicate", "unsettled_payment"}
    assert len(debits(sandbox)) == 1


# The outcome is not known


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
