"""The side panel that writes the filtered end users to a file; it goes on when the panel or the page is left."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QComboBox, QFileDialog

from portal_admin.errors import DeskError, InvalidInput
from portal_admin.services.export import Exported, export_users
from portal_admin.ui.end_users.user_rows import UserFilters
from portal_admin.ui.long_work import LongWork
from portal_admin.ui.page import Page
from portal_admin.ui.show_in_folder import show_in_folder
from portal_admin.ui.widgets.form import Form
from portal_admin.ui.widgets.progress import ProgressStrip
from portal_admin.ui.widgets.side_panel import SidePanel
from portal_admin.ui.widgets.text import PlainLabel

NAME = "end-users"


class ExportPanel(SidePanel):
    """What is exported, in which form, and how far it is."""

    def __init__(self, page: Page) -> None:
        super().__init__(self.tr("Export end users"), parent=page)
        self._page = page
        self._filters = UserFilters()
        self.what = PlainLabel(kind="strong", wrap=True)
        self.filter_words = PlainLabel(kind="secondary", wrap=True)
        self.form = Form()
        self.format = self.form.add("file", self.tr("&Form"), QComboBox())
        self.format.addItem(self.tr("Excel workbook (.xlsx)"), ".xlsx")
        self.format.addItem(self.tr("Text with commas (.csv)"), ".csv")
        self.lines = self.form.add(
            "links",
            self.tr("&Rows"),
            QComboBox(),
            hint=self.tr("Both can be imported again. Ids keep their leading zeros in a workbook."),
        )
        self.lines.addItem(self.tr("One for each end user"), False)
        self.lines.addItem(self.tr("One for each linked account, with its name"), True)
        self.format.setAccessibleName(self.tr("Form"))  # Qt would tell what is chosen in place of the name
        self.lines.setAccessibleName(self.tr("Rows"))
        self.work = LongWork(page)
        self.work.ended.connect(lambda: self._allow(True))
        self.progress = ProgressStrip(
            self.work,
            note=self.tr("You can leave this page. Closing the window stops it, and no file is written."),
        )
        audited = self.tr("The audit keeps who exported, these filters, and the number of rows.")
        for widget in (
            self.what,
            self.filter_words,
            self.form,
            PlainLabel(audited, kind="secondary", wrap=True),
        ):
            self.body.addWidget(widget)
        self.body.addWidget(self.progress)
        self.save_button = self.add_button(self.tr("Choose file and export…"), self.ask, kind="primary")
        self.work.begun.connect(lambda _words: self._allow(False))

    def start(self, filters: UserFilters, count: int) -> None:
        """Offer to export what the table shows."""
        if not self.work.is_running:
            self._filters = filters
            self._tell(count)
        self.open_panel(focus=self.progress.cancel_button if self.work.is_running else self.format)

    def ask(self) -> None:
        """Ask for a place; the dialog asks before it replaces a file."""
        ending = str(self.format.currentData())
        dialog = QFileDialog(self.window(), self.tr("Export end users"))
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
        write = partial(
            export_users,
            self._page.desk,
            path=path,
            site=self._filters.site,
            statuses=self._filters.statuses,
            text=self._filters.text,
            links=bool(self.lines.currentData()),
            overwrite=True,
        )
        self.work.start(
            self.tr("Exporting to {file}").format(file=path.name),
            lambda progress, cancelled: write(progress=progress, cancelled=cancelled),
            self._done,
            self._failed,
        )

    def _tell(self, count: int) -> None:
        number = QLocale().toString(count)
        if self._filters.are_set:
            one, many = self.tr("The end user that matches"), self.tr("The {n} end users that match")
        else:
            one, many = self.tr("The one end user"), self.tr("All {n} end users")
        self.what.setText(one if count == 1 else many.format(n=number))
        words = []
        if self._filters.site:
            words.append(self.tr("on site {key}").format(key=self._filters.site))
        if self._filters.statuses:
            words.append(" / ".join(status.value for status in self._filters.statuses))
        if self._filters.text:
            words.append(self.tr("“{text}” in name or email").format(text=self._filters.text))
        self.filter_words.setText(", ".join(words))
        self.filter_words.setVisible(bool(words))

    def _allow(self, idle: bool) -> None:
        for control in (self.format, self.lines, self.save_button):
            control.setEnabled(idle)

    def _done(self, exported: Exported | None) -> None:
        if exported is None:
            self._page.messages.info(self.tr("The export was cancelled. No file was written."))
            return
        rows = QLocale().toString(exported.rows)
        words = (
            self.tr("1 row was written to {file}.")
            if exported.rows == 1
            else self.tr("{n} rows were written to {file}.")
        )
        self._page.messages.success(
            words.format(n=rows, file=exported.path.name),
            action=self.tr("Show in folder"),
            pressed=partial(show_in_folder, exported.path),
        )
        self.close_panel()

    def _failed(self, error: DeskError) -> None:
        if isinstance(error, InvalidInput) and self.isVisible() and self.form.show_error(error):
            return
        (self.messages if self.isVisible() else self._page.messages).error(error)
