"""A value that cannot be edited here, with the reason why."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from portal_admin.ui.theme import Space
from portal_admin.ui.widgets.text import ElidedLabel, PlainLabel


class FixedField(QWidget):
    """Label, value, an action beside it, and why it is fixed."""

    def __init__(self, label: str, reason: str, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = label
        self.value = ElidedLabel(kind="strong")
        self._row = QHBoxLayout()
        self._row.setSpacing(Space.S)
        self._row.addWidget(self.value, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.XS)
        column.addWidget(PlainLabel(label))
        column.addLayout(self._row)
        column.addWidget(PlainLabel(reason, kind="secondary", wrap=True))

    def set(self, value: str) -> None:
        """Show the value."""
        self.value.setText(value)
        self.value.setAccessibleName(f"{self._label}: {value}")

    def add(self, widget: QWidget) -> None:
        """Put an action beside the value."""
        self._row.addWidget(widget)
