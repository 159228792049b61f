"""Lines that say how database, ASPIRE and sync are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from portal_admin.domain.verdict import Result
from portal_admin.errors import DeskError
from portal_admin.ui.theme import Space
from portal_admin.ui.widgets.finding import FindingLine
from portal_admin.ui.widgets.state_panel import StatePanel


@dataclass(frozen=True, slots=True)
class Line:
    """One fact, and what to do about it."""

    result: Result
    text: str
    fix: str = ""


class HealthPanel(QFrame):
    """A panel of such lines."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "panel")
        self._shown: list[FindingLine] = []
        content = QWidget()
        self._lines = QVBoxLayout(content)
        self._lines.setContentsMargins(Space.L, Space.M, Space.L, Space.M)
        self._lines.setSpacing(Space.S)
        self.state = StatePanel(content)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.addWidget(self.state)

    def loading(self) -> None:
        """New facts are on their way."""
        self.state.loading()

    def failed(self, error: DeskError, retry: Callable[[], object]) -> None:
        """The facts could not be got."""
        self.state.failed(error, retry)

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show these facts instead of the ones before."""
        for shown in self._shown:
            shown.hide()
            shown.deleteLater()
        self._shown = [FindingLine(line.result, line.text, line.fix) for line in lines]
        for made in self._shown:
            self._lines.addWidget(made)
        self.state.content()
