"""What is typed for a preview: contract, amount, and the day on which the money is posted."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from portal_admin.ui.override import override
from portal_admin.ui.theme import Space
from portal_admin.ui.widgets.day_edit import DayEdit
from portal_admin.ui.widgets.form import Field, Form


class PreviewForm(Form):
    """`entered` on Enter in any field. The day is the company's today until somebody chooses another."""

    entered = Signal()

    def __init__(self, today: date, *, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._chosen = False
        self.contract = QLineEdit()
        self.contract.setMaxLength(64)
        self.amount = QLineEdit()
        self.amount.setMaxLength(24)
        self.amount.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.on = DayEdit(self.tr("Posted on"))
        self.show_day(today)
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        for key, label, control, share in (
            ("contract", self.tr("&Contract"), self.contract, 4),
            ("amount", self.tr("&Amount"), self.amount, 3),
            ("on", self.tr("Posted &on"), self.on, 4),
        ):
            self.fields[key] = Field(label, control)
            control.setAccessibleName(label.replace("&", ""))
            row.addWidget(self.fields[key], share, Qt.AlignmentFlag.AlignTop)
        self.column.addLayout(row)
        self.on.dateChanged.connect(self._choose)

    @property
    def day(self) -> date | None:
        """The day that was chosen, None for the company's today."""
        return self.on.day if self._chosen else None

    def show_day(self, day: date) -> None:
        """Show the day that was meant, without choosing it."""
        with QSignalBlocker(self.on):
            self.on.show_day(day)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit()
            return
        super().keyPressEvent(event)

    def _choose(self) -> None:
        self._chosen = True
