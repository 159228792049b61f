"""The parts below the contracts, one at a time, each with how much there is of it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from portal_admin.domain.people import EndUser
from portal_admin.ui.panels.caller_part import CallerPart
from portal_admin.ui.tab_order import stops
from portal_admin.ui.theme import Space


class LowerTabs(QFrame):
    """Alt and the marked letter choose a part; `opened` carries the Target that a part wants to go to."""

    opened = Signal(object)

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "panel")
        self.bar = QTabBar()
        self.bar.setObjectName("parts")
        self.bar.setDrawBase(False)
        self.bar.setExpanding(False)
        self.bar.setUsesScrollButtons(True)
        self.bar.setAccessibleName(self.tr("About the caller"))
        self.stack = QStackedWidget()
        self.parts: list[QWidget] = []
        self._titles: list[str] = []
        self._off: set[int] = set()
        line = QFrame()
        line.setProperty("kind", "line")
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        top = QVBoxLayout()
        top.setContentsMargins(Space.XS, 0, Space.XS, 0)
        top.addWidget(self.bar)
        column.addLayout(top)
        column.addWidget(line)
        column.addWidget(self.stack, 1)
        self.bar.currentChanged.connect(self.stack.setCurrentIndex)

    def add(self, title: str, part: QWidget, *, scrolls: bool = False) -> None:
        """Append a part, which scrolls where it has no list of its own; a CallerPart counts by itself."""
        place = len(self.parts)
        self.parts.append(part)
        self._titles.append(title)
        self.stack.addWidget(_scrolling(part) if scrolls else part)
        self.bar.addTab(title)
        if isinstance(part, CallerPart):
            part.counted.connect(lambda count: self.count(place, count))
            opened = getattr(part, "opened", None)
            if opened is not None:
                opened.connect(self.opened)

    def count(self, place: int, count: int) -> None:
        """Say in the tab how much there is; less than none is not known."""
        number = "?" if count < 0 else f"{count:,}"
        self.bar.setTabText(place, f"{self._titles[place]} {number}")
        told = self.tr("Could not look") if count < 0 else ""
        self.bar.setTabToolTip(place, told)

    def switch_off(self, part: QWidget, off: bool) -> None:
        """Take a part away altogether, or bring it back."""
        place = self.parts.index(part)
        self._off = self._off | {place} if off else self._off - {place}
        self.bar.setTabVisible(place, not off)
        if off and self.bar.currentIndex() == place:
            self.bar.setCurrentIndex(next(n for n in range(len(self.parts)) if n not in self._off))

    def show_caller(self, user: EndUser) -> None:
        """Let every part that is not switched off read for this person."""
        for place, part in enumerate(self.parts):
            if isinstance(part, CallerPart) and place not in self._off:
                part.show_caller(user)

    def choose(self, part: QWidget) -> None:
        """Show a part and put the keyboard into it."""
        self.bar.setCurrentIndex(self.parts.index(part))
        found = stops(part)
        (found[0] if found else self.bar).setFocus()


def _scrolling(part: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(part)
    return area


def at_top(part: QWidget) -> QWidget:
    """The part as high as it needs to be, and nothing below it."""
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(part)
    column.addStretch(1)
    return holder
