"""The parts of the details: one side's value, and the facts of the catalogue entry."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from portal_admin.domain import field_words
from portal_admin.domain.fields import Field, FieldSheet, Reading
from portal_admin.ui.field_reference.lines import value_text
from portal_admin.ui.theme import Space
from portal_admin.ui.widgets.ages import AgeLabel
from portal_admin.ui.widgets.buttons import CopyButton
from portal_admin.ui.widgets.facts import FactGrid
from portal_admin.ui.widgets.text import CopyLabel, PlainLabel


class ValueView(QWidget):
    """A caption, a value that can be copied, and its age."""

    def __init__(self, caption: str, copy_name: str) -> None:
        super().__init__()
        self.value = CopyLabel()
        self.value.setWordWrap(True)
        self.value.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.value.setAccessibleName(caption)
        self.age = AgeLabel()
        self.copy = CopyButton(copy_name, self.value.text)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(Space.S)
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(0, 1)
        grid.addWidget(PlainLabel(caption, kind="secondary"), 0, 0)
        grid.addWidget(self.copy, 0, 1, Qt.AlignmentFlag.AlignRight)
        grid.addWidget(self.value, 1, 0, 1, 2)
        grid.addWidget(self.age, 2, 0, 1, 2)
        self._caption = caption

    def show_value(self, side: Reading | None, sheet: FieldSheet, *, stale: bool = False) -> None:
        """Show one side of a row."""
        known = side is not None and side.found and side.problem is None
        text = value_text(side, sheet) if known else self._absence(side)
        self.value.setText(text)
        self.value.setAccessibleName(f"{self._caption}: {text}")
        self.copy.setEnabled(known)
        at = side.as_of if side is not None and known else None
        self.age.setVisible(at is not None)
        if at is not None:
            self.age.set(at, now=sheet.looked_at, stale=stale)

    def _absence(self, side: Reading | None) -> str:
        unread = side is not None and side.problem is not None
        return self.tr("Could not be read") if unread else self.tr("Not kept")


class FactsView(QWidget):
    """Names and facts of the catalogue entry."""

    def __init__(self) -> None:
        super().__init__()
        self._values: dict[str, PlainLabel] = {}
        grid = FactGrid(self)
        grid.setContentsMargins(0, Space.XS, 0, 0)
        names = {
            "screen": self.tr("ASPIRE screen"),
            "record": self.tr("Record"),
            "cadence": self.tr("Updated"),
            "condition": self.tr("Shown"),
            "provenance": self.tr("Rests on"),
        }
        for key, name in names.items():
            self._values[key] = PlainLabel(wrap=True)
            grid.add_fact(name, self._values[key])

    def show_facts(self, field: Field) -> None:
        """Show where a field comes from."""
        self._values["screen"].setText(field.aspire_screen)
        self._values["record"].setText(field.record or field_words.NOTHING)
        self._values["cadence"].setText(field_words.cadence_words(field))
        self._values["condition"].setText(field_words.condition(field))
        self._values["provenance"].setText(field_words.provenance(field))
