"""What an amount would pay, on ASPIRE's facts now or on copies young enough, and never on anything else."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from portal_admin.domain.cash_preview import CashPreview
from portal_admin.errors import (
    AspireRecordMissing,
    AspireReplyUnreadable,
    CouldNotLook,
    InvalidInput,
    Refused,
)
from portal_admin.models import aspire_contract_detail as detail
from portal_admin.models import payment_event, sync_run
from portal_admin.models.engine import writing
from portal_admin.services.cash_preview import preview
from portal_admin.services.desk import Desk
from tests.fixtures.desk import NOW, TOO_SLOW, Clock
from tests.fixtures.operators import filling
from tests.services.conftest import RUTH
from tests.services.fields.snapshot import keep
from tests.services.portal_rows import add_payment

CONTRACT = "0012-0045"
FRESH, STALE = NOW - timedelta(minutes=12), NOW - timedelta(minutes=31)
DOWN: list[dict[str, Any]] = [{"status": 503}, {"drop": "before"}, {"latency": TOO_SLOW}, {"html": True}]
pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture
def change(desk: Desk, sandbox: Any) -> Callable[..., None]:
    """Changes fields of the contract in ASPIRE."""

    def put(**fields: Any) -> None:
        assert desk.aspire is not None
        record = desk.aspire.detail(contract_oid=10, data_class="contract")
        sandbox.put("Contracts", {**record, **fields})

    return put


def paid(found: CashPreview) -> list[tuple[str, str, str]]:
    return [(one.invoice, one.transaction_code, str(one.applied)) for one in found.application.applied]


def cautions(found: CashPreview) -> dict[str, str]:
    return {one.name: one.sentence for one in found.cautions}


def test_that_the_contract_need_not_be_in_the_portal(desk: Desk) -> None:
    found = preview(desk, contract_id=" 0012-0045 ", amount="2000.00")
    assert found.contract_id == CONTRACT
    assert paid(found) == [
        ("INV-100", "RENT", "1000.00"),
        ("INV-100", "TAX", "50.00"),
        ("INV-100", "LATE", "25.00"),
        ("INV-101", "RENT", "880.95"),
        ("INV-101", "TAX", "44.05"),
    ]
    assert (found.application.unapplied, found.as_of, found.stored) == (Decimal("0.00"), NOW, False)
    assert found.cautions == ()


@pytest.mark.parametrize(
    ("method", "last"),
    [
        ("BalanceForward", ("INV-101", "TAX", "44.05")),
        ("BalanceForwardProrated", ("INV-101", "LATE", "21.51")),
        ("PriorityPost", ("INV-101", "TAX", "45.24")),
        ("PriorityPostOldestDueBy", ("INV-101", "TAX", "45.24")),
    ],
)
def test_that_the_contract_has_its_own_method(
    desk: Desk, change: Callable[..., None], method: str, last: tuple[str, str, str]
) -> None:
    change(CashApplicationMethod=method)
    found = preview(desk, contract_id=CONTRACT, amount="2000.00")
    assert found.application.method.value == method
    assert paid(found)[-1] == last


def test_that_the_window_is_the_contracts_own_and_counts_from_the_day_of_payment(
    desk: Desk, change: Callable[..., None]
) -> None:
    change(CashApplicationWindowDays=10)
    today = preview(desk, contract_id=CONTRACT, amount="2000")
    assert today.application.unapplied == Decimal("925.00")
    assert "INV-101 due 1 Dec 2026" in cautions(today)["beyond_window"]
    tomorrow = preview(desk, contract_id=CONTRACT, amount="2000", on=date(2026, 11, 22))
    assert tomorrow.application.unapplied == 0
    assert "future" in cautions(tomorrow)


def test_that_today_is_the_company_s_today(desk: Desk, clock: Clock) -> None:
    clock.now = datetime(
        2026, 11, 22, 5, 30, tzinfo=UTC
    )  # half past eleven in the evening before, in Chicago
    assert preview(desk, contract_id=CONTRACT, amount="1").on == date(2026, 11, 21)
    assert "past" in cautions(preview(desk, contract_id=CONTRACT, amount="1", on=date(2026, 11, 20)))


def test_that_an_amount_is_taken_strictly(desk: Desk) -> None:
    with pytest.raises(InvalidInput) as refused:
        preview(desk, contract_id=CONTRACT, amount="1,00")
    assert refused.value.field == "amount"


def test_that_an_amount_has_the_decimals_of_the_contracts_currency(
    desk: Desk, change: Callable[..., None]
) -> None:
    change(Currency="JPY")
    with pytest.raises(InvalidInput, match="no decimals"):
        preview(desk, contract_id=CONTRACT, amount="10.50")
    assert str(preview(desk, contract_id=CONTRACT, amount="10.00").application.amount) == "10"


def test_that_a_contract_aspire_does_not_have_is_said_to_be_none(desk: Desk) -> None:
    with pytest.raises(AspireRecordMissing, match="no contract 12-45"):
        preview(desk, contract_id="12-45", amount="1")
    with pytest.raises(InvalidInput):
        preview(desk, contract_id=" ", amount="1")


def test_that_an_unknown_method_is_refused_and_an_unsaid_one_is_no_answer(
    desk: Desk, sandbox: Any, change: Callable[..., None]
) -> None:
    change(CashApplicationMethod=None)
    with pytest.raises(CouldNotLook, match="does not say"):
        preview(desk, contract_id=CONTRACT, amount="1")
    change(CashApplicationMethod="BalanceForward")
    sandbox.fault(path="/contracts/10", rename="CashApplicationMethod:Method")
    with pytest.raises(CouldNotLook, match="does not say"):
        preview(desk, contract_id=CONTRACT, amount="1")


def test_that_the_method_of_a_company_s_own_is_refused(desk: Desk) -> None:
    keep(desk, CONTRACT, at=FRESH)
    rewrite(desk, "contract", CashApplicationMethod="HouseRules")
    with pytest.raises(Refused) as refused:
        preview(replace(desk, aspire=None), contract_id=CONTRACT, amount="1")
    assert refused.value.rule == "cash_application_method"
    assert "“HouseRules”" in refused.value.message


def rewrite(desk: Desk, data_class: str, **fields: Any) -> None:
    """Change the portal's copy of the contract."""
    with filling(desk.engine) as connection:
        mine = detail.c.data_class == data_class
        record = json.loads(connection.execute(select(detail.c.record).where(mine)).scalar_one())
        connection.execute(update(detail).where(mine).values(record=json.dumps({**record, **fields})))


