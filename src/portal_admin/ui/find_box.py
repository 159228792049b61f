"""The box at the top: people, accounts, contracts and every command, from one line of typing (Ctrl+K)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QAction, QColor, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from portal_admin.errors import DeskError
from portal_admin.ui import background, icons
from portal_admin.ui.icons import set_icon
from portal_admin.ui.override import override
from portal_admin.ui.theme import Size, Space, Type, font, theme
from portal_admin.ui.widgets.text import PlainLabel

PAUSE = 120
SHOWN_ROWS = 12
_ENTRY = int(Qt.ItemDataRole.UserRole)
_SELECTED = QStyle.StateFlag.State_Selected.value


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the list; `chosen` runs when it is picked."""

    icon: str
    title: str
    detail: str
    kind: str
    chosen: Callable[[], object]


Finder = Callable[[str], Sequence[Entry]]


class FindBox(QLineEdit):
    """Typing lists commands at once and records as soon as they are found; Esc goes back to the page."""

    left = Signal()

    def __init__(self, commands: Callable[[], Sequence[Entry]], *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._commands = commands
        self._find: Finder | None = None
        self._found: Sequence[Entry] = ()
        self._note = ""
        self.results: FindResults | None = None
        self.setPlaceholderText(self.tr("Find a person, contract, account or command"))
        self.setAccessibleName(self.tr("Find a person, contract, account or command"))
        self.setMaxLength(200)
        mark = QAction(self)
        set_icon(mark, "search", "secondary")
        self.addAction(mark, QLineEdit.ActionPosition.LeadingPosition)
        self._keys = PlainLabel("Ctrl+K", kind="secondary", parent=self)
        self._keys.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.textEdited.connect(self._typed)

    def set_finder(self, find: Finder | None) -> None:
        """What looks records up, on a worker; None while there is no desk."""
        self._find = find
        if self.hasFocus() and self.text():
            self._typed()

    def leave(self) -> None:
        """Close the list and give the keyboard back."""
        self.clear()
        self._hide()
        self.left.emit()

    def _typed(self) -> None:
        self._keys.setVisible(not self.text())
        text = self.text().strip()
        self._found = ()
        self._note = ""
        if text and self._find is not None:
            self._note = self.tr("Looking…")
            background.later(self, PAUSE, self._look, replaces="pause")
        self._show()

    def _look(self) -> None:
        text, find = self.text().strip(), self._find
        if text and find is not None:
            background.run(self, lambda: find(text), self._looked, self._could_not_look, replaces="find")

    def _looked(self, found: Sequence[Entry]) -> None:
        self._found = found
        self._note = "" if found else self.tr("No person, account or contract found.")
        self._show()

    def _could_not_look(self, error: DeskError) -> None:
        self._found = ()
        self._note = self.tr("Could not look: {reason}").format(reason=error.message)
        self._show()

    def _show(self) -> None:
        if not self.hasFocus() and not (self.results and self.results.isVisible()):
            return
        words = self.text().casefold().split()
        commands = [
            entry
            for entry in self._commands()
            if all(word in f"{entry.title} {entry.kind}".casefold() for word in words)
        ]
        if self.results is None:
            self.results = FindResults(self.window())
            self.results.picked.connect(self._pick)
        self.results.fill([*self._found, *commands], self._note)
        self.results.place(self)

    def _hide(self) -> None:
        if self.results is not None:
            self.results.hide()

    def _pick(self, entry: Entry) -> None:
        self.leave()
        entry.chosen()

    @override
    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show):
            hint = self._keys.sizeHint()
            self._keys.setGeometry(
                self.width() - hint.width() - Space.S, (self.height() - hint.height()) // 2, *hint.toTuple()
            )
        elif event.type() is QEvent.Type.FocusIn:
            self._show()
        elif event.type() is QEvent.Type.FocusOut:
            self._hide()
        return super().event(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self.leave()
        elif self.results is not None and key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.results.step(1 if key == Qt.Key.Key_Down else -1)
        elif self.results is not None and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            background.hurry(self)
            self.results.pick()
        else:
            super().keyPressEvent(event)


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
