"""A table model over a ranked snapshot: any position costs one page of 128 rows, fetched on a worker."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from portal_admin.errors import DeskError
from portal_admin.ui import background
from portal_admin.ui.override import override
from portal_admin.ui.tables.rows import Cell, Column, RankedSource, Row, Snapshot, text_of
from portal_admin.ui.tables.view import header_alignment
from portal_admin.ui.widgets.text import literal_tooltip

AnyIndex = QModelIndex | QPersistentModelIndex
PAGE = 128
KEPT_PAGES = 256
FETCH_AFTER, FETCHED_AT_ONCE = 10, 4
_DISPLAY = int(Qt.ItemDataRole.DisplayRole)
_TOOLTIP = int(Qt.ItemDataRole.ToolTipRole)
_ALIGNMENT = int(Qt.ItemDataRole.TextAlignmentRole)
_NO_PARENT = QModelIndex()
_FLAGS = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren


class PagedModel(QAbstractTableModel):
    """Rows not fetched yet are placeholders; `fetch_failed` carries the DeskError of a page that could not be read."""

    fetch_failed = Signal(object)

    def __init__(
        self, columns: Sequence[Column], source: RankedSource, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._source = source
        self._snapshot = Snapshot(0, None)
        self._pages: dict[int, Sequence[Row]] = {}
        self._wanted: dict[int, None] = {}
        self._asked: set[int] = set()

    @property
    def snapshot(self) -> Snapshot:
        return self._snapshot

    def replace(self, snapshot: Snapshot, pages: Mapping[int, Sequence[Row]]) -> None:
        """Show another snapshot, with the pages of it that were read along."""
        self.beginResetModel()
        self._snapshot = snapshot
        self._pages = dict(pages)
        self._wanted.clear()
        self._asked.clear()
        self.endResetModel()

    def row_at(self, row: int) -> Row | None:
        """The row when it was fetched already."""
        page = self._pages.get(row // PAGE)
        return page[row % PAGE] if page is not None and row % PAGE < len(page) else None

    def row_of(self, key: Hashable) -> int | None:
        """Where a key stands among the fetched rows."""
        for number, page in self._pages.items():
            for offset, row in enumerate(page):
                if row.key == key:
                    return number * PAGE + offset
        return None

    def cell_at(self, row: int, column: int) -> str | Cell | None:
        """The cell, or None while its page is on its way."""
        page = self._pages.get(row // PAGE)
        if page is None:
            self._want(row // PAGE)
            return None
        offset = row % PAGE
        return page[offset].cells[column] if offset < len(page) else ""

    def section_at(self, _row: int) -> str | None:
        """A paged table has no sections."""
        return None

    @override
    def rowCount(self, parent: AnyIndex = _NO_PARENT) -> int:
        return 0 if parent.isValid() else self._snapshot.count

    @override
    def columnCount(self, parent: AnyIndex = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self.columns)

    @override
    def data(self, index: AnyIndex, role: int = _DISPLAY) -> Any:
        if role not in (_DISPLAY, _TOOLTIP) or not index.isValid():
            return None
        cell = self.cell_at(index.row(), index.column())
        if role == _DISPLAY:
            return "…" if cell is None else text_of(cell)
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
        return _FLAGS if index.isValid() else Qt.ItemFlag.NoItemFlags

    def _want(self, number: int) -> None:
        if number in self._asked:
            return
        self._wanted.pop(number, None)
        self._wanted[number] = None
        if len(self._wanted) == 1:
            background.later(self, FETCH_AFTER, self._fetch, replaces="fetch")

    def _fetch(self) -> None:
        # Only the newest wishes: rows scrolled past meanwhile ask again when they are painted again.
        newest = list(self._wanted)[-FETCHED_AT_ONCE:]
        self._wanted.clear()
        snapshot = self._snapshot
        for number in newest:
            self._asked.add(number)
            self._fetch_page(snapshot, number)

    def _fetch_page(self, snapshot: Snapshot, number: int) -> None:
        def work() -> Sequence[Row]:
            return self._source.page(snapshot.token, number * PAGE, PAGE)

        def done(rows: Sequence[Row]) -> None:
            if snapshot is self._snapshot:
                self._fetched(number, rows)

        def failed(error: DeskError) -> None:
            if snapshot is self._snapshot:
                self._asked.discard(number)
                self.fetch_failed.emit(error)

        background.run(self, work, done, failed)

    def _fetched(self, number: int, rows: Sequence[Row]) -> None:
        self._asked.discard(number)
        self._pages[number] = rows
        if len(self._pages) > KEPT_PAGES:
            del self._pages[next(iter(self._pages))]
        last = min(self._snapshot.count, (number + 1) * PAGE) - 1
        if last >= number * PAGE:
            self.dataChanged.emit(self.index(number * PAGE, 0), self.index(last, len(self.columns) - 1))
