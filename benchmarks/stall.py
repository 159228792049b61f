"""How long the UI thread stands still while a scripted rep works through all screens."""

from __future__ import annotations

import os
import statistics
import sys
import time
from dataclasses import dataclass, field
from tempfile import TemporaryDirectory

from benchmarks.database import add_users
from benchmarks.measure import Measurement

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

TICK = 5  # ms
STEP = 0.4  # s; a rep who does something twice a second and more
SMALL_STEP = 0.2
TICKS_WANTED = 99
WORST = 8


@dataclass
class Watched:
    """Gaps between ticks and the thread's own work in them, in seconds, each with what the rep did last.

    `report` and `stacks` are what the window's own watchdog says.
    """

    gaps: list[tuple[float, float, str]] = field(default_factory=list)
    report: str = ""
    stacks: list[str] = field(default_factory=list)


def run(small: bool) -> list[Measurement]:
    """p99 and longest gap between ticks of a 5 ms timer, beyond the tick itself; where it stood still goes to stderr."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as home:
        before = os.environ.get("PORTAL_ADMIN_HOME")
        os.environ["PORTAL_ADMIN_HOME"] = home
        try:
            found = _worked_through(
                seconds=45 if small else 300,
                users=2_000 if small else 200_000,
                step=SMALL_STEP if small else STEP,
            )
        finally:
            if before is None:
                del os.environ["PORTAL_ADMIN_HOME"]
            else:
                os.environ["PORTAL_ADMIN_HOME"] = before
    gaps = [gap for gap, _, _ in found.gaps]
    p99 = statistics.quantiles(gaps, n=100)[TICKS_WANTED - 1]
    # By its own work: the rest is waiting for the interpreter, or for a processor on a busy machine.
    worst = sorted(found.gaps, key=lambda one: one[1], reverse=True)[:WORST]
    works = [own for _, own, _ in found.gaps]
    own99, own_most = statistics.quantiles(works, n=100)[TICKS_WANTED - 1], max(works)
    print(f"watchdog: {found.report}", file=sys.stderr)
    print(
        f"own work between ticks: p99 {own99 * 1000:.0f} ms, most {own_most * 1000:.0f} ms", file=sys.stderr
    )
    for gap, own, act in worst:
        print(f"{gap * 1000:.0f} ms, {own * 1000:.0f} ms of them its own work: {act}", file=sys.stderr)
    for stack in found.stacks:
        print(stack, file=sys.stderr)
    note = f"{len(gaps):,} ticks"
    return [
        Measurement("stall of the UI thread, p99", p99 * 1000, None, "ms", 50, note),
        Measurement("stall of the UI thread, longest", max(gaps) * 1000, None, "ms", 250, note),
    ]


def _worked_through(*, seconds: float, users: int, step: float) -> Watched:
    from PySide6.QtCore import QElapsedTimer, QEventLoop, Qt, QTimer
    from PySide6.QtWidgets import QApplication

    from benchmarks.stall_script import Act, Rep
    from portal_admin.app import finder, import_page
    from portal_admin.cli.demo_world import demo_world
    from portal_admin.settings import choose_profile
    from portal_admin.ui import background
    from portal_admin.ui.collector import Collector
    from portal_admin.ui.main_window import MainWindow
    from portal_admin.ui.theme import Scheme, theme
    from portal_admin.ui.watchdog import Watchdog
    from portal_admin.wiring import close_desk, open_desk

    application = QApplication.instance() or QApplication([])
    collector = Collector(application)
    found, act = Watched(), Act("start", application.processEvents)
    watchdog = Watchdog(application)
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

        own = time.thread_time()

        def tick() -> None:
            nonlocal own
            before, own = own, time.thread_time()
            gap = max(0.0, clock.nsecsElapsed() / 1e9 - TICK / 1000)
            found.gaps.append((gap, own - before, act.name))
            clock.restart()

        timer = QTimer()
        timer.setTimerType(Qt.TimerType.PreciseTimer)
        timer.timeout.connect(tick)
        timer.start(TICK)
        watchdog.start()
        ends = time.monotonic() + seconds
        for act in Rep(window).work():
            act.do()
            loop = QEventLoop()
            QTimer.singleShot(int(step * 1000), loop.quit)
            loop.exec()
            if time.monotonic() > ends:
                break
        timer.stop()
        watchdog.stop()
        found.report = watchdog.report().words
        found.stacks = [f"{stall.length * 1000:.0f} ms\n{stall.stack}" for stall in watchdog.stalls]
        background.wait_idle(60)
        window.close()
        window.deleteLater()
        application.processEvents()
        background.drain(5)
        close_desk(desk)
    return found
