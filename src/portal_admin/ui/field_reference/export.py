"""The Export menu: asks for a file without stopping the window, and writes the guide off the UI thread."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QMenu, QPushButton, QWidget

from portal_admin.services.fields.export import Guide, write_html, write_xlsx
from portal_admin.ui.field_reference.pdf import print_guide

Write = Callable[[Guide, Path], None]


class ExportMenu(QMenu):
    """Calls `chosen(path, write)` once a file is named."""

    def __init__(self, owner: QPushButton, chosen: Callable[[Path, Write], None]) -> None:
        super().__init__(owner)
        self._chosen = chosen
        self.name: Callable[[], str] = str
        for text, ending, write in (
            (self.tr("Excel workbook (.xlsx)…"), "xlsx", write_xlsx),
            (self.tr("Web page (.html)…"), "html", write_html),
            (self.tr("PDF (.pdf)…"), "pdf", print_guide),
        ):
            self.addAction(text).triggered.connect(partial(self._ask, ending, write))
        owner.setMenu(self)

    def _ask(self, ending: str, write: Write, _checked: bool = False) -> None:
        window: QWidget = self.window().parentWidget() or self.window()
        dialog = QFileDialog(window, self.tr("Export the field reference"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(f"*.{ending}")
        dialog.setDefaultSuffix(ending)
        dialog.selectFile(f"{self.name()}.{ending}")
        dialog.fileSelected.connect(lambda path: self._chosen(Path(path), write))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
