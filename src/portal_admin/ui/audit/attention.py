"""What deserves a look, in words beside a mark."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout

from portal_admin.ui.theme import Meaning, Space
from portal_admin.ui.widgets.mark import Mark
from portal_admin.ui.widgets.text import PlainLabel


def attention_row(words: str) -> QHBoxLayout:
    """A line with its mark; it wraps where a chip would be cut."""
    row = QHBoxLayout()
    row.setSpacing(Space.S)
    row.addWidget(Mark("warning", "attention"), 0, Qt.AlignmentFlag.AlignTop)
    row.addWidget(PlainLabel(words, meaning=Meaning.ATTENTION, wrap=True), 1)
    return row
