"""A search box that waits for the typing to pause."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from portal_admin.ui import background
from portal_admin.ui.icons import set_icon
from portal_admin.ui.override import override

PAUSE = 150


class SearchField(QLineEdit):
    """Emits `searched` with the trimmed text after a pause of 150 ms, at once on Enter; Esc clears."""

    searched = Signal(str)

    def __init__(self, name: str, *, placeholder: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setPlaceholderText(placeholder or name)
        self.setClearButtonEnabled(True)
        self.setMaxLength(400)
        self._last = ""
        mark = QAction(self)
        set_icon(mark, "search", "secondary")
        self.addAction(mark, QLineEdit.ActionPosition.LeadingPosition)
        self.textChanged.connect(self._pause)
        self.returnPressed.connect(self._search)

    def _pause(self) -> None:
        background.later(self, PAUSE, self._search, replaces="search")

    def _search(self) -> None:
        text = self.text().strip()
        if text != self._last:
            self._last = text
            self.searched.emit(text)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
            return
        super().keyPressEvent(event)
