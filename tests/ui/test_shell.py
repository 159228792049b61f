"""The window around the pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QPushButton, QToolButton, QWidget

from portal_admin.errors import DatabaseProblem, SettingsProblem
from portal_admin.services.desk import Desk
from portal_admin.services.pulse import Pulse
from portal_admin.services.snapshot import Freshness
from portal_admin.ui import window_state
from portal_admin.ui.main_window import MainWindow
from portal_admin.ui.navigation import SCREENS, Target
from portal_admin.ui.page import Page
from portal_admin.ui.pages import pages
from portal_admin.ui.tab_order import next_stop
from portal_admin.ui.theme import Scheme, Size, theme
from portal_admin.ui.widgets.state_panel import State

pytestmark = pytest.mark.usefixtures("dressed")
CONTROL = Qt.KeyboardModifier.ControlModifier
Shell = Callable[..., MainWindow]
Settle = Callable[[], None]


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("user:north/jane@x.example", Target("customer_care", site="north", email="jane@x.example")),
        ("contract: 0012-0045", Target("customer_care", contract="0012-0045")),
        ("account:A-001", Target("customer_care", account="A-001")),
        ("payment:P-0001", Target("payments", payment="P-0001")),
        ("request:12", Target("requests", request="12")),
        ("site:north", Target("sites", site="north")),
        ("End users", Target("end_users")),
        ("field-reference", Target("field_reference")),
        ("user:north", None),
        ("contract:", None),
        ("delete:north", None),
        ("rm -rf /", None),
        ("", None),
    ],
)
def test_that_a_place_is_read_and_anything_else_is_ignored(text: str, target: Target | None) -> None:
    assert Target.parse(text) == target


def test_that_every_page_is_known_to_navigation_and_has_its_words() -> None:
    assert tuple(spec.id for spec in pages()) == SCREENS
    assert all(spec.title and spec.purpose.endswith(".") for spec in pages())


def test_that_the_first_picture_takes_typing_before_there_is_a_desk(opened: Callable[..., Any]) -> None:
    window = opened(MainWindow())
    QTest.keyClick(window, Qt.Key.Key_K, CONTROL)
    QTest.keyClicks(window.find_box, "field")
    assert window.find_box.text() == "field"
    assert window.find_box.results.titles == ["Field reference"]


def test_that_a_page_asked_for_while_starting_opens_when_the_desk_is_there(
    shell: Shell, offline_desk: Desk
) -> None:
    window = shell(offline_desk, place="sites")
    assert window.current_page is not None
    assert window.current_page.context.spec.id == "sites"


def test_that_every_page_opens_by_its_key_and_has_a_name_for_every_control(
    shell: Shell, desk: Desk, settle: Settle, unnamed: Callable[[QWidget], list[str]]
) -> None:
    window = shell(desk)
    for place, spec in enumerate(pages()):
        digit, function = Qt.Key(Qt.Key.Key_0 + (place + 1) % 10), Qt.Key(Qt.Key.Key_F1 + place - 5)
        QTest.keyClick(window, *((digit, CONTROL) if place < 10 else (function,)))
        settle()
        assert window.current_page is not None
        assert window.current_page.context.spec.id == spec.id
        assert unnamed(window) == [], spec.id


def test_that_the_keyboard_begins_where_a_page_says(shell: Shell, offline_desk: Desk, settle: Settle) -> None:
    window = shell(offline_desk)
    for screen, name in (("end_users", "Filter by name or email"), ("operators", "Operators")):
        window.open(Target(screen))
        settle()
        focused = QApplication.focusWidget()
        assert focused is not None
        assert focused.accessibleName() == name


def test_that_the_keyboard_begins_there_too_when_the_find_box_opened_the_page(
    shell: Shell, offline_desk: Desk, settle: Settle
) -> None:
    window = shell(offline_desk)
    QTest.keyClick(window, Qt.Key.Key_K, CONTROL)
    QTest.keyClicks(window.find_box, "end users")
    settle()
    assert window.find_box.hasFocus()
    QTest.keyClick(window.find_box, Qt.Key.Key_Return)
    settle()
    focused = QApplication.focusWidget()
    assert focused is not None
    assert focused.accessibleName() == "Filter by name or email"


def test_that_a_button_disabled_under_the_keyboard_hands_it_to_the_next_part(
    opened: Callable[..., Any],
) -> None:
    holder = QWidget()
    row = QHBoxLayout(holder)
    first, second, third = (QPushButton(text) for text in "abc")
    for button in (first, second, third):
        row.addWidget(button)
    opened(holder)
    second.setEnabled(False)
    assert next_stop(holder, second, 1) is third
    assert next_stop(holder, second, -1) is first


def test_that_what_administrators_do_stands_together_below_the_line(opened: Callable[..., Any]) -> None:
    window = opened(MainWindow())
    column = window.navigation.layout()
    kinds = [column.itemAt(n).widget() for n in range(column.count())]
    line = next(n for n, one in enumerate(kinds) if one is not None and one.property("kind") == "line")
    below = [one.accessibleName() for one in kinds[line:] if isinstance(one, QToolButton)]
    assert below[:3] == ["Import", "Sites", "Sync & health"]


def test_that_back_returns_to_where_the_operator_was(
    shell: Shell, offline_desk: Desk, settle: Settle
) -> None:
    window = shell(offline_desk)
    window.navigator.go("sites")
    window.navigator.go("connect")
    settle()
    QTest.keyClick(window, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    settle()
    assert window.current_page is not None
    assert window.current_page.context.spec.id == "sites"


def test_that_navigation_shows_icons_only_in_a_narrow_window(opened: Callable[..., Any]) -> None:
    window = opened(MainWindow(), Size.COLLAPSE_BELOW, 640)
    assert not window.navigation.is_collapsed
    window.resize(Size.COLLAPSE_BELOW - 1, 640)
    QApplication.processEvents()
    assert window.navigation.is_collapsed
    assert {b.accessibleName() for b in window.navigation.findChildren(QToolButton)} >= {"End users", "Theme"}


def test_that_arrows_walk_through_the_navigation(opened: Callable[..., Any]) -> None:
    window = opened(MainWindow())
    first, second = window.navigation.findChildren(QToolButton)[:2]
    first.setFocus()
    QTest.keyClick(first, Qt.Key.Key_Down)
    assert second.hasFocus()
    QTest.keyClick(second, Qt.Key.Key_Up)
    assert first.hasFocus()


def test_that_production_is_red_at_the_top_and_in_words(shell: Shell, offline_desk: Desk) -> None:
    assert not shell(offline_desk).production_line.isVisible()
    window = shell(offline_desk, production=True)
    assert window.production_line.isVisible()
    assert window.status.profile.text() == "Test (production)"
    assert window.status.profile.property("meaning") == "bad"


def test_that_the_status_tells_database_operator_and_sync(shell: Shell, offline_desk: Desk) -> None:
    status = shell(offline_desk).status
    assert status.database.text() == "Database SQLite, enforces no roles"
    assert status.operator.text() == "Administrator: tester"
    assert status.aspire.text() == "No ASPIRE"
    assert status.synced.text() == "Never synced"


def test_that_the_status_tells_how_fast_aspire_answers(shell: Shell, desk: Desk) -> None:
    text = shell(desk).status.aspire.text()
    assert text.startswith("ASPIRE ")
    assert text.endswith(" ms")


def test_that_stale_and_restored_are_said_in_words(
    shell: Shell, offline_desk: Desk, clock: Callable[[], datetime]
) -> None:
    status, now = shell(offline_desk).status, clock()
    old = Freshness(now - timedelta(hours=2), True)
    status.show_pulse(Pulse("jdoe", "sqlite", 12.4, old, False), now)
    assert (status.aspire.text(), status.synced.text()) == ("ASPIRE 12 ms", "Synced 2 h ago, stale")
    status.show_pulse(Pulse("jdoe", "postgresql", DatabaseProblem("x"), old, True), now)
    assert status.synced.text() == "ASPIRE was restored: full sync needed"
    assert status.database.text() == "Database PostgreSQL"
    assert status.audit.text() == ""
    status.show_pulse(Pulse("jdoe", "postgresql", None, old, False, doubt="Line 8 is missing."), now)
    assert status.audit.text() == "The audit must be verified"
    assert "Line 8 is missing." in status.audit.toolTip()
    status.show_pulse(Pulse("jdoe", "postgresql", None, DatabaseProblem("x"), False), now)
    assert status.database.text() == "Database PostgreSQL does not answer, trying again"
    assert status.synced.text() == ""  # said once is enough


def test_that_without_a_profile_only_connect_works(opened: Callable[..., Any], settle: Settle) -> None:
    window = opened(MainWindow())
    window.go_connect({"connect": Page, "start": Page}, SettingsProblem("profiles.toml, line 3: not valid."))
    settle()
    assert window.current_page is not None
    assert window.current_page.context.spec.id == "connect"
    assert "line 3" in window.current_page.messages.text
    window.navigator.go("start")
    assert window.current_page.context.spec.id == "connect"


def test_that_a_desk_that_cannot_be_opened_offers_retry_and_connect(
    opened: Callable[..., Any], settle: Settle
) -> None:
    window, retried = opened(MainWindow()), []
    window.go_down(DatabaseProblem("Locked."), lambda: retried.append(True), {"connect": Page})
    panel = window.host.currentWidget()
    assert panel.state is State.FAILED
    window.navigator.go("connect")
    assert window.current_page is not None


def test_that_f5_reads_the_page_again(opened: Callable[..., Any], offline_desk: Desk, settle: Settle) -> None:
    class Counting(Page):
        reads = 0

        def refresh(self) -> None:
            Counting.reads += 1

    window = opened(MainWindow())
    profile: Any = type("P", (), {"name": "Test", "production": False})()
    window.go_live(offline_desk, profile, {"start": Counting})
    settle()
    QTest.keyClick(window, Qt.Key.Key_F5)
    settle()
    assert Counting.reads == 1


def test_that_the_theme_is_chosen_from_the_find_box_and_kept(
    shell: Shell, offline_desk: Desk, settle: Settle
) -> None:
    window = shell(offline_desk)
    QTest.keyClick(window, Qt.Key.Key_K, CONTROL)
    QTest.keyClicks(window.find_box, "dark")
    QTest.keyClick(window.find_box, Qt.Key.Key_Return)
    settle()
    assert theme.scheme is Scheme.DARK
    assert window_state.scheme() is Scheme.DARK


def test_that_the_window_comes_back_where_it_was(opened: Callable[..., Any]) -> None:
    opened(MainWindow(), 1111, 666).close()
    again = MainWindow()
    # The width is cut to the offscreen platform's small screen.
    assert again.height() == 666
    again.deleteLater()


def test_that_damaged_settings_of_the_window_do_no_harm(home: Path) -> None:
    home.mkdir(parents=True)
    (home / window_state.FILE).write_text(
        "[window]\ngeometry=rubbish\ntheme=purple\n[columns]\nx=a=b, =, 7\n"
    )
    assert window_state.scheme() is Scheme.SYSTEM
    assert window_state.column_widths("x") == {}
    MainWindow().deleteLater()


def test_that_about_tells_version_keys_and_folders_without_a_box_in_front(
    shell: Shell, offline_desk: Desk, home: Path
) -> None:
    window = shell(offline_desk)
    QTest.keyClick(window, Qt.Key.Key_F1)
    assert window._about is not None
    assert window._about.isVisible()
    assert QApplication.activeModalWidget() is None
    QTest.keyClick(window._about, Qt.Key.Key_Escape)
    assert not window._about.isVisible()


def test_that_closing_with_work_in_flight_is_clean(shell: Shell, desk: Desk) -> None:
    window = shell(desk)
    window.take_pulse()
    window.navigator.go("end_users")
    window.close()
    # The fixture fails the test when a Qt warning, a window or a worker is left.


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(1280, 720), (1000, 640)])
def test_that_the_window_is_painted_in_both_schemes_and_sizes(
    shell: Shell, offline_desk: Desk, render: Callable[..., Path], scheme: str, width: int, height: int
) -> None:
    window = shell(offline_desk)
    window.resize(width, height)
    picture = QImage(str(render(window, f"start-{width}", scheme)))
    assert (picture.width(), picture.height()) == (width, height)
    corner = picture.pixelColor(width - 3, height // 2).name()
    assert corner == theme.colour("window").name()


def test_that_nothing_of_the_frame_is_clipped(shell: Shell, offline_desk: Desk) -> None:
    window = shell(offline_desk)
    window.resize(*Size.WINDOW_LEAST)
    QApplication.processEvents()
    for part in (window.status, window.navigation, window.find_box):
        assert part.width() >= min(part.minimumSizeHint().width(), window.width())
        assert window.rect().contains(part.rect().translated(part.mapTo(window, part.rect().topLeft())))
    assert window.minimumSizeHint().width() <= Size.WINDOW_LEAST[0]
