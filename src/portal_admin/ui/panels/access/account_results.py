"""The accounts a search found, two lines each: offered first, then not offered with the reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFocusEvent, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from portal_admin.ui import icons
from portal_admin.ui.override import override
from portal_admin.ui.theme import Meaning, Size, Space, Type, font, theme
from portal_admin.ui.widgets.text import literal_tooltip

AnyIndex = QModelIndex | QPersistentModelIndex
_DISPLAY = int(Qt.ItemDataRole.DisplayRole)
_TOOLTIP = int(Qt.ItemDataRole.ToolTipRole)
_NO_PARENT = QModelIndex()
LINE = Size.ROW + Size.ICON
SECTION = Size.ROW - Space.XS


@dataclass(frozen=True, slots=True)
class Result:
    """One account as two lines of text with a mark; `account_id` empty for the title of a section."""

    account_id: str
    name: str
    said: str = ""
    icon: str = ""
    meaning: Meaning | None = None


class ResultModel(QAbstractListModel):
    """Accounts and the titles of their sections."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.lines: list[Result] = []

    def show(self, lines: Iterable[Result]) -> None:
        """Show these lines instead of the old ones."""
        self.beginResetModel()
        self.lines = list(lines)
        self.endResetModel()

    @override
    def rowCount(self, parent: AnyIndex = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self.lines)

    @override
    def data(self, index: AnyIndex, role: int = _DISPLAY) -> str | None:
        line = self.lines[index.row()] if index.isValid() else None
        if line is None or role not in (_DISPLAY, _TOOLTIP):
            return None
        if not line.account_id:
            return line.name if role == _DISPLAY else None
        text = f"{line.name}, {line.account_id}. {line.said}"
        return text if role == _DISPLAY else literal_tooltip(text)

    @override
    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        if not index.isValid() or not self.lines[index.row()].account_id:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren


class AccountResults(QListView):
    """Emits `chosen` with an account id as the selection moves."""

    chosen = Signal(str)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.results = ResultModel(self)
        self.setModel(self.results)
        self.setItemDelegate(_Delegate(self.results, self))
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.selectionModel().currentChanged.connect(self._moved)

    def show_results(self, lines: Iterable[Result]) -> None:
        """Show other accounts."""
        self.results.show(lines)

    def select(self, account_id: str) -> bool:
        """Select an account; False when it is not in the list."""
        for number, line in enumerate(self.results.lines):
            if line.account_id and line.account_id == account_id:
                self.setCurrentIndex(self.results.index(number, 0))
                return True
        return False

    def enter(self) -> None:
        """Take the keyboard, with the first account selected when none is."""
        if not self.selected:
            first = next((line.account_id for line in self.results.lines if line.account_id), "")
            self.select(first)
        self.setFocus()

    @property
    def selected(self) -> str:
        """The account id of the selected line, empty for none."""
        index = self.currentIndex()
        return self.results.lines[index.row()].account_id if index.isValid() else ""

    def wanted_height(self) -> int:
        """How tall the list is with all its lines."""
        return sum(LINE if line.account_id else SECTION for line in self.results.lines) + 4

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        # Qt makes the first line current here without selecting it.
        self.selectionModel().select(self.currentIndex(), QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def _moved(self, current: QModelIndex, _before: QModelIndex) -> None:
        if current.isValid():
            self.chosen.emit(self.results.lines[current.row()].account_id)


class _Delegate(QStyledItemDelegate):
    """Paints the two lines; outside text is drawn, never rendered."""

    def __init__(self, model: ResultModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        self._strong, self._plain, self._small = font(strong=True), font(), font(Type.SECONDARY)

    @override
    def sizeHint(self, _option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        return QSize(Size.CARD, LINE if self._model.lines[index.row()].account_id else SECTION)

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        line, rect, state = self._model.lines[index.row()], option.rect, option.state
        if not line.account_id:
            painter.fillRect(rect, theme.colour("window"))
            box = rect.adjusted(Space.S, 0, -Space.S, 0)
            self._text(painter, box, line.name, self._small, theme.colour("secondary"))
        else:
            if state & QStyle.StateFlag.State_Selected:
                painter.fillRect(rect, theme.colour("selected"))
            self._paint_account(painter, rect, line)
        painter.setPen(theme.colour("line"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(theme.colour("accent"))
            painter.drawRect(rect.adjusted(0, 0, -1, -1))

    def _paint_account(self, painter: QPainter, rect: QRect, line: Result) -> None:
        colour = theme.colour(line.meaning.value if line.meaning else "secondary")
        ratio = painter.device().devicePixelRatioF()
        top = rect.top() + Space.S
        mark = icons.pixmap(line.icon, colour.name(), Size.ICON, ratio)
        painter.drawPixmap(rect.left() + Space.S, top, mark)
        left = rect.left() + 2 * Space.S + Size.ICON
        box = QRect(left, top - 2, rect.right() - Space.S - left, Size.ICON_LARGE)
        metrics = QFontMetrics(self._plain)
        id_width = metrics.horizontalAdvance(line.account_id)
        name = box.adjusted(0, 0, -id_width - Space.S, 0)
        self._text(painter, name, line.name, self._strong, theme.colour("text"))
        painter.setFont(self._plain)
        painter.setPen(theme.colour("secondary"))
        painter.drawText(
            box, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), line.account_id
        )
        second = box.translated(0, Size.ICON_LARGE)
        self._text(painter, second, line.said, self._small, theme.colour("secondary"))

    def _text(self, painter: QPainter, box: QRect, text: str, chosen: QFont, colour: QColor) -> None:
        painter.setFont(chosen)
        painter.setPen(colour)
        shown = QFontMetrics(chosen).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), shown)
