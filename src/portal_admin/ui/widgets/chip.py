"""A status as a word on a tinted ground."""

from __future__ import annotations

from PySide6.QtWidgets import QSizePolicy, QWidget

from portal_admin.ui.theme import Meaning
from portal_admin.ui.widgets.text import PlainLabel, restyle, set_shown

STATUS_MEANINGS = {"Pending": Meaning.ATTENTION, "Active": Meaning.GOOD, "Inactive": Meaning.NEUTRAL}


class StatusChip(PlainLabel):
    """A word with its meaning; an end user's status finds its meaning by itself."""

    def __init__(
        self, text: str = "", meaning: Meaning | None = None, *, parent: QWidget | None = None
    ) -> None:
        super().__init__(text, kind="chip", parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)
        self.setIndent(0)  # a label with a frame would add half a letter to the padding
        self.set(text, meaning)

    def set(self, text: str, meaning: Meaning | None = None) -> None:
        """Show another status; an empty text hides the chip."""
        self.setText(text)
        set_shown(self, bool(text))
        restyle(self, meaning=(meaning or STATUS_MEANINGS.get(text, Meaning.NEUTRAL)).value)
