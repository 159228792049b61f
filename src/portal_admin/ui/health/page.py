"""Sync & health: how fresh the portal's data is, whether mails leave, and whether the desk has all it needs."""

from __future__ import annotations

from collections.abc import Iterator

import PySide6
from PySide6.QtCore import QTimer, qVersion
from PySide6.QtGui import QGuiApplication, QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QVBoxLayout, QWidget

from portal_admin.domain.mail import MailStatus
from portal_admin.errors import DatabaseProblem, DeskError, SettingsProblem
from portal_admin.services.diagnostics import diagnostics
from portal_admin.services.doctor import Finding
from portal_admin.services.health import Health, health
from portal_admin.services.mail.queue import list_mails, resend
from portal_admin.services.sync import SyncResult
from portal_admin.ui import watchdog
from portal_admin.ui.health.notice import Notice
from portal_admin.ui.health.rows import class_columns, class_sections, run_columns, run_row
from portal_admin.ui.health.sync_box import SyncBox
from portal_admin.ui.health.work_panel import WorkPanel
from portal_admin.ui.navigation import Target
from portal_admin.ui.override import override
from portal_admin.ui.page import Page, PageContext
from portal_admin.ui.tables.list_table import ListTable
from portal_admin.ui.theme import Meaning, Size, Space
from portal_admin.ui.widgets.ages import clock_text
from portal_admin.ui.widgets.results import Results
from portal_admin.ui.widgets.scrolling import FormScroll
from portal_admin.ui.widgets.state_panel import StatePanel
from portal_admin.ui.widgets.text import PlainLabel
from portal_admin.wiring import examine_connection

REFRESH_EVERY = 30_000  # ms
TRY_AGAIN_EVERY = 2_000  # while the database does not answer
FEW, MOST = 6, 100  # rows that are always seen, and a share that leaves others what is over
FRAME = 1  # px
RUNNER = [column.key for column in run_columns()].index("operator")
ROOM_FOR_RUNNER = 4 * Size.CARD


