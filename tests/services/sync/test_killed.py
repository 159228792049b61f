"""Runs that end between two pages, and what the next one makes of it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert

from portal_admin import models
from portal_admin.models.engine import writing
from portal_admin.sandbox.server import Sandbox
from portal_admin.services.desk import Desk
from portal_admin.services.sync import sync, sync_status
from tests.fixtures.sandbox import account
from tests.services.sync.killing import Killed, killing
from tests.services.sync.received import CONTENT, PORTFOLIO, RECORDS, content, count, outcomes, rows


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


def test_that_a_bug_leaves_no_lease_and_no_running_run_behind(desk: Desk) -> None:
    with pytest.raises(Killed):
        sync(desk, progress=killing(1))
    assert outcomes(desk.engine) == ["stopped"]
    assert sync_status(desk).holder is None
