"""Asking why a contract is visible or not: verdict, ways out, and who else sees it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from portal_admin.domain.verdict import Result
from portal_admin.ui.account_access.page import AccountAccessPage
from portal_admin.ui.navigation import Target
from portal_admin.ui.panels.access.chooser import Choice
from portal_admin.ui.widgets.state_panel import State
from tests.fixtures.desk import TOO_SLOW, Clock
from tests.ui.account_access import world
from tests.ui.account_access.acting import Settle, ask, gone_to, look_at, result_of
from tests.ui.account_access.world import OLSEN, OTHER_SITE, PENDING, SITE


def test_that_a_pasted_contract_id_and_enter_give_the_verdict(
    access: AccountAccessPage, qtbot: Any, settle: Settle
) -> None:
    qtbot.keyClicks(access.chooser, OLSEN)
    qtbot.keyClick(access.chooser, Qt.Key.Key_Return)
    settle()
    QGuiApplication.clipboard().setText(" 0012-0045 ")
    focus = QApplication.focusWidget()
    assert focus is access.why.contract
    qtbot.keyClick(focus, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(focus, Qt.Key.Key_Return)
    settle()
    assert access.why.verdict.accessibleName() == "Visible, under Open"
    assert "0012-0045 for Renate Olsen" in world.said(access.why)


def test_that_a_selected_row_is_explained(olsen: AccountAccessPage, qtbot: Any, settle: Settle) -> None:
    world.click_row(qtbot, olsen.contracts.table, ("hidden", "0012-0048"))
    settle()
    assert olsen.why.contract.text() == "0012-0048"
    assert olsen.why.verdict.accessibleName() == "Not visible"
    assert "Private label LEGACY is mapped to no site." in world.said(olsen.why)


def test_that_an_unmapped_label_leads_to_the_sites(
    olsen: AccountAccessPage, qtbot: Any, settle: Settle
) -> None:
    targets = gone_to(olsen)
    ask(olsen, qtbot, settle, "0012-0048")
    qtbot.mouseClick(world.button(olsen.why, "Map label…"), Qt.MouseButton.LeftButton)
    assert targets == [Target("sites", site=SITE)]


def test_that_a_label_of_another_site_leads_to_its_users(
    olsen: AccountAccessPage, qtbot: Any, settle: Settle
) -> None:
    targets = gone_to(olsen)
    ask(olsen, qtbot, settle, "0012-0049")
    qtbot.mouseClick(world.button(olsen.why, "Find a user on prairie…"), Qt.MouseButton.LeftButton)
    assert targets == [Target("end_users", site=OTHER_SITE)]


def test_that_a_missing_role_leads_to_linking_its_holder(
    olsen: AccountAccessPage, qtbot: Any, settle: Settle
) -> None:
    ask(olsen, qtbot, settle, "0020-0001")
    assert result_of(olsen, "role") is Result.FAIL
    qtbot.mouseClick(world.button(olsen.why, "Link account…"), Qt.MouseButton.LeftButton)
    settle()
    assert olsen.link_panel.finder.search.text() == "A-002"
    assert olsen.link_panel.finder.results.selected == "A-002"


def test_that_a_user_who_is_not_active_leads_to_end_users(
    access: AccountAccessPage, qtbot: Any, settle: Settle
) -> None:
    look_at(access, settle, PENDING)
    targets = gone_to(access)
    ask(access, qtbot, settle, "0012-0045")
    qtbot.mouseClick(world.button(access.why, "Open Nils Newman in End users…"), Qt.MouseButton.LeftButton)
    assert targets == [Target("end_users", site=SITE, email=PENDING)]


def test_that_the_person_in_view_can_be_opened_on_another_contract(
    olsen: AccountAccessPage, qtbot: Any, settle: Settle
) -> None:
    ask(olsen, qtbot, settle, "0012-0045")
    look_at(olsen, settle, contract="0012-0048")
    assert olsen.why.contract.text() == "0012-0048"
    assert olsen.why.verdict.accessibleName() == "Not visible"


def test_that_what_was_only_typed_is_not_asked_about_another_person(
    olsen: AccountAccessPage, qtbot: Any, settle: Settle
) -> None:
    qtbot.keyClicks(olsen.why.contract, "half an id")
    look_at(olsen, settle, PENDING)
    assert olsen.why.contract.text() == "half an id"
    assert olsen.why.verdict.verdict is None


def test_that_who_else_sees_it_is_listed_and_leads_to_them(
    olsen: AccountAccessPage, qtbot: Any, settle: Settle
) -> None:
    ask(olsen, qtbot, settle, "0012-0045")
    assert [row[0] for row in world.lines(olsen.why.others.table)] == ["Ida Gonzales", "Nils Newman"]
    olsen.resize(1280, 1600)
    settle()
    world.click_row(qtbot, olsen.why.others.table, Choice(SITE, PENDING))
    settle()
    assert olsen.strip.email.text() == PENDING
    assert olsen.why.contract.text() == "0012-0045"
    assert olsen.why.verdict.accessibleName() == "Not visible"


def test_that_an_answer_about_an_earlier_contract_is_dropped(
    olsen: AccountAccessPage, qtbot: Any, sandbox: Any, settle: Settle
) -> None:
    sandbox.fault(path="/contracts", latency=0.15, times=1)
    qtbot.keyClicks(olsen.why.contract, "0012-0048")
    qtbot.keyClick(olsen.why.contract, Qt.Key.Key_Return)
    ask(olsen, qtbot, settle, "0012-0045")
    assert olsen.why.verdict.accessibleName() == "Visible, under Open"
    assert "0012-0048" not in world.said(olsen.why)


def test_that_a_fresh_copy_decides_while_aspire_is_down(
    olsen: AccountAccessPage, qtbot: Any, sandbox: Any, settle: Settle
) -> None:
    sandbox.fault(status=503)
    ask(olsen, qtbot, settle, "0012-0045")
    assert olsen.why.verdict.accessibleName() == "Visible, under Open"
    assert result_of(olsen, "synced") is Result.UNKNOWN
    sandbox.clear_faults()
    qtbot.mouseClick(world.button(olsen.why, "Retry"), Qt.MouseButton.LeftButton)
    settle()
    assert result_of(olsen, "synced") is Result.PASS


@pytest.mark.parametrize(
    "fault", [{"status": 503}, {"drop": "before"}, {"html": True}, {"latency": TOO_SLOW}]
)
def test_that_a_stale_copy_and_no_aspire_give_cannot_tell_and_never_a_no(
    olsen: AccountAccessPage, qtbot: Any, sandbox: Any, clock: Clock, settle: Settle, fault: dict[str, Any]
) -> None:
    clock.now += timedelta(hours=2)
    sandbox.fault(**fault)
    ask(olsen, qtbot, settle, "0012-0045")
    assert olsen.why.verdict.accessibleName() == "Cannot tell"
    assert "Not visible" not in world.said(olsen.why)
    assert world.has_button(olsen.why, "Retry")


def test_that_a_contract_nobody_can_look_up_is_no_contract_that_is_missing(
    olsen: AccountAccessPage, qtbot: Any, sandbox: Any, settle: Settle
) -> None:
    sandbox.fault(status=503)
    ask(olsen, qtbot, settle, "7777-0001")
    assert olsen.why.verdict.accessibleName() == "Cannot tell"
    assert olsen.why.others.table.state.state is State.FAILED
    sandbox.clear_faults()
    ask(olsen, qtbot, settle, "7777-0001")
    assert olsen.why.verdict.accessibleName() == "Not visible"
    assert olsen.why.others.isHidden()
