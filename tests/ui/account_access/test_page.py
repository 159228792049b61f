"""Account access as a whole: without a person, refreshed, painted and closed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from portal_admin.services.desk import Desk
from portal_admin.services.sync import sync
from portal_admin.ui import background
from portal_admin.ui.account_access.page import AccountAccessPage
from portal_admin.ui.navigation import Target
from portal_admin.ui.widgets.state_panel import State
from tests.ui.account_access import world
from tests.ui.account_access.acting import Settle, ask, look_at
from tests.ui.account_access.world import OLSEN, OTHER_SITE, PENDING, SITE

# Without a person


def test_that_only_a_contract_shows_who_sees_it_and_is_asked_about_next(
    access: AccountAccessPage, qtbot: Any, settle: Settle
) -> None:
    access.open(Target("account_access", contract="0020-0001"))
    settle()
    assert "Nobody can see 0020-0001 on any site." in world.said(access.people)
    qtbot.keyClicks(access.chooser, "grant")
    qtbot.keyClick(access.chooser, Qt.Key.Key_Return)
    settle()
    assert "0020-0001 for Pat Grant" in world.said(access.why)


def test_that_who_sees_a_contract_is_told_with_the_age_of_a_stale_copy(
    access: AccountAccessPage, clock: Any, settle: Settle
) -> None:
    clock.now += timedelta(hours=2)
    access.open(Target("account_access", contract="0020-0001"))
    settle()
    assert "The portal's copy of ASPIRE is stale, read 2 h ago" in access.people.hint.text()
    look_at(access, settle, OLSEN)
    access.why.ask("0012-0045")
    settle()
    assert "The portal's copy of ASPIRE is stale, read 2 h ago" in access.why.others.title.text()


def test_that_who_sees_an_unknown_contract_could_not_be_looked_up_while_aspire_is_down(
    access: AccountAccessPage, sandbox: Any, qtbot: Any, settle: Settle
) -> None:
    sandbox.fault(status=503)
    access.open(Target("account_access", contract="7777-0001"))
    settle()
    assert access.people.table.state.state is State.FAILED
    sandbox.clear_faults()
    qtbot.mouseClick(world.button(access.people, "Retry"), Qt.MouseButton.LeftButton)
    settle()
    assert "Neither the portal nor ASPIRE has a contract 7777-0001." in world.said(access.people)


def test_that_only_an_account_lists_the_people_linked_to_it(
    access: AccountAccessPage, settle: Settle
) -> None:
    access.open(Target("account_access", account="a-001"))
    settle()
    assert [(row[1], row[2]) for row in world.lines(access.people.table)] == [
        (world.INACTIVE, SITE),
        (PENDING, SITE),
        (OLSEN, SITE),
        (OLSEN, OTHER_SITE),
    ]
    access.open(Target("account_access", account="A-010"))
    settle()
    assert "Nobody is linked to account A-010." in world.said(access.people)


# The page as a whole


def test_that_refreshing_keeps_what_was_typed(olsen: AccountAccessPage, qtbot: Any, settle: Settle) -> None:
    qtbot.keyClicks(olsen.contracts.filter, "0012")
    qtbot.keyClicks(olsen.why.contract, "half an id")
    qtbot.keyClicks(olsen.chooser, "somebo")
    olsen.refresh()
    settle()
    assert olsen.contracts.filter.text() == "0012"
    assert olsen.why.contract.text() == "half an id"
    assert olsen.chooser.text() == "somebo"
    assert all("0012" in row[0] for row in world.lines(olsen.contracts.table))


def test_that_everything_that_takes_the_keyboard_has_a_name(
    olsen: AccountAccessPage, qtbot: Any, settle: Settle, unnamed: Callable[[QWidget], list[str]]
) -> None:
    ask(olsen, qtbot, settle, "0012-0048")
    assert unnamed(olsen) == []
    olsen.open(Target("account_access", contract="0012-0045"))
    settle()
    assert unnamed(olsen) == []
    olsen.open(Target("account_access", account="A-001"))
    settle()
    assert unnamed(olsen) == []


def test_that_outside_text_is_shown_and_never_rendered(
    page: Callable[..., AccountAccessPage], desk: Desk, sandbox: Any, qtbot: Any, settle: Settle
) -> None:
    world.put_hostile_account(sandbox)
    sync(desk, full=True)
    world.add_user(desk, world.HOSTILE, "<b>Bold</b>", "<img src=x>", "Active", ["<i>A-600</i>"])
    access = look_at(page(AccountAccessPage, desk), settle, world.HOSTILE)
    ask(access, qtbot, settle, "0600-1")
    shown = world.said(access)
    for text in (
        "<b>Bold</b> <img src=x>",
        world.MARKUP,
        "<i>A-600</i>",
        "Private label <s>GONE</s> is mapped",
    ):
        assert text in shown
    assert ["<u>0600</u>", "Capital lease", world.MARKUP, "1 Dec 2026", "1,000.00"] in world.lines(
        access.contracts.table
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1088, 832])
def test_that_it_paints_in_both_schemes_and_fits_narrow_windows(
    olsen: AccountAccessPage, render: Callable[..., Any], settle: Settle, scheme: str, width: int
) -> None:
    olsen.resize(width, 480)
    olsen.why.ask("0012-0048")
    settle()
    assert render(olsen, "account-access", scheme).stat().st_size > 0
    assert olsen.width() == width
    olsen.links.link.emit()
    settle()
    assert olsen.width() == width
    assert not olsen.why.isVisible()


def test_that_the_page_can_be_closed_with_questions_under_way(
    access: AccountAccessPage, sandbox: Any
) -> None:
    sandbox.fault(latency=0.2)
    access.open(Target("account_access", site=SITE, email=OLSEN, contract="0012-0045"))
    access.why.ask("0012-0045")
    access.close()
    assert background.drain(5)
