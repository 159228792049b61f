"""Which requests the queue shows, and how full it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QLocale, QSignalBlocker, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from portal_admin.domain.people import Site
from portal_admin.domain.service_requests import CLOSED, OPEN, RequestKind, RequestStatus
from portal_admin.services.requests.list import NOBODY, Counts
from portal_admin.ui.icons import set_icon
from portal_admin.ui.panels.requests.words import kind_words, status_words
from portal_admin.ui.theme import Space
from portal_admin.ui.widgets.buttons import button
from portal_admin.ui.widgets.text import PlainLabel, set_tooltip

_OPEN, _CLOSED, _ALL = "open", "closed", "all"
_MINE = "mine"


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """What is asked for; `whose` is None for all, NOBODY, or the operator's own name."""

    statuses: frozenset[RequestStatus] = OPEN
    whose: str | None = None
    kind: RequestKind | None = None
    site: str | None = None
    email: str | None = None
    overdue: bool | None = None

    @property
    def is_set(self) -> bool:
        """Whether anything of what is open is left out, or more than that is asked for."""
        return self != QueueFilter()


class FilterBar(QWidget):
    """Emits `changed` with a QueueFilter; the counts above the list are filters, too."""

    changed = Signal(object)

    def __init__(self, operator: str, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._operator = operator
        self._person: tuple[str, str] | None = None
        self._resetting = False
        self.status = _choice(self.tr("Status"))
        self.whose = _choice(self.tr("Who has it"))
        self.kind = _choice(self.tr("Kind"))
        self.site = _choice(self.tr("Site"))
        self.overdue = QCheckBox(self.tr("Overdue"))
        self.overdue.setAccessibleName(self.tr("Show only what is overdue"))
        set_tooltip(self.overdue, self.overdue.accessibleName())
        self.counts: dict[str, QPushButton] = {}
        self.told = PlainLabel(kind="secondary")
        self.clear_button = button(self.tr("Clear filters"), self.clear, kind="link")
        self._offer()
        self._build()
        for box in (self.status, self.whose, self.kind, self.site):
            box.currentIndexChanged.connect(self._changed)
        self.overdue.toggled.connect(self._changed)

    def _offer(self) -> None:
        self.status.addItem(self.tr("Open"), _OPEN)
        for status in RequestStatus:
            self.status.addItem(status_words(status), status.value)
        self.status.addItem(self.tr("Closed"), _CLOSED)
        self.status.addItem(self.tr("All"), _ALL)
        for words, value in (
            (self.tr("Anybody's"), None),
            (self.tr("Mine"), _MINE),
            (self.tr("Unassigned"), NOBODY),
        ):
            self.whose.addItem(words, value)
        self.kind.addItem(self.tr("All kinds"), None)
        for kind in RequestKind:
            self.kind.addItem(kind_words(kind), kind.value)
        self.site.addItem(self.tr("All sites"), None)

    def _build(self) -> None:
        top, second = QHBoxLayout(), QHBoxLayout()
        for row in (top, second):
            row.setSpacing(Space.S)
        for box in (self.status, self.whose, self.kind, self.site):
            top.addWidget(box, 1)
        top.addWidget(self.overdue)
        for name, pressed in (
            ("open", self.clear),
            ("overdue", lambda: self._show(overdue=True)),
            ("unassigned", lambda: self._show(whose=NOBODY)),
            ("mine", lambda: self._show(whose=_MINE)),
        ):
            self.counts[name] = button("", pressed, kind="link")
            self.counts[name].hide()
            second.addWidget(self.counts[name])
        second.addStretch(1)
        second.addWidget(self.told)
        second.addWidget(self.clear_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.XS)
        column.addLayout(top)
        column.addLayout(second)

    @property
    def filters(self) -> QueueFilter:
        """What is asked for now."""
        whose: str | None = self.whose.currentData()
        kind = self.kind.currentData()
        site, email = self._person or (self.site.currentData(), None)
        return QueueFilter(
            statuses=_statuses(self.status.currentData()),
            whose=self._operator if whose == _MINE else whose,
            kind=RequestKind(kind) if kind else None,
            site=site,
            email=email,
            overdue=True if self.overdue.isChecked() else None,
        )

    def set_sites(self, sites: Iterable[Site]) -> None:
        """Offer these sites, keeping the one chosen."""
        chosen = self.site.currentData()
        with QSignalBlocker(self.site):
            while self.site.count() > 1:
                self.site.removeItem(1)
            for site in sites:
                self.site.addItem(site.name, site.key)
            self.site.setCurrentIndex(max(0, self.site.findData(chosen)))

    def show_person(self, site: str, email: str) -> None:
        """Show everything that one person asked for."""
        self._reset(status=_ALL)
        self._person = site, email
        self._changed()

    def clear(self) -> None:
        """Show all that is open."""
        self._show()

    def tell(self, counts: Counts) -> None:
        """How full the queue is."""
        number = QLocale().toString
        words = {
            "open": self.tr("{n} open").format(n=number(counts.open)),
            "overdue": self.tr("{n} overdue").format(n=number(counts.overdue)),
            "unassigned": self.tr("{n} unassigned").format(n=number(counts.unassigned)),
            "mine": self.tr("{n} mine").format(n=number(counts.mine)),
        }
        for name, made in self.counts.items():
            made.setText(words[name])
            made.setAccessibleName(self.tr("Show {what}").format(what=words[name]))
            made.show()
        if counts.overdue:
            set_icon(self.counts["overdue"], "warning", "bad")
        else:
            self.counts["overdue"].setIcon(QIcon())
        self._follow()

    def _follow(self) -> None:
        self.clear_button.setVisible(self.filters.is_set)
        email = self._person[1] if self._person else ""
        self.told.setText(self.tr("only {email}").format(email=email) if email else "")

    def _show(self, *, whose: str | None = None, overdue: bool = False) -> None:
        self._reset(status=_OPEN, whose=whose, overdue=overdue)
        self._changed()

    def _reset(self, *, status: str, whose: str | None = None, overdue: bool = False) -> None:
        self._resetting = True
        self._person = None
        self.status.setCurrentIndex(self.status.findData(status))
        self.whose.setCurrentIndex(self.whose.findData(whose))
        for box in (self.kind, self.site):
            box.setCurrentIndex(0)
        self.overdue.setChecked(overdue)
        self._resetting = False

    def _changed(self, _value: object = None) -> None:
        if self._resetting:
            return
        if self.sender() is self.site:
            self._person = None  # another site is other people
        self._follow()
        self.changed.emit(self.filters)


def _statuses(chosen: str) -> frozenset[RequestStatus]:
    groups: dict[str, frozenset[RequestStatus]] = {
        _OPEN: OPEN,
        _CLOSED: CLOSED,
        _ALL: frozenset(RequestStatus),
    }
    return groups.get(chosen) or frozenset({RequestStatus(chosen)})


def _choice(name: str) -> Any:
    box = QComboBox()
    box.setAccessibleName(name)
    box.setMinimumContentsLength(7)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    return box
