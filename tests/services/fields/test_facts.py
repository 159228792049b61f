"""The facts a caller asks about: on both sides, in words, with their age and what ASPIRE could not tell."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from portal_admin.domain.contract_facts import UNREAD, ContractFacts, Fact
from portal_admin.domain.fields import State
from portal_admin.errors import CouldNotLook, NotFound
from portal_admin.services.desk import Desk
from portal_admin.services.fields.facts import contract_facts
from tests.fixtures.desk import NOW, TOO_SLOW
from tests.services.fields.snapshot import keep

pytestmark = pytest.mark.databases("sqlite")
CONTRACT, CLOSED = "0012-0045", "0012-0046"
FRESH = NOW - timedelta(minutes=12)


@pytest.fixture
def synced(desk: Desk) -> Desk:
    keep(desk, CONTRACT, at=FRESH)
    return desk


def fact(found: ContractFacts, name: str) -> Fact:
    return next(one for one in found.facts if one.name == name)


def test_that_both_sides_agree_after_a_sync(synced: Desk) -> None:
    found = contract_facts(synced, contract_id=CONTRACT)
    assert (found.contract_id, found.customer, found.currency) == (CONTRACT, "Prairie Hauling LLC", "USD")
    assert found.is_live
    assert found.stored_at == FRESH
    assert {one.state for one in found.facts} == {State.EQUAL}
    assert fact(found, "Open charges").portal == "2,150.00 · 1,075.00 past due"
    assert fact(found, "Last payment").portal == "9 Nov 2026 · 250.00"
    assert "Closed on" not in [one.name for one in found.facts]


def test_that_what_changed_since_differs_with_both_values(synced: Desk, sandbox: Any) -> None:
    (invoice, *_) = synced.aspire.detail(contract_oid=10, data_class="invoices") if synced.aspire else ()
    paid = [{**line, "CurrentDueAmount": "0.00"} for line in invoice["Details"]]
    sandbox.put("Invoices", {**invoice, "Details": paid})
    found = contract_facts(synced, contract_id=CONTRACT)
    charges = fact(found, "Open charges")
    assert (charges.portal, charges.aspire, charges.state) == (
        "2,150.00 · 1,075.00 past due",
        "1,075.00 · 1,075.00 past due",
        State.DIFFERS,
    )
    assert fact(found, "Remaining balance").state is State.EQUAL


@pytest.mark.parametrize("fault", [{"status": 503}, {"drop": "before"}, {"latency": TOO_SLOW}])
def test_that_without_aspire_the_copy_is_told_with_its_age_and_the_reason(
    synced: Desk, sandbox: Any, fault: dict[str, Any]
) -> None:
    sandbox.fault(**fault)
    found = contract_facts(synced, contract_id=CONTRACT, budget=0.3)
    assert not found.is_live
    assert found.problem
    assert found.stored_at == FRESH
    assert fact(found, "Open charges").portal.startswith("2,150.00")
    assert {one.aspire for one in found.facts} == {UNREAD}
    assert {one.state for one in found.facts} == {State.NOT_READABLE}


def test_that_one_failing_class_leaves_the_other_facts_live(synced: Desk, sandbox: Any) -> None:
    sandbox.fault(path="/contracts/10/invoices", status=503)
    found = contract_facts(synced, contract_id=CONTRACT)
    assert not found.is_live
    assert fact(found, "Open charges").aspire == UNREAD
    assert fact(found, "Remaining balance").state is State.EQUAL


def test_that_a_contract_the_portal_never_received_shows_aspires_side_alone(desk: Desk) -> None:
    found = contract_facts(desk, contract_id=CONTRACT)
    charges = fact(found, "Open charges")
    assert (charges.portal, charges.state) == ("not received", State.NOT_STORED)
    assert charges.aspire == "2,150.00 · 1,075.00 past due"
    assert found.stored_at is None


def test_that_a_closed_contract_tells_when_it_was_closed_and_no_next_payment(desk: Desk) -> None:
    keep(desk, CLOSED, at=FRESH)
    names = [one.name for one in contract_facts(desk, contract_id=CLOSED).facts]
    assert "Closed on" in names
    assert "Next payment" not in names


def test_that_only_what_is_needed_is_asked_of_aspire(synced: Desk, sandbox: Any) -> None:
    # What the facts do not need may fail without being missed.
    for path in (
        "/contracts/10/equipment",
        "/contracts/10/amortization",
        "/contracts/10/alternate-efts",
        "/accounts",
    ):
        sandbox.fault(path=path, status=503)
    assert contract_facts(synced, contract_id=CONTRACT).is_live


def test_that_an_unknown_id_is_not_found_only_when_aspire_says_so(synced: Desk, sandbox: Any) -> None:
    with pytest.raises(NotFound):
        contract_facts(synced, contract_id="7777-0001")
    sandbox.fault(status=503)
    with pytest.raises(CouldNotLook):
        contract_facts(synced, contract_id="7777-0001")
