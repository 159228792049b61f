"""Linking and unlinking: what is refused, what is undone, what is shown first."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from portal_admin.domain.people import EndUser, LinkedAccount
from portal_admin.domain.records import Account
from portal_admin.errors import Conflict, DeskError, NotFound, Refused
from portal_admin.models.engine import writing
from portal_admin.services import access, links, people, users
from portal_admin.services.desk import Desk
from tests.fixtures import sandbox as portfolio
from tests.services.conftest import INA, PAUL, RUTH
from tests.services.filled import STALE, add_account, audit_rows, everything, set_confirmed

THIRD, FIFTH = ({"account_id": f"A-00{n}", "account_oid": n} for n in (3, 5))
MAIN_OF_A001 = [("0012-0045", "open"), ("0012-0046", "closed"), ("0012-0050", "open"), ("EG-2019-7", "open")]


def linked(user: EndUser) -> list[str]:
    return [account.account_id for account in user.accounts]


def show(desk: Desk, email: str = RUTH) -> EndUser:
    return people.show_user(desk, site="MAIN", email=email)


def test_that_several_accounts_are_linked_at_once_in_one_audit_row(office: Desk) -> None:
    changed = links.add(office, site="main", email=RUTH.upper(), account_ids=["A-003", "a-005 ", "A-003"])
    assert linked(changed.user) == ["A-001", "A-003", "A-005"]
    assert changed.user.version == 2
    (row,) = audit_rows(office.engine)
    assert row.before == {"accounts": ["A-001"]}
    assert row.after == {"accounts": ["A-001", "A-003", "A-005"], "changed": [THIRD, FIFTH]}


@pytest.mark.parametrize(
    ("accounts", "rule"),
    [
        (["A-006"], "role"),
        (["A-004"], "active_contract"),
        (["A-009"], "active_contract"),
        (["A-007"], "private_label"),
        (["A-404"], "exists"),
        (["A-003", "A-006"], "role"),
        (["A-001"], "already_linked"),
    ],
)
def test_that_what_is_not_offered_is_refused_whole_and_names_the_rule(
    office: Desk, accounts: list[str], rule: str
) -> None:
    before = everything(office.engine)
    with pytest.raises(Refused) as refusal:
        links.add(office, site="MAIN", email=RUTH, account_ids=accounts)
    assert (refusal.value.rule, refusal.value.exit_code) == (rule, 1)
    assert everything(office.engine) == before


def test_that_a_refusal_tells_every_cause(office: Desk) -> None:
    with pytest.raises(Refused) as refusal:
        links.add(office, site="EASTCOAST", email=add_to_eastcoast(office), account_ids=["A-009"])
    assert refusal.value.rule == "active_contract"
    assert "active" in refusal.value.message
    assert "private label" in refusal.value.message


def add_to_eastcoast(office: Desk) -> str:
    return users.create_user(
        office, site="EASTCOAST", email="e@x.example", first_name="E", last_name="E", account_ids=["A-008"]
    ).user.email


def test_that_an_account_only_in_aspire_is_linked_and_its_records_are_read_at_once(
    office: Desk, sandbox: Any
) -> None:
    sandbox.put("Accounts", {"AccountOid": 50, "AccountId": "A-050", "Name": "Brand New LLC"})
    sandbox.put(
        "Contracts",
        {
            "ContractOid": 500,
            "ContractId": "0500-0001",
            "IsBooked": True,
            "IsTerminated": False,
            "BookedDateTime": "2026-11-21T19:58:00Z",
            "Roles": [{"AccountOid": 50, "RoleType": "Customer"}],
        },
    )
    changed = links.add(office, site="MAIN", email=RUTH, account_ids=["A-050"])
    assert ([(a.account_id, a.known) for a in changed.user.accounts], changed.warnings) == (
        [("A-001", True), ("A-050", False)],
        (),
    )
    listed = access.contracts(office, site="MAIN", email=RUTH)
    assert "0500-0001" in [line.contract_id for line in listed.lines]
    assert [a.name for a in listed.user.accounts][1] == "Brand New LLC"


def test_that_a_preview_of_an_account_only_in_aspire_rests_on_aspire(office: Desk, sandbox: Any) -> None:
    sandbox.put("Accounts", {"AccountOid": 50, "AccountId": "A-050", "Name": "Brand New LLC"})
    sandbox.put("Contracts", portfolio.contract(500, "0500-0001", 50))
    sandbox.put("Contracts", portfolio.contract(501, "0501-0001", 50, PrivateLabel="LEGACY"))
    before = everything(office.engine)
    shown = links.rehearse(office, site="MAIN", email=RUTH, add=["A-050"])
    assert [line.contract_id for line in shown.gained] == ["0500-0001"]
    assert [line.contract_id for line in shown.hidden] == ["0501-0001"]
    assert (shown.lost, shown.refused) == ((), None)
    new = links.preview_new(office, site="MAIN", account_ids=["A-050"])
    assert [line.contract_id for line in new.opened] == ["0500-0001"]
    assert everything(office.engine) == before


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"add": ["A-006"]}, "role"),
        ({"add": ["A-003", "A-004"]}, "active_contract"),
        ({"add": ["A-001"]}, "already_linked"),
        ({"remove": ["A-001"]}, "last_link"),
        ({"add": ["A-003"]}, None),
    ],
)
def test_that_a_preview_says_by_which_rule_the_change_would_be_refused(
    office: Desk, change: dict[str, list[str]], rule: str | None
) -> None:
    shown = links.rehearse(office, site="MAIN", email=RUTH, **change)
    assert (shown.refused.rule if shown.refused else None) == rule


def test_that_a_preview_says_when_nobody_can_tell_whether_the_change_is_allowed(
    office: Desk, sandbox: Any
) -> None:
    with writing(office.engine) as connection:
        set_confirmed(connection, STALE)
    sandbox.fault(status=500)
    shown = links.rehearse(office, site="MAIN", email=RUTH, add=["A-003"])
    assert shown.refused is not None
    assert (shown.refused.rule, shown.freshness.stale) == ("cannot_tell", True)


def test_that_several_accounts_are_unlinked_all_or_none(office: Desk) -> None:
    links.add(office, site="MAIN", email=INA, account_ids=["A-003"])
    before = everything(office.engine)
    with pytest.raises(Refused) as refusal:
        links.remove_several(office, site="MAIN", email=INA, account_ids=["A-001", "A-003", "A-004"])
    assert (refusal.value.rule, everything(office.engine)) == ("last_link", before)
    changed = links.remove_several(office, site="MAIN", email=INA, account_ids=["a-001", "A-004", "A-004"])
    assert [account.account_id for account in changed.user.accounts] == ["A-003"]


def test_that_a_link_whose_account_is_no_longer_offered_stays_and_still_opens_contracts(office: Desk) -> None:
    listed = access.contracts(office, site="MAIN", email=INA)
    assert {line.contract_id: line.area for line in listed.lines}["0040-0001"] == "closed"


def test_that_a_failed_read_after_linking_is_a_warning(office: Desk, sandbox: Any) -> None:
    sandbox.fault(status=500)
    changed = links.add(office, site="MAIN", email=RUTH, account_ids=["A-003"])
    assert linked(show(office)) == ["A-001", "A-003"]
    assert [("A-003" in warning) for warning in changed.warnings] == [True]


# Unlinking


def test_that_the_last_link_cannot_be_removed(office: Desk) -> None:
    before = everything(office.engine)
    with pytest.raises(Refused) as refusal:
        links.remove(office, site="MAIN", email=RUTH, account_id="A-001")
    assert refusal.value.rule == "last_link"
    assert everything(office.engine) == before


@pytest.mark.parametrize("account_id", ["A-002", "A-404"])
def test_that_what_is_not_linked_cannot_be_unlinked(office: Desk, account_id: str) -> None:
    with pytest.raises(NotFound):
        links.remove(office, site="MAIN", email=INA, account_id=account_id)
    assert audit_rows(office.engine) == []


def test_that_an_account_that_aspire_deleted_can_be_unlinked(office: Desk) -> None:
    with writing(office.engine) as connection:
        connection.exec_driver_sql("DELETE FROM aspire_account WHERE oid = 4")
    before = access.contracts(office, site="MAIN", email=INA)
    shown = links.preview(office, site="MAIN", email=INA, remove=["A-004"])
    changed = links.remove(office, site="MAIN", email=INA, account_id="a-004")
    after = access.contracts(office, site="MAIN", email=INA)
    assert linked(changed.user) == ["A-001"]
    gone = {line.contract_id for line in before.lines} - {line.contract_id for line in after.lines}
    assert {line.contract_id for line in shown.lost} == gone == {"0040-0001", "0040-0002"}


def remove_and_remember(office: Desk) -> LinkedAccount:
    account = next(a for a in show(office, INA).accounts if a.account_id == "A-004")
    links.remove(office, site="MAIN", email=INA, account_id="A-004")
    return account


def test_that_an_unlinking_can_be_undone_though_the_account_is_not_offered(office: Desk) -> None:
    account = remove_and_remember(office)
    changed = links.undo_remove(office, site="MAIN", email=INA, account=account)
    assert (linked(changed.user), changed.user.version) == (["A-001", "A-004"], 3)
    assert [row.action for row in audit_rows(office.engine)] == ["link.remove", "link.undo_remove"]


def test_that_an_undo_is_for_the_last_change_only_and_only_once(office: Desk) -> None:
    account = remove_and_remember(office)
    links.undo_remove(office, site="MAIN", email=INA, account=account)
    with pytest.raises(Refused) as refusal:
        links.undo_remove(office, site="MAIN", email=INA, account=account)
    assert refusal.value.rule == "undo"
    remove_and_remember(office)
    links.add(office, site="MAIN", email=INA, account_ids=["A-003"])
    with pytest.raises(Refused):
        links.undo_remove(office, site="MAIN", email=INA, account=account)
    assert linked(show(office, INA)) == ["A-001", "A-003"]


@pytest.mark.parametrize("email", [RUTH, PAUL])
def test_that_nobody_gets_a_link_by_undoing_what_was_not_theirs(office: Desk, email: str) -> None:
    account = remove_and_remember(office)
    before = everything(office.engine)
    with pytest.raises(Refused):
        links.undo_remove(office, site="MAIN", email=email, account=account)
    assert everything(office.engine) == before


def test_that_an_undo_links_the_very_account_that_was_unlinked(office: Desk) -> None:
    account = remove_and_remember(office)
    forged = LinkedAccount(7, account.account_id, account.name)
    with pytest.raises(Refused):
        links.undo_remove(office, site="MAIN", email=INA, account=forged)


# Previews


def test_that_a_preview_tells_gained_and_hidden_contracts_with_area_and_reasons(office: Desk) -> None:
    shown = links.preview(office, site="MAIN", email=PAUL, add=["A-001"])
    assert [(line.contract_id, line.area) for line in shown.gained] == MAIN_OF_A001
    assert [(h.contract_id, h.reasons) for h in shown.hidden] == [
        ("0012-0047", ("booked",)),
        ("0012-0048", ("private_label",)),
        ("0012-0049", ("private_label",)),
    ]
    assert (shown.lost, shown.freshness.stale) == ((), False)


def test_that_a_preview_of_unlinking_tells_what_is_lost(office: Desk) -> None:
    shown = links.preview(office, site="MAIN", email=INA, remove=[" a-001"])
    assert [(line.contract_id, line.area) for line in shown.lost] == MAIN_OF_A001
    assert (shown.gained, shown.hidden) == ((), ())


def test_that_a_contract_that_another_linked_account_opens_is_neither_gained_nor_lost(office: Desk) -> None:
    assert links.preview(office, site="MAIN", email=RUTH, add=["A-003"]).gained == ()
    links.add(office, site="MAIN", email=RUTH, account_ids=["A-003"])
    assert links.preview(office, site="MAIN", email=RUTH, remove=["A-003"]).lost == ()


def test_that_a_preview_changes_nothing(office: Desk) -> None:
    before = everything(office.engine)
    links.preview(office, site="MAIN", email=RUTH, add=["A-002", "A-004"])
    links.preview(office, site="MAIN", email=RUTH, remove=["A-001"])
    assert everything(office.engine) == before


def test_that_a_preview_on_a_stale_snapshot_says_so(office: Desk) -> None:
    with writing(office.engine) as connection:
        set_confirmed(connection, STALE)
    assert links.preview(office, site="MAIN", email=RUTH, add=["A-002"]).freshness.stale


def test_that_a_preview_of_an_account_that_nobody_has_is_not_found(office: Desk) -> None:
    with pytest.raises(NotFound, match="A-404"):
        links.preview(office, site="MAIN", email=RUTH, add=["A-404"])


def test_that_a_preview_of_a_link_that_is_not_there_is_not_found(office: Desk) -> None:
    with pytest.raises(NotFound):
        links.preview(office, site="MAIN", email=RUTH, remove=["A-004"])


def test_that_two_accounts_of_one_id_are_told_apart_by_their_number(office: Desk) -> None:
    with writing(office.engine) as connection:
        add_account(connection, Account(99, "a-001", "Other Prairie"))
    assert links.preview(office, site="MAIN", email=PAUL, add=["A-001"]).gained


def together(*acts: Callable[[], object]) -> list[object]:
    """Run them at the same time, each on its own thread; returns what each returned or raised."""
    gate = Barrier(len(acts))

    def one(act: Callable[[], object]) -> object:
        gate.wait()
        try:
            return act()
        except DeskError as problem:
            return problem

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def test_that_two_desks_cannot_unlink_the_last_two_accounts_at_once(office: Desk) -> None:
    found = together(
        lambda: links.remove(office, site="MAIN", email=INA, account_id="A-001"),
        lambda: links.remove(office, site="MAIN", email=INA, account_id="A-004"),
    )
    assert [one.rule for one in found if isinstance(one, Refused)] == ["last_link"]
    assert len(show(office, INA).accounts) == 1


def test_that_two_desks_cannot_create_one_user_twice(office: Desk) -> None:
    def create() -> object:
        return users.create_user(
            office, site="MAIN", email="n@x.example", first_name="N", last_name="N", account_ids=["A-001"]
        )

    found = together(create, create, create)
    assert [one.rule for one in found if isinstance(one, Refused)] == ["unique_email"] * 2
    assert [row.action for row in audit_rows(office.engine)] == ["user.create"]


def test_that_of_two_desks_with_the_same_version_one_must_look_again(office: Desk) -> None:
    found = together(
        lambda: users.edit_user(office, site="MAIN", email=RUTH, first_name="Ann", version=1),
        lambda: users.edit_user(office, site="MAIN", email=RUTH, first_name="Bea", version=1),
    )
    assert sum(isinstance(one, Conflict) for one in found) == 1
    assert show(office).version == 2
