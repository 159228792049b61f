"""Sync against a real ASPIRE stand-in and a real database file."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, insert, select, update

from portal_admin import models
from portal_admin.aspire.client import AspireClient
from portal_admin.errors import (
    AspireFailed,
    AspireReplyUnreadable,
    AspireRestored,
    DeskError,
    Refused,
    SettingsProblem,
)
from portal_admin.models.engine import reading, writing
from portal_admin.sandbox.portfolio import from_dict
from portal_admin.sandbox.server import Sandbox
from portal_admin.services.desk import Desk
from portal_admin.services.sync import SyncProgress, sync, sync_status
from portal_admin.services.sync import lists as sync_lists
from portal_admin.services.sync.state import restored_alarm
from tests.fixtures.desk import NOW, Clock
from tests.fixtures.sandbox import account, contract, small_portfolio

CONTENT = ("aspire_account", "aspire_contact", "aspire_contract", "aspire_contract_role")


def rows(engine: Engine, name: str) -> list[dict[str, Any]]:
    """All rows of a table but the marks of sync itself."""
    table = models.metadata.tables[name]
    columns = [column for column in table.columns if column.name not in ("seen", "fingerprint")]
    with reading(engine) as connection:
        found = connection.execute(select(*columns).order_by(*table.primary_key.columns))
        return [dict(row._mapping) for row in found]


def content(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    return {name: rows(engine, name) for name in CONTENT}


def count(engine: Engine, name: str) -> int:
    with reading(engine) as connection:
        return connection.execute(select(func.count()).select_from(models.metadata.tables[name])).scalar_one()


def outcomes(engine: Engine) -> list[str]:
    return [row["outcome"] for row in rows(engine, "sync_run")]


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal_admin.aspire.client.PAGE_SIZE", 3)


PORTFOLIO = small_portfolio()
RECORDS = sum(len(PORTFOLIO[name]) for name in ("Accounts", "Contacts", "Contracts"))


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


class Killed(Exception):
    """Stands for a run that ends between two pages."""


def killing(at: int) -> Callable[[SyncProgress], None]:
    seen = []

    def progress(found: SyncProgress) -> None:
        seen.append(found)
        if len(seen) == at:
            raise Killed

    return progress


@pytest.mark.usefixtures("small_pages")
def test_that_a_run_killed_after_any_page_is_resumed_to_the_same_end(
    desk: Desk, sandbox: Sandbox, tmp_path: Any
) -> None:
    sync(desk)
    expected = content(desk.engine)
    pages = 1
    while True:
        with writing(desk.engine) as connection:
            for name in (*CONTENT, "sync_state", "sync_run"):
                connection.execute(models.metadata.tables[name].delete())
        try:
            sync(desk, progress=killing(pages))
        except Killed:
            first = count(desk.engine, "aspire_account")
            assert first == min(3 * pages, len(PORTFOLIO["Accounts"]))
        else:
            break
        resumed = sync(desk)
        assert resumed.read < RECORDS or pages == 0
        assert content(desk.engine) == expected
        pages += 1
    assert pages > 10


@pytest.mark.usefixtures("small_pages")
def test_that_a_resumed_full_pass_removes_only_what_neither_part_met(desk: Desk) -> None:
    sync(desk)
    with writing(desk.engine) as connection:
        ghost = {"oid": 999, "account_oid": 1, "name": "Ghost", "fingerprint": 0, "seen": 0}
        connection.execute(insert(models.aspire_contact).values(ghost))
    with pytest.raises(Killed):
        sync(desk, full=True, progress=killing(6))
    result = sync(desk)
    assert result.removed == 1
    assert count(desk.engine, "aspire_account") == len(PORTFOLIO["Accounts"])


@pytest.mark.usefixtures("small_pages")
def test_that_a_change_met_by_no_page_of_a_killed_run_is_read_by_the_next(
    desk: Desk, sandbox: Sandbox
) -> None:
    with pytest.raises(Killed):
        sync(desk, progress=killing(2))
    sandbox.put("Accounts", account(1, "A-001", "Changed Meanwhile"))
    sync(desk)
    sync(desk)
    assert rows(desk.engine, "aspire_account")[0]["name"] == "Changed Meanwhile"


@pytest.mark.usefixtures("small_pages")
def test_that_a_cancelled_run_stops_after_a_page_and_goes_on_later(desk: Desk) -> None:
    result = sync(desk, cancelled=lambda: True)
    assert not result.complete
    assert result.read == 3
    assert sync(desk).complete
    assert count(desk.engine, "aspire_contract") == len(PORTFOLIO["Contracts"])


@pytest.mark.usefixtures("small_pages")
def test_that_a_page_that_fails_stops_the_run_and_keeps_what_was_read(desk: Desk, sandbox: Sandbox) -> None:
    sandbox.fault(status=500, path="/contracts")
    with pytest.raises(AspireFailed) as caught:
        sync(desk)
    assert count(desk.engine, "aspire_account") == len(PORTFOLIO["Accounts"])
    assert count(desk.engine, "aspire_contract") == 0
    (run,) = rows(desk.engine, "sync_run")
    assert (run["outcome"], run["message"], run["finished_at"]) == ("failed", caught.value.message, NOW)
    assert sync_status(desk).as_of is None
    sandbox.clear_faults()
    result = sync(desk)
    assert count(desk.engine, "aspire_contract") == len(PORTFOLIO["Contracts"])
    assert result.complete


@pytest.mark.parametrize(
    ("fault", "path"),
    [
        ({"mistype": "IsBooked"}, "IsBooked"),
        ({"missing": "PrivateLabel"}, "PrivateLabel"),
        ({"rename": "ContractId:ContractNumber"}, "ContractId"),
        ({"html": True, "path": "/accounts"}, "$"),
    ],
)
def test_that_a_wrong_reply_stops_the_run_cleanly_and_names_the_place(
    desk: Desk, sandbox: Sandbox, fault: dict[str, Any], path: str
) -> None:
    sync(desk)
    before = content(desk.engine)
    sandbox.fault(**fault)
    with pytest.raises(AspireReplyUnreadable) as caught:
        sync(desk, full=True)
    assert path in caught.value.message
    assert content(desk.engine) == before
    assert outcomes(desk.engine) == ["done", "failed"]


def test_that_an_amount_finer_than_its_currency_stops_the_run(desk: Desk, sandbox: Sandbox) -> None:
    sandbox.put("Contracts", contract(500, "0500-0001", 1, Currency="JPY", PaymentAmount="12.34"))
    with pytest.raises(AspireReplyUnreadable) as caught:
        sync(desk)
    assert "0500-0001" in caught.value.message
    assert count(desk.engine, "aspire_contract") == 0


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
    assert "kept 1 contracts" in result.warnings[0]
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


def test_that_only_one_run_at_a_time_is_let_in(desk: Desk) -> None:
    refused: list[Refused] = []

    def second(_: SyncProgress) -> None:
        with pytest.raises(Refused) as caught:
            sync(desk)
        refused.append(caught.value)

    sync(desk, progress=second)
    assert refused[0].rule == "one_sync_at_a_time"
    assert "2026-11-21 20:05:00 UTC" in refused[0].message
    assert sync_status(desk).holder is None


def lend(desk: Desk, holder: str, until: datetime) -> None:
    with writing(desk.engine) as connection:
        connection.execute(insert(models.lease).values(name="sync", holder=holder, expires_at=until))


def test_that_a_lease_from_another_machine_holds_until_it_expires(desk: Desk, clock: Clock) -> None:
    lend(desk, "server-7:4711:abcd", NOW + timedelta(minutes=3))
    with pytest.raises(Refused) as caught:
        sync(desk)
    assert "server-7:4711:abcd" in caught.value.message
    clock.now += timedelta(minutes=3)
    sync(desk)


def test_that_a_dead_runner_of_this_machine_loses_its_lease_at_once(desk: Desk) -> None:
    import socket
    import subprocess
    import sys

    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    lend(desk, f"{socket.gethostname()}:{dead.pid}:abcd", NOW + timedelta(minutes=3))
    sync(desk)


def test_that_a_run_whose_lease_was_taken_stops_without_writing(desk: Desk) -> None:
    def steal(_: SyncProgress) -> None:
        with writing(desk.engine) as connection:
            connection.execute(update(models.lease).values(holder="server-7:1:x"))

    with pytest.raises(Refused):
        sync(desk, progress=steal)
    assert count(desk.engine, "aspire_contact") == 0
    with reading(desk.engine) as connection:
        assert connection.execute(select(models.lease.c.holder)).scalar_one() == "server-7:1:x"


def test_that_a_restored_aspire_raises_the_alarm_until_a_full_sync(desk: Desk, sandbox: Sandbox) -> None:
    sync(desk)
    sandbox.restore()
    for _ in range(2):
        with pytest.raises(AspireRestored) as caught:
            sync(desk)
        assert "sync --full" in caught.value.message
    assert sync_status(desk).restored
    assert outcomes(desk.engine) == ["done", "restored", "restored"]
    result = sync(desk, full=True)
    assert result.generation == 2
    assert not sync_status(desk).restored
    sync(desk)


def test_that_a_clock_that_goes_back_raises_the_alarm_too(desk: Desk, sandbox: Sandbox) -> None:
    sync(desk)
    sandbox.instance(Now="2026-11-21T19:58:00Z")
    with pytest.raises(AspireRestored):
        sync(desk)
    sync(desk, full=True)
    sync(desk)
    assert not sync_status(desk).restored


def test_that_a_clock_set_right_by_seconds_raises_no_alarm(desk: Desk, sandbox: Sandbox) -> None:
    sync(desk)
    sandbox.instance(Now="2026-11-21T19:59:30Z")
    sync(desk)


@pytest.mark.usefixtures("small_pages")
def test_that_a_restore_between_two_pages_raises_the_alarm(desk: Desk, sandbox: Sandbox) -> None:
    restored: list[bool] = []

    def progress(_: SyncProgress) -> None:
        if not restored:
            restored.append(True)
            sandbox.restore()

    with pytest.raises(AspireRestored):
        sync(desk, progress=progress)
    assert sync_status(desk).restored
    sync(desk, full=True)
    assert count(desk.engine, "aspire_account") == len(PORTFOLIO["Accounts"])


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("pages", [1, 5, 8])
def test_that_a_full_sync_killed_after_a_restore_is_finished_by_a_plain_one(
    desk: Desk, sandbox: Sandbox, pages: int
) -> None:
    sync(desk)
    sandbox.restore()
    with pytest.raises(AspireRestored):
        sync(desk)
    with pytest.raises(Killed):
        sync(desk, full=True, progress=killing(pages))
    with reading(desk.engine) as connection:
        assert restored_alarm(connection)
    sync(desk)
    with reading(desk.engine) as connection:
        assert not restored_alarm(connection)


def test_that_without_aspire_there_is_no_sync(offline_desk: Desk) -> None:
    with pytest.raises(SettingsProblem):
        sync(offline_desk)


def test_that_a_label_that_aspire_does_not_know_is_told(desk: Desk) -> None:
    with writing(desk.engine) as connection:
        connection.execute(
            insert(models.site).values(id=1, key="WEST", name="West", version=1, created_at=NOW)
        )
        labels = [("prairie", "Prairie"), ("typo", "Typo"), ("", "")]
        for key, label in labels:
            connection.execute(
                insert(models.site_private_label).values(site_id=1, label_key=key, label=label)
            )
    assert sync(desk).warnings == (
        "Site WEST takes contracts of private label Typo, which ASPIRE does not list.",
    )


def test_that_status_knows_the_age_of_every_class(desk: Desk, clock: Clock) -> None:
    before = sync_status(desk)
    assert before.stale
    assert before.as_of is None
    sync(desk)
    clock.now += timedelta(minutes=20)
    status = sync_status(desk)
    ages = {one.data_class: one for one in status.classes}
    assert status.as_of == NOW
    assert not status.stale
    assert ages["contracts"].age == timedelta(minutes=20)
    assert ages["contracts"].next_due == clock.now
    assert ages["equipment"].next_due == NOW + timedelta(days=1)
    clock.now += timedelta(minutes=11)
    assert sync_status(desk).stale
    assert [run.outcome for run in status.runs] == ["done"]


def test_that_a_bug_leaves_no_lease_and_no_running_run_behind(desk: Desk) -> None:
    with pytest.raises(Killed):
        sync(desk, progress=killing(1))
    assert outcomes(desk.engine) == ["stopped"]
    assert sync_status(desk).holder is None


def test_that_the_database_file_never_holds_a_whole_account_number(desk: Desk) -> None:
    with writing(desk.engine) as connection:
        connection.execute(
            insert(models.site).values(id=1, key="WEST", name="West", version=1, created_at=NOW)
        )
        connection.execute(insert(models.site_private_label).values(site_id=1, label_key="", label=""))
        user = {
            "id": 1,
            "site_id": 1,
            "email": "a@b.example",
            "first_name": "A",
            "last_name": "B",
            "name_key": "a b",
            "status": "Pending",
            "version": 1,
            "created_at": NOW,
            "created_by": "t",
        }
        connection.execute(insert(models.end_user).values(user))
        link = {"user_id": 1, "account_oid": 1, "account_id": "A-001", "created_at": NOW, "created_by": "t"}
        connection.execute(insert(models.account_link).values(link))
    sync(desk)
    assert count(desk.engine, "aspire_contract_detail") > 0
    path = desk.engine.url.database or ""
    plain = sqlite3.connect(path)
    plain.execute("pragma wal_checkpoint(truncate)")
    plain.close()
    with open(path, "rb") as file:
        content = file.read()
    assert b"6789" in content
    assert b"000123456789" not in content
    assert b"123456789" not in content


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


def test_that_every_kind_of_trouble_is_one_of_our_errors(
    desk: Desk, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal_admin.aspire.transport.BACKOFF", 0)
    for fault in ({"status": 403}, {"drop": "before"}, {"truncate": True}, {"status": 404}):
        sandbox.fault(**fault, path="/contacts")
        with pytest.raises(DeskError):
            sync(desk)
        sandbox.clear_faults()
    sync(desk)
