"""Which attempts the list shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from portal_admin.domain.enrolment_attempts import Outcome
from portal_admin.domain.people import Site
from portal_admin.ui.panels.enrolment import words
from portal_admin.ui.panels.enrolment.words import tr
from portal_admin.ui.theme import Space
from portal_admin.ui.widgets.buttons import button
from portal_admin.ui.widgets.search_field import SearchField
from portal_admin.ui.widgets.text import PlainLabel


@dataclass(frozen=True, slots=True)
class AttemptFilter:
    """What is asked for; `since` is UTC."""

    text: str = ""
    site: str | None = None
    outcome: Outcome | None = None
    since: datetime | None = None

    @property
    def is_set(self) -> bool:
        """Whether anything is left out."""
        return self != AttemptFilter()


class AttemptFilters(QWidget):
    """Emits `changed` with an AttemptFilter."""

    changed = Signal(object)

    def __init__(self, clock: Callable[[], datetime], *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._resetting = False
        self.search = SearchField(
            tr("Filter by email or contract id"), placeholder=tr("Email or contract id   Ctrl+F")
        )
        self.search.setMinimumWidth(140)
        self.site = _choice(tr("Site"), tr("All sites"))
        self.outcome = _choice(tr("Outcome"), tr("Any outcome"))
        for one in Outcome:
            self.outcome.addItem(words.outcome(one), one.value)
        self.period = _choice(tr("Time"), tr("Any time"))
        for told, days in ((tr("Last 24 hours"), 1), (tr("Last 7 days"), 7), (tr("Last 30 days"), 30)):
            self.period.addItem(told, days)
        self.count = PlainLabel(kind="secondary")
        self.clear_button = button(tr("Clear filters"), self.clear, kind="link")
        self.clear_button.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.M)
        row.addWidget(self.search, 2)
        for box in (self.site, self.outcome, self.period):
            row.addWidget(box, 1)
        row.addWidget(self.count)
        row.addWidget(self.clear_button)
        self.search.searched.connect(self._changed)
        for box in (self.site, self.outcome, self.period):
            box.currentIndexChanged.connect(self._changed)

    @property
    def filters(self) -> AttemptFilter:
        """What is asked for now."""
        outcome, days = self.outcome.currentData(), self.period.currentData()
        return AttemptFilter(
            text=self.search.text().strip(),
            site=self.site.currentData(),
            outcome=Outcome(outcome) if outcome else None,
            since=self._clock() - timedelta(days=days) if days else None,
        )

    @property
    def are_set(self) -> bool:
        """Whether anything is left out."""
        return self.filters.is_set

    def set_sites(self, sites: Iterable[Site]) -> None:
        """Offer these sites, keeping the one chosen."""
        chosen = self.site.currentData()
        with QSignalBlocker(self.site):
            while self.site.count() > 1:
                self.site.removeItem(1)
            for site in sites:
                self.site.addItem(site.name, site.key)
            self.site.setCurrentIndex(max(0, self.site.findData(chosen)))

    def clear(self) -> None:
        """Leave nothing out."""
        self._resetting = True
        self.search.clear()
        for box in (self.site, self.outcome, self.period):
            box.setCurrentIndex(0)
        self._resetting = False
        self._changed()

    def tell(self, count: int, *, more: bool) -> None:
        """How many there are."""
        one = tr("1 attempt") if not more else ""
        many = tr("first {n} attempts") if more else tr("{n} attempts")
        self.count.setText(one if count == 1 and one else many.format(n=f"{count:,}"))

    def _changed(self, _value: object = None) -> None:
        if self._resetting:
            return
        self.clear_button.setVisible(self.are_set)
        self.changed.emit(self.filters)


def _choice(name: str, everything: str) -> Any:
    box = QComboBox()
    box.setAccessibleName(name)
    box.setMinimumContentsLength(9)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.addItem(everything, None)
    return box
