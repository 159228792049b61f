"""What hangs on visible contracts: read at its cadence, for visible contracts only, and at once for a new link."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, insert, select

from portal_admin.errors import (
    AspireDenied,
    AspireRecordMissing,
    AspireUnreachable,
    DeskError,
    SettingsProblem,
)
from portal_admin.models import (
    account_link,
    aspire_contact,
    aspire_contract,
    aspire_contract_detail,
    end_user,
    setting,
    site,
    site_private_label,
)
from portal_admin.models.engine import reading
from portal_admin.sandbox.server import Sandbox
from portal_admin.services.desk import Desk
from portal_admin.services.sync import detail_pass as sync_detail_pass
from portal_admin.services.sync import read_account_now, sync, sync_status
from tests.fixtures.desk import NOW, TOO_SLOW, Clock
from tests.fixtures.operators import filling
from tests.fixtures.sandbox import account, contract
from tests.services.sync.killing import Killed, killing

# What ASPIRE fails to say does not depend on the database.
pytestmark = pytest.mark.databases("sqlite")

ALL = {
    "contract",
    "invoices",
    "payments",
    "alternate_efts",
    "equipment",
    "amortization",
    "bank_accounts",
    "credit_lines",
}
DAILY = {"equipment", "amortization", "credit_lines"}
# What a user linked to A-001 sees on a site that takes unlabelled contracts.
VISIBLE = {10, 11, 15}


@pytest.fixture
def user(desk: Desk) -> None:
    """A pending user of a site that takes unlabelled contracts, linked to A-001."""
    rows: list[tuple[Any, dict[str, Any]]] = [
        (site, {"id": 1, "key": "WEST", "name": "West", "created_at": NOW}),
        (site_private_label, {"site_id": 1, "label_key": "", "label": ""}),
        (
            end_user,
            {
                "id": 1,
                "site_id": 1,
                "email": "a@b.example",
                "first_name": "A",
                "last_name": "B",
                "name_key": "a b",
                "status": "Pending",
                "created_at": NOW,
                "created_by": "t",
            },
        ),
    ]
    with filling(desk.engine) as connection:
        for table, row in rows:
            connection.execute(insert(table).values(row))
    link(desk, 1)


def link(desk: Desk, account_oid: int) -> None:
    row = {
        "user_id": 1,
        "account_oid": account_oid,
        "account_id": "x",
        "created_at": NOW,
        "created_by": "t",
    }
    with filling(desk.engine) as connection:
        connection.execute(insert(account_link).values(row))


def details(desk: Desk) -> dict[tuple[int, str], tuple[datetime, Any]]:
    with reading(desk.engine) as connection:
        rows = connection.execute(select(aspire_contract_detail)).all()
    return {(row.contract_oid, row.data_class): (row.as_of, json.loads(row.record)) for row in rows}


@pytest.mark.usefixtures("user")
def test_that_details_are_read_for_visible_contracts_only(desk: Desk) -> None:
    sync(desk)
    found = details(desk)
    assert set(found) == {(oid, name) for oid in VISIBLE for name in ALL}
    assert found[10, "contract"][1]["Term"] == 60
    assert [invoice["InvoiceNumber"] for invoice in found[10, "invoices"][1]] == ["INV-101", "INV-100"]
    assert found[10, "bank_accounts"][1][0]["AccountNumber"] == "6789"
    assert found[10, "credit_lines"][1][0]["Available"] == "90000.00"
    assert found[10, "amortization"][1]["Lines"][0]["Principal"] == "812.40"
    assert found[11, "payments"][1] == []


def test_that_without_users_nothing_is_asked_but_all_is_confirmed(desk: Desk) -> None:
    sync(desk)
    assert details(desk) == {}
    assert {one.data_class for one in sync_status(desk).classes if one.confirmed_at == NOW} == ALL | {
        "accounts",
        "contacts",
        "contracts",
        "private_labels",
    }


@pytest.mark.usefixtures("user")
def test_that_each_class_is_refreshed_at_its_cadence(desk: Desk, clock: Clock) -> None:
    sync(desk)
    clock.now += timedelta(minutes=5)
    sync(desk)
    assert {as_of for as_of, _ in details(desk).values()} == {NOW}
    clock.now += timedelta(minutes=10)
    sync(desk)
    assert {name for (_, name), (as_of, _) in details(desk).items() if as_of == clock.now} == ALL - DAILY
    ages = {one.data_class: one.confirmed_at for one in sync_status(desk).classes}
    assert (ages["invoices"], ages["equipment"]) == (clock.now, NOW)
    clock.now += timedelta(days=1)
    sync(desk)
    assert {as_of for as_of, _ in details(desk).values()} == {clock.now}


@pytest.mark.usefixtures("user")
def test_that_a_cadence_set_by_the_company_counts(desk: Desk, clock: Clock) -> None:
    with filling(desk.engine) as connection:
        connection.execute(insert(setting).values(key="cadence.equipment", value="600"))
    sync(desk)
    clock.now += timedelta(minutes=10)
    sync(desk)
    assert {name for (_, name), (as_of, _) in details(desk).items() if as_of == clock.now} == {"equipment"}


@pytest.mark.usefixtures("user")
def test_that_a_changed_detail_replaces_the_old_one(desk: Desk, sandbox: Sandbox, clock: Clock) -> None:
    sync(desk)
    sandbox.patch("Equipment", 4, SerialNumber="NEW-1")
    clock.now += timedelta(days=1)
    sync(desk)
    assert details(desk)[10, "equipment"][1][0]["SerialNumber"] == "NEW-1"


@pytest.mark.usefixtures("user")
def test_that_a_class_aspire_cannot_tell_is_not_asked_for(desk: Desk, sandbox: Sandbox) -> None:
    sandbox.instance(Capabilities=["Invoices"])
    sync(desk)
    assert {name for _, name in details(desk)} == {"contract", "invoices"}
    assert sync_status(desk).classes[0].confirmed_at == NOW


@pytest.mark.usefixtures("user")
def test_that_one_refused_record_is_a_warning_and_keeps_its_age(
    desk: Desk, sandbox: Sandbox, clock: Clock
) -> None:
    sync(desk)
    clock.now += timedelta(minutes=15)
    sandbox.fault(status=403, path="/contracts/10/payments")
    result = sync(desk)
    assert "1 details could not be read" in result.warnings[0]
    found = details(desk)
    assert (found[10, "payments"][0], found[11, "payments"][0]) == (NOW, clock.now)
    ages = {one.data_class: one.confirmed_at for one in sync_status(desk).classes}
    assert (ages["payments"], ages["invoices"]) == (NOW, clock.now)


@pytest.mark.usefixtures("user")
def test_that_an_aspire_that_goes_away_fails_the_run_but_keeps_the_lists(
    desk: Desk, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal_admin.aspire.transport.BACKOFF", 0)
    sandbox.fault(drop="before", path="/contracts/10")
    with pytest.raises(AspireUnreachable):
        sync(desk)
    status = sync_status(desk)
    assert status.as_of == NOW
    assert status.runs[0].outcome == "failed"


@pytest.mark.usefixtures("user")
def test_that_details_left_over_are_read_by_the_next_run(
    desk: Desk, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync_detail_pass, "CONTRACTS_AT_ONCE", 1)
    monkeypatch.setattr(sync_detail_pass, "AT_MOST", timedelta(0))
    result = sync(desk)
    assert {oid for oid, _ in details(desk)} == {10}
    assert "the next run goes on" in result.warnings[0]
    assert sync(desk).warnings == result.warnings
    assert {oid for oid, _ in details(desk)} == {10, 11}


@pytest.mark.usefixtures("user")
def test_that_a_contract_gone_since_its_list_was_read_is_passed_over(desk: Desk, sandbox: Sandbox) -> None:
    def vanish(progress: Any) -> None:
        if progress.data_class == "contracts":
            sandbox.delete("Contracts", 11)

    result = sync(desk, progress=vanish)
    assert result.warnings == ()
    assert {oid for oid, _ in details(desk)} == VISIBLE - {11}


@pytest.mark.usefixtures("user")
def test_that_a_new_link_brings_its_account_at_once(desk: Desk, sandbox: Sandbox) -> None:
    sync(desk)
    sandbox.put("Accounts", account(70, "A-070", "Just Opened Inc."))
    sandbox.put("Contracts", contract(700, "0700-0001", 70))
    sandbox.put("Contacts", {"ContactOid": 77, "AccountOid": 70, "Name": "Jo", "Email": None})
    link(desk, 70)
    read_account_now(desk, account_oid=70)
    with reading(desk.engine) as connection:
        assert connection.execute(
            select(aspire_contract.c.contract_id).where(aspire_contract.c.oid == 700)
        ).scalar()
        assert (
            connection.execute(select(aspire_contact.c.name).where(aspire_contact.c.oid == 77)).scalar()
            == "Jo"
        )
    assert {name for oid, name in details(desk) if oid == 700} == ALL
    assert sync(desk).changed == 0


@pytest.mark.usefixtures("user")
def test_that_reading_one_account_removes_nothing(desk: Desk, sandbox: Sandbox) -> None:
    sync(desk)
    sandbox.delete("Contracts", 11)
    read_account_now(desk, account_oid=1)
    with reading(desk.engine) as connection:
        assert (
            connection.execute(select(aspire_contract.c.oid).where(aspire_contract.c.oid == 11)).scalar()
            == 11
        )
    assert sync(desk).removed == 1


def test_that_an_account_read_during_a_full_pass_survives_it(
    desk: Desk, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal_admin.aspire.client.PAGE_SIZE", 3)
    sync(desk)
    done: list[bool] = []

    def progress(found: Any) -> None:
        if found.data_class == "contracts" and found.read >= 30 and not done:
            done.append(True)
            # Its list page has passed already.
            sandbox.put("Contracts", contract(1, "0000-0001", 1))
            read_account_now(desk, account_oid=1)

    result = sync(desk, full=True, progress=progress)
    assert done
    assert result.removed == 0
    with reading(desk.engine) as connection:
        assert (
            connection.execute(select(aspire_contract.c.oid).where(aspire_contract.c.oid == 1)).scalar() == 1
        )


def test_that_an_account_that_aspire_lacks_is_told(desk: Desk) -> None:
    with pytest.raises(AspireRecordMissing):
        read_account_now(desk, account_oid=4711)


@pytest.mark.usefixtures("user")
@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"drop": "before"}, AspireUnreachable),
        ({"deny": "Contracts/10"}, AspireDenied),
        ({"latency": TOO_SLOW}, DeskError),
    ],
)
def test_that_a_failure_to_read_one_account_is_raised_for_the_caller_to_tell(
    desk: Desk, sandbox: Sandbox, fault: dict[str, Any], kind: type[DeskError]
) -> None:
    sandbox.fault(**fault)
    with pytest.raises(kind):
        read_account_now(desk, account_oid=1)


def test_that_without_aspire_no_account_is_read(offline_desk: Desk) -> None:
    with pytest.raises(SettingsProblem):
        read_account_now(offline_desk, account_oid=1)


@pytest.mark.usefixtures("user")
@pytest.mark.parametrize("at_once", [1, 2, 500])
def test_that_details_of_contracts_that_nobody_sees_any_more_are_deleted(
    desk: Desk, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync_detail_pass, "FORGOTTEN_AT_ONCE", at_once)
    link(desk, 2)
    sync(desk)
    assert {oid for oid, _ in details(desk)} == VISIBLE | {20}
    with filling(desk.engine) as connection:
        connection.execute(delete(account_link).where(account_link.c.account_oid == 1))
    sync(desk)
    assert {oid for oid, _ in details(desk)} == {20}
    with filling(desk.engine) as connection:
        connection.execute(delete(account_link))
    sync(desk)
    assert details(desk) == {}


@pytest.mark.usefixtures("user")
def test_that_a_contract_that_leaves_between_two_that_stay_takes_its_details_along(
    desk: Desk, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync_detail_pass, "CONTRACTS_AT_ONCE", 1)
    sync(desk)
    sandbox.patch("Contracts", 11, IsBooked=False)
    sync(desk)
    assert {oid for oid, _ in details(desk)} == VISIBLE - {11}


@pytest.mark.usefixtures("user")
def test_that_a_full_sync_reads_all_details_again_whatever_their_cadence(desk: Desk, clock: Clock) -> None:
    sync(desk)
    clock.now += timedelta(minutes=1)
    sync(desk, full=True)
    assert {as_of for as_of, _ in details(desk).values()} == {clock.now}
    again = clock.now
    clock.now += timedelta(minutes=1)
    sync(desk)
    assert {as_of for as_of, _ in details(desk).values()} == {again}


@pytest.mark.usefixtures("user")
def test_that_details_that_a_full_sync_had_no_time_for_are_read_by_the_next_run(
    desk: Desk, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync(desk)
    with monkeypatch.context() as hurried:
        hurried.setattr(sync_detail_pass, "CONTRACTS_AT_ONCE", 1)
        hurried.setattr(sync_detail_pass, "AT_MOST", timedelta(0))
        clock.now += timedelta(minutes=1)
        sync(desk, full=True)
    assert {oid for (oid, _), (as_of, _) in details(desk).items() if as_of == clock.now} == {10}
    clock.now += timedelta(minutes=1)
    sync(desk)
    ages = {(oid, as_of) for (oid, _), (as_of, _) in details(desk).items()}
    asked = clock.now - timedelta(minutes=1)
    assert ages == {(10, asked), (11, clock.now), (15, clock.now)}


@pytest.mark.usefixtures("user")
def test_that_a_plain_sync_that_finishes_a_recovery_reads_all_details_again(
    desk: Desk, sandbox: Sandbox, clock: Clock
) -> None:
    sync(desk)
    sandbox.restore(60)
    clock.now += timedelta(minutes=1)
    with pytest.raises(Killed):
        sync(desk, full=True, progress=killing(1))
    clock.now += timedelta(minutes=1)
    sync(desk)
    assert {as_of for as_of, _ in details(desk).values()} == {clock.now}


@pytest.mark.usefixtures("user")
def test_that_a_new_link_leaves_no_detail_from_before_a_full_sync(
    desk: Desk, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync(desk)
    monkeypatch.setattr(sync_detail_pass, "CONTRACTS_AT_ONCE", 1)
    monkeypatch.setattr(sync_detail_pass, "AT_MOST", timedelta(0))
    clock.now += timedelta(minutes=1)
    sync(desk, full=True)
    read_account_now(desk, account_oid=1)
    assert {as_of for as_of, _ in details(desk).values()} == {clock.now}
