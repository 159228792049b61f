"""Forms: each field has its label, its control, and its error in words under it."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from portal_admin.errors import InvalidInput
from portal_admin.ui.theme import Space
from portal_admin.ui.widgets.scrolling import Together, keep_in_view
from portal_admin.ui.widgets.text import PlainLabel, quoted, restyle, set_shown

Control = TypeVar("Control", bound=QWidget)


class Field(Together):
    """A label bound to its control, a hint, and an error that goes away as soon as the control is edited."""

    def __init__(
        self, label: str, control: QWidget, *, hint: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.control = control
        self._hint = hint
        self.label = PlainLabel(label)
        self.label.setBuddy(control)
        if isinstance(control, QComboBox):
            # Qt would name a box after what is chosen in it.
            control.setAccessibleName(self.label.text().replace("&", ""))
        self.note = PlainLabel(hint, kind="secondary", wrap=True)
        set_shown(self.note, bool(hint))
        control.setAccessibleDescription(hint)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.XS)
        for widget in (self.label, control, self.note):
            column.addWidget(widget)
        self._watch(control)

    @property
    def error(self) -> str:
        """The error now shown, empty when there is none."""
        return self.note.text() if self.note.property("kind") == "error" else ""

    def set_hint(self, hint: str) -> None:
        """Another hint; an error that is shown stays."""
        self._hint = hint
        if not self.error:
            self.set_error("")

    def set_error(self, message: str) -> None:
        """Show an error under the control; an empty message brings the hint back."""
        message = quoted(message)
        restyle(self.note, kind="error" if message else "secondary")
        self.note.setText(message or self._hint)
        self.note.setVisible(bool(message or self._hint))
        self.control.setAccessibleDescription(message or self._hint)
        restyle(self.control, wrong="true" if message else "false")

    def _watch(self, control: QWidget) -> None:
        if isinstance(control, QLineEdit | QPlainTextEdit):
            control.textChanged.connect(self._edited)
        elif isinstance(control, QComboBox):
            control.currentIndexChanged.connect(self._edited)

    def _edited(self) -> None:
        if self.error:
            self.set_error("")


class Form(QWidget):
    """A column of fields, found again by key."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fields: dict[str, Field] = {}
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(Space.M)

    def add(self, key: str, label: str, control: Control, *, hint: str = "") -> Control:
        """Append a field and return its control; `key` is the `field` of the InvalidInput that belongs to it."""
        self.fields[key] = Field(label, control, hint=hint)
        self.column.addWidget(self.fields[key])
        return control

    def show_error(self, error: InvalidInput) -> bool:
        """Put an error under its field and focus it; False when the form has no such field."""
        field = self.fields.get(error.field)
        if field is None:
            return False
        field.set_error(error.message)
        field.control.setFocus()
        keep_in_view(field)
        return True

    def clear_errors(self) -> None:
        """Take all errors away."""
        for field in self.fields.values():
            field.set_error("")
