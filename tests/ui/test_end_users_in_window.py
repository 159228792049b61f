"""The End users and Sites screens inside the whole window: keys only, and closing it in the middle of work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from sqlalchemy import Engine

from portal_admin.services.desk import Desk
from portal_admin.ui import background
from portal_admin.ui.end_users.page import EndUsersPage
from portal_admin.ui.navigation import Target
from portal_admin.ui.sites.page import SitesPage
from tests.ui.portal_filling import fill_portal

Settle = Callable[[], None]


def focused(window: Any) -> QWidget:
    widget = window.focusWidget()
    assert isinstance(widget, QWidget)
    return widget


def test_that_a_person_is_found_and_deactivated_and_brought_back_by_keys_alone(
    engine: Engine, offline_desk: Desk, shell: Callable[..., Any], qtbot: Any, settle: Settle
) -> None:
    fill_portal(engine)
    window = shell(offline_desk, place="end_users")
    page = window.current_page
    assert isinstance(page, EndUsersPage)
    qtbot.keyClicks(focused(window), "ann@")
    settle()
    while focused(window) is not page.table.view:
        qtbot.keyClick(focused(window), Qt.Key.Key_Tab)
    qtbot.keyClick(page.table.view, Qt.Key.Key_Home)
    settle()
    while focused(window).accessibleName() != "Deactivate User":
        qtbot.keyClick(focused(window), Qt.Key.Key_Tab)
    qtbot.keyClick(focused(window), Qt.Key.Key_Space)
    settle()
    assert "is Inactive now" in page.messages.text
    while focused(window).accessibleName() != "Reactivate User":
        qtbot.keyClick(focused(window), Qt.Key.Key_Tab)
    qtbot.keyClick(focused(window), Qt.Key.Key_Space)
    settle()
    assert "is Active again" in page.messages.text


def test_that_going_to_another_page_and_back_keeps_the_form_and_the_row(
    engine: Engine, offline_desk: Desk, shell: Callable[..., Any], qtbot: Any, settle: Settle
) -> None:
    fill_portal(engine)
    window = shell(offline_desk, place="end_users")
    page = window.current_page
    window.open(Target("end_users", site="NW", email="pat@prairie.example"))
    settle()
    qtbot.keyClick(page.table.view, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(page.create_panel.email, "half@typed")
    window.open(Target("sites"))
    settle()
    assert isinstance(window.current_page, SitesPage)
    window.open(Target("end_users"))
    settle()
    assert page.create_panel.email.text() == "half@typed"
    assert page.table.current_key == ("NW", "pat@prairie.example")


def test_that_the_window_closes_while_rows_details_and_a_preview_are_on_their_way(
    engine: Engine, offline_desk: Desk, shell: Callable[..., Any], settle: Settle
) -> None:
    fill_portal(engine)
    window = shell(offline_desk, place="sites")
    window.open(Target("sites", site="NW"))
    settle()
    window.current_page.map_labels()
    window.current_page.map_panel.choice.boxes["eastern"].click()
    window.open(Target("end_users", site="NW", email="ann@prairie.example"))
    window.current_page.filters.search.setText("ann")
    window.close()
    assert background.drain(5)
    assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]
