"""Sync now: offered where this desk may, with its reason where it may not; progress and cancel while it runs."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from portal_admin.errors import DeskError
from portal_admin.services.desk import Desk
from portal_admin.services.sync import SyncProgress, SyncResult, sync
from portal_admin.services.sync.state import LISTS
from portal_admin.ui.long_work import LongWork, Progress
from portal_admin.ui.theme import Space
from portal_admin.ui.widgets.buttons import button
from portal_admin.ui.widgets.progress import ProgressStrip
from portal_admin.ui.widgets.text import ElidedLabel, PlainLabel

PARTS = (*LISTS, "details")


class SyncBox(QWidget):
    """The head of the runs; `done` and `failed` tell how one ended that was begun here."""

    done = Signal(object)
    failed = Signal(object)

    def __init__(self, desk: Desk, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._refused: str | None = ""
        self.reason = ElidedLabel("", kind="secondary")
        self.sync_button = button(self.tr("Sync now"), self.sync, icon="refresh")
        self.work = LongWork(self)
        self.work.ended.connect(self._give_focus_back)
        note = self.tr(
            "It goes on when you leave this page. What it has read stays, also when it is cancelled."
        )
        self.strip = ProgressStrip(self.work, note=note)
        head = QHBoxLayout()
        head.setSpacing(Space.M)
        head.addWidget(PlainLabel(self.tr("Sync runs"), kind="section"))
        head.addWidget(self.reason, 1)
        head.addWidget(self.sync_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addLayout(head)
        column.addWidget(self.strip)
        self.allow(self.tr("Reading…"))

    @property
    def may_sync(self) -> bool:
        """Whether this desk may sync, as far as is known."""
        return self._refused is None

    def allow(self, refused: str | None, *, running: str | None = None) -> None:
        """Offer Sync now, or say why it is not offered; and who is syncing now."""
        self._refused = refused
        said = self.tr("{runner} is syncing now.").format(runner=running) if running else ""
        self.reason.setText(" ".join(filter(None, (said, refused))))
        self._set_button()

    def sync(self, *, full: bool = False) -> None:
        """Read what changed, or everything."""
        if self.work.is_running or not self.may_sync:
            return
        desk = self._desk
        words = (
            self.tr("Reading everything from ASPIRE") if full else self.tr("Reading what changed in ASPIRE")
        )

        def work(progress: Progress, cancelled: Callable[[], bool]) -> SyncResult:
            def tell(step: SyncProgress) -> None:
                progress(PARTS.index(step.data_class) + 1, len(PARTS))

            return sync(desk, full=full, progress=tell, cancelled=cancelled)

        had_focus = self.sync_button.hasFocus()
        self.work.start(words, work, self._done, self._failed)
        self._set_button()
        if had_focus:
            self.strip.cancel_button.setFocus()

    def _done(self, result: SyncResult) -> None:
        self._set_button()
        self.done.emit(result)

    def _failed(self, error: DeskError) -> None:
        self._set_button()
        self.failed.emit(error)

    def _set_button(self) -> None:
        self.sync_button.setEnabled(self.may_sync and not self.work.is_running)

    def _give_focus_back(self) -> None:
        """Before the strip hides: who pressed Sync now goes on from there."""
        if self.strip.isAncestorOf(QApplication.focusWidget() or self):
            self.sync_button.setEnabled(self.may_sync)
            self.sync_button.setFocus()
