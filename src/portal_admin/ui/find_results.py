"""The list under the find box."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from portal_admin.ui import icons
from portal_admin.ui.find_entry import Entry
from portal_admin.ui.override import override
from portal_admin.ui.theme import Size, Space, Type, font, theme
from portal_admin.ui.widgets.text import PlainLabel

SHOWN_ROWS = 12
_ENTRY = int(Qt.ItemDataRole.UserRole)
_SELECTED = QStyle.StateFlag.State_Selected.value


class FindResults(QFrame):
    """The list under the box; it never takes the keyboard."""

    picked = Signal(object)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("find_results")
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Found"))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setItemDelegate(_EntryDelegate(self.list))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setUniformItemSizes(True)
        self.list.itemClicked.connect(lambda item: self.picked.emit(item.data(_ENTRY)))
        self.note = PlainLabel(kind="secondary")
        self.note.setContentsMargins(Space.S, Space.XS, Space.S, Space.XS)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XS, Space.XS, Space.XS, Space.XS)
        column.setSpacing(0)
        column.addWidget(self.note)
        column.addWidget(self.list)
        window.installEventFilter(self)
        self._under: QWidget | None = None
        self.hide()

    def fill(self, entries: Sequence[Entry], note: str) -> None:
        """Show these entries, the first one marked."""
        self.list.clear()
        for entry in entries:
            item = QListWidgetItem(entry.title)
            item.setData(_ENTRY, entry)
            spoken = ", ".join(part for part in (entry.title, entry.detail, entry.kind) if part)
            item.setData(int(Qt.ItemDataRole.AccessibleTextRole), spoken)
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self.note.setText(note)
        self.note.setVisible(bool(note))

    def place(self, under: QWidget) -> None:
        """Stand under the box, as wide as it."""
        self._under = under
        rows = min(SHOWN_ROWS, max(1, self.list.count()))
        height = rows * Size.ROW + 2 * Space.XS + 4
        if not self.note.isHidden():
            height += self.note.sizeHint().height()
        at = under.mapTo(self.parentWidget() or self.window(), QPoint(0, under.height() + 2))
        self.setGeometry(at.x(), at.y(), under.width(), height)
        self.list.setVisible(self.list.count() > 0)
        self.show()
        self.raise_()

    def step(self, by: int) -> None:
        """Mark the next or the previous entry."""
        if self.list.count():
            self.list.setCurrentRow((self.list.currentRow() + by) % self.list.count())

    def pick(self) -> None:
        """Choose the marked entry."""
        item = self.list.currentItem()
        if item is not None:
            self.picked.emit(item.data(_ENTRY))

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Resize and self.isVisible() and self._under is not None:
            self.place(self._under)
        return super().eventFilter(watched, event)


class _EntryDelegate(QStyledItemDelegate):
    @override
    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(100, Size.ROW)

    @override
    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        entry: Entry = index.data(_ENTRY)
        colours = theme.colours
        if option.state.value & _SELECTED:
            painter.fillRect(option.rect, QColor(colours.selected))
        ratio = painter.device().devicePixelRatioF()
        box = option.rect.adjusted(Space.S, 0, -Space.S, 0)
        top = box.top() + (box.height() - Size.ICON) // 2
        painter.drawPixmap(box.left(), top, icons.pixmap(entry.icon, colours.secondary, Size.ICON, ratio))
        box = box.adjusted(Size.ICON + Space.S, 0, 0, 0)
        small, plain = font(Type.SECONDARY), font()
        painter.setFont(small)
        painter.setPen(QColor(colours.secondary))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), entry.kind)
        box = box.adjusted(0, 0, -QFontMetrics(small).horizontalAdvance(entry.kind) - Space.M, 0)
        left = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        metrics = QFontMetrics(plain)
        title = metrics.elidedText(entry.title, Qt.TextElideMode.ElideRight, box.width())
        painter.setFont(plain)
        painter.setPen(QColor(colours.text))
        painter.drawText(box, left, title)
        box = box.adjusted(metrics.horizontalAdvance(title) + Space.M, 0, 0, 0)
        painter.setFont(small)
        painter.setPen(QColor(colours.secondary))
        detail = QFontMetrics(small).elidedText(
            entry.detail, Qt.TextElideMode.ElideRight, max(0, box.width())
        )
        painter.drawText(box, left, detail)
