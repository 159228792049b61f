"""The Import screen: choose a file, rehearse it, import it, and look at the imports before it."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QStackedWidget, QTabBar, QVBoxLayout, QWidget

from portal_admin.domain.people import Site
from portal_admin.domain.permissions import Permission
from portal_admin.errors import DeskError
from portal_admin.services import sites
from portal_admin.services.imports.batches import Batch, Outcome, list_batches, show_batch
from portal_admin.services.imports.plan import rehearse
from portal_admin.ui.imports.dry_run import DryRun, Rehearsal, Request
from portal_admin.ui.imports.file_reader import FileReader
from portal_admin.ui.imports.history import History
from portal_admin.ui.imports.new_import import NewImport
from portal_admin.ui.imports.result import ResultView
from portal_admin.ui.imports.runner import Runner
from portal_admin.ui.imports.words import commit_words, progress_words
from portal_admin.ui.long_work import Progress
from portal_admin.ui.navigation import Target
from portal_admin.ui.override import override
from portal_admin.ui.page import Page, PageContext
from portal_admin.ui.widgets.progress import ProgressStrip
from portal_admin.ui.widgets.state_panel import State, StatePanel


class Tab(IntEnum):
    """The places of the screen, from left to right."""

    NEW, DRY_RUN, RESULT, HISTORY = range(4)


class ImportsPage(Page):
    """Everything chosen stays as it is while other pages are looked at, and what runs goes on."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self._imported: Request | None = None
        self._told_unfinished = False
        self.new = NewImport()
        self.reader = FileReader(self, self.new)
        self.dry_run = DryRun()
        self.result = ResultView()
        self.history = History()
        self.runner = Runner(self)
        self.runner.work.ended.connect(lambda: self._set_busy(False))
        self.progress = ProgressStrip(
            self.runner.work,
            note=self.tr(
                "You can leave this page. Closing the window stops it between two rows: an import that was begun can "
                "be resumed here, and at any other desk."
            ),
        )
        self.tabs = QTabBar()
        self.stack = QStackedWidget()
        self._lay_out()
        self._connect()
        self._follow_role()
        self.new.file.button.setFocus()

    def _lay_out(self) -> None:
        names = (
            (self.new, self.tr("New import")),
            (self.dry_run, self.tr("Dry run")),
            (self.result, self.tr("Result")),
            (self.history, self.tr("Earlier imports")),
        )
        self.tabs.setAccessibleName(self.tr("Parts of this page"))
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        # The whole before its parts: a widget that moves to another parent is styled anew with all that is in it.
        content = QWidget()
        self.state = StatePanel(content)
        self.body.addWidget(self.state, 1)
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.progress)
        column.addWidget(self.tabs)
        column.addWidget(self.stack, 1)
        for widget, name in names:
            self.tabs.addTab(name)
            self.stack.addWidget(widget)
        self.tabs.setTabEnabled(Tab.DRY_RUN, False)
        self.tabs.setTabEnabled(Tab.RESULT, False)

    def _connect(self) -> None:
        self.tabs.currentChanged.connect(self.stack.setCurrentIndex)
        self.reader.begun.connect(lambda: self.go_to(Tab.NEW))
        self.new.changed.connect(self._compare)
        self.new.dry_run_wanted.connect(self.rehearse)
        self.dry_run.wanted.connect(self.runner.begin)
        self.history.opened.connect(self.show_batch)
        for actions in (self.history.actions_of_batch, self.result.actions_of_batch):
            actions.resume_wanted.connect(self.runner.resume)
            actions.save_wanted.connect(self.runner.ask_where_to_save)
            actions.undo_wanted.connect(self.runner.ask_undo)
        self.runner.work.begun.connect(lambda _words: self._set_busy(True))
        self.runner.imported.connect(self._imported_now)
        self.runner.changed.connect(self._changed_now)
        self.runner.failed.connect(self._read_history)
        self.rights.changed.connect(self._follow_role)
        shortcut = QShortcut(QKeySequence(QKeySequence.StandardKey.Open), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(self._ask_file)

    # What is shown

    @override
    def open(self, target: Target) -> None:
        self.refresh()
        if target.file and self.rights.refusal(Permission.IMPORT_USERS) is None:
            path = Path(target.file)
            if self.new.table is None or self.new.table.file_name != path.name:
                self.reader.load(path)

    @override
    def refresh(self) -> None:
        self._follow_role()
        if self.rights.refusal(Permission.IMPORT_USERS) is None:
            self._read_sites()
            self._read_history()

    def go_to(self, tab: Tab) -> None:
        """Show a part of the page, which then can be gone back to."""
        self.tabs.setTabEnabled(tab, True)
        self.tabs.setCurrentIndex(tab)

    def _follow_role(self) -> None:
        reason = self.rights.refusal(Permission.IMPORT_USERS)
        if reason is not None:
            self.state.not_allowed(self.tr("Your role may not import"), reason)
        elif self.state.state is State.NOT_ALLOWED:
            self.state.content()
            self.refresh()

    def _read_sites(self) -> None:
        desk = self.desk

        def done(found: tuple[Site, ...]) -> None:
            self.new.options.set_sites(found)
            if not found:
                self.messages.warning(
                    self.tr("End users are imported to a site, and there is none yet."),
                    action=self.tr("Create a site"),
                    pressed=lambda: self.navigator.go("sites"),
                )

        def failed(error: DeskError) -> None:
            self.messages.error(error, retry=self.refresh)

        self.run(lambda: sites.list_sites(desk), done, failed, replaces="sites")

    def _read_history(self) -> None:
        desk = self.desk
        self.history.table.state.loading()

        def done(found: tuple[Batch, ...]) -> None:
            self.history.show_batches(found, desk.clock())
            self._tell_unfinished(found)

        def failed(error: DeskError) -> None:
            self.history.failed(error, self._read_history, desk.clock())

        self.run(lambda: list_batches(desk), done, failed, replaces="history")

    def _tell_unfinished(self, batches: tuple[Batch, ...]) -> None:
        """Once, when the page is first opened."""
        told, self._told_unfinished = self._told_unfinished, True
        left = [batch for batch in batches if batch.resumable and batch.runner is None]
        if not left or told:
            return
        words = self.tr("The import of {file} to site {site} by {operator} is not finished: {progress} rows.")
        self.messages.warning(
            words.format(
                file=left[0].file_name,
                site=left[0].site,
                operator=left[0].created_by,
                progress=progress_words(left[0]),
            ),
            action=self.tr("Show it"),
            pressed=partial(self._show_in_history, left[0]),
        )

    def _show_in_history(self, batch: Batch) -> None:
        self.go_to(Tab.HISTORY)
        self.history.table.select(batch.id)
        self.history.table.view.setFocus()

    def _ask_file(self) -> None:
        if self.state.isVisible() and self.rights.refusal(Permission.IMPORT_USERS) is None:
            self.go_to(Tab.NEW)
            self.new.file.ask()

    # The dry run

    def rehearse(self, request: Request) -> None:
        """Find out what an import would do."""
        desk = self.desk
        self.messages.clear()

        def work(progress: Progress, cancelled: Callable[[], bool]) -> Rehearsal:
            plan = rehearse(
                desk,
                site=request.site,
                table=request.table,
                mapping=dict(request.mapping),
                options=request.options,
                progress=progress,
                cancelled=cancelled,
            )
            return Rehearsal(request, plan, commit_words(plan.rows, plan.counts))

        def done(rehearsal: Rehearsal) -> None:
            if not rehearsal.plan.complete:
                self.messages.info(self.tr("The dry run was cancelled."))
                return
            self._imported = None
            self.dry_run.show_rehearsal(rehearsal, desk.clock())
            self._compare()
            self.go_to(Tab.DRY_RUN)
            self.dry_run.list.table.view.setFocus()

        words = self.tr("Dry run of {file}").format(file=request.table.file_name)
        self.runner.work.start(words, work, done, self._could_not_rehearse)

    def _could_not_rehearse(self, error: DeskError) -> None:
        if not self.new.show_error(error):
            self.messages.error(error)

    def _compare(self) -> None:
        """A dry run answers only for what was chosen when it ran."""
        rehearsed = self.dry_run.request
        if rehearsed is None:
            return
        if rehearsed is self._imported:
            self.dry_run.block(self.tr("This was imported; see Result."))
        elif self.runner.work.is_running:
            self.dry_run.block(self.tr("Wait until what runs is done."))
        elif not rehearsed.asks_the_same(self.new.request):
            self.dry_run.block(
                self.tr("Something else is chosen under New import now. Run the dry run again.")
            )
        else:
            self.dry_run.block("")

    # The import

    def _set_busy(self, busy: bool) -> None:
        self.new.set_busy(busy)
        self.history.actions_of_batch.set_busy(busy)
        self.result.actions_of_batch.set_busy(busy)
        self._compare()

    def _imported_now(self, outcome: Outcome, request: Request | None) -> None:
        if request is not None:
            self._imported = request
            self._compare()
        self._show_outcome(outcome)
        if self.isVisible():
            self.result.list.table.view.setFocus()
        self._read_history()

    def _changed_now(self, batch: Batch) -> None:
        """An import was taken back, or somebody else works on it."""
        self._read_history()
        if self.result.batch is not None and self.result.batch.id == batch.id:
            self.show_batch(batch)

    def show_batch(self, batch: Batch) -> None:
        """Show an import and its rows."""
        desk = self.desk
        self.go_to(Tab.RESULT)
        self.result.state.loading()

        def failed(error: DeskError) -> None:
            self.result.state.failed(error, lambda: self.show_batch(batch), at=desk.clock())

        self.run(lambda: show_batch(desk, batch=batch.id), self._show_outcome, failed, replaces="batch")

    def _show_outcome(self, outcome: Outcome) -> None:
        self.go_to(Tab.RESULT)
        self.result.show_outcome(outcome, self.desk.clock())
