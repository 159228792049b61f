"""The table view that both kinds of table share: fixed rows, keyboard, copying, column widths."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from portal_admin.ui import background, window_state
from portal_admin.ui.override import override
from portal_admin.ui.tables.rows import Column, Kind
from portal_admin.ui.theme import Size

_HOME = QAbstractItemView.CursorAction.MoveHome
_END = QAbstractItemView.CursorAction.MoveEnd


class TableView(QTableView):
    """Whole rows are selected, the current cell is copied; `opened_row` follows Enter and double click."""

    opened_row = Signal(int)

    def __init__(self, columns: Sequence[Column], name: str, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._columns = tuple(columns)
        self.setAccessibleName(name)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        rows = self.verticalHeader()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(Size.ROW)
        rows.hide()
        self.doubleClicked.connect(lambda index: self.opened_row.emit(index.row()))
        self._add_copying()

    def arrange(self, memory: str | None) -> None:
        """Give the columns their widths, once the model is set; `memory` names where changed widths are kept."""
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setMinimumSectionSize(40)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        kept = window_state.column_widths(memory) if memory else {}
        for position, column in enumerate(self._columns):
            mode = QHeaderView.ResizeMode.Stretch if column.stretch else QHeaderView.ResizeMode.Interactive
            head.setSectionResizeMode(position, mode)
            head.resizeSection(position, kept.get(column.key, column.width))
        if memory:
            head.sectionResized.connect(
                lambda *_: background.later(self, 500, lambda: self._keep_widths(memory), replaces="widths")
            )

    def _keep_widths(self, memory: str) -> None:
        head = self.horizontalHeader()
        # A column hidden for want of room measures nothing, and keeps the width it had.
        shown = {
            column.key: head.sectionSize(position)
            for position, column in enumerate(self._columns)
            if not column.stretch and not head.isSectionHidden(position)
        }
        window_state.keep_column_widths(memory, window_state.column_widths(memory) | shown)

    def select_row(self, row: int) -> None:
        """Make a row the current one without scrolling."""
        index = self.model().index(row, max(0, self.currentIndex().column()))
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.selectionModel().setCurrentIndex(index, flags)

    def copied_text(self, *, whole_row: bool) -> str:
        """The current cell's text, or the cells of its row with tabs between."""
        index = self.currentIndex()
        if not index.isValid():
            return ""
        if not whole_row:
            return str(index.data() or "")
        return "\t".join(str(index.siblingAtColumn(i).data() or "") for i in range(len(self._columns)))

    def _add_copying(self) -> None:
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        for text, keys, whole_row in (
            (self.tr("Copy"), QKeySequence(QKeySequence.StandardKey.Copy), False),
            (self.tr("Copy row"), QKeySequence("Ctrl+Shift+C"), True),
        ):
            action = QAction(text, self)
            action.setShortcut(keys)
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.triggered.connect(lambda _checked=False, whole=whole_row: self._copy(whole))
            self.addAction(action)

    def _copy(self, whole_row: bool) -> None:
        text = self.copied_text(whole_row=whole_row)
        if text:
            QGuiApplication.clipboard().setText(text)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """A current row in view stays in view when a panel or a message takes room."""
        at = self.visualRect(self.currentIndex())
        seen = at.isValid() and at.top() >= 0 and at.bottom() <= event.oldSize().height()
        super().resizeEvent(event)
        if seen:
            self.scrollTo(self.currentIndex())

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.opened_row.emit(self.currentIndex().row())
            return
        super().keyPressEvent(event)

    @override
    def moveCursor(
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        rows = self.model().rowCount()
        if action in (_HOME, _END) and rows:
            column = max(0, self.currentIndex().column())
            return self.model().index(0 if action == _HOME else rows - 1, column)
        return super().moveCursor(action, modifiers)


def header_alignment(column: Column) -> int:
    """Amounts stand right, everything else left, in the header as in the cells."""
    side = Qt.AlignmentFlag.AlignRight if column.kind is Kind.AMOUNT else Qt.AlignmentFlag.AlignLeft
    return int(side | Qt.AlignmentFlag.AlignVCenter)
