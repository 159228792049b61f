"""Handing a request over from the window: the preview, the outcome, and what nobody knows yet."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from sqlalchemy import Engine

from portal_admin.domain.service_request_comment import comment_of
from portal_admin.sandbox.server import Sandbox
from portal_admin.services.desk import Desk
from portal_admin.services.requests import show
from portal_admin.ui.navigation import Target
from tests.fixtures.desk import NOW
from tests.services.requests.asked import change, comments, stored
from tests.ui.acting import press, said
from tests.ui.requests.acting import HOUR, Open, Settle, keys

pytestmark = pytest.mark.databases("sqlite")


def test_that_a_hand_over_is_previewed_as_aspire_will_hold_it_and_done_once(
    open_page: Open, queue: dict[str, str], desk: Desk, settle: Settle
) -> None:
    shown = open_page()
    keys(shown, settle, "h")
    panel = shown.handing_over.panel
    assert panel.isVisible()
    assert not shown.details.isVisible()
    assert comments(desk) == ()
    draft = comment_of(show.show(desk, number=queue["late"]).request)
    assert panel.text.toPlainText() == draft.text
    assert QApplication.focusWidget() is panel.send_button
    QTest.keyClick(panel.send_button, Qt.Key.Key_Space)
    settle()
    (comment,) = comments(desk)
    assert comment.text == draft.text
    assert f"ASPIRE holds {queue['late']} as comment {comment.oid}" in shown.messages.text
    assert f"Held as comment {comment.oid}" in said(shown.details.aspire)
    assert not shown.details.aspire.button.isVisible()


def test_that_a_request_without_a_contract_says_why_it_cannot_be_handed_over(
    open_page: Open, queue: dict[str, str], settle: Settle
) -> None:
    shown = open_page(Target("requests", request=queue["due"]))
    assert "It names no contract, and ASPIRE keeps comments on contracts only" in said(shown.details.aspire)
    assert not shown.details.aspire.button.isVisible()
    keys(shown, settle, "h")
    assert "names no contract" in shown.messages.text
    assert shown.details.isVisible()


def test_that_an_unknown_outcome_is_told_looked_up_and_resolved(
    open_page: Open, queue: dict[str, str], desk: Desk, sandbox: Sandbox, settle: Settle
) -> None:
    shown = open_page()
    sandbox.fault(operation="createComment", status=500, times=1)
    keys(shown, settle, "h")
    QTest.keyClick(shown.handing_over.panel.send_button, Qt.Key.Key_Space)
    settle()
    assert "It is not known whether ASPIRE did that" in shown.messages.text
    # The details read it back by themselves.
    words = said(shown.details.aspire)
    assert "Outcome unknown" in words
    assert "ASPIRE does not hold it as of" in words
    sandbox.fault(operation="getComments", status=500)
    press(shown.details, "Look it up")
    settle()
    assert "ASPIRE reported an error" in shown.messages.text
    sandbox.clear_faults()
    press(shown.details, "Hand over to ASPIRE…")
    settle()
    press(shown.handing_over.panel, "Hand over now")
    settle()
    assert len(comments(desk)) == 1
    assert "Held as comment" in said(shown.details.aspire)


def test_that_a_hand_over_that_died_is_resolved_when_it_is_looked_at(
    open_page: Open, queue: dict[str, str], engine: Engine, settle: Settle
) -> None:
    change(engine, queue["late"], hand_over="sending", hand_over_key="k", handed_over_at=NOW - HOUR)
    shown = open_page(Target("requests", request=queue["late"]))
    assert stored(engine, queue["late"]).hand_over == "unknown"
    assert "Outcome unknown" in said(shown.details.aspire)
