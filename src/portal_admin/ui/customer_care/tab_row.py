"""The callers as tabs: the first finds somebody, each of the others is one caller."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QTabBar, QWidget

from portal_admin.ui.icons import icon
from portal_admin.ui.override import override
from portal_admin.ui.theme import Size, Space, theme
from portal_admin.ui.widgets.buttons import icon_button
from portal_admin.ui.widgets.text import literal_tooltip

LONGEST = 26
LEAST = Size.NAVIGATION - Size.ROW
CLOSE = Size.ICON_LARGE


class TabRow(QTabBar):
    """`closed` carries the place of the tab that is to be closed; the first one stays."""

    closed = Signal(int)

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("callers")
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setUsesScrollButtons(True)
        self.setElideMode(Qt.TextElideMode.ElideRight)
        self.setAccessibleName(self.tr("Callers"))
        self.addTab(self.tr("Find a caller"))
        self.setTabToolTip(0, "Ctrl+T")
        self._tint()
        theme.changed.connect(self._tint)

    def add(self, words: str, told: str) -> int:
        """Append a tab and return its place; `told` is the whole of who it is."""
        place = self.addTab("")
        close = icon_button("cross", self.tr("Close {who} (Ctrl+W)").format(who=told))
        close.setFixedSize(CLOSE, CLOSE)
        close.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Ctrl+W does the same
        close.clicked.connect(lambda _checked=False: self._close(close))
        self.setTabButton(place, QTabBar.ButtonPosition.RightSide, close)
        self.name(place, words, told)
        return place

    def name(self, place: int, words: str, told: str, *, dirty: bool = False) -> None:
        """Name a tab; a mark says that a note was not saved."""
        shown = " ".join(words.split())
        shown = shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 1]}…"
        mark = "• " if dirty else ""
        self.setTabText(place, f"{mark}{shown}".replace("&", "&&"))
        unsaved = self.tr("a note is not saved")
        self.setTabToolTip(place, literal_tooltip(f"{told}\n{unsaved}" if dirty else told))
        self.setAccessibleTabName(place, f"{told}, {unsaved}" if dirty else told)

    @override
    def tabSizeHint(self, index: int) -> QSize:
        """As high without a caller as with one."""
        found = super().tabSizeHint(index)
        return QSize(found.width(), max(found.height(), Size.ROW + Space.S))

    @override
    def minimumTabSizeHint(self, index: int) -> QSize:
        """Names stay readable; what does not fit is scrolled to."""
        whole = self.tabSizeHint(index)
        return QSize(min(whole.width(), LEAST), whole.height())

    def _close(self, close: QWidget) -> None:
        for place in range(self.count()):
            if self.tabButton(place, QTabBar.ButtonPosition.RightSide) is close:
                self.closed.emit(place)
                return

    def _tint(self) -> None:
        self.setTabIcon(0, icon("search", "secondary"))
