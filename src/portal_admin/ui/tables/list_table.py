"""A table for short lists, with sections."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from portal_admin.ui.override import override
from portal_admin.ui.tables.delegate import CellDelegate
from portal_admin.ui.tables.list_model import ListModel
from portal_admin.ui.tables.rows import Column, Row
from portal_admin.ui.tables.view import TableView
from portal_admin.ui.widgets.state_panel import StatePanel

SCROLL_BAR = 12


class ListTable(QWidget):
    """Shows rows it is given; `opened` and `current_changed` carry row keys, `state` holds the four states.

    The first `always` columns are always there, the others where they fit; without it they scroll.
    """

    opened = Signal(object)
    current_changed = Signal(object)

    def __init__(
        self,
        columns: Sequence[Column],
        *,
        name: str,
        memory: str | None = None,
        always: int | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._always = len(columns) if always is None else always
        self.model = ListModel(columns, self)
        self.view = TableView(columns, name)
        self.view.setModel(self.model)
        self.view.setItemDelegate(CellDelegate(self.model, self.view))
        self.view.arrange(memory)
        self.state = StatePanel(self.view)
        self._sort: tuple[int, bool] | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.state)
        self.model.modelReset.connect(self._span_sections)
        self.view.opened_row.connect(self._open_row)
        self.view.selectionModel().currentRowChanged.connect(self._row_changed)
        head = self.view.horizontalHeader()
        head.setSectionsClickable(True)
        head.sectionClicked.connect(self._header_clicked)

    def set_rows(self, rows: Iterable[Row]) -> None:
        """Show these rows, keeping the selection where its key is still there; call `state.nothing` when empty."""
        self.set_sections([("", rows)])

    def set_sections(self, sections: Iterable[tuple[str, Iterable[Row]]]) -> None:
        """Show rows under section titles."""
        key = self.current_key
        self.model.set_sections(sections)
        self.state.content()
        self._reselect(key)

    def set_filter(self, text: str) -> None:
        """Keep the rows that hold every word."""
        key = self.current_key
        self.model.set_filter(text)
        self._reselect(key)

    @property
    def current_key(self) -> Hashable | None:
        """The key of the selected row."""
        row = self.model.row_at(self.view.currentIndex().row())
        return None if row is None else row.key

    def select(self, key: Hashable) -> bool:
        """Select and show the row of a key; False when there is none."""
        row = self.model.row_of(key)
        if row is None:
            return False
        self.view.select_row(row)
        self.view.scrollTo(self.model.index(row, 0))
        return True

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit_columns()

    def fit_columns(self) -> None:
        """Show the columns that have room; to be called where somebody gave one another width."""
        left = self.width() - SCROLL_BAR
        for position, column in enumerate(self.model.columns):
            width = self.view.horizontalHeader().sectionSize(position) or column.width
            left -= column.width if column.stretch else width
            if position >= self._always:
                self.view.setColumnHidden(position, left < 0)

    def _reselect(self, key: Hashable | None) -> None:
        if key is None:
            return
        row = self.model.row_of(key)
        if row is None:
            self.current_changed.emit(None)
        else:
            self.view.select_row(row)

    def _span_sections(self) -> None:
        self.view.clearSpans()
        if len(self.model.columns) > 1:
            for line in self.model.section_lines():
                self.view.setSpan(line, 0, 1, len(self.model.columns))

    def _open_row(self, line: int) -> None:
        row = self.model.row_at(line)
        if row is not None:
            self.opened.emit(row.key)

    def _row_changed(self, current: QModelIndex, _previous: QModelIndex) -> None:
        row = self.model.row_at(current.row()) if current.isValid() else None
        self.current_changed.emit(None if row is None else row.key)

    def _header_clicked(self, section: int) -> None:
        if not self.model.columns[section].sortable:
            return
        descending = self._sort == (section, False)
        self._sort = (section, descending)
        key = self.current_key
        self.model.set_sort(section, descending=descending)
        order = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
        self.view.horizontalHeader().setSortIndicatorShown(True)
        self.view.horizontalHeader().setSortIndicator(section, order)
        self._reselect(key)
