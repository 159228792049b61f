"""A link of outside text that elides where it does not fit."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from portal_admin.ui.icons import set_icon
from portal_admin.ui.override import override
from portal_admin.ui.theme import Space
from portal_admin.ui.widgets.buttons import PushButton
from portal_admin.ui.widgets.text import set_tooltip


class ElidedLink(PushButton):
    """Its tooltip says the whole text and what pressing it does."""

    def __init__(self, pressed: Callable[[], object], *, icon: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = ""
        self.setAutoDefault(False)
        self.setProperty("kind", "link")
        self.setProperty("dense", "true")  # it stands in line with words, and begins where they do
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        set_icon(self, icon, "accent")
        self.clicked.connect(lambda _checked=False: pressed())

    def set_words(self, words: str, *, name: str, tooltip: str = "") -> None:
        """Show the words; `name` is what a screen reader says, and the tooltip where there is none."""
        self._words = " ".join(words.split())
        self.setAccessibleName(name)
        set_tooltip(self, tooltip or name)
        self._fit()
        self.updateGeometry()

    @property
    def words(self) -> str:
        """The whole text."""
        return self._words

    @override
    def sizeHint(self) -> QSize:
        # One more, because letters end between two pixels, and what does not quite fit is elided.
        width = self._around + self.fontMetrics().horizontalAdvance(self._words) + 1
        return QSize(width, super().sizeHint().height())

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(self._around, super().minimumSizeHint().height())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    @property
    def _around(self) -> int:
        """The width of icon, frame and what is between icon and words."""
        return self.iconSize().width() + Space.XS + 2

    def _fit(self) -> None:
        room = max(0, self.width() - self._around)
        shown = self.fontMetrics().elidedText(self._words, Qt.TextElideMode.ElideRight, room)
        self.setText(shown.replace("&", "&&"))  # a name is no place for a key
