"""The lists of accounts, contacts and contracts: what a sync stores, changes and removes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine, insert, update

from portal_admin import models
from portal_admin.aspire.client import AspireClient
from portal_admin.models.engine import writing
from portal_admin.sandbox.portfolio import from_dict
from portal_admin.sandbox.server import Sandbox
from portal_admin.services.desk import Desk
from portal_admin.services.sync import SyncProgress, sync
from portal_admin.services.sync import lists as sync_lists
from tests.fixtures.desk import NOW, Clock
from tests.fixtures.sandbox import account, contract, small_portfolio
from tests.services.sync.received import PORTFOLIO, RECORDS, content, rows


def test_that_a_first_sync_stores_everything(desk: Desk) -> None:
    result = sync(desk)
    assert (result.read, result.changed, result.removed) == (RECORDS, RECORDS, 0)
    assert (result.generation, result.watermark) == (1, NOW - sync_lists.OVERLAP)
    stored = {row["oid"]: row for row in rows(desk.engine, "aspire_contract")}
    assert len(stored) == len(PORTFOLIO["Contracts"])
    assert stored[16]["label_key"] == "northwind"
    assert stored[15]["label_key"] == ""
    assert stored[10]["payment_amount_minor"] == 100000
    assert stored[11]["termination_date"] == date(2026, 6, 30)
    assert stored[10]["booked_at"] == datetime(2026, 3, 1, 15, tzinfo=UTC)
    roles = [
        row["role_type"] for row in rows(desk.engine, "aspire_contract_role") if row["contract_oid"] == 10
    ]
    assert roles == ["Customer", "Guarantor", "Broker"]
    (oid,) = [row["oid"] for row in rows(desk.engine, "aspire_account") if row["account_id"] == "0013"]
    assert oid == 13


def test_that_a_second_sync_changes_nothing(desk: Desk) -> None:
    sync(desk)
    before = content(desk.engine)
    result = sync(desk)
    assert (result.changed, result.removed) == (0, 0)
    assert content(desk.engine) == before


def test_that_a_full_sync_without_changes_changes_nothing(desk: Desk) -> None:
    sync(desk)
    result = sync(desk, full=True)
    assert (result.read, result.changed, result.removed) == (RECORDS, 0, 0)


def test_that_an_incremental_sync_picks_up_what_changed_and_reads_little(
    desk: Desk, sandbox: Sandbox
) -> None:
    sync(desk)
    sandbox.put("Accounts", account(1, "A-001", "Renamed Hauling LLC", None))
    sandbox.put("Contracts", contract(500, "0500-0001", 1, PaymentAmount="12.34"))
    sandbox.patch("Contracts", 10, Roles=[{"AccountOid": 2, "RoleType": "Customer"}])
    result = sync(desk)
    assert (result.read, result.changed, result.removed) == (3, 3, 0)
    names = {row["oid"]: row["name_key"] for row in rows(desk.engine, "aspire_account")}
    assert names[1] == "renamed hauling llc"
    roles = rows(desk.engine, "aspire_contract_role")
    assert [row["account_oid"] for row in roles if row["contract_oid"] == 10] == [2]


def test_that_removed_records_go_with_all_that_hangs_on_them(desk: Desk, sandbox: Sandbox) -> None:
    sync(desk)
    detail = {"contract_oid": 10, "data_class": "invoices", "as_of": NOW, "record": "[]"}
    with writing(desk.engine) as connection:
        connection.execute(insert(models.aspire_contract_detail).values(detail))
    sandbox.delete("Contracts", 10)
    sandbox.delete("Accounts", 9)
    sandbox.delete("Contacts", 4)
    result = sync(desk)
    assert (result.read, result.changed, result.removed) == (3, 0, 3)
    assert 10 not in {row["contract_oid"] for row in rows(desk.engine, "aspire_contract_role")}
    assert rows(desk.engine, "aspire_contract_detail") == []
    assert sync(desk).removed == 0


def test_that_a_full_pass_removes_what_the_lists_no_longer_hold(desk: Desk, sandbox: Sandbox) -> None:
    sync(desk)
    with writing(desk.engine) as connection:
        ghost = {"oid": 999, "account_oid": 1, "name": "Ghost", "fingerprint": 0, "seen": 0}
        connection.execute(insert(models.aspire_contact).values(ghost))
    assert sync(desk).removed == 0
    assert sync(desk, full=True).removed == 1


def test_that_a_day_later_a_full_pass_runs_by_itself(desk: Desk, sandbox: Sandbox, clock: Clock) -> None:
    sync(desk)
    clock.now += timedelta(hours=23)
    assert sync(desk).read < RECORDS
    clock.now += timedelta(hours=2)
    assert sync(desk).read == RECORDS


def test_that_contracts_removed_by_a_full_pass_take_their_roles_along(desk: Desk) -> None:
    sync(desk)
    with writing(desk.engine) as connection:
        connection.execute(
            update(models.aspire_contract).where(models.aspire_contract.c.oid == 10).values(oid=999)
        )
        role = models.aspire_contract_role
        connection.execute(update(role).where(role.c.contract_oid == 10).values(contract_oid=999))
    assert sync(desk, full=True).removed == 1
    assert {row["contract_oid"] for row in rows(desk.engine, "aspire_contract_role")} == {
        row["oid"] for row in rows(desk.engine, "aspire_contract")
    }


def test_that_yen_are_stored_without_decimals(desk: Desk, sandbox: Sandbox) -> None:
    sandbox.put(
        "Contracts",
        contract(500, "0500-0001", 1, Currency="JPY", PaymentAmount="1234", RemainingBalance="99"),
    )
    sync(desk)
    assert rows(desk.engine, "aspire_contract")[-1]["payment_amount_minor"] == 1234


def test_that_names_of_all_scripts_survive(desk: Desk, sandbox: Sandbox) -> None:
    names = [
        "Ørsted Ægir ÅS",
        "株式会社プレーリー",
        "שלום בע״מ",
        "Cafe\u0301 & 'Sons'; --",
        "🚚 Hauling",
        "ß" * 200,
    ]
    for number, name in enumerate(names):
        sandbox.put("Accounts", account(900 + number, f"Ä-{number}", name))
    sync(desk)
    stored = {row["oid"]: row for row in rows(desk.engine, "aspire_account")}
    assert [stored[900 + number]["name"] for number in range(len(names))] == names
    assert stored[900]["account_id_key"] == "ä-0"
    assert stored[903]["name_key"] == "café & 'sons'; --"
    assert sync(desk, full=True).changed == 0


def test_that_a_role_named_twice_is_stored_once(desk: Desk, sandbox: Sandbox) -> None:
    role = {"AccountOid": 1, "RoleType": "Customer"}
    sandbox.put("Contracts", contract(500, "0500-0001", Roles=[role, role]))
    sync(desk)
    assert len([row for row in rows(desk.engine, "aspire_contract_role") if row["contract_oid"] == 500]) == 1


def test_that_records_kept_from_this_login_are_not_taken_for_removed(desk: Desk, sandbox: Sandbox) -> None:
    sync(desk)
    sandbox.fault(deny="Contracts/10")
    result = sync(desk, full=True)
    assert result.removed == 0
    assert "kept 1 contract from" in result.warnings[0]
    assert 10 in {row["oid"] for row in rows(desk.engine, "aspire_contract")}


def test_that_a_list_that_lost_most_of_its_records_empties_nothing_unasked(
    desk: Desk, sandbox: Sandbox, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync_lists, "LOSS_NEEDS_ASKING", 5)
    sync(desk)
    with writing(desk.engine) as connection:
        ghosts = [
            {"oid": 900 + n, "account_oid": 1, "name": "Ghost", "fingerprint": 0, "seen": 0}
            for n in range(20)
        ]
        connection.execute(insert(models.aspire_contact), ghosts)
    clock.now += timedelta(days=2)
    result = sync(desk)
    assert result.removed == 0
    assert "lacks 20 of 24" in result.warnings[0]
    assert sync(desk, full=True).removed == 20


def test_that_thousands_of_records_arrive_over_many_pages(engine: Engine, clock: Clock) -> None:
    many = small_portfolio()
    many["Accounts"] = [account(oid, f"B-{oid}", f"Name {oid}") for oid in range(1, 2502)]
    many["Contacts"], many["Contracts"] = [], []
    with Sandbox(from_dict(many)) as box:
        aspire = AspireClient(box.url, user="sandbox", password=lambda: "sandbox")
        desk = Desk(engine=engine, aspire=aspire, clock=clock, operator="tester")
        pages: list[SyncProgress] = []
        assert sync(desk, progress=pages.append).changed == 2501
        aspire.close()
    assert [page.read for page in pages if page.data_class == "accounts"] == [1000, 2000, 2501]