def test_that_amounts_of_more_decimals_than_the_currency_are_no_answer(desk: Desk, sandbox: Any) -> None:
    assert desk.aspire is not None
    (invoice, *_) = desk.aspire.detail(contract_oid=10, data_class="invoices")
    charges = [{**line, "CurrentDueAmount": "10.0005"} for line in invoice["Details"]]
    sandbox.put("Invoices", {**invoice, "Details": charges})
    with pytest.raises(AspireReplyUnreadable, match="more decimals"):
        preview(desk, contract_id=CONTRACT, amount="1")


# Where ASPIRE cannot be asked


@pytest.mark.parametrize("fault", DOWN)
def test_that_a_young_copy_serves_with_its_age_and_the_reason(
    desk: Desk, sandbox: Any, fault: dict[str, Any]
) -> None:
    keep(desk, CONTRACT, at=FRESH)
    sandbox.fault(**fault)
    assert desk.aspire is not None
    with desk.aspire.within(0.3):
        found = preview(desk, contract_id=CONTRACT, amount="1075")
    assert (found.stored, found.as_of) == (True, FRESH)
    assert found.application.unapplied == 0
    assert cautions(found)["portal_copy"].startswith("This rests on the portal's copy of 21 Nov 2026 13:48. ")


@pytest.mark.parametrize(("fault", "held"), [*((fault, "old") for fault in DOWN), (DOWN[0], "none")])
def test_that_without_a_young_copy_there_is_no_answer(
    desk: Desk, sandbox: Any, fault: dict[str, Any], held: str
) -> None:
    if held == "old":
        keep(desk, CONTRACT, at=STALE)
    sandbox.fault(**fault)
    assert desk.aspire is not None
    with desk.aspire.within(0.3), pytest.raises(CouldNotLook):
        preview(desk, contract_id=CONTRACT, amount="1075")


