"""Choices on one line each, so that all steps stand on one page: name, box, and an error under it."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QGridLayout, QWidget

from portal_admin.errors import InvalidInput
from portal_admin.ui.theme import Space
from portal_admin.ui.widgets.scrolling import keep_in_view
from portal_admin.ui.widgets.text import PlainLabel, restyle, set_tooltip

NAME_WIDTH = 88


class Line:
    """One choice: its name, its box, and the error that goes away when it is changed."""

    def __init__(self, name: PlainLabel, box: QComboBox, error: PlainLabel) -> None:
        self.box = box
        self._name = name
        self._error = error
        self._shown = True
        box.currentIndexChanged.connect(lambda _index: self.set_error(""))

    @property
    def error(self) -> str:
        """The error now shown, empty when there is none."""
        return self._error.text()

    @property
    def is_shown(self) -> bool:
        """Whether the choice is offered at all."""
        return self._shown

    def set_shown(self, shown: bool) -> None:
        """Offer the choice, or not."""
        self._shown = shown
        for part in (self._name, self.box):
            part.setVisible(shown)

    def set_error(self, message: str) -> None:
        """Say what is wrong; an empty message takes it away."""
        self._error.setText(message)
        self._error.setVisible(bool(message))
        self.box.setAccessibleDescription(message)
        restyle(self.box, wrong="true" if message else "false")


class LineForm(QWidget):
    """Choices found again by the `field` of the InvalidInput that belongs to them."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines: dict[str, Line] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(Space.S)
        self._grid.setVerticalSpacing(Space.S)
        self._grid.setColumnMinimumWidth(0, NAME_WIDTH)
        self._grid.setColumnStretch(1, 1)

    def add(self, key: str, name: str) -> QComboBox:
        """Append a choice and return its box, whose width does not follow what a file calls its parts."""
        label = PlainLabel(name)
        box = QComboBox()
        box.setMinimumContentsLength(10)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        label.setBuddy(box)
        box.setAccessibleName(name.replace("&", ""))  # Qt would tell what is chosen in place of the name
        error = PlainLabel(kind="error", wrap=True)
        at = self._grid.rowCount()
        self._grid.addWidget(label, at, 0)
        self._grid.addWidget(box, at, 1)
        self._grid.addWidget(error, at + 1, 1)
        error.hide()
        box.currentTextChanged.connect(
            lambda text: set_tooltip(box, text)
        )  # names may be longer than the box
        self.lines[key] = Line(label, box, error)
        return box

    def show_error(self, error: InvalidInput) -> bool:
        """Put an error under its choice and go there; False when there is no such choice here."""
        line = self.lines.get(error.field)
        if line is None or not line.is_shown:
            return False
        line.set_error(error.message)
        line.box.setFocus()
        keep_in_view(line.box)
        return True

    def clear_errors(self) -> None:
        """Take all errors away."""
        for line in self.lines.values():
            line.set_error("")
