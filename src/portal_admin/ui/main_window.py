"""The window: navigation, the find box, one page at a time, and the status strip."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from portal_admin.errors import DeskError, NotAllowed
from portal_admin.ui import background, window_state
from portal_admin.ui.find_box import FindBox
from portal_admin.ui.find_entry import Entry, Finder, Section
from portal_admin.ui.navigation import Navigator, Target
from portal_admin.ui.navigation_bar import NavigationBar
from portal_admin.ui.override import override
from portal_admin.ui.pages import keys_of, pages
from portal_admin.ui.rights import Rights
from portal_admin.ui.status_strip import StatusStrip
from portal_admin.ui.tab_order import next_stop
from portal_admin.ui.theme import Scheme, Size, Space, theme

if TYPE_CHECKING:
    from portal_admin.domain.permissions import Role
    from portal_admin.services.desk import Desk
    from portal_admin.services.pulse import Pulse
    from portal_admin.settings import Profile
    from portal_admin.ui.about import AboutPanel
    from portal_admin.ui.page import Page
    from portal_admin.ui.widgets.state_panel import StatePanel

PULSE_EVERY = 60_000
# While the database does not answer, so that the window recovers soon after it does.
PULSE_IN_TROUBLE = 2_000
PageTypes = Mapping[str, "type[Page]"]


class MainWindow(QMainWindow):
    """Shown before anything slow is imported; `go_live` fills it with a desk."""

    profile_chosen = Signal(str)
    role_lost = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.navigator = Navigator()
        self.rights = Rights(self)
        self.rights.changed.connect(self._follow_role)
        self.specs = {spec.id: spec for spec in pages()}
        self._types: PageTypes = {}
        self._pages: dict[str, Page] = {}
        self._beginnings: dict[str, QWidget | None] = {}  # where the keyboard begins on a page
        self._desk: Desk | None = None
        self._profile: Profile | None = None
        self._target = Target("start")
        self._visited: list[Target] = []
        self.setWindowTitle(self.tr("Portal Admin"))
        self.setMinimumSize(*Size.WINDOW_LEAST)
        self._build()
        self._add_shortcuts()
        self._pulse_awaited = False
        self._pulse_timer = QTimer(self)
        self._pulse_timer.setInterval(PULSE_EVERY)
        self._pulse_timer.timeout.connect(self.take_pulse)
        self.navigator.open.connect(self.open)
        self.resize(*Size.WINDOW)
        self.restoreGeometry(window_state.geometry())
        self._fit_navigation()

    def _build(self) -> None:
        self.navigation = NavigationBar(list(self.specs.values()))
        self.navigation.chosen.connect(lambda page: self.open(Target(page)))
        self.navigation.scheme_chosen.connect(self.set_scheme)
        self.navigation.about_chosen.connect(self.show_about)
        self.find_box = FindBox(self._commands)
        self.find_box.left.connect(self._focus_page)
        self.host = QStackedWidget()
        self.host.setObjectName("host")
        self._starting: StatePanel | None = None
        self.status = StatusStrip()
        self.production_line = QFrame()
        self.production_line.setProperty("kind", "production")
        self.production_line.hide()
        self._about: AboutPanel | None = None
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self._top())
        right.addWidget(self.host, 1)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.navigation)
        middle.addLayout(right, 1)
        self._middle = middle
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.production_line)
        column.addLayout(middle, 1)
        column.addWidget(self.status)
        self.setCentralWidget(centre)

    def _top(self) -> QWidget:
        top = QFrame()
        top.setObjectName("top")
        row = QHBoxLayout(top)
        row.setContentsMargins(Space.XL, Space.S, Space.XL, Space.S)
        row.addWidget(self.find_box)
        return top

    def _add_shortcuts(self) -> None:
        for place, page in enumerate(self.specs):
            self._shortcut(keys_of(place), partial(self.open, Target(page)))
        self._shortcut("Ctrl+K", self._focus_find_box)
        self._shortcut("F5", self.refresh)
        self._shortcut("Alt+Left", self.back)
        self._shortcut("F1", self.show_about)
        self._shortcut("Ctrl+Q", self.close)

    def _shortcut(self, keys: str, call: Callable[[], object]) -> None:
        shortcut = QShortcut(QKeySequence(keys), self)
        shortcut.activated.connect(call)

    # What the window works with

    def go_live(self, desk: Desk, profile: Profile, types: PageTypes, find: Finder | None = None) -> None:
        """Work with a desk; the page that was asked for meanwhile opens."""
        self._drop_pages()
        self._desk, self._profile, self._types = desk, profile, types
        self.setWindowTitle(self.tr("{profile} — Portal Admin").format(profile=profile.name))
        self.production_line.setVisible(profile.production)
        self.status.show_profile(profile)
        self.find_box.set_finder(find, partial(self._recent_callers, profile.name))
        self.open(self._target)
        self._read_role()
        self.take_pulse()
        self._pulse_timer.start()

    def go_connect(self, types: PageTypes, reason: DeskError | None = None) -> None:
        """There is no profile to work with: only the Connect page works."""
        self._drop_pages()
        self._types = types
        self.status.say(self.tr("Not connected"))
        self.open(Target("connect"))
        page = self.current_page
        if page is not None and reason is not None:
            page.messages.error(reason)

    def go_down(self, error: DeskError, retry: Callable[[], object], types: PageTypes) -> None:
        """The desk could not be opened: say why; Connect stays reachable."""
        self._drop_pages()
        self._types = types
        self.status.say(error.title)
        if isinstance(error, NotAllowed):
            words = (error.title, error.message, self.tr("Look again"))
            self._waiting().not_allowed(*words, pressed=retry)
        else:
            self._waiting().failed(error, retry)

    def start_over(self) -> None:
        """Back to the first look of the window, while another desk is being opened."""
        self._drop_pages()
        self.production_line.hide()
        self.status.say(self.tr("Starting…"))
        self._waiting().content()
        self._waiting().loading(self.tr("Opening the desk…"))

    def _waiting(self) -> StatePanel:
        """What stands in place of the pages while there is no desk; made after the first picture."""
        if self._starting is None:
            from portal_admin.ui.widgets.state_panel import StatePanel

            self._starting = StatePanel(QWidget())
            self.host.addWidget(self._starting)
        self.host.setCurrentWidget(self._starting)
        return self._starting

    def _drop_pages(self) -> None:
        self._pulse_timer.stop()
        background.forget(self)
        self._pulse_awaited = False
        self._desk = self._profile = None
        self.rights.forget()
        self.find_box.set_finder(None)
        for page in self._pages.values():
            background.forget(page)
            page.hide()  # pages give back what they hold when they are left
            self.host.removeWidget(page)
            page.deleteLater()
        self._pages.clear()
        self._beginnings.clear()
        self._visited.clear()

    # Pages

    @property
    def current_page(self) -> Page | None:
        """The page in view, None while there is none."""
        page = self.host.currentWidget()
        return next((known for known in self._pages.values() if known is page), None)

    def open(self, target: Target) -> None:
        """Show a page, on a record when the target names one; remembered while there is no desk yet."""
        spec = self.specs[target.screen]
        self.navigation.mark_page(target.screen)
        if target.screen not in self._types or (spec.needs_desk and self._desk is None):
            self._target = target
            return
        if self.current_page is not None and target != self._target:
            self._visited.append(self._target)
        self._target = target
        page = self._page(target.screen)
        self.host.setCurrentWidget(page)
        page.open(target)
        if not self.find_box.hasFocus():
            self._focus_page()

    def _page(self, screen: str) -> Page:
        if screen not in self._pages:
            from portal_admin.ui.page import PageContext

            context = PageContext(
                spec=self.specs[screen],
                navigator=self.navigator,
                desk=self._desk,
                profile=self._profile,
                profile_changed=self.profile_chosen.emit,
                rights=self.rights,
            )
            made = self._pages[screen] = self._types[screen](context)
            first = self._beginnings[screen] = made.focusWidget()
            self.host.addWidget(made)  # which forgets it
            if first is not None and not self.find_box.hasFocus():
                first.setFocus()
        return self._pages[screen]

    def back(self) -> None:
        """Return to where the operator was before."""
        if self._visited:
            target = self._visited.pop()
            self._target = target
            self.open(target)

    def refresh(self) -> None:
        """Read the page in view and the status again."""
        if self.current_page is not None:
            self.current_page.refresh()
        self.take_pulse()

    def _focus_page(self) -> None:
        page = self.host.currentWidget() or self.host
        focused = page.focusWidget() or self._beginnings.get(self._target.screen)
        if focused is not None and focused.isVisible():
            focused.setFocus()
        else:
            first = next_stop(page, None, 1)
            (first or self.host).setFocus()

    def _focus_find_box(self) -> None:
        self.find_box.setFocus()
        self.find_box.selectAll()

    # Status, theme, commands

    def take_pulse(self) -> None:
        """Ask how ASPIRE, the database and sync are."""
        desk = self._desk
        if desk is None or self._pulse_awaited:
            return
        self._pulse_awaited = True

        def work() -> Pulse:
            from portal_admin.services.pulse import take

            return take(desk)

        def done(pulse: Pulse) -> None:
            self._pulse_awaited = False
            self._pulse_timer.setInterval(PULSE_EVERY if pulse.database_answers else PULSE_IN_TROUBLE)
            if self._profile is not None:  # a pulse that failed has written in its place
                self.status.show_profile(self._profile)
            self.status.show_pulse(pulse, desk.clock())
            if not isinstance(pulse.role, DeskError):
                self.rights.learn(pulse.role)

        background.run(self, work, done, self._no_pulse, replaces="pulse")

    def _read_role(self) -> None:
        """Before the first pulse, which waits for ASPIRE."""
        desk = self._desk
        if desk is None:
            return

        def work() -> Role | None:
            from portal_admin.services.roles import my_role

            return my_role(desk)

        # Why it cannot be read is what the pulse tells.
        background.run(self, work, self.rights.learn, lambda _error: None, replaces="role")

    def _follow_role(self) -> None:
        if self._desk is None or not self.rights.is_known:
            return
        self.status.show_operator(self._desk.operator, self.rights.role)
        if self.rights.role is None:
            self.role_lost.emit()

    def _no_pulse(self, error: DeskError) -> None:
        self._pulse_awaited = False
        self.status.say(error.title)

    def set_scheme(self, scheme: Scheme) -> None:
        """Change the theme and remember it."""
        theme.apply(scheme)
        window_state.keep_scheme(scheme)

    def show_about(self) -> None:
        """Show version, keys and folders beside the page."""
        if self._about is None:
            from portal_admin.ui.about import AboutPanel

            self._about = AboutPanel()
            self._middle.addWidget(self._about)
        self._about.open_panel()

    def _commands(self) -> Sequence[Section]:
        from portal_admin.ui.window_commands import commands

        return commands(self)

    def _recent_callers(self, profile: str) -> Section:
        """Who called lately, read on a worker."""
        from portal_admin.ui.recent_callers import recent_callers

        return Section(
            self.tr("Recent callers"),
            [
                Entry(
                    "phone",
                    caller.name or caller.email,
                    f"{caller.email} · {caller.site}",
                    partial(
                        self.navigator.open.emit,
                        Target("customer_care", site=caller.site, email=caller.email),
                    ),
                )
                for caller in recent_callers(profile)
            ],
        )

    @override
    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab walks in reading order: parts made later would otherwise come last, behind the buttons that save."""
        found = next_stop(self.centralWidget() or self, QApplication.focusWidget(), 1 if forward else -1)
        if found is None:
            return super().focusNextPrevChild(forward)
        found.setFocus(Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason)
        return True

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_navigation()

    def _fit_navigation(self) -> None:
        self.navigation.set_collapsed(self.width() < Size.COLLAPSE_BELOW)

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        window_state.keep_geometry(self.saveGeometry())
        self._pulse_timer.stop()
        super().closeEvent(event)
