"""Open charges from the portal's copy for a whole list, and from ASPIRE for one contract."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, event, update

from portal_admin.models import aspire_contract_detail
from portal_admin.services import charges, sites, users
from portal_admin.services.charges import live_charges, open_charges
from portal_admin.services.desk import Desk
from portal_admin.services.sync import sync
from tests.fixtures.desk import Clock
from tests.fixtures.operators import filling

OPEN, NEVER_SEEN = 45, 999


@pytest.fixture
def seen(desk: Desk, sandbox: Any) -> int:
    """The oid of a contract that a user sees, so that its invoices are kept: two of 1,075.00, due 1 Nov and 1 Dec."""
    sync(desk)
    sites.create_site(desk, key="northwind", name="Northwind", labels=["NORTHWIND"], unlabelled=True)
    users.create_user(
        desk,
        site="northwind",
        email="rolsen@prairie.example",
        first_name="Renate",
        last_name="Olsen",
        account_ids=["A-001"],
    )
    (contract,) = desk.aspire.contracts(contract_id="0012-0045") if desk.aspire else ()
    return contract.oid


def test_that_open_charges_come_from_the_copy_with_their_age(seen: int, desk: Desk, clock: Clock) -> None:
    found = open_charges(desk, [seen])[seen]
    assert found.open is not None
    assert (found.open.currency, found.open.total) == ("USD", Decimal("2150.00"))
    assert found.as_of == clock.now
    assert found.problem is None
    assert not found.stale
    clock.now += timedelta(minutes=31)
    assert open_charges(desk, [seen])[seen].stale


def test_that_today_is_the_companys_own_day(seen: int, desk: Desk, clock: Clock) -> None:
    # 1 December in Greenwich, still 30 November in Chicago.
    clock.now = datetime(2026, 12, 2, 5, 30, tzinfo=UTC)
    evening = open_charges(desk, [seen])[seen].open
    clock.now = datetime(2026, 12, 2, 6, 30, tzinfo=UTC)
    midnight = open_charges(desk, [seen])[seen].open
    assert evening is not None
    assert midnight is not None
    assert evening.past_due < midnight.past_due


def test_that_what_was_never_received_is_not_known_and_no_zero(seen: int, desk: Desk) -> None:
    found = open_charges(desk, [seen, NEVER_SEEN])
    assert found.keys() == {seen, NEVER_SEEN}
    assert found[NEVER_SEEN].open is None
    assert found[NEVER_SEEN].problem == charges.NOT_RECEIVED


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("record", ['[{"DueDate": "2026-11-01"}]', "{broken", "null"])
def test_that_an_unreadable_copy_is_not_known(seen: int, desk: Desk, engine: Engine, record: str) -> None:
    table = aspire_contract_detail
    with filling(engine) as connection:
        connection.execute(
            update(table)
            .where(table.c.contract_oid == seen, table.c.data_class == "invoices")
            .values(record=record)
        )
    found = open_charges(desk, [seen])[seen]
    assert (found.open, found.problem) == (None, charges.UNREADABLE)
    assert found.as_of is not None


@pytest.mark.databases("sqlite")
def test_that_a_thousand_contracts_are_one_query(seen: int, desk: Desk, engine: Engine) -> None:
    asked: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if "aspire_contract_detail" in statement:
            asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    found = open_charges(desk, [seen, *range(10_000, 10_999)])
    event.remove(engine, "before_cursor_execute", note)
    assert len(found) == 1000
    assert len(asked) == 1


@pytest.mark.databases("sqlite")
def test_that_aspire_itself_tells_what_is_open_now(seen: int, desk: Desk, sandbox: Any, clock: Clock) -> None:
    for invoice in desk.aspire.detail(contract_oid=seen, data_class="invoices") if desk.aspire else ():
        paid = [{**line, "CurrentDueAmount": "0.00"} for line in invoice["Details"]]
        sandbox.put("Invoices", {**invoice, "Details": paid})
    found = live_charges(desk, contract_oid=seen, currency="USD")
    assert found.open is not None
    assert found.open.total == 0
    assert found.as_of == clock.now
    stored = open_charges(desk, [seen])[seen].open
    assert stored is not None
    assert stored.total == Decimal("2150.00")


@pytest.mark.databases("sqlite")
def test_that_a_failed_look_up_is_not_known_with_its_reason(seen: int, desk: Desk, sandbox: Any) -> None:
    sandbox.fault(status=503)
    found = live_charges(desk, contract_oid=seen, currency="USD")
    assert found.open is None
    assert found.problem
    sandbox.clear_faults()
    assert live_charges(desk, contract_oid=NEVER_SEEN, currency="USD").problem == charges.GONE


@pytest.mark.databases("sqlite")
def test_that_without_aspire_nothing_is_known_of_now(offline_desk: Desk) -> None:
    found = live_charges(offline_desk, contract_oid=OPEN, currency="USD")
    assert (found.open, found.problem) == (None, charges.NOT_CONFIGURED)
