"""A button that keeps only its icon where its words do not fit."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from portal_admin.ui.icons import set_icon
from portal_admin.ui.override import override
from portal_admin.ui.theme import Size, Space
from portal_admin.ui.widgets.buttons import PushButton


class FoldingButton(PushButton):
    """Its name stays the same for screen readers, with and without the words."""

    def __init__(
        self, words: str, pressed: Callable[[], object], *, icon: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(words, parent)
        self._words = words
        self._whole: QSize | None = None
        self.setAutoDefault(False)
        self.setAccessibleName(words)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        set_icon(self, icon)
        self.clicked.connect(lambda _checked=False: pressed())

    @override
    def sizeHint(self) -> QSize:
        if self._whole is None and self.text():
            self._whole = super().sizeHint()
        return self._whole or super().sizeHint()

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(Size.ICON + Space.XS + 2 * Space.M, super().minimumSizeHint().height())

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self._whole = None
            self.setText(self._words)
        super().changeEvent(event)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.setText(self._words if self.width() >= self.sizeHint().width() else "")