def test_that_invoices_alone_may_come_from_the_copy(desk: Desk, sandbox: Any) -> None:
    keep(desk, CONTRACT, at=FRESH)
    sandbox.fault(path="/contracts/10/invoices", status=503)
    found = preview(desk, contract_id=CONTRACT, amount="1075")
    assert (found.stored, found.as_of) == (True, FRESH)
    sandbox.clear_faults()
    sandbox.fault(path="/contracts/10", status=503)
    assert preview(desk, contract_id=CONTRACT, amount="1075").stored


def test_that_copies_of_a_restored_aspire_prove_nothing(desk: Desk, sandbox: Any) -> None:
    keep(desk, CONTRACT, at=FRESH)
    with writing(desk.engine) as connection:
        connection.execute(
            insert(sync_run).values(
                started_at=NOW, finished_at=NOW, full=False, outcome="restored", operator="sync"
            )
        )
    sandbox.fault(status=503)
    with pytest.raises(CouldNotLook):
        preview(desk, contract_id=CONTRACT, amount="1075")


def test_that_a_contract_that_is_gone_is_not_told_from_its_copy(desk: Desk, sandbox: Any) -> None:
    keep(desk, CONTRACT, at=FRESH)
    sandbox.delete("Contracts", 10)
    with pytest.raises(AspireRecordMissing):
        preview(desk, contract_id=CONTRACT, amount="1")


# What else may change it


def test_that_what_stands_beside_the_charges_is_mentioned(desk: Desk, change: Callable[..., None]) -> None:
    change(
        UnappliedCashAmount="50.00",
        IsTerminated=True,
        EftAssignment={"IsActive": True, "BankAccountOid": 3, "NextDraftDate": "2026-11-21"},
    )
    told = cautions(preview(desk, contract_id=CONTRACT, amount="10"))
    assert told["unapplied_cash"].startswith("50.00 USD of unapplied cash")
    assert "terminated" in told
    assert told["autopay"] == "AutoPay drafts the contract's payment on 21 Nov 2026."


def test_that_a_credit_is_mentioned_and_not_spent(desk: Desk, sandbox: Any) -> None:
    assert desk.aspire is not None
    (invoice, *_) = desk.aspire.detail(contract_oid=10, data_class="invoices")
    credit = {**invoice["Details"][2], "CurrentDueAmount": "-25.00"}
    sandbox.put("Invoices", {**invoice, "Details": [*invoice["Details"][:2], credit]})
    found = preview(desk, contract_id=CONTRACT, amount="1050")
    assert found.application.unapplied == 0
    assert "Credits of 25.00 USD" in cautions(found)["credits"]


def test_that_payments_under_way_are_mentioned(office: Desk) -> None:
    with filling(office.engine) as connection:
        add_payment(connection, RUTH, reference="P-1", pay_on=date(2026, 11, 21))
        add_payment(connection, RUTH, reference="P-2", pay_on=date(2026, 11, 23))
        add_payment(connection, RUTH, reference="P-3", pay_on=date(2026, 11, 20), status="Canceled")
        add_payment(connection, RUTH, reference="P-4", pay_on=date(2026, 11, 20), contract_oid=11)
        add_payment(connection, RUTH, reference="P-5", pay_on=date(2026, 11, 19), status="Paid")
        add_payment(connection, RUTH, reference="P-6", pay_on=date(2026, 10, 19), status="Paid")
        arrived = add_payment(connection, RUTH, reference="P-7", pay_on=date(2026, 11, 18), status="Paid")
        posted = {"payment_id": arrived, "kind": "contract_posted", "at": NOW, "learned_at": NOW}
        connection.execute(insert(payment_event).values(id=900, operator="sync", evidence={}, **posted))
    told = [
        one.sentence
        for one in preview(office, contract_id=CONTRACT, amount="10").cautions
        if one.name == "under_way"
    ]
    assert told == [
        "Payment P-5 of 250.00 USD for 19 Nov 2026 (sent to the bank, not on the contract yet) is under way; "
        "applied before, it pays some of this.",
        "Payment P-1 of 250.00 USD for 21 Nov 2026 (Pending) is under way; applied before, it pays some of this.",
    ]
