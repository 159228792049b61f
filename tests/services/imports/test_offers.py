"""Rule B for thousands of accounts says what it says for one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import insert

from portal_admin.domain.access import area_of, hidden_reasons
from portal_admin.models import sync_run
from portal_admin.models.engine import open_engine, reading, writing
from portal_admin.services import accounts
from portal_admin.services.desk import Desk
from portal_admin.services.imports import offers
from portal_admin.services.imports.offers import Offers
from portal_admin.services.settings import read_settings
from portal_admin.services.sites import all_sites
from tests.fixtures.database import Databases
from tests.fixtures.desk import NOW
from tests.fixtures.sandbox import contract
from tests.services.filled import FRESH, STALE, set_confirmed, set_setting
from tests.services.imports.importing import plan_rows, run_rows
from tests.services.test_visibility import World, build, worlds

NEW = ("new@x.example", "New", "Person")


@pytest.fixture(scope="module")
def shared(databases: Databases) -> Iterator[Desk]:
    """One database for all examples, emptied before each."""
    url = databases.fresh()
    engine = open_engine(url)
    yield Desk(engine=engine, aspire=None, clock=lambda: NOW, operator="tester")
    engine.dispose()
    databases.give_back(url)


@pytest.mark.parametrize("edition", ["2025", "2026"])
@pytest.mark.parametrize("as_of", [FRESH, STALE], ids=["fresh", "stale"])
@given(worlds)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_that_many_accounts_are_judged_as_one_is(
    shared: Desk, edition: str, as_of: Any, world: World
) -> None:
    build(shared.engine, world)
    with writing(shared.engine) as connection:
        set_setting(connection, "edition", edition)
        set_confirmed(connection, as_of)
    ids = [f"A-{oid}" for oid in range(1, 6)]
    with reading(shared.engine) as connection:
        sites, policy = all_sites(connection), read_settings(connection)
    for on in sites:
        judged = Offers(shared)
        with reading(shared.engine) as connection:
            judged.look(connection, on, ids)
        judged.ask()
        for oid, account_id in enumerate(ids, start=1):
            one = accounts.explain(shared, site=on.key, account_id=account_id)
            answer = judged.answer(account_id)
            assert (answer.refusal is None, answer.unread) == (
                one.verdict.verdict == "offered",
                one.verdict.cannot_tell,
            )
            if one.verdict.verdict == "not_offered":
                assert answer.refusal == accounts.why_not_offered(on.key, account_id, one.verdict)
            seen = sorted(
                (c.contract_id, c.oid, area_of(c))
                for c in world.contracts
                if not hidden_reasons(c, accounts=[oid], site=on, settings=policy)
            )
            opened = judged.opened([oid], [])
            if oid in world.accounts:
                assert (opened.count, [(o.contract_id, o.area) for o in opened.first]) == (
                    len(seen),
                    [(number, area) for number, _, area in seen[: offers.NAMED_AT_MOST]],
                )


def stale(desk: Desk) -> None:
    with writing(desk.engine) as connection:
        set_confirmed(connection, STALE)


def restored(desk: Desk) -> None:
    values = {"started_at": NOW, "full": False, "read": 0, "changed": 0, "removed": 0, "operator": "x"}
    with writing(desk.engine) as connection:
        connection.execute(insert(sync_run).values(values | {"outcome": "restored"}))


@pytest.mark.parametrize(
    ("damage", "words"), [(stale, "too old to rely on"), (restored, "restored from a backup")]
)
def test_that_a_copy_nobody_can_rely_on_refuses_new_links_for_that_reason_alone(
    office: Desk, damage: Any, words: str
) -> None:
    damage(office)
    rows = plan_rows(office, (*NEW, "A-001"), (*NEW, "A-006"), ("ruth@prairie.example", "R", "", "A-001"))
    assert [(row.result, row.unread) for row in rows] == [
        ("refused", True),
        ("refused", True),
        ("changed", False),
    ]
    for row in rows[:2]:
        assert words in row.reason
        assert "not offered" not in row.reason
    assert [row.unread for row in run_rows(office, (*NEW, "A-001"))] == [True]


def test_that_an_account_the_portal_lacks_is_asked_of_aspire_linked_and_read_at_once(
    office: Desk, sandbox: Any
) -> None:
    from tests.services.imports.files import csv_source
    from tests.services.imports.importing import run

    sandbox.put("Accounts", {"AccountOid": 50, "AccountId": "A-050", "Name": "Brand New", "Status": "Active"})
    sandbox.put("Contracts", contract(500, "0500-0001", 50))
    (row,) = plan_rows(office, (*NEW, "A-050"))
    assert (row.result, row.opens.count, row.opens.first[0].contract_id) == ("created", 1, "0500-0001")
    outcome = run(office, csv_source((*NEW, "A-050")))
    assert (outcome.counts.created, outcome.warnings) == (1, ())
    assert (
        accounts.explain(replace(office, aspire=None), site="MAIN", account_id="A-050").verdict.verdict
        == "offered"
    )


def test_that_a_silent_aspire_is_asked_once_and_no_account_counts_as_absent(
    office: Desk, sandbox: Any
) -> None:
    sandbox.fault(status=500)
    rows = plan_rows(office, *((f"p{n}@x.example", "P", "P", f"A-9{n:02}") for n in range(20)))
    assert {row.unread for row in rows} == {True}
    assert all("cannot be judged" in row.reason and "Neither" not in row.reason for row in rows)
    (offline,) = plan_rows(replace(office, aspire=None), (*NEW, "A-404"))
    assert offline.unread
    assert "no ASPIRE connection" in offline.reason


def test_that_only_so_many_accounts_are_asked_of_aspire(
    office: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(offers, "ASKED_AT_MOST", 3)
    rows = plan_rows(office, *((f"p{n}@x.example", "P", "P", f"A-9{n:02}") for n in range(5)))
    assert [row.unread for row in rows] == [False, False, False, True, True]
    assert "run a sync" in rows[-1].reason


def test_that_zeros_a_spreadsheet_dropped_are_named(office: Desk) -> None:
    hinted, unknown = plan_rows(office, (*NEW, "13"), (*NEW, "14"))
    assert "Did you mean 0013?" in hinted.reason
    assert "Did you mean" not in unknown.reason


def test_that_a_row_mixed_of_no_and_unknown_is_a_no(office: Desk, sandbox: Any) -> None:
    sandbox.fault(status=500)
    (row,) = plan_rows(office, (*NEW, "A-006;A-999"))
    assert (row.result, row.unread) == ("refused", False)


def test_that_a_row_of_many_refused_accounts_names_the_first_and_counts_the_rest(office: Desk) -> None:
    (row,) = plan_rows(office, (*NEW, ";".join(["A-006", "A-008", "A-010", *(f"X-{n}" for n in range(9))])))
    assert "So it is with 7 more accounts of the row." in row.reason
