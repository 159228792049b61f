"""The notes on the caller's calls, newest first, each to be read in full."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from datetime import datetime

from PySide6.QtWidgets import QVBoxLayout, QWidget

from portal_admin.domain.call_notes import CallNote
from portal_admin.domain.people import EndUser
from portal_admin.services.call_notes import list_notes
from portal_admin.services.desk import Desk
from portal_admin.ui.override import override
from portal_admin.ui.panels.caller_part import CallerPart
from portal_admin.ui.tables.list_table import ListTable
from portal_admin.ui.tables.rows import Cell, Column, Kind, Row
from portal_admin.ui.theme import Size, Space
from portal_admin.ui.widgets.ages import clock_text, zone_text
from portal_admin.ui.widgets.scrolling import FormScroll
from portal_admin.ui.widgets.text import PlainLabel, breakable

Lines = tuple[tuple[CallNote, ...], Sequence[Row]]


class CallerNotes(CallerPart[Lines]):
    """A line for each note; the selected one stands below as it was written."""

    def __init__(self, desk: Desk, *, parent: QWidget | None = None) -> None:
        content = QWidget()
        super().__init__(desk, content, parent=parent)
        self.table = ListTable(
            (
                Column("at", self.tr("When"), 124, Kind.ID),
                Column("note", self.tr("Note"), 260, stretch=True),
                Column("contract", self.tr("Contract"), 112, Kind.ID),
                Column("by", self.tr("By"), 110, Kind.SECONDARY),
            ),
            name=self.tr("Notes on calls"),
            always=2,
        )
        self.whole = PlainLabel(wrap=True)
        self._scroll = FormScroll(Space.M)
        self._scroll.column.addWidget(self.whole)
        self._scroll.column.addStretch(1)
        self._scroll.setMaximumHeight(3 * Size.ROW)
        self._notes: dict[Hashable, CallNote] = {}
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.table, 1)
        below = QVBoxLayout()
        below.setContentsMargins(Space.L, Space.XS, 0, Space.XS)
        below.addWidget(self._scroll)
        column.addLayout(below)
        self._scroll.hide()
        self.table.current_changed.connect(self._show_whole)

    @override
    def look(self, user: EndUser) -> Lines:
        found = list_notes(self.desk, user_id=user.id)
        now = self.desk.clock()
        return found, [_row(note, now) for note in found]

    @override
    def fill(self, answer: Lines) -> int:
        found, rows = answer
        self._notes = {note.id: note for note in found}
        self.table.set_rows(rows)
        return len(found)

    @override
    def nothing_words(self) -> str:
        return self.tr("No notes on calls with this person yet. Ctrl+N begins one.")

    def _show_whole(self, key: Hashable | None) -> None:
        note = self._notes.get(key)
        # One line that fits is read in the table already.
        self._scroll.setVisible(note is not None and (len(note.note) > 60 or "\n" in note.note))
        self.whole.setText("" if note is None else breakable(note.note))


def _row(note: CallNote, now: datetime) -> Row:
    told = Cell(" ".join(note.note.split()), tooltip=note.note)
    at = Cell(clock_text(note.at, now), tooltip=zone_text(note.at))
    return Row(note.id, (at, told, note.contract_id or "", note.operator))
