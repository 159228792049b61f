"""The top of a page: its title, one line that says what it is for, and its actions."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QToolButton, QVBoxLayout, QWidget

from portal_admin.ui.icons import set_icon
from portal_admin.ui.theme import Space
from portal_admin.ui.widgets.buttons import button, icon_button
from portal_admin.ui.widgets.text import ElidedLabel, PlainLabel


class PageHeader(QWidget):
    """Title, purpose, an optional primary action and a menu of further ones."""

    def __init__(self, title: str, purpose: str, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = PlainLabel(title, kind="page")
        self.purpose = ElidedLabel(purpose, kind="secondary")
        self.actions_row = QHBoxLayout()
        self.actions_row.setSpacing(Space.S)
        self._more: QToolButton | None = None
        words = QVBoxLayout()
        words.setSpacing(Space.XS)
        words.addWidget(self.title)
        words.addWidget(self.purpose)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.L)
        row.addLayout(words, 1)
        row.addLayout(self.actions_row)

    def set_primary(
        self, text: str, pressed: Callable[[], object], *, icon: str | None = None
    ) -> QPushButton:
        """The page's one primary action."""
        return self._add(button(text, pressed, kind="primary", icon=icon))

    def add_action(self, text: str, pressed: Callable[[], object], *, icon: str | None = None) -> QPushButton:
        """An ordinary button left of the primary one."""
        return self._add(button(text, pressed, icon=icon), first=True)

    def add_more(self, text: str, pressed: Callable[[], object], *, icon: str | None = None) -> QAction:
        """An entry of the ⋯ menu."""
        if self._more is None:
            self._more = icon_button("more", self.tr("More actions"))
            self._more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
            self._more.setMenu(QMenu(self._more))
            self.actions_row.addWidget(self._more)
        action = QAction(text, self)
        if icon:
            set_icon(action, icon)
        action.triggered.connect(lambda _checked=False: pressed())
        self._more.menu().addAction(action)
        return action

    def _add(self, made: QPushButton, *, first: bool = False) -> QPushButton:
        self.actions_row.insertWidget(
            0 if first or self._more is None else self.actions_row.count() - 1, made
        )
        return made