class HealthPage(Page):
    """Freshness and runs at the left, checks, mails and imports at the right; it reads again by itself."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self._last: Health | None = None
        self._is_reading = False
        self.header.add_action(self.tr("Check again"), self.check, icon="play")
        self.copy_button = self.header.add_action(self.tr("Copy diagnostics"), self.copy, icon="copy")
        self.restored = Notice(Meaning.BAD)
        self.trouble = Notice(Meaning.UNKNOWN)
        self.classes = ListTable(class_columns(), name=self.tr("Freshness"), memory="freshness")
        self._freshness = _framed(self.classes)
        self.runs = ListTable(run_columns(), name=self.tr("Sync runs"), memory="sync_runs")
        self.said = PlainLabel(kind="secondary", wrap=True)
        self.sync_box = SyncBox(self.desk)
        self.checks = Results(worst_first=True)
        self.work = WorkPanel(self.rights)
        self.refresh_timer = QTimer(self)
        self.refresh_timer.setInterval(REFRESH_EVERY)
        self.refresh_timer.timeout.connect(self._read)
        self._lay_out()
        self.restored.offer(self.tr("Full sync now"), lambda: self.sync_box.sync(full=True))
        self.sync_box.done.connect(self._synced)
        self.sync_box.failed.connect(self._sync_failed)
        self.work.send_again.connect(self._send_again)
        self.runs.current_changed.connect(lambda _key: self._show_said())
        self._show_said()
        self._checked_once = self._is_checking = False
        self.classes.view.setFocus()

    def _lay_out(self) -> None:
        self.body.setContentsMargins(0, 0, 0, 0)  # the scroll bar stands in the margin
        notices = QVBoxLayout()
        notices.setContentsMargins(0, 0, Space.XL, 0)
        notices.setSpacing(Space.S)
        for notice in (self.trouble, self.restored):
            notices.addWidget(notice)
        self.body.addLayout(notices)
        scroll = FormScroll(Space.XL)
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._columns.setSpacing(Space.XL)
        self._columns.addLayout(
            _column(
                (PlainLabel(self.tr("How fresh the portal's data is"), kind="section"), 0),
                (self._freshness, MOST),
                (self.sync_box, 0),
                (_framed(self.runs), 1),
                (self.said, 0),
            ),
            5,
        )
        right = _column(
            (PlainLabel(self.tr("Checks"), kind="section"), 0),
            (self.checks, 3),
            (PlainLabel(self.tr("Mails and imports"), kind="section"), 0),
            (self.work, 1),
        )
        self._columns.addLayout(right, 3)
        self._fit_freshness(FEW)
        self.checks.setMinimumHeight(FEW * Size.ROW)
        self.runs.setMinimumHeight(2 * Size.ROW)
        self.work.setMinimumHeight(FEW * Size.ROW // 2)
        scroll.column.addLayout(self._columns, 1)
        self.body.addWidget(scroll, 1)

    def _fit_freshness(self, rows: int) -> None:
        """Be as high as the rows, so that what is left is for the runs; scroll only where a window is too low."""
        whole = self.classes.view.horizontalHeader().sizeHint().height() + rows * Size.ROW + Space.XS
        self._freshness.setMaximumHeight(whole)
        self._freshness.setMinimumHeight(min(whole, FEW * Size.ROW))

    # Reading

    @override
    def open(self, _target: Target) -> None:
        self._read()
        if not self._checked_once:
            self.check()

    @override
    def refresh(self) -> None:
        self._read()
        self.check()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh_timer.start()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.refresh_timer.stop()

    def _read(self) -> None:
        desk = self.desk
        if self._is_reading:
            return  # or answers that take longer than the pause between them would never be shown
        self._is_reading = True
        if self._last is None:
            for state in self._states:
                state.loading()
        self.run(lambda: health(desk), self._show, self._failed)

    @property
    def _states(self) -> tuple[StatePanel, ...]:
        return self.classes.state, self.runs.state, self.work.state

    def _show(self, found: Health) -> None:
        self._last = found
        self._is_reading = False
        self.refresh_timer.setInterval(REFRESH_EVERY)
        self.trouble.hide()
        self._show_alarm(found)
        self.classes.set_sections(class_sections(found.sync.classes, found.at))
        self._fit_freshness(self.classes.model.rowCount())
        if found.sync.runs:
            self.runs.set_rows(run_row(run, found.at) for run in found.sync.runs)
        else:
            self.runs.state.nothing(
                self.tr("No sync has run yet, so the portal shows no contract."), icon="refresh"
            )
        self._show_said()
        self.work.show_health(found)
        self.sync_box.allow(found.no_sync, running=found.sync.holder)

    def _show_said(self) -> None:
        """The whole of what the selected run said: its cell is too short for it."""
        runs = self._last.sync.runs if self._last else ()
        chosen = next((run for run in runs if run.started_at == self.runs.current_key), None)
        if chosen is not None:
            by = self.tr("Run by {operator}. {message}")
            self.said.setText(by.format(operator=chosen.operator, message=chosen.message or "").strip())
        self.said.setVisible(chosen is not None)

    def _show_alarm(self, found: Health) -> None:
        if not found.sync.restored:
            self.restored.hide()
            return
        self.restored.say(
            self.tr("ASPIRE was restored from a backup since the last full sync"),
            self.tr(
                "The portal may show what ASPIRE no longer holds. A full sync puts it right; then tell the vendor, "
                "because payments requested since the backup need a look."
            ),
            can_act=found.no_sync is None,
        )

    def _failed(self, error: DeskError) -> None:
        """What was read stays in view, with its time; it is asked again soon, and by itself."""
        self._is_reading = False
        self.refresh_timer.setInterval(
            TRY_AGAIN_EVERY if isinstance(error, DatabaseProblem) else REFRESH_EVERY
        )
        if self._last is None:
            self.sync_box.allow("")
            for state in self._states:
                state.failed(error, self._read, at=self.desk.clock())
            return
        words = self.tr("{message} What is shown here was read at {time}. Trying again.")
        at = clock_text(self._last.at, self.desk.clock())
        self.trouble.say(error.title, words.format(message=error.message, time=at))

    # Checks

    def check(self) -> None:
        """Let the doctor look at everything, one check after the other."""
        if self._is_checking:
            return
        profile = self.context.profile or SettingsProblem(self.tr("This window works without a profile."))
        self._checked_once = self._is_checking = True
        self.checks.begin()
        self._next(examine_connection(profile, clock=self.desk.clock))

    def _next(self, rest: Iterator[Finding]) -> None:
        self.run(
            lambda: next(rest, None),
            lambda found: self._found(found, rest),
            self._not_checked,
            replaces="check",
        )

    def _found(self, found: Finding | None, rest: Iterator[Finding]) -> None:
        if found is None:
            self.checks.end()
            self._is_checking = False
            return
        self.checks.add(found)
        self._next(rest)

    def _not_checked(self, error: DeskError) -> None:
        self.checks.end()
        self._is_checking = False
        self.messages.error(error, retry=self.check)

    # Acting

    def copy(self) -> None:
        """Put a report of this desk on the clipboard, with nobody's data in it."""
        desk, profile = self.desk, self.context.profile
        findings = tuple(self.checks.findings) or None
        toolkit = f"Qt {qVersion()}, PySide6 {PySide6.__version__}"
        self.run(
            lambda: diagnostics(
                desk, profile=profile, toolkit=toolkit, findings=findings, stalls=watchdog.report()
            ),
            self._copied,
            replaces="copy",
        )

    def _copied(self, report: str) -> None:
        QGuiApplication.clipboard().setText(report)
        words = self.tr(
            "Diagnostics were copied, {n} lines. Addresses, ids, long numbers and secrets were taken out; "
            "read them before you send them."
        )
        self.messages.success(words.format(n=report.count("\n") + 1))

    def _send_again(self, ids: tuple[int, ...]) -> None:
        desk = self.desk

        def work() -> int:
            failed = ids or tuple(mail.id for mail in list_mails(desk, status=MailStatus.FAILED))
            return len(resend(desk, ids=failed))

        self.run(work, self._queued_again, replaces="resend")

    def _queued_again(self, count: int) -> None:
        words = (
            self.tr("1 mail waits to be sent again.")
            if count == 1
            else self.tr("{n:,} mails wait to be sent again.")
        )
        self.messages.success(words.format(n=count))
        self._read()

    def _synced(self, result: SyncResult) -> None:
        words = self.tr("Synced: {read:,} records read, {changed:,} changed, {removed:,} removed.")
        said = words.format(read=result.read, changed=result.changed, removed=result.removed)
        if result.warnings:
            self.messages.warning(" ".join((said, *result.warnings)))
        else:
            self.messages.success(said)
        self._read()

    def _sync_failed(self, error: DeskError) -> None:
        self.messages.error(error)
        self._read()

    # Fitting

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.runs.view.setColumnHidden(RUNNER, self.width() < ROOM_FOR_RUNNER)
        narrow = self.width() < Size.NARROW_PAGE
        self._columns.setDirection(
            QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        )


def _column(*parts: tuple[QWidget, int]) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(Space.S)
    for widget, stretch in parts:
        column.addWidget(widget, stretch)
    return column


def _framed(table: ListTable) -> QFrame:
    frame = QFrame()
    frame.setProperty("kind", "panel")
    inside = QVBoxLayout(frame)
    inside.setContentsMargins(FRAME, FRAME, FRAME, FRAME)
    inside.addWidget(table)
    return frame
