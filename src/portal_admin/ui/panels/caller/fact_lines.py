"""Facts in lines: what the portal shows beside what ASPIRE says, with a mark and a word where they differ."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtWidgets import QGridLayout, QWidget

from portal_admin.domain import field_words
from portal_admin.domain.contract_facts import FACTS, NOTHING_KEPT, UNREAD, ContractFacts, Fact
from portal_admin.domain.fields import State
from portal_admin.ui.theme import Meaning, Space
from portal_admin.ui.widgets.ages import clock_text
from portal_admin.ui.widgets.mark import Mark
from portal_admin.ui.widgets.text import ElidedLabel, PlainLabel, set_tooltip

ROWS_AT_MOST = len(FACTS) + 1
MARKS: dict[State, tuple[str, Meaning]] = {
    State.EQUAL: ("equal", Meaning.GOOD),
    State.DIFFERS: ("differ", Meaning.BAD),
    State.STALE: ("clock", Meaning.ATTENTION),
    State.NOT_STORED: ("database", Meaning.ATTENTION),
    State.NOT_READABLE: ("question", Meaning.UNKNOWN),
}
Side = Callable[[Fact], str]


class FactLines(QWidget):
    """A side that knows nothing at all is left out: whoever shows the lines tells why."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(Space.M)
        self._grid.setVerticalSpacing(Space.XS)
        self._grid.setRowStretch(ROWS_AT_MOST, 1)
        for number in (1, 2):
            self._grid.setColumnStretch(number, 1)

    def clear(self) -> None:
        """Show nothing."""
        while (item := self._grid.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()

    def show_facts(self, found: ContractFacts) -> None:
        """Show them in place of those before."""
        self.clear()
        told = [fact for fact in found.facts if fact.state in MARKS]
        sides: list[tuple[str, Side]] = []
        if any(fact.portal != NOTHING_KEPT for fact in told):
            sides.append((self.tr("Portal shows"), lambda fact: fact.portal))
        if any(fact.aspire != UNREAD for fact in told):
            sides.append((self.tr("ASPIRE says now"), lambda fact: fact.aspire))
        for column, (head, _side) in enumerate(sides, start=1):
            self._grid.addWidget(PlainLabel(head, kind="secondary"), 0, column)
        for line, fact in enumerate(told, start=1):
            self._grid.addWidget(self._name(fact, found.looked_at), line, 0)
            for column, (_head, side) in enumerate(sides, start=1):
                self._grid.addWidget(_value(side(fact), fact), line, column)
            if len(sides) > 1:
                self._mark(line, fact)

    def _name(self, fact: Fact, now: datetime) -> PlainLabel:
        made = PlainLabel(fact.name, kind="secondary")
        if fact.portal_at is not None:
            set_tooltip(made, self.tr("Stored {time}").format(time=clock_text(fact.portal_at, now)))
        return made

    def _mark(self, line: int, fact: Fact) -> None:
        icon, meaning = MARKS[fact.state]
        said = field_words.STATE_WORDS[fact.state]
        mark = Mark(icon, meaning.value)
        mark.setAccessibleName(f"{fact.name}: {said}")
        set_tooltip(mark, f"{said}. {fact.reason or ''}".strip())
        self._grid.addWidget(mark, line, 3)
        word = PlainLabel("" if fact.state is State.EQUAL else said, kind="secondary", meaning=meaning)
        self._grid.addWidget(word, line, 4)


def _value(text: str, fact: Fact) -> ElidedLabel:
    return ElidedLabel(text, kind="strong" if fact.state is State.DIFFERS else "")
