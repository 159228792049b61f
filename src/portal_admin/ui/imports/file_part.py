"""Step 1: which file, and how it is read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from portal_admin.services.imports.source import DELIMITERS, ENCODINGS, Table
from portal_admin.ui.imports.line_form import LineForm
from portal_admin.ui.theme import Space
from portal_admin.ui.widgets.buttons import button
from portal_admin.ui.widgets.text import ElidedLabel, PlainLabel, set_shown, set_tooltip


class FilePart(QWidget):
    """`chosen` carries the path of a file, `reread` says that it shall be read in another way."""

    chosen = Signal(object)
    reread = Signal()

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.button = button(self.tr("Choose file…"), self.ask, icon="document")
        set_tooltip(self.button, self.tr("Choose file (Ctrl+O)"))
        self.name = ElidedLabel(kind="strong")
        self.hint = PlainLabel(
            self.tr("An Excel workbook (.xlsx) or a text file (.csv), or drop one anywhere on this page."),
            kind="secondary",
            wrap=True,
        )
        self.form = LineForm()
        self.encoding = self.form.add("encoding", self.tr("&Encoding"))
        self.delimiter = self.form.add("delimiter", self.tr("&Delimiter"))
        self.sheet = self.form.add("sheet", self.tr("S&heet"))
        self.encoding.addItems(ENCODINGS)
        names = {",": self.tr("Comma"), ";": self.tr("Semicolon"), "\t": self.tr("Tab"), "|": self.tr("Bar")}
        for mark in DELIMITERS:
            self.delimiter.addItem(names.get(mark, mark), mark)
        for combo in (self.encoding, self.delimiter, self.sheet):
            combo.currentIndexChanged.connect(self._changed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        line = QHBoxLayout()
        line.setSpacing(Space.S)
        line.addWidget(self.button)
        line.addWidget(self.name, 1)
        line.addStretch()
        column.addLayout(line)
        column.addWidget(self.hint)
        column.addWidget(self.form)
        self.show_table(None)

    @property
    def reading(self) -> dict[str, str | None]:
        """How the file shall be read, in the words of `open_table`."""
        return {
            name: self._value(line.box) if line.is_shown else None for name, line in self.form.lines.items()
        }

    def ask(self) -> None:
        """Ask for a file without stopping the window."""
        dialog = QFileDialog(self.window(), self.tr("Import end users"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([self.tr("Tables (*.xlsx *.csv *.txt)"), self.tr("All files (*)")])
        dialog.fileSelected.connect(lambda path: self.chosen.emit(Path(path)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def show_table(self, table: Table | None) -> None:
        """Tell the file that was read, and how."""
        self.form.clear_errors()
        self.name.setText("" if table is None else table.file_name)
        set_shown(self.name, table is not None)
        set_shown(self.hint, table is None)
        is_text = table is not None and table.kind == "csv"
        sheets: Sequence[str] = () if table is None else table.sheets
        with QSignalBlocker(self.encoding), QSignalBlocker(self.delimiter), QSignalBlocker(self.sheet):
            self.sheet.clear()
            for name in sheets:
                self.sheet.addItem(" ".join(name.split()), name)
            if table is not None:
                self.encoding.setCurrentText(table.encoding or "")
                self.delimiter.setCurrentIndex(self.delimiter.findData(table.delimiter))
                self.sheet.setCurrentIndex(self.sheet.findData(table.sheet))
        for key, shown in (("encoding", is_text), ("delimiter", is_text), ("sheet", len(sheets) > 1)):
            self.form.lines[key].set_shown(shown)
        set_shown(self.form, is_text or len(sheets) > 1)

    def ask_encoding(self, file_name: str) -> None:
        """Offer the encodings for a file of which nothing else is known, with none of them chosen."""
        self.show_table(None)
        self.name.setText(file_name)
        set_shown(self.name, True)
        set_shown(self.hint, False)
        with QSignalBlocker(self.encoding):
            self.encoding.setCurrentIndex(-1)
        self.form.lines["encoding"].set_shown(True)
        set_shown(self.form, True)

    def _value(self, box: QComboBox) -> str | None:
        found = box.currentText() if box is self.encoding else box.currentData()
        return str(found) if found else None

    def _changed(self) -> None:
        self.reread.emit()
