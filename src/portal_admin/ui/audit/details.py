"""The selected event: who, when, what, before and after, and what else was done in the same operation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from portal_admin.domain.audit_words import Event
from portal_admin.services import audit_list
from portal_admin.services.desk import Desk
from portal_admin.ui.audit.attention import attention_row
from portal_admin.ui.audit.changes_grid import changes_grid
from portal_admin.ui.theme import Space
from portal_admin.ui.widgets.ages import clock_text, zone_text
from portal_admin.ui.widgets.buttons import CopyButton, button
from portal_admin.ui.widgets.facts import FactGrid
from portal_admin.ui.widgets.state_panel import StatePanel
from portal_admin.ui.widgets.text import CopyLabel, ElidedLabel, PlainLabel, breakable, set_tooltip

WIDTH = 340
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Looked:
    """An event, the first events of its operation, and how many that has."""

    event: Event
    operation: tuple[Event, ...]
    whole: int


def look(desk: Desk, line: int) -> Looked | None:
    """Read what the panel shows of a line; None when it is not there."""
    found = audit_list.page(desk, [line])
    if not found:
        return None
    events, whole = audit_list.operation(desk, found[0].line.operation_id, at_most=SHOWN + 1)
    return Looked(found[0], events, whole)


class EventDetails(QFrame):
    """`story_wanted` carries the event whose person's story is asked for, `line_wanted` a line, `operation_wanted` an id."""

    story_wanted = Signal(object)
    line_wanted = Signal(int)
    operation_wanted = Signal(str)

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "panel")
        self.setFixedWidth(WIDTH)
        self.setAccessibleName(self.tr("Selected event"))
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.state = StatePanel(self._scroll)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.addWidget(self.state)
        self.show_none()

    def show_none(self) -> None:
        """Nothing is selected."""
        self.state.nothing(self.tr("Select an event to see what was changed."), icon="history")

    def show_event(self, looked: Looked, now: datetime) -> None:
        """Show one event."""
        inner = QWidget()
        inner.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        column = QVBoxLayout(inner)
        column.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
        column.setSpacing(Space.M)
        parts = [self._head(looked.event), self._facts(looked.event, now)]
        parts += [self._changes(looked.event)] if looked.event.changes else []
        parts += [self._operation(looked)] if looked.whole > 1 else []
        parts.append(self._proof(looked.event))
        for part in parts:
            if column.count():
                line = QFrame()
                line.setProperty("kind", "line")
                column.addWidget(line)
            column.addWidget(part)
        column.addStretch(1)
        self._scroll.setWidget(inner)
        self.state.content()

    def _head(self, event: Event) -> QWidget:
        holder, column = _part()
        headline = PlainLabel(breakable(event.headline), kind="strong", wrap=True)
        column.addWidget(headline)
        if event.attention:
            column.addLayout(attention_row(event.attention))
        if event.line.site and "@" in event.line.subject:
            made = button(
                self.tr("Whole story of this person"),
                lambda: self.story_wanted.emit(event),
                kind="link",
                icon="person",
            )
            column.addWidget(made, 0, Qt.AlignmentFlag.AlignLeft)
        return holder

    def _facts(self, event: Event, now: datetime) -> QWidget:
        line = event.line
        holder = QWidget()
        grid = FactGrid(holder)
        when = PlainLabel(clock_text(line.at, now))
        set_tooltip(when, zone_text(line.at))
        facts: list[tuple[str, QWidget]] = [(self.tr("When"), when)]
        facts.append((self.tr("Operator"), PlainLabel(breakable(line.operator), wrap=True)))
        facts.append((self.tr("About"), self._copyable(line.subject)))
        facts += [(self.tr("Site"), PlainLabel(line.site, wrap=True))] if line.site else []
        if line.reason:
            facts.append((self.tr("Reason"), PlainLabel(breakable(line.reason), wrap=True)))
        for name, value in facts:
            grid.add_fact(name, value)
        return holder

    def _changes(self, event: Event) -> QWidget:
        holder, column = _part()
        column.addWidget(changes_grid(event.changes))
        return holder

    def _operation(self, looked: Looked) -> QWidget:
        holder, column = _part()
        others = [one for one in looked.operation if one.line.id != looked.event.line.id][:SHOWN]
        column.addWidget(PlainLabel(self.tr("Done in the same operation"), kind="secondary"))
        for other in others:
            made = button(_shortened(other.headline), kind="link")
            made.setAccessibleName(self.tr("Show: {what}").format(what=other.headline))
            set_tooltip(made, other.headline)
            made.clicked.connect(lambda _checked=False, line=other.line.id: self.line_wanted.emit(line))
            column.addWidget(made, 0, Qt.AlignmentFlag.AlignLeft)
        if looked.whole > SHOWN + 1:
            every = button(
                self.tr("Show all {n}").format(n=looked.whole),
                lambda: self.operation_wanted.emit(looked.event.line.operation_id),
            )
            column.addWidget(every, 0, Qt.AlignmentFlag.AlignLeft)
        return holder

    def _proof(self, event: Event) -> QWidget:
        holder = QWidget()
        grid = FactGrid(holder)
        number = CopyLabel(str(event.line.id))
        grid.add_fact(self.tr("Line"), number)
        grid.add_fact(self.tr("Hash"), ElidedLabel(event.line.hash))
        return holder

    def _copyable(self, text: str) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.XS)
        label = PlainLabel(breakable(text), wrap=True)
        label.setMinimumWidth(1)
        row.addWidget(label, 1, Qt.AlignmentFlag.AlignTop)
        row.addWidget(
            CopyButton(self.tr("Copy {text}").format(text=text), lambda: text), 0, Qt.AlignmentFlag.AlignTop
        )
        return holder


def _part() -> tuple[QWidget, QVBoxLayout]:
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(Space.S)
    return holder, column


def _shortened(text: str, most: int = 44) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
