"""The Enrolment screen: rehearse what a caller typed, look at the attempts, and see who never could."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property, partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QStackedWidget, QTabBar

from portal_admin.domain.enrolment_attempts import Attempt
from portal_admin.domain.enrolment_typed import Typed
from portal_admin.domain.people import Site
from portal_admin.domain.permissions import Permission
from portal_admin.services import sites
from portal_admin.services.enrolment.attempts import find_attempt
from portal_admin.ui.enrolment.attempts_view import AttemptsView
from portal_admin.ui.enrolment.export_panel import GapExportPanel
from portal_admin.ui.enrolment.readiness_view import ReadinessView
from portal_admin.ui.enrolment.rehearsal_view import RehearsalView
from portal_admin.ui.navigation import Target
from portal_admin.ui.override import override
from portal_admin.ui.page import Page, PageContext
from portal_admin.ui.panels.enrolment.words import tr
from portal_admin.ui.widgets.text import set_tooltip

REHEARSAL, ATTEMPTS, READINESS = range(3)


class EnrolmentPage(Page):
    """Three views, one at a time; Alt+1 to Alt+3 choose one."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self.export_button = self.header.add_action(tr("Export…"), self._export, icon="download")
        set_tooltip(self.export_button, tr("Write what is missing to a file"))
        self.rights.guard(self.export_button, Permission.EXPORT)
        self.export_button.hide()
        self.rehearsal = RehearsalView(self.desk, self.rights)
        self.attempts = AttemptsView(self.desk)
        self.readiness = ReadinessView(self.desk)
        self.tabs = QTabBar()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName(tr("Views of enrolment"))
        self.stack = QStackedWidget()
        for place, (words, view) in enumerate(
            (
                (tr("Rehearsal"), self.rehearsal),
                (tr("Attempts"), self.attempts),
                (tr("Readiness"), self.readiness),
            )
        ):
            self.tabs.addTab(words)
            self.tabs.setTabToolTip(place, f"Alt+{place + 1}")
            self.stack.addWidget(view)
        self.body.addWidget(self.tabs)
        self.body.addWidget(self.stack, 1)
        self._connect()
        self.rehearsal.form.focus_first()

    def _connect(self) -> None:
        self.tabs.currentChanged.connect(self._turned)
        self.rehearsal.wanted.connect(self.navigator.open)
        self.rehearsal.unrevealed.connect(self.messages.error)
        self.readiness.wanted.connect(self.navigator.open)
        self.readiness.surveyed.connect(self._surveyed)
        self.attempts.opened.connect(self._rehearse_attempt)
        for place in (REHEARSAL, ATTEMPTS, READINESS):
            self._bind(f"Alt+{place + 1}", partial(self.show_view, place))
        self._bind("Ctrl+F", self._to_filter)

    def _bind(self, keys: str, call: Callable[[], object]) -> None:
        shortcut = QShortcut(QKeySequence(keys), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(call)

    @cached_property
    def export_panel(self) -> GapExportPanel:
        """The form for an export."""
        made = GapExportPanel(self)
        self.add_side_panel(made)
        return made

    @override
    def commands(self) -> Sequence[tuple[str, str, Callable[[], object]]]:
        return (
            (tr("Rehearse an enrolment"), "Alt+1", lambda: self.show_view(REHEARSAL)),
            (tr("Enrolment attempts"), "Alt+2", lambda: self.show_view(ATTEMPTS)),
            (tr("Readiness of the portfolio"), "Alt+3", lambda: self.show_view(READINESS)),
        )

    @override
    def open(self, target: Target) -> None:
        self._read_sites(lambda: self._begin(target))

    @override
    def refresh(self) -> None:
        self._read_sites(lambda: None)
        place = self.tabs.currentIndex()
        if place == REHEARSAL:
            self.rehearsal.ask_again()
        elif place == ATTEMPTS:
            self.attempts.refresh()
        else:
            self.readiness.look()

    def show_view(self, place: int) -> None:
        """Show a view and put the keyboard into it."""
        self.tabs.setCurrentIndex(place)
        self._focus(place)

    def _focus(self, place: int) -> None:
        if place == REHEARSAL:
            self.rehearsal.form.focus_first()
        elif place == ATTEMPTS:
            self.attempts.table.view.setFocus()
        elif self.readiness.found is not None:
            self.readiness.sites.view.setFocus()
        else:
            self.tabs.setFocus()  # until there is something to walk

    def _surveyed(self) -> None:
        if self.tabs.hasFocus():
            self.readiness.sites.view.setFocus()

    def _turned(self, place: int) -> None:
        focused = QApplication.focusWidget()
        leaves = focused is not None and self.stack.isAncestorOf(focused)
        self.stack.setCurrentIndex(place)
        if leaves:
            self._focus(place)
        self.export_button.setVisible(place == READINESS)
        if place == ATTEMPTS:
            self.attempts.refresh()
        elif place == READINESS:
            self.readiness.begin()

    def _read_sites(self, then: Callable[[], object]) -> None:
        desk = self.desk

        def done(found: tuple[Site, ...]) -> None:
            self.rehearsal.set_sites(found)
            self.attempts.set_sites(found)
            then()

        self.run(lambda: sites.list_sites(desk), done, replaces="sites")

    def _begin(self, target: Target) -> None:
        desk = self.desk
        if target.attempt is not None and target.attempt.isdecimal():
            number = int(target.attempt)
            self.run(lambda: find_attempt(desk, number=number), self._rehearse_attempt, replaces="attempt")
        elif target.site or target.email or target.contract:
            self.tabs.setCurrentIndex(REHEARSAL)
            self.rehearsal.show_typed(target.site, Typed(target.email or "", "", target.contract or ""))
        elif self.tabs.currentIndex() == ATTEMPTS:
            self.attempts.refresh()
        elif self.tabs.currentIndex() == REHEARSAL and self.rehearsal.rehearsal is None:
            self.rehearsal.form.focus_first()

    def _rehearse_attempt(self, attempt: Attempt) -> None:
        self.tabs.setCurrentIndex(REHEARSAL)
        typed = Typed(
            attempt.email, attempt.postal_code, attempt.contract_id, attempt.first_name, attempt.last_name
        )
        self.rehearsal.show_typed(attempt.site, typed)

    def _to_filter(self) -> None:
        if self.tabs.currentIndex() == ATTEMPTS:
            self.attempts.filters.search.setFocus()
            self.attempts.filters.search.selectAll()
        elif self.tabs.currentIndex() == REHEARSAL:
            self.rehearsal.form.email.setFocus()
            self.rehearsal.form.email.selectAll()

    def _export(self) -> None:
        view = self.readiness
        self.export_panel.start(
            site=view.chosen_site, lack=view.chosen_lack, edition=view.chosen_edition, count=view.count
        )
