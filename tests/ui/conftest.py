"""What tests of the window share: a dressed application, waiting without sleeping, walking and rendering."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from sqlalchemy import Engine

from portal_admin.app import finder, import_page
from portal_admin.services.desk import Desk
from portal_admin.services.roles import my_role
from portal_admin.settings import Profile
from portal_admin.ui import background
from portal_admin.ui.main_window import MainWindow
from portal_admin.ui.navigation import Navigator, Target
from portal_admin.ui.numbers import group_digits
from portal_admin.ui.page import Page, PageContext
from portal_admin.ui.pages import pages
from portal_admin.ui.rights import Rights
from portal_admin.ui.theme import Scheme, theme

APage = TypeVar("APage", bound=Page)
# The offscreen platform has no window manager to tell.
PLATFORM_NOISE = ("This plugin does not support",)


@pytest.fixture(scope="session", autouse=True)
def digits_are_grouped() -> None:
    """As the window has it; the default stays set for the whole process."""
    group_digits()


@pytest.fixture(scope="session")
def frozen() -> None:
    """What was imported need not be looked at by each test's collection of garbage."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def dressed(qapp: QApplication, frozen: None) -> Iterator[None]:
    """The light theme; no background work, window or Qt warning may be left behind."""
    said: list[str] = []

    def note(kind: QtMsgType, _context: Any, text: str) -> None:
        if kind != QtMsgType.QtDebugMsg and not text.startswith(PLATFORM_NOISE):
            said.append(text)

    before = set(map(id, qapp.topLevelWidgets()))
    previous = qInstallMessageHandler(note)
    gc.disable()  # collecting on a worker would destroy widgets there
    theme.apply(Scheme.LIGHT)
    yield
    left = [w for w in qapp.topLevelWidgets() if id(w) not in before and w.isVisible()]
    names = [w.objectName() or type(w).__name__ for w in left]
    for widget in left:
        widget.close()
    busy = not background.drain(5)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    qapp.processEvents()
    gc.enable()
    gc.collect()
    qInstallMessageHandler(previous)
    assert not said, f"Qt warned: {said}"
    assert not names, f"windows were left open: {names}"
    assert not busy, "background work outlived the test"


@pytest.fixture(name="engine")
def engine_of_windows(engine: Engine) -> Iterator[Engine]:
    """The engine is given back after the last worker, which may outlive the window it worked for."""
    yield engine
    background.drain(5)


@pytest.fixture
def settle() -> Callable[[], None]:
    """Wait until nothing is running and nothing is due, without sleeping."""
    return background.wait_idle


@pytest.fixture
def opened(qapp: QApplication, request: pytest.FixtureRequest) -> Iterator[Callable[[QWidget], QWidget]]:
    """Show a widget at 1280 × 720, and close it at the end, before the desk it works on."""
    if "engine" in request.fixturenames:
        request.getfixturevalue("engine")
    shown: list[QWidget] = []

    def show(widget: QWidget, width: int = 1280, height: int = 720) -> QWidget:
        widget.resize(width, height)
        widget.show()
        widget.activateWindow()
        shown.append(widget)
        QTest.qWaitForWindowActive(widget, 1000)
        qapp.processEvents()
        return widget

    yield show
    for widget in shown:
        widget.close()
        widget.deleteLater()


@pytest.fixture
def page(opened: Callable[[QWidget], QWidget]) -> Callable[..., Any]:
    """Build and show a page by itself, for the role of the desk's operator: `page(EndUsersPage, desk)`."""

    def build(kind: type[APage], desk: Desk | None = None, profile: Any = None) -> APage:
        factory = f"{kind.__module__}:{kind.__name__}"
        spec = next((spec for spec in pages() if spec.factory == factory), pages()[0])
        rights = Rights()
        if desk is not None:
            rights.learn(my_role(desk))
        made = kind(PageContext(spec, Navigator(), desk=desk, profile=profile, rights=rights))
        opened(made)
        return made

    return build


@pytest.fixture
def shell(opened: Callable[[QWidget], QWidget], settle: Callable[[], None]) -> Callable[..., MainWindow]:
    """The whole window on a desk: `shell(desk)`; its pages are the real ones."""

    def build(desk: Desk, *, production: bool = False, place: str = "start") -> MainWindow:
        window = MainWindow()
        opened(window)
        types = {spec.id: import_page(spec) for spec in pages()}
        profile = Profile("Test", "sqlite:///test.db", production=production)
        window.open(Target(place))
        window.go_live(desk, profile, types, finder(desk, window.navigator))
        settle()
        return window

    return build


def unnamed(root: QWidget) -> list[str]:
    """The visible focusable widgets that a screen reader could not name."""
    found = []
    for widget in [root, *root.findChildren(QWidget)]:
        seen = QAccessible.queryAccessibleInterface(widget)
        if widget.isVisible() and seen and seen.state().focusable and not seen.text(QAccessible.Text.Name):
            found.append(f"{type(widget).__name__} {widget.objectName()}".strip())
    return found


@pytest.fixture(name="unnamed")
def unnamed_fixture() -> Callable[[QWidget], list[str]]:
    return unnamed


@pytest.fixture
def render(qapp: QApplication, tmp_path: Path) -> Callable[..., Path]:
    """Paint a widget into a PNG file in light or dark and return its path."""

    def paint(widget: QWidget, name: str, scheme: str = "light") -> Path:
        theme.apply(Scheme(scheme))
        background.wait_idle()
        qapp.processEvents()  # words that wrap in a scroll area find their height a turn later
        path = tmp_path / f"{name}-{scheme}.png"
        assert widget.grab().save(str(path))
        return path

    return paint
