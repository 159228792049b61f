"""The list under the find box: sections with quiet headings, and under them a note where one is due."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from portal_admin.ui import icons
from portal_admin.ui.find_entry import Entry, Section
from portal_admin.ui.find_line import ENTRY, REMARK, LineDelegate
from portal_admin.ui.override import override
from portal_admin.ui.theme import Meaning, Size, Space, theme
from portal_admin.ui.widgets.text import PlainLabel, literal_tooltip

SHOWN_ROWS = 14
_ACCESSIBLE = int(Qt.ItemDataRole.AccessibleTextRole)
_TOOLTIP = int(Qt.ItemDataRole.ToolTipRole)


class Note(NamedTuple):
    """What is told under the list, with its icon."""

    text: str
    icon: str = "search"
    meaning: Meaning | None = None


QUIET = Note("")


class FindResults(QFrame):
    """The list under the box; it never takes the keyboard."""

    picked = Signal(object)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("find_results")
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Found"))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setItemDelegate(LineDelegate(self.list))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.list.itemClicked.connect(self._clicked)
        self._icon = QLabel()
        self._icon.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.note = PlainLabel(kind="secondary", wrap=True)
        self._foot = QWidget()
        foot = QHBoxLayout(self._foot)
        foot.setContentsMargins(Space.S, Space.S, Space.S, Space.S)
        foot.setSpacing(Space.S)
        foot.addWidget(self._icon)
        foot.addWidget(self.note, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XS, Space.XS, Space.XS, Space.XS)
        column.setSpacing(0)
        column.addWidget(self.list)
        column.addWidget(self._foot)
        window.installEventFilter(self)
        self._under: QWidget | None = None
        self.was_moved = False
        self.hide()

    def fill(self, sections: Sequence[Section], note: Note = QUIET) -> None:
        """Show these; the first entry is marked, or the one that somebody walked to, while it is there."""
        kept = self.marked if self.was_moved else None
        self.list.clear()
        for section in sections:
            if section.entries:
                self._add_heading(section)
                for entry in section.entries:
                    self._add(entry, section.heading)
        rows = self._rows()
        again = [row for row in rows if kept is not None and _same(self._entry(row), kept)]
        self.was_moved = bool(again)
        if rows:
            self.list.setCurrentRow((again or rows)[0])
            if not again:
                self.list.scrollToTop()
        self._say(note)

    @property
    def marked(self) -> Entry | None:
        """The entry that Enter picks."""
        return self._entry(self.list.currentRow())

    @property
    def titles(self) -> list[str]:
        """The titles of the entries, in their order."""
        return [entry.title for row in self._rows() if (entry := self._entry(row)) is not None]

    @property
    def headings(self) -> list[str]:
        """The headings, in their order."""
        items = (self.list.item(row) for row in range(self.list.count()))
        return [item.text() for item in items if item.data(ENTRY) is None]

    def place(self, under: QWidget) -> None:
        """Stand under the box, as wide as it, and as high as the lines need and the window lets it."""
        self._under = under
        window = self.parentWidget() or self.window()
        at = under.mapTo(window, QPoint(0, under.height() + 2))
        lines = sum(self.list.sizeHintForRow(row) for row in range(self.list.count()))
        height = min(lines, SHOWN_ROWS * Size.ROW) + 2 * Space.XS + 4
        if not self._foot.isHidden():
            width = under.width() - 2 * Space.XS - 3 * Space.S - Size.ICON
            height += max(self.note.heightForWidth(width), Size.ICON) + 2 * Space.S
        self.setGeometry(at.x(), at.y(), under.width(), min(height, window.height() - at.y() - Space.S))
        self.list.setVisible(self.list.count() > 0)
        self.show()
        self.raise_()

    def step(self, by: int) -> None:
        """Mark the next or the previous entry; headings are passed over."""
        rows = self._rows()
        if not rows:
            return
        here = self.list.currentRow()
        at = rows.index(here) + by if here in rows else 0
        self.was_moved = True
        self.list.setCurrentRow(rows[at % len(rows)])
        if self.list.currentRow() == rows[0]:
            self.list.scrollToTop()  # its heading belongs to it

    def pick(self) -> None:
        """Choose the marked entry."""
        entry = self.marked
        if entry is not None:
            self.picked.emit(entry)

    def _rows(self) -> list[int]:
        return [row for row in range(self.list.count()) if self._entry(row) is not None]

    def _entry(self, row: int) -> Entry | None:
        item = self.list.item(row)
        found: Entry | None = None if item is None else item.data(ENTRY)
        return found

    def _add_heading(self, section: Section) -> None:
        item = QListWidgetItem(section.heading)
        item.setData(REMARK, section.remark)
        spoken = (section.heading, section.remark)
        item.setData(_ACCESSIBLE, ", ".join(part for part in spoken if part))
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        self.list.addItem(item)

    def _add(self, entry: Entry, heading: str) -> None:
        item = QListWidgetItem(entry.title)
        item.setData(ENTRY, entry)
        spoken = (entry.title, entry.detail, entry.matched, entry.shortcut, heading)
        item.setData(_ACCESSIBLE, ", ".join(part for part in spoken if part))
        item.setData(_TOOLTIP, literal_tooltip("\n".join(part for part in entry[1:3] if part)))
        self.list.addItem(item)

    def _say(self, note: Note) -> None:
        self.note.setText(note.text)
        self.note.set_meaning(note.meaning)
        colour = theme.colours.secondary if note.meaning is None else theme.colours.of(note.meaning)
        self._icon.setPixmap(icons.pixmap(note.icon, colour, Size.ICON, self.devicePixelRatioF()))
        self._foot.setVisible(bool(note.text))

    def _clicked(self, item: QListWidgetItem) -> None:
        if item.data(ENTRY) is not None:
            self.picked.emit(item.data(ENTRY))

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Resize and self.isVisible() and self._under is not None:
            self.place(self._under)
        return super().eventFilter(watched, event)


def _same(one: Entry | None, other: Entry) -> bool:
    return one is not None and one[:3] == other[:3]
