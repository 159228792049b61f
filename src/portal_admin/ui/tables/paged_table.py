"""A table of any length in its four states: rows, none found, could not look, not allowed."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from portal_admin.errors import DeskError
from portal_admin.ui import background
from portal_admin.ui.tables.delegate import CellDelegate
from portal_admin.ui.tables.paged_model import PAGE, PagedModel
from portal_admin.ui.tables.rows import Column, Findable, Query, RankedSource, Row, Snapshot
from portal_admin.ui.tables.view import TableView
from portal_admin.ui.theme import Size
from portal_admin.ui.widgets.state_panel import StatePanel


@dataclass(frozen=True, slots=True)
class _Reading:
    snapshot: Snapshot
    pages: Mapping[int, Sequence[Row]]
    selected: int | None


class PagedTable(QWidget):
    """Reads a RankedSource; `opened` and `current_changed` carry row keys (None when nothing is selected)."""

    opened = Signal(object)
    current_changed = Signal(object)
    counted = Signal(int)

    def __init__(
        self,
        columns: Sequence[Column],
        source: RankedSource,
        *,
        name: str,
        sort: str,
        descending: bool = False,
        nothing: Callable[[StatePanel], None] | None = None,
        memory: str | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """`nothing` fills the panel when no row matches; `memory` names where column widths are kept."""
        super().__init__(parent)
        self._source = source
        self._nothing = nothing
        self._filters: Any = None
        self._sort, self._descending = sort, descending
        self._wanted_key: Hashable | None = None
        self.model = PagedModel(columns, source, self)
        self.view = TableView(columns, name)
        self.view.setModel(self.model)
        self.view.setItemDelegate(CellDelegate(self.model, self.view))
        self.view.arrange(memory)
        self.state = StatePanel(self.view)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.state)
        self._connect()

    def _connect(self) -> None:
        self.view.opened_row.connect(self._open_row)
        self.view.selectionModel().currentRowChanged.connect(self._row_changed)
        self.model.fetch_failed.connect(self._failed)
        head = self.view.horizontalHeader()
        head.setSectionsClickable(True)
        head.setSortIndicatorShown(True)
        head.sectionClicked.connect(self._header_clicked)
        self._show_sort()

    @property
    def count(self) -> int:
        """How many rows the snapshot has."""
        return self.model.snapshot.count

    @property
    def current_key(self) -> Hashable | None:
        """The key of the selected row, when it was fetched."""
        row = (
            self.model.row_at(self.view.currentIndex().row()) if self.view.currentIndex().isValid() else None
        )
        return None if row is None else row.key

    def set_filters(self, filters: Any) -> None:
        """Show the rows that match; `filters` reaches the source as `Query.filters`."""
        self._filters = filters
        self.refresh(keep_position=False)

    def refresh(self, *, select: Hashable | None = None, keep_position: bool = True) -> None:
        """Read again, keeping position and selection; `select` names another row to select and show."""
        query = Query(self._filters, self._sort, self._descending)
        key = select if select is not None else self.current_key
        first = self.view.verticalScrollBar().value() // Size.ROW if keep_position else 0
        visible = self.view.viewport().height() // Size.ROW + 1
        pages = range(first // PAGE, (first + visible) // PAGE + 1)
        reveal = select is not None
        self.state.loading()
        background.run(
            self,
            lambda: self._read(query, pages, key),
            lambda reading: self._loaded(reading, key, first, reveal),
            self._failed,
            replaces="snapshot",
        )

    def _read(self, query: Query, pages: range, key: Hashable | None) -> _Reading:
        snapshot = self._source.snapshot(query)
        numbers = [number for number in pages if number * PAGE < snapshot.count] or [0]
        rank = None
        if key is not None and isinstance(self._source, Findable):
            rank = self._source.rank(snapshot.token, key)
            if rank is not None and rank // PAGE not in numbers:
                numbers.append(rank // PAGE)
        read = {
            number: tuple(self._source.page(snapshot.token, number * PAGE, PAGE))
            for number in numbers
            if snapshot.count
        }
        return _Reading(snapshot, read, rank)

    def _loaded(self, reading: _Reading, key: Hashable | None, first: int, reveal: bool) -> None:
        self.model.replace(reading.snapshot, reading.pages)
        if reading.snapshot.count:
            self.state.content()
        elif self._nothing is not None:
            self._nothing(self.state)
        else:
            self.state.nothing(self.tr("None found."), icon="search")
        self.view.verticalScrollBar().setValue(first * Size.ROW)
        row = reading.selected if reading.selected is not None else self.model.row_of(key)
        if key is not None and row is not None:
            self.view.select_row(row)
            if reveal:
                self.view.scrollTo(self.model.index(row, 0))
        elif key is not None:
            self.current_changed.emit(None)
        self.counted.emit(reading.snapshot.count)

    def _failed(self, error: DeskError) -> None:
        self.state.failed(error, self.refresh)

    def _open_row(self, row: int) -> None:
        found = self.model.row_at(row)
        if found is not None:
            self.opened.emit(found.key)

    def _row_changed(self, current: QModelIndex, _previous: QModelIndex) -> None:
        found = self.model.row_at(current.row()) if current.isValid() else None
        self.current_changed.emit(None if found is None else found.key)

    def _header_clicked(self, section: int) -> None:
        column = self.model.columns[section]
        if column.sortable:
            self._descending = column.key == self._sort and not self._descending
            self._sort = column.key
            self.refresh(keep_position=False)
        self._show_sort()

    def _show_sort(self) -> None:
        keys = [column.key for column in self.model.columns]
        order = Qt.SortOrder.DescendingOrder if self._descending else Qt.SortOrder.AscendingOrder
        if self._sort in keys:
            self.view.horizontalHeader().setSortIndicator(keys.index(self._sort), order)
