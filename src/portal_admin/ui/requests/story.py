"""What was written and done about a request, newest first."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from portal_admin.domain.audit_words import Event
from portal_admin.services.requests.show import RequestDetails
from portal_admin.ui.panels.requests.words import tr
from portal_admin.ui.theme import Space
from portal_admin.ui.widgets.ages import clock_text, zone_text
from portal_admin.ui.widgets.text import PlainLabel, breakable, set_tooltip

# What a note says stands in the note itself.
TOLD_BY_NOTES = frozenset({"request.note"})
SHOWN = 30


class RequestStory(QWidget):
    """Replies stand out, because the caller has read them; every deed of the audit is one quiet line."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(Space.S)

    def show_story(self, found: RequestDetails) -> None:
        """Show the notes and the deeds of one request."""
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        now = found.as_of
        moments: list[tuple[datetime, int, QWidget]] = [
            (note.at, 1, _note(note.note, _by(note.at, note.operator, now), for_caller=note.for_caller))
            for note in found.notes
        ]
        moments += [
            (
                event.line.at,
                0,
                _deed(_brief(event), _by(event.line.at, event.line.operator, now), event.line.at),
            )
            for event in found.history
            if event.line.action not in TOLD_BY_NOTES
        ]
        newest = sorted(moments, key=lambda one: one[:2], reverse=True)
        for _, _, widget in newest[:SHOWN]:
            self._column.addWidget(widget)
        if not newest:
            self._column.addWidget(PlainLabel(tr("Nobody has touched it yet."), kind="secondary", wrap=True))
        elif len(newest) > SHOWN:
            older = tr("{n} older ones are in the audit.").format(n=len(newest) - SHOWN)
            self._column.addWidget(PlainLabel(older, kind="secondary", wrap=True))


def _brief(event: Event) -> str:
    """The headline without the number that stands above."""
    number = event.line.subject
    return event.headline.replace(f" service request {number}", "").replace(f" {number},", "")


def _by(at: datetime, operator: str, now: datetime) -> str:
    return tr("{time}, {who}").format(time=clock_text(at, now), who=operator)


def _note(text: str, by: str, *, for_caller: bool) -> QWidget:
    frame = QFrame()
    frame.setProperty("kind", "bar")
    frame.setProperty("meaning", "good" if for_caller else "neutral")
    column = QVBoxLayout(frame)
    column.setContentsMargins(Space.M, Space.S, Space.M, Space.S)
    column.setSpacing(2)
    kind = tr("Reply to the caller") if for_caller else tr("Note of the desk")
    column.addWidget(PlainLabel(f"{kind} · {by}", kind="secondary", wrap=True))
    column.addWidget(PlainLabel(breakable(text), wrap=True))
    return frame


def _deed(headline: str, by: str, at: datetime) -> QWidget:
    line = PlainLabel(f"{breakable(headline)} · {by}", kind="secondary", wrap=True)
    set_tooltip(line, zone_text(at))
    return line
