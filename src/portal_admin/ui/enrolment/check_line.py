"""One check of a rehearsal: its mark and fact, what is on file, what to say on the phone, and the way out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from portal_admin.domain.permissions import Permission
from portal_admin.domain.verdict import Check, Result
from portal_admin.ui.panels.enrolment.words import subject, tr
from portal_admin.ui.rights import Rights
from portal_admin.ui.theme import Meaning, Space
from portal_admin.ui.widgets.ages import clock_text, zone_text
from portal_admin.ui.widgets.buttons import CopyButton, button
from portal_admin.ui.widgets.finding import MARKS, result_words
from portal_admin.ui.widgets.mark import Mark
from portal_admin.ui.widgets.revealed import Revealed
from portal_admin.ui.widgets.text import PlainLabel, set_tooltip

Reveal = Callable[[], Sequence[str]]


class CheckLine(QWidget):
    """`pressed` says that the button of the way out was pressed, `unrevealed` carries why nothing could be shown."""

    pressed = Signal()
    unrevealed = Signal(object)

    def __init__(
        self, check: Check, *, now: datetime, rights: Rights, way_out: str, reveal: Reveal | None
    ) -> None:
        super().__init__()
        self.check = check
        self._column = QVBoxLayout()
        self._column.setSpacing(Space.XS)
        icon, meaning = MARKS[check.result]
        mark = Mark(icon, meaning.value)
        mark.setAccessibleName(result_words(check.result))
        grid = QGridLayout(self)
        grid.setContentsMargins(0, Space.S, 0, Space.S)
        grid.setHorizontalSpacing(Space.S)
        grid.setColumnStretch(1, 1)
        grid.addWidget(mark, 0, 0, Qt.AlignmentFlag.AlignTop)
        grid.addLayout(self._column, 0, 1)
        self._add_fact(check, now)
        if check.evidence.get("aspire") == "not_read":
            words = tr("Not compared with ASPIRE: {why}").format(why=check.evidence["aspire_reason"])
            self._column.addWidget(PlainLabel(words, kind="secondary", wrap=True, meaning=Meaning.UNKNOWN))
        self._add_words(check.evidence.get("say"))
        self._add_way_out(check, way_out)
        lines = on_file(check)
        if lines:
            self._add_on_file(lines, rights, reveal)
        self.setAccessibleName(f"{result_words(check.result)}, {subject(check.name)}: {check.sentence}")

    def _add_fact(self, check: Check, now: datetime) -> None:
        head = QHBoxLayout()
        head.setSpacing(Space.S)
        named = subject(check.name)
        head.addWidget(PlainLabel(named[:1].upper() + named[1:], kind="strong"), 1)
        if check.as_of is not None:
            age = PlainLabel(clock_text(check.as_of, now), kind="secondary")
            set_tooltip(age, zone_text(check.as_of))
            head.addWidget(age)
        self._column.addLayout(head)
        sentence = PlainLabel(check.sentence, wrap=True)
        set_tooltip(sentence, tr("Rests on: {source}").format(source=check.source))
        self._column.addWidget(sentence)

    def _add_on_file(self, lines: Sequence[str], rights: Rights, reveal: Reveal | None) -> None:
        named = subject(self.check.name)
        shown = Revealed(
            tr("On file"),
            name=tr("{what} on file").format(what=named),
            rights=rights,
            permission=Permission.REVEAL,
        )
        shown.show_masked(lines, reveal)
        shown.failed.connect(self.unrevealed)
        self.revealed = shown
        self._column.addWidget(shown)

    def _add_words(self, said: str | None) -> None:
        if not said:
            return
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        row.addWidget(Mark("phone", "secondary"), 0, Qt.AlignmentFlag.AlignTop)
        words = PlainLabel(f"“{said}”", wrap=True)
        words.setAlignment(Qt.AlignmentFlag.AlignTop)  # on the line of the icon, however high the button is
        row.addWidget(words, 1)
        row.addWidget(
            CopyButton(
                tr("Copy what to say about the {what}").format(what=subject(self.check.name)), lambda: said
            ),
            0,
            Qt.AlignmentFlag.AlignTop,
        )
        self._column.addLayout(row)

    def _add_way_out(self, check: Check, way_out: str) -> None:
        if check.fix:
            self._column.addWidget(PlainLabel(check.fix, kind="secondary", wrap=True))
        if way_out:
            row = QHBoxLayout()
            self.button = button(way_out, self.pressed.emit)
            row.addWidget(self.button)
            row.addStretch(1)
            self._column.addLayout(row)


def on_file(check: Check) -> tuple[str, ...]:
    """What ASPIRE has, masked, as lines."""
    if check.result is Result.UNKNOWN:
        return ()
    evidence: dict[str, Any] = dict(check.evidence)
    if check.name == "email":
        kept = ", ".join(evidence.get("on_file") or ())
        bill_to = ", ".join(evidence.get("bill_to") or ())
        told = tr("Bill-To: {emails}").format(emails=bill_to) if bill_to else ""
        return tuple(line for line in (kept, told) if line)
    if check.name == "postal_code" and evidence.get("on_file"):
        country = evidence.get("country") or tr("no country")
        return (tr("{code}, {country}").format(code=evidence["on_file"], country=country),)
    return ()
