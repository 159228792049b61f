"""Readiness of the portfolio, and what leads out of the page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from sqlalchemy import update

from portal_admin.models import aspire_contract, sync_state
from portal_admin.models.engine import writing
from portal_admin.services import people
from portal_admin.services.desk import Desk
from portal_admin.ui.end_users.page import EndUsersPage
from portal_admin.ui.enrolment.page import ATTEMPTS, READINESS
from portal_admin.ui.navigation import Target
from portal_admin.ui.widgets.state_panel import State
from tests.services.filled import STALE, audit_rows
from tests.ui.acting import press, said
from tests.ui.enrolment.using import Open, Settle, cells, gone

pytestmark = pytest.mark.databases("sqlite")


def test_that_readiness_counts_by_site_and_lists_what_is_missing(
    open_page: Open, settle: Settle, unnamed: Callable[[QWidget], list[str]]
) -> None:
    shown = open_page()
    QTest.keyClick(shown, Qt.Key.Key_3, Qt.KeyboardModifier.AltModifier)
    settle()
    assert shown.tabs.currentIndex() == READINESS
    view = shown.readiness
    assert cells(view.sites) == [
        ["All sites", "11", "15", "1", "1", "2", "4"],
        ["MAIN", "8", "12", "1", "1", "2", ""],
        ["PRAIRIE", "3", "3", "0", "0", "0", ""],
    ]
    assert len(view.gaps.model.rows) == 8
    shared = next(row for row in cells(view.gaps) if row[0] == "Shared email")
    assert shared[1:4] == ["A-021", "Twin Peaks One", "shared@twin.example, also of A-022"]
    QTest.keyClick(view.sites.view, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    assert [row[0] for row in cells(view.gaps)] == ["Unmapped label"] * 4
    assert unnamed(shown) == []


def test_that_readiness_can_be_judged_by_the_other_rules_and_narrowed(
    open_page: Open, settle: Settle
) -> None:
    shown = open_page()
    shown.show_view(READINESS)
    settle()
    view = shown.readiness
    view.edition.setCurrentIndex(view.edition.findData("2025"))
    settle()
    assert cells(view.sites)[0][3] == "3"
    assert "By the rules of 2025" in view.told.text()
    made = next(b for lack, b in view.kinds.items() if lack == "no_email")
    made.setFocus()
    QTest.keyClick(made, Qt.Key.Key_Space)
    assert [row[1] for row in cells(view.gaps)] == ["0013", "A-020", "A-022"]
    targets = gone(shown)
    view.gaps.view.setFocus()
    QTest.keyClick(view.gaps.view, Qt.Key.Key_Down)
    QTest.keyClick(view.gaps.view, Qt.Key.Key_Home, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(view.gaps.view, Qt.Key.Key_Return)
    assert targets == [Target("customer_care", account="0013")]


def test_that_an_old_copy_is_no_answer_without_saying_so(open_page: Open, settle: Settle, desk: Desk) -> None:
    with writing(desk.engine) as connection:
        connection.execute(update(sync_state).values(confirmed_at=STALE))
    shown = open_page()
    shown.show_view(READINESS)
    settle()
    assert "stale" in shown.readiness.told.text()


def test_that_what_is_missing_is_exported_for_the_site_and_kind_chosen(
    open_page: Open, settle: Settle, tmp_path: Path, desk: Desk
) -> None:
    shown = open_page()
    shown.show_view(READINESS)
    settle()
    press(shown, "Export…")
    panel = shown.export_panel
    assert "Everything that is missing, all sites: 8 rows" in said(panel)
    panel.export(tmp_path / "gaps.csv")
    settle()
    assert shown.messages.text == "8 rows were written to gaps.csv."
    assert (tmp_path / "gaps.csv").exists()
    assert [row.action for row in audit_rows(desk.engine)] == ["enrollment.export"]


def test_that_a_portfolio_that_cannot_be_read_is_no_ready_one(
    open_page: Open, settle: Settle, desk: Desk
) -> None:
    with writing(desk.engine) as connection:
        connection.execute(update(aspire_contract).values(bill_to="{not json"))
    shown = open_page()
    shown.show_view(READINESS)
    settle()
    assert shown.readiness.state.state is State.FAILED


def test_that_a_new_end_user_is_prefilled_and_not_saved(
    page: Callable[..., Any], desk: Desk, settle: Settle
) -> None:
    shown: EndUsersPage = page(EndUsersPage, desk)
    shown.open(Target("end_users", site="main", email="x@nobody.example", account="A-001"))
    settle()
    panel = shown.create_panel
    assert not panel.isHidden()
    assert (panel.site.currentData(), panel.email.text()) == ("MAIN", "x@nobody.example")
    assert panel.accounts.account_ids == ("A-001",)
    shown.open(Target("end_users", site="MAIN", email="y@nobody.example", account="A-002"))
    settle()
    assert panel.email.text() == "x@nobody.example"
    assert "What was typed here before is kept." in said(panel)
    assert not [user for user in people.list_users(desk) if user.email.endswith("@nobody.example")]


def test_that_the_find_box_is_offered_the_views(open_page: Open, settle: Settle) -> None:
    shown = open_page()
    shown.resize(800, 560)
    offered = shown.commands()
    assert [(title, keys) for title, keys, _ in offered] == [
        ("Rehearse an enrolment", "Alt+1"),
        ("Enrolment attempts", "Alt+2"),
        ("Readiness of the portfolio", "Alt+3"),
    ]
    offered[1][2]()
    settle()
    assert shown.tabs.currentIndex() == ATTEMPTS
