"""The top of a page: its title, one line that says what it is for, and its actions."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from portal_admin.ui.override import override
from portal_admin.ui.theme import Space
from portal_admin.ui.widgets.buttons import button
from portal_admin.ui.widgets.text import ElidedLabel, PlainLabel


class _Purpose(ElidedLabel):
    """Said whole or not at all: half a sentence helps nobody, and its room is kept so that nothing moves."""

    @override
    def _fit(self) -> None:
        super()._fit()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.is_elided:
            super().paintEvent(event)


class PageHeader(QWidget):
    """Title, purpose, an optional primary action and further ones left of it."""

    def __init__(self, title: str, purpose: str, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = PlainLabel(title, kind="page")
        self.purpose = _Purpose(purpose, kind="secondary")
        self.actions_row = QHBoxLayout()
        self.actions_row.setSpacing(Space.S)
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
        return self._add(button(text, pressed, kind="primary", icon=icon), at=self.actions_row.count())

    def add_action(self, text: str, pressed: Callable[[], object], *, icon: str | None = None) -> QPushButton:
        """An ordinary button left of the primary one."""
        return self._add(button(text, pressed, icon=icon), at=0)

    def _add(self, made: QPushButton, at: int) -> QPushButton:
        self.actions_row.insertWidget(at, made)
        return made
