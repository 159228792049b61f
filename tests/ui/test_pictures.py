"""Every state that has a picture can be told by a screen reader, and left by Tab in reading order."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from portal_admin.app import import_page
from portal_admin.cli.demo import PICTURES_TAKEN
from portal_admin.cli.demo_world import demo_world
from portal_admin.settings import choose_profile
from portal_admin.ui.main_window import MainWindow
from portal_admin.ui.pages import pages
from portal_admin.ui.pictures import PICTURES, posed
from portal_admin.ui.tab_order import stops
from portal_admin.wiring import close_desk, open_desk


def wrong_steps(window: MainWindow) -> list[str]:
    """Where Tab did not go on to what follows in reading order, all around the window."""
    root = window.centralWidget()
    assert root is not None
    first = stops(root)
    first[0].setFocus()
    found = []
    for _ in first:
        before = QApplication.focusWidget()
        assert before is not None
        order = stops(root)  # anew: of buttons that exclude each other Tab reaches only the one that is down
        at = max(n for n, stop in enumerate(order) if stop is before or stop.isAncestorOf(before))
        wanted = order[(at + 1) % len(order)]
        QTest.keyClick(before, Qt.Key.Key_Tab)
        now = QApplication.focusWidget()
        if now is None or not (now is wanted or wanted.isAncestorOf(now)):
            found.append(f"{before} -> {now} instead of {wanted}")
    return found


def test_that_every_pictured_state_has_names_a_focus_in_its_page_and_a_tab_order(
    qapp: QApplication, unnamed: Callable[[QWidget], list[str]]
) -> None:
    found: dict[str, list[str]] = {}
    with demo_world(say=lambda _words: None, now=PICTURES_TAKEN) as name:
        types = {spec.id: import_page(spec) for spec in pages()}
        desk = open_desk(name, clock=lambda: PICTURES_TAKEN)
        try:
            for picture in PICTURES:
                with posed(picture, desk, choose_profile(name), types) as window:
                    focused, page = QApplication.focusWidget(), window.current_page
                    is_in_page = focused is not None and page is not None and page.isAncestorOf(focused)
                    lost = not is_in_page and focused is not window.find_box
                    found[picture.name] = unnamed(window) + wrong_steps(window)
                    found[picture.name] += [f"the focus is on {focused}"] if lost else []
        finally:
            close_desk(desk)
    assert {name: wrong for name, wrong in found.items() if wrong} == {}
