"""A payment's way as a person reads it: what it has come to, what to say, then one line for each step."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from portal_admin.domain.dates import day_of_year, day_words
from portal_admin.domain.payment_steps import Step, StepState
from portal_admin.domain.payment_timeline import Timeline
from portal_admin.domain.payments import PortalPayment
from portal_admin.services.payments.trace import PaymentTrace
from portal_admin.ui.panels.payment.words import STATE_MARKS, money_text, state_words, tr
from portal_admin.ui.theme import Meaning, Size, Space
from portal_admin.ui.widgets.ages import clock_text, zone_text
from portal_admin.ui.widgets.buttons import CopyButton
from portal_admin.ui.widgets.facts import FactGrid
from portal_admin.ui.widgets.mark import Mark
from portal_admin.ui.widgets.scrolling import FormScroll
from portal_admin.ui.widgets.text import CopyLabel, PlainLabel, breakable, set_tooltip


class TimelineView(FormScroll):
    """Shows a PaymentTrace; it scrolls by itself."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(Space.L, parent=parent)
        self.setAccessibleName(tr("Timeline of the payment"))
        self.shown: PaymentTrace | None = None
        self._content: QWidget | None = None
        self.column.addStretch(1)

    def clear(self) -> None:
        """Show nothing."""
        self.shown = None
        if self._content is not None:
            self._content.hide()
            self._content.deleteLater()
            self._content = None

    def show_trace(self, trace: PaymentTrace, *, now: datetime) -> None:
        """Show the payment, its state in words, the sentence for the phone, advice, and every step."""
        self.clear()
        self.shown = trace
        self._content = content = QWidget()
        lines = QVBoxLayout(content)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(Space.S)
        lines.addLayout(_headline(trace))
        lines.addWidget(_facts(trace.payment))
        lines.addLayout(_phone(trace.timeline))
        for advice in trace.timeline.advice:
            lines.addWidget(_advice(advice.sentence, advice.source))
        rule = QFrame()
        rule.setProperty("kind", "line")
        lines.addWidget(rule)
        for step in trace.timeline.steps:
            lines.addWidget(_step(step, now))
        self.column.insertWidget(0, content)
        self.verticalScrollBar().setValue(0)


def _headline(trace: PaymentTrace) -> QHBoxLayout:
    icon, meaning = _of_whole(trace.timeline)
    row = QHBoxLayout()
    row.setSpacing(Space.S)
    row.addWidget(Mark(icon, meaning.value, size=Size.ICON_LARGE), 0, Qt.AlignmentFlag.AlignTop)
    words = QVBoxLayout()
    words.setSpacing(0)
    words.addWidget(PlainLabel(trace.timeline.status_words, kind="section", meaning=meaning, wrap=True))
    shown = tr("The portal shows {status}.").format(status=trace.payment.status)
    if trace.timeline.proven is not trace.timeline.status:
        shown = tr("The portal shows {status}; by ASPIRE's records it is {proven}.").format(
            status=trace.timeline.status, proven=trace.timeline.proven
        )
    words.addWidget(PlainLabel(shown, kind="secondary", wrap=True))
    row.addLayout(words, 1)
    return row


def _of_whole(found: Timeline) -> tuple[str, Meaning]:
    """The mark of the worst step."""
    for state in (StepState.FAILED, StepState.UNKNOWN, StepState.OVERDUE):
        if any(step.state is state for step in found.steps):
            meaning, icon = STATE_MARKS[state]
            return icon, meaning
    return "clock", Meaning.NEUTRAL


def _facts(payment: PortalPayment) -> QWidget:
    holder = QWidget()
    grid = FactGrid(holder)
    grid.add_fact(tr("Reference"), CopyLabel(payment.reference))
    grid.add_fact(tr("Amount"), CopyLabel(money_text(payment)))
    grid.add_fact(tr("Contract"), CopyLabel(payment.contract_id))
    person = CopyLabel(breakable(payment.email))
    person.setWordWrap(True)
    grid.add_fact(tr("Person"), person)
    if payment.bank_account:
        grid.add_fact(tr("Bank account"), PlainLabel(payment.bank_account, wrap=True))
    return holder


def _phone(found: Timeline) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(Space.S)
    row.addWidget(Mark("phone", "accent"), 0, Qt.AlignmentFlag.AlignTop)
    said = PlainLabel(found.phone, wrap=True)
    said.setAlignment(Qt.AlignmentFlag.AlignTop)  # on the line of the icon, however high the button is
    said.setAccessibleDescription(tr("What to say on the phone"))
    set_tooltip(said, tr("What to say on the phone"))
    row.addWidget(said, 1)
    row.addWidget(
        CopyButton(tr("Copy the sentence for the phone"), lambda: found.phone), 0, Qt.AlignmentFlag.AlignTop
    )
    return row


def _advice(sentence: str, source: str) -> QWidget:
    line = QWidget()
    row = QHBoxLayout(line)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(Space.S)
    row.addWidget(Mark("info", Meaning.ATTENTION.value), 0, Qt.AlignmentFlag.AlignTop)
    words = PlainLabel(sentence, wrap=True)
    set_tooltip(words, tr("Rests on: {source}").format(source=source))
    row.addWidget(words, 1)
    line.setAccessibleName(sentence)
    return line


def _step(step: Step, now: datetime) -> QWidget:
    meaning, icon = STATE_MARKS[step.state]
    line = QWidget()
    line.setObjectName(f"step_{step.kind}")
    grid = QGridLayout(line)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(Space.S)
    grid.setVerticalSpacing(0)
    grid.setColumnStretch(1, 1)
    mark = Mark(icon, "secondary" if meaning is Meaning.NEUTRAL else meaning.value)
    mark.setAccessibleName(state_words(step.state))
    grid.addWidget(mark, 0, 0, Qt.AlignmentFlag.AlignTop)
    reached = step.state is not StepState.NOT_REACHED
    grid.addWidget(PlainLabel(step.title, kind="strong" if reached else "secondary"), 0, 1)
    when = _when(step, now)
    if when is not None:
        grid.addWidget(when, 0, 2, Qt.AlignmentFlag.AlignTop)
    sentence = PlainLabel(step.sentence, kind="" if reached else "secondary", wrap=True)
    told = tr("Rests on: {source}").format(source=step.source)
    if step.as_of is not None:
        told += "\n" + tr("as of {time}").format(time=zone_text(step.as_of))
    set_tooltip(sentence, told)
    grid.addWidget(sentence, 1, 1, 1, 2)
    line.setAccessibleName(f"{step.title}, {state_words(step.state)}: {step.sentence}")
    return line


def _when(step: Step, now: datetime) -> PlainLabel | None:
    if step.at is not None:
        made = PlainLabel(clock_text(step.at, now), kind="secondary")
        set_tooltip(made, zone_text(step.at))
        return made
    if step.on is not None:
        same_year = step.on.year == now.astimezone().year
        return PlainLabel(day_of_year(step.on) if same_year else day_words(step.on), kind="secondary")
    return None
