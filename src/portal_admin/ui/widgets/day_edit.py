"""A day to type or choose."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QDate
from PySide6.QtWidgets import QAbstractSpinBox, QDateEdit, QWidget

from portal_admin.ui.override import override


class DayEdit(QDateEdit):
    """Tab leaves it as it leaves every other field; within it the arrows go from day to month to year."""

    def __init__(self, name: str, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setDisplayFormat("d MMM yyyy")
        self.setCalendarPopup(True)
        for widget in (self, self.lineEdit()):
            widget.setAccessibleName(name)

    @property
    def day(self) -> date:
        """The day that it shows."""
        found = self.date()
        return date(found.year(), found.month(), found.day())

    def show_day(self, day: date) -> None:
        """Show this one."""
        self.setDate(QDate(day.year, day.month, day.day))

    @override
    def focusNextPrevChild(self, forward: bool) -> bool:
        # Qt would stop at each part of the date.
        return QAbstractSpinBox.focusNextPrevChild(self, forward)
