"""An icon that stands beside words and paints itself in the colours in use."""

from __future__ import annotations

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QWidget

from portal_admin.ui import icons
from portal_admin.ui.override import override
from portal_admin.ui.theme import Size, theme


class Mark(QLabel):
    """An icon in a colour of the scheme (`text`, `secondary`, `accent`, `good`, `bad` …)."""

    def __init__(
        self, name: str, colour: str = "text", *, size: int = Size.ICON, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._name, self._colour, self._size = name, colour, size
        self.setFixedSize(size, size)

    def set(self, name: str, colour: str) -> None:
        """Show another icon."""
        self._name, self._colour = name, colour
        self.update()

    @override
    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        colour = theme.colour(self._colour).name()
        painter.drawPixmap(0, 0, icons.pixmap(self._name, colour, self._size, self.devicePixelRatioF()))
