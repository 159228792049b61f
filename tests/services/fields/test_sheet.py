"""The field sheet of a contract: both sides' values, their states and what could not be read."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from portal_admin.domain.fields import FieldRow, FieldSheet, State
from portal_admin.errors import CouldNotLook, InvalidInput, NotFound
from portal_admin.services import fields
from portal_admin.services.desk import Desk
from portal_admin.services.sync import sync
from tests.fixtures.desk import NOW, TOO_SLOW, Clock
from tests.services.fields.snapshot import keep, register

# How a sheet is put together does not depend on the database.
pytestmark = pytest.mark.databases("sqlite")

FRESH = NOW - timedelta(minutes=10)
CONTRACT = "0012-0045"


@pytest.fixture
def synced(desk: Desk) -> Desk:
    """The desk after a sync of the contract ten minutes ago."""
    keep(desk, CONTRACT, at=FRESH)
    return desk


def row(sheet: FieldSheet, key: str) -> FieldRow:
    return next(row for row in sheet.rows if row.field.key == key)


def states(sheet: FieldSheet, *data_classes: str) -> set[State]:
    return {
        row.state
        for row in sheet.rows
        if row.field.data_class in data_classes and row.state is not State.NOT_APPLICABLE
    }


def test_that_a_synced_contract_reads_the_same_on_both_sides(synced: Desk) -> None:
    sheet = fields.show(synced, contract_id=CONTRACT)
    assert set(sheet.counts) == {State.EQUAL, State.NOT_APPLICABLE, State.NOT_COMPARED}
    assert sheet.counts[State.EQUAL] > 100
    assert (sheet.customer, sheet.currency, sheet.in_snapshot, sheet.in_aspire) == (
        "Prairie Hauling LLC",
        "USD",
        True,
        True,
    )
    found = row(sheet, "invoices.total_due")
    assert found.portal is not None
    assert found.aspire is not None
    assert found.portal.value == found.aspire.value == Decimal("2150.00")
    assert (found.portal.as_of, found.aspire.as_of) == (FRESH, NOW)
    assert found.next_update == FRESH + timedelta(minutes=15)


def test_that_what_a_sync_stored_is_what_the_field_sheet_compares(desk: Desk, clock: Clock) -> None:
    register(desk, "rolsen@prairie.example", account_oid=1, account_id="A-001")
    sync(desk)
    clock.now += timedelta(minutes=7)
    sheet = fields.show(desk, contract_id=CONTRACT)
    assert set(sheet.counts) == {State.EQUAL, State.NOT_APPLICABLE, State.NOT_COMPARED}
    assert row(sheet, "contract.remaining_balance").is_stale is False


def test_that_a_class_this_aspire_does_not_offer_does_not_apply(synced: Desk, sandbox: Any) -> None:
    sandbox.instance(
        Capabilities=["Invoices", "Payments", "AlternateEfts", "Amortization", "BankAccounts", "CreditLines"]
    )
    sandbox.fault(path="/contracts/10/equipment", status=404)
    sheet = fields.show(synced, contract_id=CONTRACT)
    assert sheet.problems == ()
    assert {row.state for row in sheet.rows if row.field.data_class == "equipment"} == {State.NOT_APPLICABLE}


def test_that_a_restored_aspire_is_named(desk: Desk, sandbox: Any) -> None:
    register(desk, "rolsen@prairie.example", account_oid=1, account_id="A-001")
    sync(desk)
    assert fields.show(desk, contract_id=CONTRACT).restored is False
    sandbox.instance(Generation=2)
    assert fields.show(desk, contract_id=CONTRACT).restored is True


def test_that_a_contract_id_is_found_whatever_its_case_and_outer_blanks(desk: Desk) -> None:
    keep(desk, "EG-2019-7", at=FRESH)
    assert fields.show(desk, contract_id="  eg-2019-7 ").contract_id == "EG-2019-7"


def test_that_what_changed_in_aspire_since_the_sync_differs_with_both_values(
    synced: Desk, sandbox: Any
) -> None:
    sandbox.patch("Contracts", 10, RemainingBalance="45000.00", NextDueDate="2027-01-01")
    sheet = fields.show(synced, contract_id=CONTRACT)
    for key in ("contract.remaining_balance", "open_list.balance"):
        found = row(sheet, key)
        assert found.state is State.DIFFERS
        assert found.portal is not None
        assert found.aspire is not None
        assert (found.portal.value, found.aspire.value) == (Decimal("46210.55"), Decimal("45000.00"))
    due = row(sheet, "contract.next_due").aspire
    assert due is not None
    assert due.value == date(2027, 1, 1)
    assert row(sheet, "contract.contract_id").state is State.EQUAL


def test_that_of_several_contracts_of_one_id_both_sides_tell_of_the_same(synced: Desk, sandbox: Any) -> None:
    known = sandbox.record("Contracts", 10)
    assert known["ContractId"] == CONTRACT
    sandbox.put("Contracts", known | {"ContractOid": 9, "RemainingBalance": "1.00", "PrivateLabel": "Other"})
    assert State.DIFFERS not in fields.show(synced, contract_id=CONTRACT).counts


def test_that_equal_values_older_than_twice_their_cadence_are_stale(synced: Desk) -> None:
    later = replace(synced, clock=lambda: FRESH + timedelta(minutes=31))
    sheet = fields.show(later, contract_id=CONTRACT)
    assert states(sheet, "invoices", "payments") == {State.STALE}
    assert states(sheet, "equipment", "amortization", "credit_lines") == {State.EQUAL}
    assert row(sheet, "contract.type").state is State.EQUAL, "the contract type is updated once a day"
    assert row(sheet, "contract.remaining_balance").is_stale


def test_that_a_difference_is_never_hidden_by_age(synced: Desk, sandbox: Any) -> None:
    sandbox.patch("Contracts", 10, RemainingBalance="45000.00")
    later = replace(synced, clock=lambda: FRESH + timedelta(days=3))
    found = row(fields.show(later, contract_id=CONTRACT), "contract.remaining_balance")
    assert (found.state, found.is_stale) == (State.DIFFERS, True)


def test_that_details_the_portal_has_not_received_are_not_stored(desk: Desk) -> None:
    keep(desk, CONTRACT, at=FRESH, details=False)
    sheet = fields.show(desk, contract_id=CONTRACT)
    assert states(sheet, "invoices", "contract", "equipment") == {State.NOT_STORED}
    assert states(sheet, "contracts", "accounts", "contacts") == {State.EQUAL}
    assert row(sheet, "invoices.total_due").reason == fields.sheet.NO_DETAIL


def test_that_a_contract_only_aspire_has_is_not_stored_on_the_portal(desk: Desk) -> None:
    sheet = fields.show(desk, contract_id=CONTRACT)
    assert (sheet.in_snapshot, sheet.in_aspire) == (False, True)
    assert states(sheet, "contract", "contracts", "invoices", "accounts") == {State.NOT_STORED}
    found = row(sheet, "contract.remaining_balance")
    assert found.aspire is not None
    assert found.aspire.value == Decimal("46210.55")
    assert found.reason == fields.sheet.NOT_SYNCED


def test_that_a_contract_aspire_no_longer_has_differs_and_says_so(synced: Desk, sandbox: Any) -> None:
    sandbox.delete("Contracts", 10)
    sheet = fields.show(synced, contract_id=CONTRACT)
    assert (sheet.in_snapshot, sheet.in_aspire) == (True, False)
    found = row(sheet, "contract.remaining_balance")
    assert (found.state, found.reason) == (State.DIFFERS, fields.sheet.GONE)


def test_that_an_id_neither_side_has_is_not_found(synced: Desk) -> None:
    with pytest.raises(NotFound, match="Neither the portal nor ASPIRE"):
        fields.show(synced, contract_id="9999-9999")


def test_that_an_id_is_not_called_unknown_while_aspire_could_not_say(synced: Desk, sandbox: Any) -> None:
    sandbox.fault(drop="before")
    with pytest.raises(CouldNotLook):
        fields.show(synced, contract_id="9999-9999", budget=0.3)


def test_that_an_empty_id_is_refused(desk: Desk) -> None:
    with pytest.raises(InvalidInput):
        fields.show(desk, contract_id="  ")


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 500},
        {"status": 503, "retry_after": 600},
        {"status": 403, "code": "PermissionDenied"},
        {"truncate": True},
        {"html": True},
        {"missing": "InvoiceNumber"},
        {"mistype": "InvoiceNumber"},
        {"drop": "before"},
        {"latency": TOO_SLOW},
    ],
    ids=str,
)
def test_that_one_failing_class_leaves_the_others_readable(
    synced: Desk, sandbox: Any, fault: dict[str, Any]
) -> None:
    sandbox.fault(path="/contracts/10/invoices", **fault)
    sheet = fields.show(synced, contract_id=CONTRACT, budget=0.6)
    assert states(sheet, "invoices") == {State.NOT_READABLE}
    assert states(sheet, "contract", "payments", "equipment", "bank_accounts", "accounts") == {State.EQUAL}
    assert [problem.data_class for problem in sheet.problems] == ["invoices"]
    found = row(sheet, "invoices.total_due")
    assert found.reason == sheet.problems[0].message
    assert found.portal is not None
    assert found.portal.value == Decimal("2150.00"), "what the portal shows is known all the same"


def test_that_an_account_class_can_fail_alone(synced: Desk, sandbox: Any) -> None:
    sandbox.fault(path="/accounts/1/bank-accounts", status=403, code="PermissionDenied")
    sheet = fields.show(synced, contract_id=CONTRACT)
    assert states(sheet, "bank_accounts") == {State.NOT_READABLE}
    assert states(sheet, "credit_lines", "invoices") == {State.EQUAL}


@pytest.mark.parametrize(
    "fault", [{"refuse_sign_in": True}, {"password_change": True}, {"drop": "before"}], ids=str
)
def test_that_without_aspire_the_portals_values_are_shown_and_nothing_is_called_equal(
    synced: Desk, sandbox: Any, fault: dict[str, Any]
) -> None:
    sandbox.fault(**fault, **({"expire_token": True} if "drop" not in fault else {}))
    sheet = fields.show(synced, contract_id=CONTRACT, budget=0.5)
    assert sheet.in_aspire is None
    assert not {State.EQUAL, State.DIFFERS, State.STALE} & set(sheet.counts)
    found = row(sheet, "contract.remaining_balance")
    assert found.state is State.NOT_READABLE
    assert found.portal is not None
    assert found.portal.value == Decimal("46210.55")


def test_that_a_failed_look_up_by_id_falls_back_to_the_record_number(synced: Desk, sandbox: Any) -> None:
    sandbox.fault(operation="listContracts", status=500)
    sheet = fields.show(synced, contract_id=CONTRACT)
    assert sheet.in_aspire is True
    assert states(sheet, "contract", "invoices") == {State.EQUAL}


def test_that_a_desk_without_aspire_says_so(offline_desk: Desk) -> None:
    with pytest.raises(CouldNotLook, match="no ASPIRE connection"):
        fields.show(offline_desk, contract_id=CONTRACT)


def test_that_an_operating_lease_has_no_schedule_and_the_reason_is_given(desk: Desk) -> None:
    keep(desk, "0120-0001", at=FRESH)
    sheet = fields.show(desk, contract_id="0120-0001")
    found = row(sheet, "amortization.next_date")
    assert found.state is State.NOT_APPLICABLE
    assert found.reason is not None
    assert "operating lease" in found.reason


def test_that_an_unsaved_schedule_names_the_aspire_setting(desk: Desk, sandbox: Any) -> None:
    sandbox.settings({"SaveCustomerAmortizationSchedule": False, "PaymentsEnabled": True})
    keep(desk, "0012-0046", at=FRESH)
    found = row(fields.show(desk, contract_id="0012-0046"), "amortization.next_date")
    assert found.reason == fields.sheet.NO_SCHEDULE_SAVED


def test_that_switched_off_payments_hide_bank_accounts_and_history(synced: Desk, sandbox: Any) -> None:
    sandbox.settings({"SaveCustomerAmortizationSchedule": True, "PaymentsEnabled": False})
    sheet = fields.show(synced, contract_id=CONTRACT)
    assert row(sheet, "bank_accounts.number").state is State.NOT_APPLICABLE
    assert row(sheet, "payments.last_amount").state is State.NOT_APPLICABLE
    assert row(sheet, "invoices.total_due").state is State.EQUAL


def test_that_a_closed_contract_shows_the_closed_list_and_not_the_open_one(desk: Desk) -> None:
    keep(desk, "0012-0046", at=FRESH)
    sheet = fields.show(desk, contract_id="0012-0046")
    closed = row(sheet, "closed_list.terminated_on")
    assert closed.portal is not None
    assert closed.portal.value == date(2026, 6, 30)
    assert row(sheet, "open_list.next_due").state is State.NOT_APPLICABLE


def test_that_a_bank_account_number_never_shows_more_than_four_digits(synced: Desk) -> None:
    found = row(fields.show(synced, contract_id=CONTRACT), "bank_accounts.number")
    assert found.portal is not None
    assert found.aspire is not None
    assert found.portal.value == found.aspire.value == "•••• 6789"


def test_that_what_the_portal_keeps_itself_is_shown_and_not_compared(synced: Desk) -> None:
    register(synced, "rolsen@prairie.example", account_oid=1, account_id="A-001")
    found = row(fields.show(synced, contract_id=CONTRACT), "profile.email")
    assert (found.state, found.aspire) == (State.NOT_COMPARED, None)
    assert found.portal is not None
    assert found.portal.value == "rolsen@prairie.example"


def test_that_a_damaged_stored_value_is_not_readable_and_not_absent(synced: Desk, sandbox: Any) -> None:
    from sqlalchemy import update

    from portal_admin.models import aspire_contract_detail as detail
    from portal_admin.models.engine import writing

    with writing(synced.engine) as connection:
        connection.execute(
            update(detail)
            .where(detail.c.data_class == "contract")
            .values(record='{"RemainingBalance": "lots"}')
        )
    found = row(fields.show(synced, contract_id=CONTRACT), "contract.remaining_balance")
    assert found.state is State.NOT_READABLE
    assert found.reason is not None
    assert found.reason.startswith("The portal has a value")
