"""Submitting a payment for a caller: who may pay what from where, and never twice by accident."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest

from portal_admin.domain.payments import PaymentStatus, Sending
from portal_admin.errors import (
    CouldNotLook,
    InvalidInput,
    Refused,
    SwitchedOff,
)
from portal_admin.sandbox.server import Sandbox
from portal_admin.services.desk import Desk
from portal_admin.services.payments.list import list_payments
from portal_admin.services.payments.payer import payer
from portal_admin.services.site_policy import set_policy
from tests.fixtures.desk import NOW, Clock
from tests.services.conftest import INA, PAUL, RUTH
from tests.services.filled import audit_rows
from tests.services.payments.paying import (
    debits,
    kinds,
    pay,
    stored,
)


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
    for oid, says in (
        (4, "only existing accounts.*FAQ"),
        (5, "Customer nor Guarantor"),
        (6, "…6789 may not pay.*not active"),
    ):
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
