"""The client against the sandbox over real HTTP: every question, and every fault that has a name."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from portal_admin.aspire.client import ACCOUNT_DETAILS, CONTRACT_DETAILS, AspireClient
from portal_admin.domain.records import Removed, Role
from portal_admin.errors import (
    AspireBusy,
    AspireDenied,
    AspireFailed,
    AspirePasswordExpired,
    AspireRecordMissing,
    AspireReplyUnreadable,
    AspireSignInFailed,
    AspireTooSlow,
    AspireUnreachable,
    CouldNotLook,
    DeskError,
    InvalidInput,
)
from portal_admin.sandbox.server import Sandbox
from tests.fixtures.desk import NOW
from tests.fixtures.sandbox import contract, small_portfolio

NUMBER = "000123456789"


@pytest.fixture
def hasty(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[AspireClient]:
    """A client that waits 0.3 s at most, and not at all between two tries."""
    monkeypatch.setattr("portal_admin.aspire.transport.BACKOFF", 0)
    client = AspireClient(
        sandbox.url, user="sandbox", password=lambda: "sandbox", budget=0.3, sync_budget=0.3
    )
    yield client
    client.close()


def test_that_the_instance_is_read(aspire: AspireClient) -> None:
    found = aspire.instance()
    assert (found.instance_id, found.generation, found.now) == ("T1", 1, NOW)
    assert "Invoices" in found.capabilities


def test_that_the_settings_are_read_in_aspires_names(aspire: AspireClient) -> None:
    assert aspire.settings()["SaveCustomerAmortizationSchedule"] is True


def test_that_a_contract_is_found_by_its_number_ignoring_case_and_blanks(aspire: AspireClient) -> None:
    (found,) = aspire.contracts(contract_id=" eg-2019-7 ")
    assert (found.oid, found.contract_id, found.payment_amount) == (15, "EG-2019-7", Decimal("1000.00"))
    (found,) = aspire.contracts(contract_id="0012-0045")
    assert found.roles == (Role(1, "Customer"), Role(3, "Guarantor"), Role(6, "Broker"))
    assert found.bill_to is not None
    assert (found.bill_to.postal_code, found.next_due_date) == ("68114-1234", date(2026, 12, 1))


@pytest.mark.parametrize("typed", ["12-45", "0012", "", "   ", "%", "x" * 65, "0012-0045\0"])
def test_that_no_contract_of_that_number_is_a_fact(aspire: AspireClient, typed: str) -> None:
    assert aspire.contracts(contract_id=typed) == ()


def test_that_the_contracts_of_an_account_are_read_from_all_pages(
    aspire: AspireClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal_admin.aspire.client.PAGE_SIZE", 2)
    assert [found.oid for found in aspire.contracts_of(account_oid=1)] == [10, 11, 12, 13, 14, 15, 16]
    assert aspire.contracts_of(account_oid=4711) == ()


def test_that_accounts_are_found_by_text_id_and_oid(aspire: AspireClient) -> None:
    assert {found.account_id for found in aspire.accounts(text="prairie")} == {"A-001", "A-002"}
    assert [found.oid for found in aspire.accounts(account_id="0013")] == [13]
    assert [found.account_id for found in aspire.accounts(account_oid=3)] == ["A-003"]
    assert len(aspire.accounts(text="  ", limit=5)) == 5
    assert aspire.accounts(account_id=" ") == ()


def test_that_a_text_too_long_for_aspire_is_refused_before_asking(aspire: AspireClient) -> None:
    with pytest.raises(InvalidInput) as caught:
        aspire.accounts(text="x" * 201)
    assert caught.value.field == "text"


def test_that_contacts_and_labels_are_read(aspire: AspireClient) -> None:
    assert [found.name for found in aspire.contacts_of(account_oid=13)] == ["Zoë Bélanger"]
    assert "PRAIRIE" in aspire.private_labels()


def test_that_removed_records_are_listed_since_a_change_and_left_out_of_look_ups(
    aspire: AspireClient, sandbox: Sandbox
) -> None:
    sandbox.delete("Contracts", 20)
    page = aspire.contract_page(changed_since=NOW, cursor=None)
    assert page.items == (Removed(20, NOW),)
    assert page.generation == 1
    assert aspire.contracts_of(account_oid=2) == ()


def test_that_pages_follow_their_cursor(aspire: AspireClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal_admin.aspire.client.PAGE_SIZE", 5)
    oids: list[int] = []
    cursor: str | None = None
    while True:
        page = aspire.account_page(changed_since=datetime(2026, 1, 1, tzinfo=UTC), cursor=cursor)
        oids += [item.oid for item in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert oids == [found["AccountOid"] for found in small_portfolio()["Accounts"]]


@pytest.mark.parametrize("data_class", CONTRACT_DETAILS)
def test_that_every_class_of_a_contract_is_read(aspire: AspireClient, data_class: str) -> None:
    found = aspire.detail(contract_oid=10, data_class=data_class)
    assert isinstance(found, dict if data_class in ("contract", "amortization") else list)
    assert found
    with pytest.raises(AspireRecordMissing):
        aspire.detail(contract_oid=4711, data_class=data_class)


@pytest.mark.parametrize("data_class", ACCOUNT_DETAILS)
def test_that_every_class_of_an_account_is_read(aspire: AspireClient, data_class: str) -> None:
    assert len(aspire.account_detail(account_oid=1, data_class=data_class)) == 1
    with pytest.raises(AspireRecordMissing):
        aspire.account_detail(account_oid=4711, data_class=data_class)


FAULTS: list[tuple[dict[str, Any], type[DeskError]]] = [
    ({"latency": 1}, AspireTooSlow),
    ({"drip": 0.1}, AspireTooSlow),
    ({"drop": "before"}, AspireUnreachable),
    ({"drop": "after"}, AspireUnreachable),
    ({"truncate": True}, AspireUnreachable),
    ({"html": True}, AspireReplyUnreadable),
    ({"html": True, "status": 502}, AspireFailed),
    ({"status": 500}, AspireFailed),
    ({"status": 502}, AspireFailed),
    ({"status": 503}, AspireFailed),
    ({"status": 503, "retry_after": 60}, AspireBusy),
    ({"status": 429, "retry_after": 60}, AspireBusy),
    ({"status": 429}, AspireBusy),
    ({"status": 400}, AspireFailed),
    ({"status": 403, "path": "/contracts"}, AspireDenied),
    ({"deny": "Contracts/10"}, AspireDenied),
    ({"missing": "PrivateLabel"}, AspireReplyUnreadable),
    ({"rename": "ContractId:ContractNumber"}, AspireReplyUnreadable),
    ({"mistype": "IsBooked"}, AspireReplyUnreadable),
    ({"refuse_sign_in": True}, AspireSignInFailed),
    ({"password_change": True}, AspirePasswordExpired),
    ({"expire_token": True}, AspireSignInFailed),
]


@pytest.mark.parametrize(("fault", "kind"), FAULTS, ids=lambda value: str(value))
def test_that_every_fault_has_a_name_and_never_looks_like_none_found(
    hasty: AspireClient, sandbox: Sandbox, fault: dict[str, Any], kind: type[DeskError]
) -> None:
    sandbox.fault(**fault)
    with pytest.raises(CouldNotLook) as caught:
        hasty.contracts(contract_id="0012-0045")
    assert type(caught.value) is kind
    assert "sandbox was told" not in caught.value.message
    sandbox.clear_faults()


def test_that_a_missing_path_is_no_missing_record(hasty: AspireClient, sandbox: Sandbox) -> None:
    sandbox.fault(status=404, code="NoSuchRoute")
    with pytest.raises(AspireFailed):
        hasty.detail(contract_oid=10, data_class="contract")


def test_that_a_token_expired_by_aspire_is_renewed(aspire: AspireClient, sandbox: Sandbox) -> None:
    aspire.instance()
    sandbox.fault(expire_token=True, times=1)
    assert aspire.instance().instance_id == "T1"


def test_that_a_wrong_password_is_named(sandbox: Sandbox) -> None:
    client = AspireClient(sandbox.url, user="sandbox", password=lambda: "wrong-word")
    with pytest.raises(AspireSignInFailed) as caught:
        client.sign_in()
    client.close()
    assert "wrong-word" not in caught.value.message


def test_that_the_whole_account_number_appears_nowhere(
    aspire: AspireClient, sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    sandbox.put(
        "Contracts",
        contract(
            10, "0012-0045", 1, EftAssignment={"IsActive": True, "BankAccountOid": 3, "AccountNumber": NUMBER}
        ),
    )
    found: list[object] = [aspire.account_detail(account_oid=1, data_class="bank_accounts")]
    assert "6789" in str(found)
    found += [aspire.detail(contract_oid=10, data_class=name) for name in CONTRACT_DETAILS]
    found += [
        aspire.contracts(contract_id="0012-0045"),
        aspire.account_detail(account_oid=1, data_class="credit_lines"),
    ]
    sandbox.fault(mistype="AccountType")
    with pytest.raises(AspireReplyUnreadable) as caught:
        aspire.account_detail(account_oid=1, data_class="bank_accounts")
    shown = f"{found!r} {caught.value!r} {caught.value.__cause__!r} {vars(aspire)!r} {caplog.text}"
    assert NUMBER not in shown
    assert NUMBER.lstrip("0") not in shown
