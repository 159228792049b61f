"""What can be done with an import that was begun: Resume, Save failed rows, Undo."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from portal_admin.services.imports.batches import Batch, BatchStatus
from portal_admin.ui.theme import Space
from portal_admin.ui.widgets.buttons import button
from portal_admin.ui.widgets.text import set_tooltip


class BatchActions(QWidget):
    """Each signal carries the Batch."""

    resume_wanted = Signal(object)
    save_wanted = Signal(object)
    undo_wanted = Signal(object)

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.batch: Batch | None = None
        self._busy = False
        self.resume_button = button(
            self.tr("Resume"), lambda: self.resume_wanted.emit(self.batch), icon="play"
        )
        self.save_button = button(
            self.tr("Save failed rows…"), lambda: self.save_wanted.emit(self.batch), icon="download"
        )
        self.undo_button = button(
            self.tr("Undo import…"), lambda: self.undo_wanted.emit(self.batch), icon="undo"
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.S)
        for made in (self.resume_button, self.save_button, self.undo_button):
            row.addWidget(made)
        self.show_batch(None)

    def show_batch(self, batch: Batch | None) -> None:
        """Offer what this import allows; what it does not says why."""
        self.batch = batch
        self._offer(self.resume_button, self._why_not_resume(batch), self.tr("Do the rows that are left"))
        self._offer(
            self.save_button,
            self._why_not_save(batch),
            self.tr("Write the refused rows to a file, ready to be put right and imported again"),
        )
        self._offer(
            self.undo_button,
            self._why_not_undo(batch),
            self.tr("Take back what this import created and changed"),
        )

    def set_busy(self, busy: bool) -> None:
        """While another import runs, none is resumed or taken back."""
        self._busy = busy
        self.show_batch(self.batch)

    def _offer(self, made: QPushButton, reason: str, words: str) -> None:
        made.setEnabled(not reason)
        set_tooltip(made, reason or words)
        made.setAccessibleDescription(reason or words)

    def _why_not_resume(self, batch: Batch | None) -> str:
        if batch is None:
            return self.tr("Select an import first.")
        if self._busy:
            return self.tr("Wait until the import that runs is done.")
        if not batch.resumable:
            return self.tr("No rows are left to do.")
        return ""

    def _why_not_save(self, batch: Batch | None) -> str:
        if batch is None:
            return self.tr("Select an import first.")
        return "" if batch.counts.refused else self.tr("No row was refused.")

    def _why_not_undo(self, batch: Batch | None) -> str:
        if batch is None:
            return self.tr("Select an import first.")
        if self._busy:
            return self.tr("Wait until the import that runs is done.")
        if batch.status is BatchStatus.UNDONE:
            return self.tr("It was taken back already.")
        if batch.runner is not None:
            return self.tr("Another desk works on it.")
        if not batch.counts.created and not batch.counts.changed:
            return self.tr("It changed nothing.")
        return ""
