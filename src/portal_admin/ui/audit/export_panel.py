"""The side panel that writes the filtered events to a file; it goes on when the panel or the page is left."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QComboBox, QFileDialog

from portal_admin.errors import DeskError, InvalidInput
from portal_admin.services.audit_export import export_events
from portal_admin.services.audit_list import AuditFilter
from portal_admin.ui.long_work import LongWork
from portal_admin.ui.page import Page
from portal_admin.ui.show_in_folder import show_in_folder
from portal_admin.ui.widgets.form import Form
from portal_admin.ui.widgets.progress import ProgressStrip
from portal_admin.ui.widgets.side_panel import SidePanel
from portal_admin.ui.widgets.text import PlainLabel

NAME = "audit"


class ExportPanel(SidePanel):
    """What is exported, in which form, and how far it is."""

    def __init__(self, page: Page) -> None:
        super().__init__(self.tr("Export the audit"), parent=page)
        self._page = page
        self._filters = AuditFilter()
        self.what = PlainLabel(kind="strong", wrap=True)
        self.form = Form()
        self.format = self.form.add("file", self.tr("&Form"), QComboBox())
        self.format.addItem(self.tr("Excel workbook (.xlsx)"), ".xlsx")
        self.format.addItem(self.tr("Text with commas (.csv)"), ".csv")
        self.work = LongWork(page)
        self.progress = ProgressStrip(
            self.work,
            note=self.tr("You can leave this page. Closing the window stops it, and no file is written."),
        )
        audited = PlainLabel(
            self.tr(
                "The export is an event of the audit itself: who, these filters, and the number of rows."
            ),
            kind="secondary",
            wrap=True,
        )
        for widget in (self.what, self.form, audited, self.progress):
            self.body.addWidget(widget)
        self.save_button = self.add_button(self.tr("Choose file and export…"), self.ask, kind="primary")
        self.work.begun.connect(lambda _words: self._allow(False))
        self.work.ended.connect(lambda: self._allow(True))

    def start(self, filters: AuditFilter, count: int) -> None:
        """Offer to export what the table shows."""
        if not self.work.is_running:
            self._filters = filters
            number = QLocale().toString(count)
            many = self.tr("The {n} events that match") if filters.is_set else self.tr("All {n} events")
            one = self.tr("The event that matches") if filters.is_set else self.tr("The one event")
            self.what.setText(one if count == 1 else many.format(n=number))
        self.open_panel(focus=self.progress.cancel_button if self.work.is_running else self.format)

    def ask(self) -> None:
        """Ask for a place; the dialog asks before it replaces a file."""
        ending = str(self.format.currentData())
        dialog = QFileDialog(self.window(), self.tr("Export the audit"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(f"*{ending}")
        dialog.setDefaultSuffix(ending.removeprefix("."))
        dialog.selectFile(f"{NAME}{ending}")
        dialog.fileSelected.connect(lambda path: self.export(Path(path)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def export(self, path: Path) -> None:
        """Write the file."""
        if self.work.is_running:
            return
        self.messages.clear()
        self.form.clear_errors()
        write = partial(export_events, self._page.desk, path=path, wanted=self._filters, overwrite=True)
        self.work.start(
            self.tr("Exporting to {file}").format(file=path.name),
            lambda progress, cancelled: write(progress=progress, cancelled=cancelled),
            partial(self._done, path),
            self._failed,
        )

    def _allow(self, idle: bool) -> None:
        for control in (self.format, self.save_button):
            control.setEnabled(idle)

    def _done(self, path: Path, rows: int | None) -> None:
        if rows is None:
            self._page.messages.info(self.tr("The export was cancelled. No file was written."))
            return
        words = (
            self.tr("1 event was written to {file}.")
            if rows == 1
            else self.tr("{n} events were written to {file}.")
        )
        self._page.messages.success(
            words.format(n=QLocale().toString(rows), file=path.name),
            action=self.tr("Show in folder"),
            pressed=partial(show_in_folder, path),
        )
        self.close_panel()

    def _failed(self, error: DeskError) -> None:
        if isinstance(error, InvalidInput) and self.isVisible() and self.form.show_error(error):
            return
        (self.messages if self.isVisible() else self._page.messages).error(error)
