"""A table model over a short list in memory, with sections, a filter and local sorting."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from portal_admin.ui.override import override
from portal_admin.ui.tables.rows import Cell, Column, Row, text_of
from portal_admin.ui.tables.view import header_alignment
from portal_admin.ui.widgets.text import literal_tooltip

AnyIndex = QModelIndex | QPersistentModelIndex
_DISPLAY = int(Qt.ItemDataRole.DisplayRole)
_TOOLTIP = int(Qt.ItemDataRole.ToolTipRole)
_ALIGNMENT = int(Qt.ItemDataRole.TextAlignmentRole)
_NO_PARENT = QModelIndex()
_ROW_FLAGS = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
_SECTION_FLAGS = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemNeverHasChildren


class ListModel(QAbstractTableModel):
    """Lines are rows and section titles; a section whose rows are all filtered away goes with them."""

    def __init__(self, columns: Sequence[Column], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._sections: tuple[tuple[str, tuple[Row, ...]], ...] = ()
        self._lines: list[Row | str] = []
        self._filter = ""
        self._sort: tuple[int, bool] | None = None

    def set_sections(self, sections: Iterable[tuple[str, Iterable[Row]]]) -> None:
        """Show rows under titles; an empty title is no line."""
        self._sections = tuple((title, tuple(rows)) for title, rows in sections)
        self._rebuild()

    def replace(self, row: Row) -> None:
        """Show other cells in the row of the same key, where it stands; it is sorted anew with the others."""
        self._sections = tuple(
            (title, tuple(row if one.key == row.key else one for one in rows))
            for title, rows in self._sections
        )
        line = self.row_of(row.key)
        if line is not None:
            self._lines[line] = row
            self.dataChanged.emit(self.index(line, 0), self.index(line, len(self.columns) - 1))

    def set_filter(self, text: str) -> None:
        """Keep the rows in which every word of `text` occurs, ignoring case."""
        self._filter = text.casefold()
        self._rebuild()

    def set_sort(self, column: int, *, descending: bool) -> None:
        """Sort the rows within their sections."""
        self._sort = (column, descending)
        self._rebuild()

    def _rebuild(self) -> None:
        self.beginResetModel()
        self._lines = []
        for title, rows in self._sections:
            kept = self._sorted([row for row in rows if self._matches(row)])
            if kept and title:
                self._lines.append(title)
            self._lines.extend(kept)
        self.endResetModel()

    def _matches(self, row: Row) -> bool:
        if not self._filter:
            return True
        text = "\n".join(text_of(cell) for cell in row.cells).casefold()
        return all(word in text for word in self._filter.split())

    def _sorted(self, rows: list[Row]) -> list[Row]:
        if self._sort is None:
            return rows
        column, descending = self._sort
        return sorted(rows, key=lambda row: _sort_key(row.cells[column]), reverse=descending)

    @property
    def rows(self) -> list[Row]:
        """The rows now shown, without the sections."""
        return [line for line in self._lines if isinstance(line, Row)]

    def row_at(self, row: int) -> Row | None:
        """The row of a line, None for a section."""
        line = self._lines[row] if 0 <= row < len(self._lines) else None
        return line if isinstance(line, Row) else None

    def row_of(self, key: Hashable) -> int | None:
        """The line on which a key stands."""
        for number, line in enumerate(self._lines):
            if isinstance(line, Row) and line.key == key:
                return number
        return None

    def section_at(self, row: int) -> str | None:
        """The title when the line is a section."""
        line = self._lines[row] if row < len(self._lines) else None
        return line if isinstance(line, str) else None

    def section_lines(self) -> list[int]:
        """The numbers of the lines that are sections."""
        return [number for number, line in enumerate(self._lines) if isinstance(line, str)]

    def cell_at(self, row: int, column: int) -> str | Cell | None:
        """The cell; a section's title stands in the first column."""
        line = self._lines[row]
        if isinstance(line, str):
            return line if column == 0 else ""
        return line.cells[column]

    @override
    def rowCount(self, parent: AnyIndex = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._lines)

    @override
    def columnCount(self, parent: AnyIndex = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self.columns)

    @override
    def data(self, index: AnyIndex, role: int = _DISPLAY) -> Any:
        if role not in (_DISPLAY, _TOOLTIP) or not index.isValid():
            return None
        cell = self.cell_at(index.row(), index.column())
        if role == _DISPLAY:
            return "" if cell is None else text_of(cell)
        return literal_tooltip(cell.tooltip) if isinstance(cell, Cell) and cell.tooltip else None

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _DISPLAY) -> Any:
        if orientation == Qt.Orientation.Vertical:
            return section + 1 if role == _DISPLAY else None
        if role == _DISPLAY:
            return self.columns[section].title
        return header_alignment(self.columns[section]) if role == _ALIGNMENT else None

    @override
    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        return _SECTION_FLAGS if self.section_at(index.row()) is not None else _ROW_FLAGS


def _sort_key(cell: str | Cell) -> tuple[bool, Any]:
    if isinstance(cell, Cell) and cell.sort is not None:
        return False, cell.sort
    text = text_of(cell).casefold()
    return True, text
