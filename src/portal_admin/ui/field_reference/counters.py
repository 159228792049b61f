"""How many fields are equal, differ and so on; each number is also a filter."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from portal_admin.domain.fields import State
from portal_admin.ui.field_reference.lines import LOOKS
from portal_admin.ui.icons import set_icon
from portal_admin.ui.theme import Space
from portal_admin.ui.widgets.buttons import ToolButton

# The two that a rep asks about are always there, even at nought.
ALWAYS = (State.EQUAL, State.DIFFERS)


class Counters(QWidget):
    """Emits `filtered` with the state to show, None for all of them."""

    filtered = Signal(object)

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._buttons: dict[State, QToolButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.XS)
        for state in State:
            self._buttons[state] = made = ToolButton()
            made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            made.setCheckable(True)
            set_icon(made, LOOKS[state].icon, LOOKS[state].meaning.value)
            made.clicked.connect(lambda checked=False, state=state: self._chosen(state, checked))
            row.addWidget(made)
        self.hide()

    @property
    def chosen(self) -> State | None:
        """The state that is filtered by."""
        return next((state for state, made in self._buttons.items() if made.isChecked()), None)

    def show_counts(self, counts: Mapping[State, int]) -> None:
        """Show the numbers of a new sheet; a filter whose rows are gone is taken off."""
        for state, made in self._buttons.items():
            count = counts.get(state, 0)
            made.setText(self._words(state).format(n=count))
            made.setAccessibleName(self.tr("Show only: {words}").format(words=made.text()))
            made.setVisible(bool(count) or state in ALWAYS)
            if not count:
                made.setChecked(False)
        self.show()

    def clear(self) -> None:
        """No sheet, no numbers, no filter."""
        self.uncheck()
        self.hide()

    def uncheck(self) -> None:
        """Take the filter off."""
        for made in self._buttons.values():
            made.setChecked(False)

    def _chosen(self, state: State, checked: bool) -> None:
        for other, made in self._buttons.items():
            made.setChecked(checked and other is state)
        self.filtered.emit(self.chosen)

    def _words(self, state: State) -> str:
        return {
            State.EQUAL: self.tr("{n} equal"),
            State.DIFFERS: self.tr("{n} differ"),
            State.STALE: self.tr("{n} stale"),
            State.NOT_STORED: self.tr("{n} not stored"),
            State.NOT_READABLE: self.tr("{n} not readable"),
            State.NOT_APPLICABLE: self.tr("{n} do not apply"),
            State.NOT_COMPARED: self.tr("{n} portal only"),
        }[state]
