"""Reading one contract at once: what a caller waits for, without waiting for the next sync."""

from __future__ import annotations

from typing import Any

import pytest

from portal_admin.domain.verdict import Result
from portal_admin.errors import CouldNotLook, InvalidInput, NotFound, SettingsProblem
from portal_admin.services import sites
from portal_admin.services.access import explain
from portal_admin.services.desk import Desk
from portal_admin.services.sync import sync
from portal_admin.services.sync.contract import sync_contract
from portal_admin.services.users import create_user
from tests.fixtures.sandbox import contract

pytestmark = pytest.mark.databases("sqlite")
OLSEN: dict[str, Any] = {"site": "northwind", "email": "rolsen@prairie.example"}


@pytest.fixture
def synced(desk: Desk, sandbox: Any) -> Desk:
    """A desk whose copy is complete, with a user of A-001; what is put into the sandbox afterwards is news."""
    sync(desk)
    sites.create_site(desk, key="northwind", name="Northwind", labels=["NORTHWIND"], unlabelled=True)
    create_user(desk, **OLSEN, first_name="Renate", last_name="Olsen", account_ids=["A-001"])
    return desk


def test_that_a_contract_booked_a_minute_ago_is_seen_after_its_account_was_read(
    synced: Desk, sandbox: Any
) -> None:
    sandbox.put("Contracts", contract(777, "0077-0001", 1))
    before = explain(synced, **OLSEN, contract_id="0077-0001")
    assert before.verdict == "not_visible"
    assert before.check("synced").evidence["in_aspire"] is True
    read = sync_contract(synced, contract_id=" 0077-0001 ")
    assert (read.contract_id, read.accounts) == ("0077-0001", ("A-001",))
    after = explain(synced, **OLSEN, contract_id="0077-0001")
    assert after.check("synced").result is Result.PASS
    assert [check.name for check in after.failed] == ["user_active"]


def test_that_a_contract_that_nobody_holds_or_nobody_has_is_told(synced: Desk, sandbox: Any) -> None:
    sandbox.put("Contracts", {**contract(778, "0077-0002", 1), "Roles": []})
    with pytest.raises(NotFound, match="Nobody holds a role"):
        sync_contract(synced, contract_id="0077-0002")
    with pytest.raises(NotFound, match="ASPIRE has no contract 7777-0001"):
        sync_contract(synced, contract_id="7777-0001")
    assert explain(synced, **OLSEN, contract_id="7777-0001").check("synced").evidence["in_aspire"] is False
    with pytest.raises(InvalidInput):
        sync_contract(synced, contract_id=" ")


def test_that_a_failed_look_up_leaves_the_copy_as_it_is(synced: Desk, sandbox: Any) -> None:
    sandbox.put("Contracts", contract(777, "0077-0001", 1))
    sandbox.fault(status=503)
    with pytest.raises(CouldNotLook):
        sync_contract(synced, contract_id="0077-0001")
    assert "in_aspire" not in explain(synced, **OLSEN, contract_id="0077-0001").check("synced").evidence
    sandbox.clear_faults()
    assert explain(synced, **OLSEN, contract_id="0077-0001").verdict == "not_visible"


def test_that_without_aspire_nothing_is_read(offline_desk: Desk) -> None:
    with pytest.raises(SettingsProblem):
        sync_contract(offline_desk, contract_id="0012-0045")
