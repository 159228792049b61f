"""How long the UI thread stands still while a scripted rep works through all screens."""

from __future__ import annotations

import itertools
import os
import random
import statistics
import time
from collections.abc import Callable, Iterator
from tempfile import TemporaryDirectory

from benchmarks.database import add_users
from benchmarks.measure import Measurement

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

TICK = 5  # ms
STEP = 0.4  # s; a rep who does something twice a second and more
TICKS_WANTED = 99


def run(small: bool) -> list[Measurement]:
    """p99 and longest gap between ticks of a 5 ms timer, beyond the tick itself."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as home:
        before = os.environ.get("PORTAL_ADMIN_HOME")
        os.environ["PORTAL_ADMIN_HOME"] = home
        try:
            gaps = _worked_through(seconds=15 if small else 300, users=2_000 if small else 200_000)
        finally:
            if before is None:
                del os.environ["PORTAL_ADMIN_HOME"]
            else:
                os.environ["PORTAL_ADMIN_HOME"] = before
    p99 = statistics.quantiles(gaps, n=100)[TICKS_WANTED - 1]
    note = f"{len(gaps):,} ticks"
    return [
        Measurement("stall of the UI thread, p99", p99 * 1000, None, "ms", 50, note),
        Measurement("stall of the UI thread, longest", max(gaps) * 1000, None, "ms", 250, note),
    ]


def _worked_through(*, seconds: float, users: int) -> list[float]:
    from PySide6.QtCore import QElapsedTimer, QEventLoop, Qt, QTimer
    from PySide6.QtWidgets import QApplication

    from portal_admin.app import finder, import_page
    from portal_admin.cli.demo_world import demo_world
    from portal_admin.settings import choose_profile
    from portal_admin.ui import background
    from portal_admin.ui.collector import Collector
    from portal_admin.ui.main_window import MainWindow
    from portal_admin.ui.theme import Scheme, theme
    from portal_admin.wiring import close_desk, open_desk

    application = QApplication.instance() or QApplication([])
    collector = Collector(application)
    gaps: list[float] = []
    with demo_world(say=lambda _: None) as name:
        desk = open_desk(name)
        add_users(desk.engine, users, site_ids=(1, 2, 3))
        theme.apply(Scheme.LIGHT)
        window = MainWindow()
        window.show()
        types = {spec.id: import_page(spec) for spec in window.specs.values()}
        window.go_live(desk, choose_profile(name), types, finder(desk, window.navigator))
        background.wait_idle(60)
        collector.start()

        clock = QElapsedTimer()
        clock.start()

        def tick() -> None:
            gaps.append(max(0.0, clock.nsecsElapsed() / 1e9 - TICK / 1000))
            clock.restart()

        timer = QTimer()
        timer.setTimerType(Qt.TimerType.PreciseTimer)
        timer.timeout.connect(tick)
        timer.start(TICK)
        ends = time.monotonic() + seconds
        for act in _script(window):
            act()
            loop = QEventLoop()
            QTimer.singleShot(int(STEP * 1000), loop.quit)
            loop.exec()
            if time.monotonic() > ends:
                break
        timer.stop()
        background.wait_idle(60)
        window.close()
        window.deleteLater()
        application.processEvents()
        background.drain(5)
        close_desk(desk)
    return gaps


def _script(window: object) -> Iterator[Callable[[], object]]:
    """Open each screen, type letter by letter, sort, scroll, look records up; again and again."""
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QAbstractItemView, QApplication, QLineEdit, QWidget

    from portal_admin.sandbox.cases import CASES
    from portal_admin.ui.main_window import MainWindow
    from portal_admin.ui.navigation import Target

    assert isinstance(window, MainWindow)
    chance = random.Random(7)

    def type_into(name: str, letter: str) -> None:
        for field in window.findChildren(QLineEdit):
            if field.isVisible() and field.accessibleName().startswith(name):
                QTest.keyClicks(field, letter)

    def keys(key: Qt.Key) -> None:
        view = next((v for v in window.findChildren(QAbstractItemView) if v.isVisible()), None)
        target: QWidget = view or window
        QTest.keyClick(target, key)

    for case in itertools.cycle(CASES):
        yield lambda: window.open(Target("end_users"))
        for letter in chance.choice(("chris", "a", "ann.", "olsen")):
            yield lambda letter=letter: type_into("Filter by name", letter)  # type: ignore[misc]
        for key in (Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_Home, Qt.Key.Key_PageDown):
            yield lambda key=key: keys(key)  # type: ignore[misc]
        yield lambda case=case: window.open(  # type: ignore[misc]
            Target("account_access", site=case.site, email=case.email, contract=case.contract)
        )
        yield lambda: QApplication.sendPostedEvents()
        yield lambda case=case: window.open(Target("field_reference", contract=case.contract))  # type: ignore[misc]
        yield lambda: keys(Qt.Key.Key_End)
        yield lambda: window.open(Target("sites"))
        yield lambda: window.open(Target("start"))
        for letter in "pra":
            yield lambda letter=letter: QTest.keyClicks(window.find_box, letter)  # type: ignore[misc]
        yield lambda: QTest.keyClick(window.find_box, Qt.Key.Key_Escape)
