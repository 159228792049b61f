"""Starts the window: painted first, everything slow imported afterwards on a worker."""

from __future__ import annotations

import importlib
import logging
import os
import sys
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication

from portal_admin.errors import DeskError
from portal_admin.ui import background, icons, window_state
from portal_admin.ui.after_paint import AfterPaint
from portal_admin.ui.collector import Collector
from portal_admin.ui.find_entry import Answer, Finder
from portal_admin.ui.main_window import MainWindow
from portal_admin.ui.navigation import Navigator, Target
from portal_admin.ui.numbers import group_digits
from portal_admin.ui.pages import PageSpec
from portal_admin.ui.single_instance import SingleInstance, hand_over
from portal_admin.ui.theme import Size, theme

if TYPE_CHECKING:
    from portal_admin.services.desk import Desk
    from portal_admin.settings import Profile
    from portal_admin.ui.page import Page
    from portal_admin.ui.watchdog import Watchdog

WAIT_FOR_WORKERS = 3.0  # seconds
log = logging.getLogger(__name__)


class Loaded(NamedTuple):
    """What the worker brought: the screens always, and a desk or the reason why there is none."""

    types: Mapping[str, type[Page]]
    profile: Profile | None = None
    desk: Desk | None = None
    problem: DeskError | None = None
    profiles_exist: bool = True


def run(*, profile: str | None = None, place: str | None = None) -> int:
    """Open the window, or bring the one that is open already to the front; `place` is what it shows."""
    application = QApplication([sys.argv[0], "-style", "fusion"])
    theme.is_fusion = True
    application.setApplicationName("portal-admin")
    application.setApplicationDisplayName("Portal Admin")
    if hand_over(place, profile):
        return 0
    running = Running(application, profile)
    running.start(place)
    code = application.exec()
    return running.end(code)


class Running(QObject):
    """The program while its window is open."""

    def __init__(self, application: QApplication, profile: str | None) -> None:
        super().__init__()
        self._profile = profile
        self._place: str | None = None
        self._desk: Desk | None = None
        self._collector = Collector(self)
        self._watchdog: Watchdog | None = None
        group_digits()
        theme.apply(window_state.scheme())
        theme.follow_system()
        application.setWindowIcon(icons.icon("mark", "accent", size=Size.ICON_LARGE))
        self.window = MainWindow()
        self.window.profile_chosen.connect(self._change_profile)
        self.window.role_lost.connect(lambda: self._change_profile(self._profile))
        self._instance = SingleInstance(self)
        self._instance.asked.connect(self._asked)

    def start(self, place: str | None = None) -> None:
        """Show the window; loading begins once it is painted."""
        sys.excepthook = self._report
        self._place = place
        self._go_to(place)
        self.window.show()
        AfterPaint(self.window, self._painted)

    def end(self, code: int) -> int:
        """Drop all answers, wait a bounded time for workers, and close the desk."""
        self._instance.close()
        if self._watchdog is not None:
            self._watchdog.stop()
        sys.excepthook = sys.__excepthook__
        finished = background.drain(WAIT_FOR_WORKERS)
        if finished and self._desk is not None:
            from portal_admin.wiring import close_desk

            close_desk(self._desk)
        self.window.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        if not finished:
            # A request to ASPIRE cannot be woken; nothing is lost, because answers are dropped anyway.
            log.warning("left with workers still busy")
            logging.shutdown()
            os._exit(code)
        return code

    def _painted(self) -> None:
        # Even what the next step on this thread needs is imported on a worker, so that typing goes on.
        background.run(self, warm, lambda _: self._be_the_one(), self._cannot_load, replaces="load")

    def _be_the_one(self) -> None:
        if self._instance.listen(self._place, self._profile):
            self._watch()
            self.window.start_over()
            self.load()
        else:
            self.window.close()

    def _watch(self) -> None:
        from portal_admin.ui.watchdog import Watchdog

        self._watchdog = Watchdog(self)
        self._watchdog.start()

    def load(self) -> None:
        """Import everything slow and open the desk, on a worker."""
        specs = list(self.window.specs.values())
        background.run(
            self,
            lambda: load(specs, self._profile),
            self._loaded,
            self._cannot_load,
            replaces="load",
        )

    def _cannot_load(self, error: DeskError) -> None:
        self.window.go_down(error, self._again, {})

    def _loaded(self, loaded: Loaded) -> None:
        self._collector.start()
        if loaded.desk is not None and loaded.profile is not None:
            self._desk = loaded.desk
            find = finder(loaded.desk, self.window.navigator)
            self.window.go_live(loaded.desk, loaded.profile, loaded.types, find)
        elif loaded.problem is None:
            return
        elif loaded.profile is None:
            reason = loaded.problem if loaded.profiles_exist else None
            self.window.go_connect(loaded.types, reason)
        else:
            self.window.go_down(loaded.problem, self._again, loaded.types)

    def _again(self) -> None:
        self.window.start_over()
        self.load()

    def _change_profile(self, name: str | None) -> None:
        old, self._desk, self._profile = self._desk, None, name
        self.window.start_over()
        if old is None:
            self.load()
            return
        from portal_admin.wiring import close_desk

        background.run(self, lambda: close_desk(old), lambda _: self.load(), lambda _: self.load())

    def _asked(self, place: str | None, profile: str | None) -> None:
        self.window.setWindowState(self.window.windowState() & ~Qt.WindowState.WindowMinimized)
        self.window.show()
        self.window.raise_()
        self.window.activateWindow()
        if profile is not None and profile != self._profile and self.window.current_page is not None:
            words = self.tr("This window works on another profile. Close it before you open {name}.")
            self.window.current_page.messages.info(words.format(name=profile))
            return
        self._go_to(place)

    def _go_to(self, place: str | None) -> None:
        target = Target.parse(place) if place else None
        if target is not None:
            self.window.open(target)

    def _report(self, kind: type[BaseException], problem: BaseException, trace: TracebackType | None) -> None:
        if not isinstance(problem, Exception):
            sys.__excepthook__(kind, problem, trace)
            return
        error = background.fault(problem)
        page = self.window.current_page
        if page is not None:
            page.messages.error(error)


def warm() -> None:
    """Import what the window needs right after its first picture."""
    for name in (
        "PySide6.QtNetwork",
        "hashlib",
        "portal_admin.ui.watchdog",
        "portal_admin.ui.widgets.state_panel",
    ):
        importlib.import_module(name)


def load(specs: Sequence[PageSpec], profile_name: str | None) -> Loaded:
    """Import the screens and open the desk of a profile; what fails is told, not raised."""
    types = {spec.id: import_page(spec) for spec in specs}
    from portal_admin.settings import choose_profile, profiles_file
    from portal_admin.wiring import open_profile

    profile = None
    try:
        profile = choose_profile(profile_name)
        return Loaded(types, profile, open_profile(profile))
    except DeskError as problem:
        return Loaded(types, profile, problem=problem, profiles_exist=profiles_file().exists())


def import_page(spec: PageSpec) -> type[Page]:
    """The class of a page; importing it may take long."""
    module, _, name = spec.factory.partition(":")
    found: type[Page] = getattr(importlib.import_module(module), name)
    return found


def finder(desk: Desk, navigator: Navigator) -> Finder:
    """What the find box asks on a worker."""

    def find(text: str) -> Answer:
        from portal_admin.ui.find_answer import look

        return look(desk, text, navigator)

    return find
