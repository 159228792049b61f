"""What happened to the caller last, newest first and in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from portal_admin.domain.audit_values import NONE, Change
from portal_admin.domain.people import EndUser
from portal_admin.errors import NotFound
from portal_admin.services.desk import Desk
from portal_admin.services.story import Moment, Story, story
from portal_admin.ui.navigation import Target
from portal_admin.ui.override import override
from portal_admin.ui.panels.caller_part import CallerPart
from portal_admin.ui.tables.list_table import ListTable
from portal_admin.ui.tables.rows import Cell, Column, Kind, Row
from portal_admin.ui.theme import Meaning, Space
from portal_admin.ui.widgets.ages import clock_text, zone_text
from portal_admin.ui.widgets.buttons import button
from portal_admin.ui.widgets.text import PlainLabel

SHOWN = 50
Lines = tuple[Story | None, Sequence[Row]]


class CallerEvents(CallerPart[Lines]):
    """The last events; the whole story is one press away, in the audit."""

    opened = Signal(object)

    def __init__(self, desk: Desk, *, parent: QWidget | None = None) -> None:
        content = QWidget()
        super().__init__(desk, content, parent=parent)
        self.table = ListTable(
            (
                Column("at", self.tr("When"), 124, Kind.ID),
                Column("what", self.tr("What happened"), 240, stretch=True),
                Column("who", self.tr("By"), 132, Kind.SECONDARY),
            ),
            name=self.tr("Last events"),
            always=2,
        )
        self.left_out = PlainLabel(kind="secondary")
        self.story_button = button(self.tr("Whole story"), self._open_story, kind="link")
        foot = QHBoxLayout()
        foot.setContentsMargins(Space.L, 0, Space.L, Space.XS)
        foot.addWidget(self.left_out, 1)
        foot.addWidget(self.story_button)
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.XS)
        column.addWidget(self.table, 1)
        column.addLayout(foot)
        self.table.opened.connect(lambda _key: self._open_story())

    @override
    def look(self, user: EndUser) -> Lines:
        try:
            found = story(self.desk, site=user.site, email=user.email)
        except NotFound:
            return None, ()
        now = self.desk.clock()
        told = len(found.emails) > 1
        return found, [
            _row(number, one, now, tell_address=told) for number, one in enumerate(found.moments[:SHOWN])
        ]

    @override
    def fill(self, answer: Lines) -> int:
        found, rows = answer
        self.table.set_rows(rows)
        count = 0 if found is None else len(found.moments)
        older = count - len(rows)
        self.left_out.setText(self.tr("{n} older in the audit").format(n=f"{older:,}") if older else "")
        return count

    @override
    def nothing_words(self) -> str:
        return self.tr("Nothing was done yet that the audit tells of.")

    def _open_story(self) -> None:
        if self.user is not None:
            self.opened.emit(Target("audit", site=self.user.site, email=self.user.email))


def _row(number: int, moment: Moment, now: datetime, *, tell_address: bool) -> Row:
    said = [zone_text(moment.at), *map(_change_words, moment.changes)]
    if moment.reason:
        said.append(_tr("Reason: {why}").format(why=moment.reason))
    if moment.attention:
        said.append(moment.attention)
    if tell_address:
        said.append(_tr("at {email}").format(email=moment.email))
    details = "\n".join(said)
    what = Cell(moment.headline, tooltip=details)
    if moment.attention:
        what = Cell(moment.headline, Meaning.ATTENTION, "warning", tooltip=details)
    return Row(number, (Cell(clock_text(moment.at, now), tooltip=zone_text(moment.at)), what, moment.who))


def _change_words(change: Change) -> str:
    if change.before is None:
        return f"{change.name}: {change.after or NONE}"
    return f"{change.name}: {change.before} → {change.after or NONE}"


def _tr(text: str) -> str:
    return QCoreApplication.translate("CallerEvents", text)
