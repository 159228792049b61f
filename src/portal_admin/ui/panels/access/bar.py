"""A line that stands over a panel's content and says what must not be overlooked."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout

from portal_admin.ui.theme import Meaning, Space
from portal_admin.ui.widgets.mark import Mark
from portal_admin.ui.widgets.text import PlainLabel, restyle


class Bar(QFrame):
    """Hidden while it has nothing to say."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "bar")
        self._mark = Mark("info")
        self._label = PlainLabel(wrap=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.M, Space.XS, Space.M, Space.XS)
        row.setSpacing(Space.S)
        row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._label, 1)
        self.hide()

    @property
    def text(self) -> str:
        """What the bar says, empty when it is hidden."""
        return "" if self.isHidden() else self._label.text()

    def say(self, text: str, meaning: Meaning, icon: str) -> None:
        """Say something; an empty text hides the bar."""
        restyle(self, meaning=meaning.value)
        self._mark.set(icon, meaning.value)
        self._label.setText(text)
        self.setAccessibleName(text)
        self.setVisible(bool(text))
