"""Step 2: which column of the file means what; found by name, and changeable."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from portal_admin.domain.imports import Column
from portal_admin.errors import InvalidInput
from portal_admin.services.imports.mapping import missing
from portal_admin.services.imports.source import Table
from portal_admin.ui.imports.line_form import LineForm
from portal_admin.ui.theme import Space
from portal_admin.ui.widgets.text import PlainLabel, set_shown

ABSENT = -1
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class ColumnPart(QWidget):
    """`changed` says that a column was chosen by hand."""

    changed = Signal()

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.form = LineForm()
        self.boxes: dict[Column, QComboBox] = {}
        labels = {
            Column.EMAIL: self.tr("E&mail"),
            Column.FIRST_NAME: self.tr("&First name"),
            Column.LAST_NAME: self.tr("&Last name"),
            Column.ACCOUNTS: self.tr("&Accounts"),
        }
        for column, label in labels.items():
            box = self.boxes[column] = self.form.add(column.value, label)
            box.currentIndexChanged.connect(self._changed)
        self.told = PlainLabel(kind="secondary", wrap=True)
        column_of_parts = QVBoxLayout(self)
        column_of_parts.setContentsMargins(0, 0, 0, 0)
        column_of_parts.setSpacing(Space.S)
        column_of_parts.addWidget(self.form)
        column_of_parts.addWidget(self.told)
        self.setEnabled(False)

    @property
    def mapping(self) -> dict[Column, int]:
        """The positions of the columns that the file has."""
        chosen = {column: box.currentData() for column, box in self.boxes.items()}
        return {column: place for column, place in chosen.items() if place not in (None, ABSENT)}

    def show_table(self, table: Table, mapping: Mapping[Column, int]) -> None:
        """Offer the columns of a file, with those chosen that were found."""
        self.setEnabled(True)
        for column, box in self.boxes.items():
            with QSignalBlocker(box):
                box.clear()
                box.addItem(self.tr("not in this file"), ABSENT)
                for place, heading in enumerate(table.header):
                    name = " ".join(heading.split()) or self.tr("no heading")
                    box.addItem(f"{_letters(place)}   {name}", place)
                box.setCurrentIndex(max(0, box.findData(mapping.get(column, ABSENT))))
        self._tell()

    def set_error(self, message: str) -> None:
        """Say what is wrong with the columns, and go there."""
        self.form.show_error(InvalidInput(message, field=Column.EMAIL.value))

    def _changed(self) -> None:
        self.form.clear_errors()
        self._tell()
        self.changed.emit()

    def _tell(self) -> None:
        absent = missing(self.mapping)
        words = self.tr("Not found: {names}. Choose them above, or leave them out.")
        self.told.setText(words.format(names=", ".join(column.value for column in absent)) if absent else "")
        set_shown(self.told, bool(absent))


def _letters(place: int) -> str:
    """The name of a column as spreadsheet programs show it."""
    first, last = divmod(place, len(LETTERS))
    return (_letters(first - 1) if first else "") + LETTERS[last]
