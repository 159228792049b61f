"""How the End users screen reads and looks: names for screen readers, hostile text, dark, 200 %."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QWidget
from sqlalchemy import Engine

from portal_admin.domain.lifecycle import Action
from portal_admin.services.desk import Desk
from portal_admin.ui.end_users.page import EndUsersPage
from portal_admin.ui.navigation import Target
from portal_admin.ui.theme import DARK, LIGHT
from portal_admin.ui.widgets.side_panel import SidePanel
from tests.ui.portal_filling import fill_portal

Settle = Callable[[], None]


@pytest.fixture
def users_page(engine: Engine, offline_desk: Desk, page: Callable[..., Any], settle: Settle) -> EndUsersPage:
    fill_portal(engine)
    made: EndUsersPage = page(EndUsersPage, offline_desk)
    made.open(Target("end_users", site="NW", email="mallory@prairie.example"))
    settle()
    return made


def forms(page: EndUsersPage, settle: Settle) -> Iterator[SidePanel]:
    """Each panel in turn, opened as a person does, the form for a new user filled."""
    for action, panel in ((Action.EDIT, page.edit_panel), (Action.CHANGE_EMAIL, page.email_panel)):
        page.details.buttons[action].click()
        yield panel
        panel.close_panel()
    page.new_button.click()
    page.create_panel.site.setCurrentIndex(0)
    page.create_panel.accounts.search.setText("prairie")
    settle()
    take = page.create_panel.accounts.lines[0].take
    assert take is not None
    take.click()
    settle()
    yield page.create_panel


def test_that_everything_that_takes_the_keyboard_has_a_name(
    users_page: EndUsersPage, unnamed: Callable[[QWidget], list[str]], settle: Settle
) -> None:
    assert unnamed(users_page) == []
    for panel in forms(users_page, settle):
        assert unnamed(users_page) == [], panel.title.text()


def test_that_markup_in_a_name_is_shown_and_never_rendered(users_page: EndUsersPage) -> None:
    name = "<b>Mallory</b><img src=file:///etc/passwd> O'Drop & Søn"
    assert users_page.details.user is not None
    assert users_page.details.user.name == name
    index = users_page.table.view.currentIndex()
    assert index.siblingAtColumn(0).data() == name
    tooltip = index.siblingAtColumn(0).data(Qt.ItemDataRole.ToolTipRole)
    assert "&lt;img" in tooltip
    assert "<img" not in tooltip


def test_that_the_keyboard_walks_from_the_filters_through_the_table_to_the_actions(
    users_page: EndUsersPage, qtbot: Any
) -> None:
    users_page.filters.search.setFocus()
    seen = []
    for _ in range(14):
        focused = users_page.focusWidget()
        assert focused is not None, seen
        seen.append(focused.accessibleName() or focused.property("text"))
        qtbot.keyClick(focused, Qt.Key.Key_Tab)
    order = ["Filter by name or email", "Site", "Show only users who are Pending", "End users", "Edit User…"]
    assert [word for word in dict.fromkeys(seen) if word in order] == order


@pytest.mark.parametrize(("scheme", "window"), [("light", LIGHT.window), ("dark", DARK.window)])
def test_that_it_is_painted_in_both_schemes(
    users_page: EndUsersPage, render: Callable[..., Path], scheme: str, window: str
) -> None:
    image = QImage(str(render(users_page, "end-users", scheme)))
    assert image.pixelColor(4, 4) == QColor(window)


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (832, 500)])
def test_that_nothing_is_wider_than_its_place(
    users_page: EndUsersPage, settle: Settle, width: int, height: int
) -> None:
    users_page.resize(width, height)
    for panel in forms(users_page, settle):
        assert users_page.width() == width, panel.title.text()
        for child in panel.findChildren(QWidget):
            if child.isVisible():
                right = child.mapTo(panel, child.rect().topRight()).x()
                assert right <= panel.width(), f"{child} sticks out of {panel.title.text()}"


SCRIPT = """
import sys
from PySide6.QtWidgets import QApplication, QWidget
app = QApplication([])
from portal_admin.models.engine import open_engine
from portal_admin.domain.lifecycle import Action
from portal_admin.services.desk import Desk
from portal_admin.ui import background
from portal_admin.ui.end_users.page import EndUsersPage
from portal_admin.ui.navigation import Navigator, Target
from portal_admin.ui.page import PageContext
from portal_admin.ui.pages import pages
from portal_admin.ui.theme import Scheme, theme
from tests.ui.portal_filling import NOW, fill_portal

theme.apply(Scheme.LIGHT)
engine = open_engine(sys.argv[1])
fill_portal(engine)
spec = next(spec for spec in pages() if spec.id == "end_users")
page = EndUsersPage(PageContext(spec, Navigator(), desk=Desk(engine, None, lambda: NOW, "tester")))
page.resize(912, 540)
page.show()
page.open(Target("end_users", site="NW", email="ian@prairie.example"))
background.wait_idle()
picture = page.grab()
assert picture.devicePixelRatio() == 2.0, picture.devicePixelRatio()
assert page.width() == 912, page.width()
for button in page.details.buttons.values():
    assert button.width() >= button.sizeHint().width(), button.text()
page.close()
background.drain(5)
"""


def test_that_nothing_is_clipped_at_200_percent(database_url: str) -> None:
    environment = os.environ | {"QT_SCALE_FACTOR": "2", "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, database_url],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
