"""The log of attempts, on the page and as the caller's part."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from portal_admin.services import people
from portal_admin.services.desk import Desk
from portal_admin.ui.enrolment.page import ATTEMPTS
from portal_admin.ui.panels.enrolment.caller_attempts import CallerAttempts
from portal_admin.ui.widgets.state_panel import State
from tests.services.enrolment.world import (
    OLSEN,
    PENDING,
)
from tests.ui.acting import press, said
from tests.ui.enrolment.using import Open, Settle, answer, cells

pytestmark = pytest.mark.databases("sqlite")


def test_that_attempts_stand_newest_first_with_the_rule_that_refused_them(
    tried: Desk, open_page: Open, settle: Settle, unnamed: Callable[[QWidget], list[str]]
) -> None:
    shown = open_page()
    QTest.keyClick(shown, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    settle()
    assert shown.tabs.currentIndex() == ATTEMPTS
    found = cells(shown.attempts.table)
    assert [row[2:4] for row in found] == [
        ["Accepted", "User created"],
        ["Refused", "Email is not on file"],
        ["Refused", "Postal code differs; contract does not fit"],
    ]
    assert found[1][1] == "<b>x</b>@nobody.example"
    assert QApplication.focusWidget() is shown.attempts.table.view
    assert unnamed(shown) == []


def test_that_enter_opens_the_rehearsal_of_what_was_typed(
    tried: Desk, open_page: Open, settle: Settle
) -> None:
    shown = open_page()
    shown.show_view(ATTEMPTS)
    settle()
    view = shown.attempts.table.view
    QTest.keyClick(view, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(view, Qt.Key.Key_Return)
    settle()
    assert shown.tabs.currentIndex() == 0
    form = shown.rehearsal.form
    assert (form.email.text(), form.postal_code.text(), form.contract.text()) == (OLSEN, "1", "0012-0048")
    assert (form.first_name.text(), form.site_key) == ("Ruth", "MAIN")
    # Judged by what is so now: the third attempt has created the user.
    assert answer(shown) == {
        "email": "pass",
        "postal_code": "fail",
        "contract": "fail",
        "already_user": "fail",
    }


def test_that_attempts_are_filtered_by_text_site_outcome_and_time(
    tried: Desk, open_page: Open, settle: Settle
) -> None:
    shown = open_page()
    shown.show_view(ATTEMPTS)
    settle()
    filters = shown.attempts.filters

    def left() -> int:
        settle()
        state = shown.attempts.table.state.state
        return len(shown.attempts.table.model.rows) if state is State.CONTENT else 0

    QTest.keyClick(shown, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(QApplication.focusWidget(), "nobody.ex")
    assert left() == 1
    QTest.keyClicks(QApplication.focusWidget(), "%")
    assert left() == 0
    assert "No attempt matches the filters." in said(shown.attempts)
    press(shown.attempts.table, "Clear filters")
    assert left() == 3
    filters.site.setCurrentIndex(filters.site.findData("PRAIRIE"))
    assert left() == 1
    filters.site.setCurrentIndex(0)
    filters.outcome.setCurrentIndex(filters.outcome.findData("accepted"))
    assert (left(), filters.count.text()) == (1, "1 attempt")
    filters.period.setCurrentIndex(1)
    assert left() == 1


def test_that_no_attempts_are_told_as_none(open_page: Open, settle: Settle) -> None:
    shown = open_page()
    shown.show_view(ATTEMPTS)
    settle()
    assert "Nobody has tried to enrol yet." in said(shown.attempts)


def test_that_the_caller_s_part_shows_their_attempts_and_leads_to_the_rehearsal(
    tried: Desk, opened: Callable[[QWidget], QWidget], open_page: Open, settle: Settle
) -> None:
    part = CallerAttempts(tried)
    opened(part)
    counted, targets = [], []
    part.counted.connect(counted.append)
    part.opened.connect(targets.append)
    part.show_caller(people.show_user(tried, site="MAIN", email=OLSEN))
    settle()
    assert counted == [2]
    view = part.table.view
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Down)
    QTest.keyClick(view, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(view, Qt.Key.Key_Return)
    (target,) = targets
    assert (target.screen, target.site, target.email, target.contract) == (
        "enrolment",
        "MAIN",
        OLSEN,
        "0012-0048",
    )
    shown = open_page(target)
    assert shown.rehearsal.form.postal_code.text() == "1"
    part.show_caller(people.show_user(tried, site="MAIN", email=PENDING))
    settle()
    assert counted[-1] == 0
    assert part.state.state is State.NOTHING
