"""The panel at the right of a page where things are created, edited and linked."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from portal_admin.ui import background
from portal_admin.ui.messages import MessageBar
from portal_admin.ui.override import override
from portal_admin.ui.theme import Size, Space
from portal_admin.ui.widgets.buttons import button, icon_button
from portal_admin.ui.widgets.scrolling import FormScroll
from portal_admin.ui.widgets.text import ElidedLabel

_BY_TAB = Qt.FocusPolicy.TabFocus


class SidePanel(QFrame):
    """Title, scrolling body and footer buttons; Esc closes it, asks nothing and keeps what was typed."""

    closed = Signal()

    def __init__(self, title: str = "", *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("side")
        self.setFixedWidth(Size.SIDE_PANEL_LEAST)
        self._return_focus: QWidget | None = None
        self.title = ElidedLabel(title, kind="section")
        self.messages = MessageBar()
        self.body = QVBoxLayout()
        self.body.setSpacing(Space.M)
        self.footer = QHBoxLayout()
        self.footer.setSpacing(Space.S)
        self.footer.addStretch(1)
        self._build()
        self.hide()

    def _build(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.title, 1)
        self._close = icon_button("cross", self.tr("Close panel"), self.close_panel)
        top.addWidget(self._close)
        top.setContentsMargins(0, 0, Space.L, 0)
        said = QVBoxLayout()
        said.setContentsMargins(0, 0, Space.L, 0)
        said.addWidget(self.messages)
        self._scroll = FormScroll(Space.L)
        self._scroll.column.addLayout(self.body)
        self._scroll.column.addStretch(1)
        self.footer.setContentsMargins(0, 0, Space.L, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.L, Space.M, 0, Space.L)
        column.setSpacing(Space.M)
        column.addLayout(top)
        column.addLayout(said)
        column.addWidget(self._scroll, 1)
        column.addLayout(self.footer)

    def fit(self, page_width: int) -> None:
        """Take the width that a page of this width has for a panel."""
        self.setFixedWidth(Size.SIDE_PANEL if page_width >= Size.NARROW_PAGE else Size.SIDE_PANEL_LEAST)

    def add_button(
        self, text: str, pressed: Callable[[], object], *, kind: str = "", icon: str | None = None
    ) -> QPushButton:
        """A footer button, added from left to right; `kind` primary for the one that saves."""
        made = button(text, pressed, kind=kind, icon=icon)
        self.footer.addWidget(made)
        return made

    def open_panel(self, title: str | None = None, *, focus: QWidget | None = None) -> None:
        """Show the panel and put the keyboard into it; the focus goes back where it was on closing."""
        if title is not None:
            self.title.setText(title)
        if not self.isVisible():
            self._return_focus = QApplication.focusWidget()
        self.setAccessibleName(self.title.text())
        self.show()
        (focus or self._first_control()).setFocus()

    def _first_control(self) -> QWidget:
        """The first control of body and footer that Tab reaches, else the close button."""
        found = self._scroll.nextInFocusChain()
        while found is not None and found is not self._scroll:
            if self.isAncestorOf(found) and found.isVisible() and found.focusPolicy() & _BY_TAB:
                return found
            found = found.nextInFocusChain()
        return self._close

    def close_panel(self) -> None:
        """Hide the panel; what was typed stays in its controls, answers on their way to it are dropped."""
        if self.isHidden():
            return
        background.forget(self)
        self.hide()
        before, self._return_focus = self._return_focus, None
        # The button of a message, from which the panel was opened, may be gone with it.
        if before is not None and isValid(before) and before.isVisible():
            before.setFocus()
        self.closed.emit()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_panel()
            return
        super().keyPressEvent(event)
