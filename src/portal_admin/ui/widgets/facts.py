"""Names and facts in columns, each name on the first line of its fact."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from portal_admin.ui.theme import Space, Type
from portal_admin.ui.widgets.text import PlainLabel

_LOWER = Type.BODY - Type.SECONDARY  # brings the smaller letters of a name down to the line of its fact


class FactGrid(QGridLayout):
    """Append lines with `add_fact`; heads and whole lines can be added as to any grid."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__()
        if parent is not None:
            parent.setLayout(self)
        self.setContentsMargins(0, 0, 0, 0)
        self.setHorizontalSpacing(Space.M)
        self.setVerticalSpacing(Space.XS)

    def add_fact(self, name: str, *values: QWidget) -> None:
        """A name and what it has in each column, which share the width."""
        line = self.rowCount()
        label = PlainLabel(name, kind="secondary")
        label.setContentsMargins(0, _LOWER, 0, 0)
        self.addWidget(label, line, 0, Qt.AlignmentFlag.AlignTop)
        for column, value in enumerate(values, start=1):
            self.addWidget(value, line, column, Qt.AlignmentFlag.AlignTop)
            self.setColumnStretch(column, 1)
