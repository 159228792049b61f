"""Choosing a person: by name, by contract, and among those looked at before."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt

from portal_admin.ui.account_access.page import AccountAccessPage
from portal_admin.ui.navigation import Target
from portal_admin.ui.panels.access.chooser import Choice
from portal_admin.ui.widgets.state_panel import State
from tests.ui.account_access import world
from tests.ui.account_access.acting import Settle, look_at
from tests.ui.account_access.world import OLSEN, OTHER_SITE, PENDING, SITE


def test_that_a_person_is_found_by_name_and_taken_with_arrows_and_enter(
    access: AccountAccessPage, qtbot: Any, settle: Settle
) -> None:
    qtbot.keyClicks(access.chooser, "olsen")
    settle()
    assert [row[2] for row in world.lines(access.chooser.results)] == [SITE, OTHER_SITE]
    qtbot.keyClick(access.chooser, Qt.Key.Key_Down)
    qtbot.keyClick(access.chooser, Qt.Key.Key_Return)
    settle()
    assert access.strip.name.text() == "Renate Olsen"
    assert access.strip.site.text() == "on site Prairie Finance (prairie)"
    assert access.chooser.text() == ""
    assert access.chooser.drop.isHidden()


def test_that_enter_before_the_answer_takes_the_first_person(
    access: AccountAccessPage, qtbot: Any, settle: Settle
) -> None:
    qtbot.keyClicks(access.chooser, PENDING)
    qtbot.keyClick(access.chooser, Qt.Key.Key_Return)
    settle()
    assert access.strip.email.text() == PENDING


def test_that_a_person_is_taken_with_the_mouse(access: AccountAccessPage, qtbot: Any, settle: Settle) -> None:
    qtbot.keyClicks(access.chooser, "grant")
    settle()
    world.click_row(qtbot, access.chooser.results, Choice(SITE, world.ALONE))
    settle()
    assert access.strip.name.text() == "Pat Grant"


def test_that_nobody_found_is_said_and_escape_keeps_nothing_open(
    access: AccountAccessPage, qtbot: Any, settle: Settle
) -> None:
    qtbot.keyClicks(access.chooser, "nobody of that name")
    settle()
    assert access.chooser.results.state.state is State.NOTHING
    assert "No person on any site matches" in world.said(access.chooser.drop)
    qtbot.keyClick(access.chooser, Qt.Key.Key_Escape)
    assert access.chooser.drop.isHidden()
    assert access.chooser.text() == "nobody of that name"


def test_that_a_contract_id_in_the_search_box_shows_who_can_see_it(
    access: AccountAccessPage, qtbot: Any, settle: Settle
) -> None:
    qtbot.keyClicks(access.chooser, "0012-0045")
    settle()
    qtbot.keyClick(access.chooser, Qt.Key.Key_Return)
    settle()
    assert access.people.title.text() == "Who can see contract 0012-0045"
    assert [row[1] for row in world.lines(access.people.table)] == [world.INACTIVE, PENDING, OLSEN]


def test_that_people_looked_at_are_offered_again(
    access: AccountAccessPage, qtbot: Any, settle: Settle
) -> None:
    assert "Nobody looked at yet" in world.said(access.people)
    look_at(access, settle)
    look_at(access, settle, PENDING)
    access.open(Target("account_access", account="A-001"))
    settle()
    qtbot.mouseClick(world.button(access.people, "Close"), Qt.MouseButton.LeftButton)
    assert [row[0] for row in world.lines(access.people.table)] == ["Nils Newman", "Renate Olsen"]
    world.click_row(qtbot, access.people.table, Choice(SITE, OLSEN))
    settle()
    assert access.strip.email.text() == OLSEN


def test_that_the_arrow_down_in_an_empty_search_box_lists_who_was_looked_at(
    access: AccountAccessPage, qtbot: Any, settle: Settle
) -> None:
    look_at(access, settle)
    look_at(access, settle, PENDING)
    access.chooser.setFocus()
    qtbot.keyClick(access.chooser, Qt.Key.Key_Down)
    qtbot.keyClick(access.chooser, Qt.Key.Key_Down)
    qtbot.keyClick(access.chooser, Qt.Key.Key_Return)
    settle()
    assert access.strip.email.text() == OLSEN


def test_that_a_person_who_does_not_exist_is_named(access: AccountAccessPage, settle: Settle) -> None:
    look_at(access, settle, "ghost@nowhere.example")
    assert access.state.state is State.NOTHING
    assert "There is no end user ghost@nowhere.example on site northwind." in world.said(access)
