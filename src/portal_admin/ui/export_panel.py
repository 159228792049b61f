"""The side panel that writes what a list shows to a file; it goes on when the panel or the page is left."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QComboBox, QFileDialog, QWidget

from portal_admin.errors import DeskError, InvalidInput
from portal_admin.ui.long_work import LongWork
from portal_admin.ui.page import Page
from portal_admin.ui.show_in_folder import show_in_folder
from portal_admin.ui.widgets.form import Form
from portal_admin.ui.widgets.progress import ProgressStrip
from portal_admin.ui.widgets.side_panel import SidePanel
from portal_admin.ui.widgets.text import PlainLabel


class ExportPanel(SidePanel):
    """What is exported, in which form, and how far it is; a screen's own panel says what to write."""

    def __init__(self, title: str, *, file_name: str, page: Page) -> None:
        super().__init__(title, parent=page)
        self._title, self._file_name, self._page = title, file_name, page
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
        self.save_button = self.add_button(self.tr("Choose file and export…"), self.ask, kind="primary")
        self.controls: list[QWidget] = [self.format, self.save_button]
        self.work.begun.connect(lambda _words: self._allow(False))
        self.work.ended.connect(lambda: self._allow(True))

    def ask(self) -> None:
        """Ask for a place; the dialog asks before it replaces a file."""
        ending = str(self.format.currentData())
        dialog = QFileDialog(self.window(), self._title)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(f"*{ending}")
        dialog.setDefaultSuffix(ending.removeprefix("."))
        dialog.selectFile(f"{self._file_name}{ending}")
        dialog.fileSelected.connect(lambda path: self.export(Path(path)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def export(self, path: Path) -> None:
        """Write the file."""
        if self.work.is_running:
            return
        self.messages.clear()
        self.form.clear_errors()
        write = self.writer(path)
        self.work.start(
            self.tr("Exporting to {file}").format(file=path.name),
            lambda progress, cancelled: write(progress=progress, cancelled=cancelled),
            partial(self._done, path),
            self._failed,
        )

    def writer(self, path: Path) -> Callable[..., int | None]:
        """What writes the file, given progress and cancelled; it returns the rows, or None when it was cancelled."""
        raise NotImplementedError

    def written(self, rows: int) -> str:
        """The sentence about rows written to {file}."""
        raise NotImplementedError

    def _open(self) -> None:
        self.open_panel(focus=self.progress.cancel_button if self.work.is_running else self.format)

    def _allow(self, idle: bool) -> None:
        for control in self.controls:
            control.setEnabled(idle)

    def _done(self, path: Path, rows: int | None) -> None:
        if rows is None:
            self._page.messages.info(self.tr("The export was cancelled. No file was written."))
            return
        self._page.messages.success(
            self.written(rows).format(n=QLocale().toString(rows), file=path.name),
            action=self.tr("Show in folder"),
            pressed=partial(show_in_folder, path),
        )
        self.close_panel()

    def _failed(self, error: DeskError) -> None:
        if isinstance(error, InvalidInput) and self.isVisible() and self.form.show_error(error):
            return
        (self.messages if self.isVisible() else self._page.messages).error(error)
