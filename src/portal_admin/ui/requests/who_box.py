"""Who has a request: a choice takes effect at once, so nothing is chosen in passing."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QWidget

from portal_admin.ui.override import override
from portal_admin.ui.panels.requests.words import tr

_NOBODY = ""
_LEAVING = (Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Escape)


class WhoBox(QComboBox):
    """`chosen` carries a name, or None for nobody; arrows and letters open the list instead of walking through it."""

    chosen = Signal(object)

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Has it"))
        self.setMinimumContentsLength(8)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.addItem(tr("nobody"), _NOBODY)
        self.activated.connect(lambda _index: self.chosen.emit(self.currentData() or None))

    def set_names(self, names: Iterable[str]) -> None:
        """Offer these operators, keeping who is shown."""
        shown = self.currentData()
        with QSignalBlocker(self):
            while self.count() > 1:
                self.removeItem(1)
            for name in names:
                self.addItem(name, name)
        self.show_name(shown or None)

    def show_name(self, name: str | None) -> None:
        """Show who has it, also somebody who may not any more."""
        with QSignalBlocker(self):
            if self.findData(name or _NOBODY) < 0:
                self.addItem(str(name), name)
            self.setCurrentIndex(self.findData(name or _NOBODY))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        modified = event.modifiers() & ~(
            Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
        )
        if event.key() in _LEAVING or modified:
            super().keyPressEvent(event)
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Space, Qt.Key.Key_F4) or event.text():
            self.showPopup()
        else:
            super().keyPressEvent(event)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # whoever scrolls past means the page
