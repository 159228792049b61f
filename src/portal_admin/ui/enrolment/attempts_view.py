"""Attempts: who tried to enrol, and which rule refused them."""

from __future__ import annotations

from collections.abc import Hashable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from portal_admin.domain.enrolment_attempts import Attempt
from portal_admin.domain.people import Site
from portal_admin.errors import DeskError
from portal_admin.services.desk import Desk
from portal_admin.services.enrolment.attempts import AttemptList, list_attempts
from portal_admin.ui import background
from portal_admin.ui.enrolment.attempts_filter import AttemptFilters
from portal_admin.ui.panels.enrolment import attempt_rows
from portal_admin.ui.panels.enrolment.words import tr
from portal_admin.ui.tables.list_table import ListTable
from portal_admin.ui.theme import Space
from portal_admin.ui.widgets.text import PlainLabel


class AttemptsView(QWidget):
    """Newest first; `opened` carries the Attempt whose rehearsal is wanted."""

    opened = Signal(object)

    def __init__(self, desk: Desk, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._attempts: dict[int, Attempt] = {}
        self.filters = AttemptFilters(desk.clock)
        self.table = ListTable(
            attempt_rows.columns(with_email=True),
            name=tr("Enrolment attempts"),
            memory="enrolment_attempts",
            always=4,
        )
        frame = QFrame()
        frame.setProperty("kind", "panel")
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.addWidget(self.table)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.M)
        column.addWidget(self.filters)
        column.addWidget(frame, 1)
        hint = tr("Enter opens the rehearsal of what was typed, judged by what ASPIRE has now.")
        column.addWidget(PlainLabel(hint, kind="secondary", wrap=True))
        self.filters.changed.connect(lambda _filters: self.refresh())
        self.table.opened.connect(self._open)

    def set_sites(self, sites: tuple[Site, ...]) -> None:
        """Offer these sites."""
        self.filters.set_sites(sites)

    def refresh(self) -> None:
        """Read again; what is shown stays until the answer is there."""
        desk, wanted = self._desk, self.filters.filters
        self.table.state.loading()
        background.run(
            self,
            lambda: list_attempts(
                desk, site=wanted.site, outcome=wanted.outcome, since=wanted.since, text=wanted.text
            ),
            self._show,
            self._failed,
            replaces="attempts",
        )

    def _show(self, found: AttemptList) -> None:
        self._attempts = {one.id: one for one in found.attempts}
        self.table.set_rows(attempt_rows.rows(found.attempts, self._desk.clock(), with_email=True))
        self.filters.tell(len(found.attempts), more=found.more)
        if not found.attempts and self.filters.are_set:
            self.table.state.nothing(
                tr("No attempt matches the filters."),
                action=tr("Clear filters"),
                pressed=self.filters.clear,
                icon="search",
            )
        elif not found.attempts:
            self.table.state.nothing(
                tr("Nobody has tried to enrol yet. The portal writes each try here."), icon="history"
            )

    def _failed(self, error: DeskError) -> None:
        self.filters.count.setText("")
        self.table.state.failed(error, self.refresh, at=self._desk.clock())

    def _open(self, key: Hashable) -> None:
        if isinstance(key, int) and key in self._attempts:
            self.opened.emit(self._attempts[key])
