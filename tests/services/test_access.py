"""What a user sees and why, against a living ASPIRE."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from portal_admin.domain.records import Account, Contract, Role
from portal_admin.domain.verdict import Edition
from portal_admin.errors import CouldNotLook, NotFound, SettingsProblem
from portal_admin.models import sync_run
from portal_admin.models.engine import writing
from portal_admin.services import access
from portal_admin.services.desk import Desk
from tests.fixtures import sandbox as portfolio
from tests.fixtures.desk import NOW
from tests.services.conftest import INA, PAUL, RUTH
from tests.services.filled import STALE, add_account, add_contract, add_user, set_confirmed, set_setting

# Site, email, contract id, verdict, area, failed checks.
OFFICE = [
    ("MAIN", RUTH, "0012-0045", "visible", "open", set()),
    ("MAIN", RUTH, " 0012-0045 ", "visible", "open", set()),
    ("main", RUTH.upper(), "eg-2019-7", "visible", "open", set()),
    ("MAIN", RUTH, "0012-0046", "visible", "closed", set()),
    ("MAIN", RUTH, "0012-0047", "not_visible", None, {"booked"}),
    ("MAIN", RUTH, "0012-0048", "not_visible", None, {"private_label"}),
    ("MAIN", RUTH, "0012-0050", "visible", "open", set()),
    ("PRAIRIE", RUTH, "0012-0049", "visible", "open", set()),
    ("PRAIRIE", RUTH, "0012-0045", "not_visible", None, {"private_label"}),
    ("MAIN", RUTH, "0020-0001", "not_visible", None, {"role"}),
    ("MAIN", RUTH, "0110-0001", "not_visible", None, {"role", "private_label"}),
    ("MAIN", RUTH, "0090-0001", "not_visible", None, {"booked", "role"}),
    ("MAIN", PAUL, "0020-0001", "not_visible", None, {"user_active"}),
    ("MAIN", PAUL, "0012-0047", "not_visible", None, {"booked", "role", "user_active"}),
    ("MAIN", INA, "0040-0001", "not_visible", None, {"user_active"}),
    ("MAIN", RUTH, "0012-45", "not_visible", None, {"exists"}),
    ("MAIN", RUTH, "00120045", "not_visible", None, {"exists"}),
    ("MAIN", RUTH, "%", "not_visible", None, {"exists"}),
    ("MAIN", RUTH, "x" * 64, "not_visible", None, {"exists"}),
]


@pytest.mark.parametrize(("site", "email", "contract_id", "verdict", "area", "failed"), OFFICE)
def test_that_the_office_is_explained(
    office: Desk, site: str, email: str, contract_id: str, verdict: str, area: str | None, failed: set[str]
) -> None:
    found = access.explain(office, site=site, email=email, contract_id=contract_id)
    assert (found.verdict, found.area, {check.name for check in found.failed}) == (verdict, area, failed)
    assert found.edition is Edition.E2026
    assert found.check("synced").result == "pass"
    assert found.check("restored").result == "pass"


def test_that_the_edition_of_the_portal_is_named(office: Desk) -> None:
    with writing(office.engine) as connection:
        set_setting(connection, "edition", "2025")
    assert access.explain(office, site="MAIN", email=RUTH, contract_id="0012-0045").edition is Edition.E2025


@pytest.mark.parametrize(("key", "value"), [("edition", "2027"), ("cadence.contracts", "soon")])
def test_that_a_setting_that_cannot_be_read_is_told(office: Desk, key: str, value: str) -> None:
    with writing(office.engine) as connection:
        set_setting(connection, key, value)
    with pytest.raises(SettingsProblem, match="setting"):
        access.explain(office, site="MAIN", email=RUTH, contract_id="0012-0045")


def test_that_the_cadence_of_the_portal_decides_what_is_stale(office: Desk) -> None:
    with writing(office.engine) as connection:
        set_setting(connection, "cadence.contracts", "3600")
        set_confirmed(connection, STALE)
    assert not access.report(office).freshness.stale


@pytest.mark.parametrize("ask", [access.explain, access.contracts])
@pytest.mark.parametrize(("site", "email"), [("NOWHERE", RUTH), ("MAIN", "x@y.example"), ("MAIN", "\ud800")])
def test_that_an_unknown_user_or_site_is_not_found(office: Desk, ask: Any, site: str, email: str) -> None:
    more = {"contract_id": "0012-0045"} if ask is access.explain else {}
    with pytest.raises(NotFound):
        ask(office, site=site, email=email, **more)


def test_that_a_change_in_aspire_is_told_and_leaves_the_verdict(office: Desk, sandbox: Any) -> None:
    sandbox.patch("Contracts", 10, IsTerminated=True, PrivateLabel="LEGACY")
    found = access.explain(office, site="MAIN", email=RUTH, contract_id="0012-0045")
    assert (found.verdict, found.area) == ("visible", "open")
    synced = found.check("synced")
    assert synced.result == "fail"
    assert synced.evidence["differs"] == {
        "is_terminated": {"portal": False, "aspire": True},
        "private_label": {"portal": None, "aspire": "legacy"},
    }
    assert synced.evidence["next_sync"] == NOW + timedelta(minutes=10)


def test_that_a_contract_deleted_in_aspire_stays_visible_with_synced_failed(
    office: Desk, sandbox: Any
) -> None:
    sandbox.delete("Contracts", 10)
    found = access.explain(office, site="MAIN", email=RUTH, contract_id="0012-0045")
    assert (found.verdict, found.check("exists").result, found.check("synced").result) == (
        "visible",
        "pass",
        "fail",
    )


def put_new_contract(sandbox: Any, **fields: Any) -> None:
    record = {
        "ContractOid": 500,
        "ContractId": "0500-0001",
        "IsBooked": True,
        "IsTerminated": False,
        "Roles": [{"AccountOid": 1, "RoleType": "Customer"}],
    }
    sandbox.put("Contracts", record | fields)


def test_that_a_contract_booked_minutes_ago_is_hidden_by_synced_alone(office: Desk, sandbox: Any) -> None:
    put_new_contract(sandbox)
    found = access.explain(office, site="MAIN", email=RUTH, contract_id="0500-0001")
    assert (found.verdict, [check.name for check in found.failed]) == ("not_visible", ["synced"])
    assert access.who(office, contract_id="0500-0001").sights == ()


def test_that_a_contract_only_in_aspire_names_parties_the_portal_has_not_received(
    office: Desk, sandbox: Any
) -> None:
    sandbox.put("Accounts", {"AccountOid": 50, "AccountId": "A-050", "Name": "Prairie Hauling Inc"})
    put_new_contract(sandbox, Roles=[{"AccountOid": 50, "RoleType": "Customer"}])
    found = access.explain(office, site="MAIN", email=RUTH, contract_id="0500-0001")
    assert {check.name for check in found.failed} == {"role", "synced"}
    assert "A-050" in (found.check("role").fix or "")
    assert found.check("look_alike").result == "advice"


def test_that_a_look_alike_linked_by_mistake_is_shown(office: Desk) -> None:
    found = access.explain(office, site="MAIN", email=PAUL, contract_id="0012-0045")
    (pair,) = found.check("look_alike").evidence["pairs"]
    assert (pair["linked"]["account_id"], pair["customer"]["account_id"]) == ("A-002", "A-001")


def test_that_a_restored_aspire_raises_its_alarm_on_every_verdict(office: Desk, sandbox: Any) -> None:
    sandbox.restore()
    found = access.explain(office, site="MAIN", email=RUTH, contract_id="0012-0045")
    assert (found.verdict, found.check("restored").result) == ("visible", "fail")
    assert found.check("restored").evidence == {"stored_generation": 1, "aspire_generation": 2}


def test_that_nobody_is_told_to_wait_for_the_next_sync_after_a_restore(office: Desk, sandbox: Any) -> None:
    sandbox.restore()
    sandbox.put("Contracts", portfolio.contract(10, "0012-0045", 1, PrivateLabel="PRAIRIE"))
    synced = access.explain(office, site="MAIN", email=RUTH, contract_id="0012-0045").check("synced")
    assert (synced.result, "next sync" in (synced.fix or "")) == ("fail", False)
    assert "full sync" in (synced.fix or "")


def test_that_an_alarm_of_the_last_sync_stands_while_aspire_does_not_answer(
    office: Desk, sandbox: Any
) -> None:
    with writing(office.engine) as connection:
        connection.execute(
            insert(sync_run).values(started_at=NOW, full=False, outcome="restored", operator="service")
        )
        connection.execute(
            insert(sync_run).values(started_at=NOW, full=False, outcome="failed", operator="service")
        )
    sandbox.fault(status=500)
    assert (
        access.explain(office, site="MAIN", email=RUTH, contract_id="0012-0045").check("restored").result
        == "fail"
    )


# Two contracts of one number


def test_that_of_two_contracts_of_one_number_the_visible_one_is_explained(office: Desk) -> None:
    with writing(office.engine) as connection:
        add_contract(connection, Contract(5, "0012-0045", True, False, (Role(1, "Customer"),), "LEGACY"))
        add_contract(connection, Contract(6, "0020-0001", False, False, (Role(2, "Customer"),)))
    assert access.explain(office, site="MAIN", email=RUTH, contract_id="0012-0045").verdict == "visible"
    found = access.explain(office, site="MAIN", email=PAUL, contract_id="0020-0001")
    assert [check.name for check in found.failed] == ["user_active"]
    assert [s.email for s in access.who(office, contract_id="0020-0001").sights] == [PAUL]


def test_that_the_same_record_is_compared_though_another_has_its_number(office: Desk, sandbox: Any) -> None:
    put_new_contract(sandbox, ContractOid=5, ContractId="0012-0045")
    assert (
        access.explain(office, site="MAIN", email=RUTH, contract_id="0012-0045").check("synced").result
        == "pass"
    )


# The list


def test_that_the_list_is_what_the_portal_shows_once_active_and_names_what_stays_hidden(office: Desk) -> None:
    listed = access.contracts(office, site="MAIN", email=INA)
    assert listed.user.status == "Inactive"
    assert [(line.contract_id, line.area) for line in listed.lines] == [
        ("0012-0045", "open"),
        ("0012-0046", "closed"),
        ("0012-0050", "open"),
        ("0040-0001", "closed"),
        ("0040-0002", "closed"),
        ("EG-2019-7", "open"),
    ]
    assert [(h.contract_id, h.reasons) for h in listed.hidden] == [
        ("0012-0047", ("booked",)),
        ("0012-0048", ("private_label",)),
        ("0012-0049", ("private_label",)),
    ]


def test_that_every_way_to_a_contract_is_told_once(office: Desk) -> None:
    with writing(office.engine) as connection:
        add_user(connection, 1, "both@x.example", [(1, "A-001"), (3, "A-003"), (6, "A-006")])
    (line, *_) = access.contracts(office, site="MAIN", email="both@x.example").lines
    assert [(via.account_id, via.role) for via in line.via] == [("A-001", "Customer"), ("A-003", "Guarantor")]


def test_that_only_admitted_roles_open_contracts_in_every_question(office: Desk) -> None:
    with writing(office.engine) as connection:
        set_setting(connection, "admitted_roles", "Customer")
        add_user(connection, 1, "dana@x.example", [(3, "A-003")])
    assert access.contracts(office, site="MAIN", email="dana@x.example").lines == ()
    assert "dana@x.example" not in {s.email for s in access.who(office, contract_id="0012-0045").sights}
    assert "dana@x.example" not in {s.email for s in access.report(office).sights}
    found = access.explain(office, site="MAIN", email="dana@x.example", contract_id="0012-0045")
    assert [check.name for check in found.failed] == ["role"]


# Viewers and report


def test_that_viewers_come_with_name_and_status_active_or_not(office: Desk) -> None:
    sights = access.who(office, contract_id=" 0012-0045").sights
    assert [(s.site, s.email, s.name, s.status) for s in sights] == [
        ("MAIN", INA, "Ina Old", "Inactive"),
        ("MAIN", RUTH, "Ruth Olsen", "Active"),
    ]


def test_that_a_contract_that_nobody_has_is_not_found(office: Desk) -> None:
    with pytest.raises(NotFound, match="0012-9999"):
        access.who(office, contract_id="0012-9999")


def test_that_viewers_of_an_unknown_contract_cannot_be_told_without_aspire(office: Desk) -> None:
    with pytest.raises(CouldNotLook):
        access.who(replace(office, aspire=None), contract_id="0012-9999")


def test_that_the_report_holds_active_users_and_the_others_only_when_asked_for(office: Desk) -> None:
    rows = [(s.site, s.email, s.contract_id) for s in access.report(office).sights]
    assert {email for _, email, _ in rows} == {RUTH}
    every = [(s.site, s.email, s.contract_id) for s in access.report(office, include_inactive=True).sights]
    assert {email for _, email, _ in every} == {RUTH, PAUL, INA}
    assert every == sorted(every)
    assert set(rows) < set(every)


@pytest.mark.parametrize(
    ("at", "stale"), [(NOW, False), (NOW - timedelta(minutes=30), False), (STALE, True), (None, True)]
)
def test_that_every_list_knows_whether_its_snapshot_is_stale(office: Desk, at: Any, stale: bool) -> None:
    with writing(office.engine) as connection:
        set_confirmed(connection, at)
    for freshness in (
        access.report(office).freshness,
        access.who(office, contract_id="0012-0045").freshness,
        access.contracts(office, site="MAIN", email=RUTH).freshness,
    ):
        assert (freshness.as_of, freshness.stale) == (at, stale)


def test_that_a_role_of_an_account_that_the_snapshot_lacks_still_counts(office: Desk) -> None:
    with writing(office.engine) as connection:
        connection.exec_driver_sql("DELETE FROM aspire_account WHERE oid = 1")
        add_account(connection, Account(77, "A-077", "Other"))
    found = access.explain(office, site="MAIN", email=RUTH, contract_id="0012-0045")
    assert found.verdict == "visible"
    assert "0012-0047" in {h.contract_id for h in access.contracts(office, site="MAIN", email=RUTH).hidden}
