"""The contracts of a person as the portal shows them: open, closed and hidden."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt

from portal_admin.services.desk import Desk
from portal_admin.services.sync import sync
from portal_admin.ui.account_access.page import AccountAccessPage
from tests.fixtures.desk import Clock
from tests.ui.account_access import world
from tests.ui.account_access.acting import Settle, look_at
from tests.ui.account_access.world import OLSEN, PENDING


def test_that_contracts_stand_under_open_closed_and_hidden(olsen: AccountAccessPage) -> None:
    rows = {
        row.key: [cell if isinstance(cell, str) else cell.text for cell in row.cells]
        for row in olsen.contracts.table.model.rows
    }
    assert rows["open", "0012-0045"] == [
        "0012-0045",
        "Capital lease",
        "Prairie Hauling LLC",
        "1 Dec 2026",
        "1,000.00",
    ]
    assert [key[1] for key in rows if key[0] == "closed"] == ["0012-0046", "0040-0001", "0040-0002"]
    assert rows["hidden", "0012-0047"][1] == "not booked in ASPIRE yet"
    assert rows["hidden", "0012-0048"][1] == "label “LEGACY” is mapped to no site"
    assert rows["hidden", "0012-0049"][1] == "label “PRAIRIE” is mapped to Prairie Finance"
    assert [made.text() for made in olsen.contracts.counts.values()] == [
        "All 9",
        "Open 3",
        "Closed 3",
        "Hidden 3",
    ]
    titles = [column.title for column in olsen.contracts.table.model.columns]
    assert titles[-1] == "Payment USD"


def test_that_the_hidden_contracts_alone_can_be_listed(olsen: AccountAccessPage, qtbot: Any) -> None:
    qtbot.mouseClick(olsen.contracts.counts["hidden"], Qt.MouseButton.LeftButton)
    assert [row[0] for row in world.lines(olsen.contracts.table)] == ["0012-0047", "0012-0048", "0012-0049"]


def test_that_a_filter_without_hits_says_so_and_can_be_cleared(
    olsen: AccountAccessPage, qtbot: Any, settle: Settle
) -> None:
    qtbot.keyClicks(olsen.contracts.filter, "granite")
    settle()
    assert [row[0] for row in world.lines(olsen.contracts.table)] == ["0040-0001", "0040-0002"]
    qtbot.keyClicks(olsen.contracts.filter, "zzz")
    settle()
    assert "No contract here holds “granitezzz”." in world.said(olsen.contracts)
    qtbot.mouseClick(world.button(olsen.contracts, "Clear the filter"), Qt.MouseButton.LeftButton)
    settle()
    assert len(world.lines(olsen.contracts.table)) == 9


def test_that_a_user_without_any_contract_is_offered_a_link(
    access: AccountAccessPage, desk: Desk, qtbot: Any, settle: Settle
) -> None:
    world.add_user(desk, "lee@lonely.example", "Lee", "Lone", "Active", ["A-010"])
    look_at(access, settle, "lee@lonely.example")
    assert "No linked account is on any contract" in world.said(access.contracts)
    qtbot.mouseClick(world.button(access.contracts, "Link account…"), Qt.MouseButton.LeftButton)
    assert access.link_panel.isVisible()


def test_that_amounts_name_their_currency_where_there_are_several(
    access: AccountAccessPage, desk: Desk, sandbox: Any, settle: Settle
) -> None:
    world.put_big_account(sandbox, 6)
    sync(desk, full=True)
    world.add_user(desk, world.MANY, "Max", "Many", "Active", ["A-LONG-ACCOUNT-0500"])
    look_at(access, settle, world.MANY)
    amounts = [row[4] for row in world.lines(access.contracts.table)]
    assert amounts[0] == "1,000.50 USD"
    assert amounts[4] == "1,548.50 CAD"
    assert access.contracts.table.model.columns[4].title == "Payment"


@pytest.mark.parametrize(
    ("email", "words"),
    [(PENDING, "Pending: sees nothing now. This is what they will see once Active."), (OLSEN, "")],
)
def test_that_a_banner_names_the_status_of_who_is_not_active(
    access: AccountAccessPage, settle: Settle, email: str, words: str
) -> None:
    look_at(access, settle, email)
    assert access.contracts.banner.text == words
    assert ("open", "0012-0045") in {row.key for row in access.contracts.table.model.rows}


def test_that_a_stale_copy_is_marked_with_its_age(
    olsen: AccountAccessPage, clock: Clock, settle: Settle
) -> None:
    assert olsen.contracts.stale.text == ""
    clock.now += timedelta(hours=2)
    olsen.refresh()
    settle()
    assert olsen.contracts.stale.text.startswith("The portal's copy of ASPIRE is stale: read 2 h ago.")
    assert olsen.contracts.age.text().endswith("stale")
