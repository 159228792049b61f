"""Choosing accounts while ASPIRE fails: what could not be looked up is never called absent or not offered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from portal_admin.sandbox.server import Sandbox
from portal_admin.services import sites
from portal_admin.services.desk import Desk
from portal_admin.services.sync import sync
from portal_admin.ui.end_users.account_picker import AccountPicker
from portal_admin.ui.end_users.page import EndUsersPage
from portal_admin.ui.navigation import Target
from portal_admin.ui.widgets.state_panel import State
from tests.fixtures.desk import TOO_SLOW
from tests.ui.acting import press, said

Settle = Callable[[], None]
FAULTS: tuple[dict[str, Any], ...] = (
    {"status": 500},
    {"html": True},
    {"truncate": True},
    {"drop": "before"},
    {"latency": TOO_SLOW},
)


@pytest.fixture
def picker(desk: Desk, page: Callable[..., Any], settle: Settle) -> AccountPicker:
    """The picker of the form for a new user, on a site that was synced."""
    sites.create_site(desk, key="NW", name="Northwind", labels=["NORTHWIND"], unlabelled=True)
    sync(desk)
    made: EndUsersPage = page(EndUsersPage, desk)
    made.open(Target("end_users"))
    settle()
    made.new_button.click()
    settle()
    found: AccountPicker = made.create_panel.accounts
    return found


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: next(iter(fault)))
def test_that_an_account_nobody_could_search_for_is_not_called_absent(
    picker: AccountPicker, sandbox: Sandbox, settle: Settle, fault: dict[str, Any]
) -> None:
    sandbox.fault(**fault)
    picker.search.setText("booked a minute ago")
    settle()
    assert picker.state.state is State.FAILED
    assert "No account has that name" not in said(picker)
    sandbox.clear_faults()


def test_that_retry_finds_what_aspire_has_once_it_answers(
    picker: AccountPicker, sandbox: Sandbox, settle: Settle
) -> None:
    sandbox.put(
        "Accounts", {"AccountOid": 900, "AccountId": "A-900", "Name": "Brand New Bakery", "Status": "Active"}
    )
    sandbox.fault(status=503)
    picker.search.setText("brand new")
    settle()
    assert picker.state.state is State.FAILED
    sandbox.clear_faults()
    press(picker, "Retry")
    settle()
    assert [line.account_id for line in picker.lines] == ["A-900"]
    assert picker.lines[0].take is None
    assert "only in ASPIRE so far" in said(picker) or "on no contract" in said(picker)


def test_that_what_the_copy_knows_is_found_and_the_gap_is_told_while_aspire_is_down(
    picker: AccountPicker, sandbox: Sandbox, settle: Settle
) -> None:
    sandbox.fault(status=503)
    picker.search.setText("prairie")
    settle()
    assert "ASPIRE was not searched, so new accounts may be missing." in said(picker)
    assert {line.account_id for line in picker.lines} == {"A-001", "A-002"}


def test_that_what_aspire_withholds_from_a_search_is_told(
    picker: AccountPicker, sandbox: Sandbox, settle: Settle
) -> None:
    sandbox.put("Accounts", {"AccountOid": 900, "AccountId": "A-900", "Name": "Prairie Secret LLC"})
    sandbox.fault(deny="Accounts/900")
    picker.search.setText("prairie")
    settle()
    assert "ASPIRE withheld 1 of the accounts that match from this login." in said(picker)


def test_that_an_old_copy_and_a_silent_aspire_cannot_tell_and_can_be_asked_again(
    picker: AccountPicker, sandbox: Sandbox, clock: Any, settle: Settle
) -> None:
    clock.now += timedelta(hours=3)
    sandbox.fault(status=503)
    picker.search.setText("prairie hauling llc")
    settle()
    words = said(picker)
    assert "Cannot tell (1)" in words
    assert "Not offered" not in words
    press(picker.lines[0], "Ask ASPIRE")
    settle()
    assert "Cannot tell." in picker.told.text()
    assert picker.account_ids == ()
    sandbox.clear_faults()
    press(picker.lines[0], "Ask ASPIRE")
    settle()
    assert picker.account_ids == ("A-001",)
