"""Step 4: what the import would do, row by row, and the button that says so and does it."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from portal_admin.domain.imports import Column, Options
from portal_admin.services.imports.plan import Plan
from portal_admin.services.imports.source import Table
from portal_admin.ui.imports.verdict_list import VerdictList
from portal_admin.ui.imports.words import left_out_words, option_words, sum_words
from portal_admin.ui.theme import Meaning, Space
from portal_admin.ui.widgets.ages import AgeLabel
from portal_admin.ui.widgets.buttons import button
from portal_admin.ui.widgets.text import ElidedLabel, PlainLabel


class Request(NamedTuple):
    """What was rehearsed, and what may be imported after it."""

    site: str
    table: Table
    mapping: tuple[tuple[Column, int], ...]
    options: Options

    def asks_the_same(self, other: Request | None) -> bool:
        """Whether both would do the same, without comparing rows one by one."""
        return other is not None and self._without_rows() == other._without_rows()

    def _without_rows(self) -> tuple[object, ...]:
        table = self.table
        read = table.file_name, table.file_hash, table.encoding, table.delimiter, table.sheet
        return read, self.site, self.mapping, self.options


class Rehearsal(NamedTuple):
    """What a dry run found, and what the import would do in the words of its button."""

    request: Request
    plan: Plan
    words: str


class DryRun(QWidget):
    """`wanted` carries the Request whose import was asked for."""

    wanted = Signal(object)

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.request: Request | None = None
        self.plan: Plan | None = None
        self._blocked = ""
        self.what = ElidedLabel(kind="strong")
        self.sums = PlainLabel(wrap=True)
        self.judged = PlainLabel(self.tr("Accounts judged by the portal's copy of ASPIRE"), kind="secondary")
        self.age = AgeLabel()
        self.list = VerdictList(planned=True)
        self.consequences = PlainLabel(kind="secondary", wrap=True)
        self.import_button = button("", self._ask, kind="primary", icon="upload")
        self._lay_out()

    def _lay_out(self) -> None:
        first = QHBoxLayout()
        first.addWidget(self.what, 1)
        first.addWidget(self.judged)
        first.addWidget(self.age)
        last = QHBoxLayout()
        last.setSpacing(Space.M)
        last.addWidget(self.consequences, 1)
        last.addWidget(self.import_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addLayout(first)
        column.addWidget(self.sums)
        column.addWidget(self.list, 1)
        column.addLayout(last)

    def show_rehearsal(self, rehearsal: Rehearsal, now: datetime) -> None:
        """Show what a dry run found."""
        request, plan, does = rehearsal
        self.request, self.plan = request, plan
        words = self.tr("{file} on site {site}; {options}")
        self.what.setText(
            words.format(
                file=request.table.file_name, site=request.site, options=option_words(request.options)
            )
        )
        self.sums.setText(sum_words(plan.counts, planned=True))
        fresh = plan.freshness
        self.judged.setVisible(fresh is not None)
        self.age.setVisible(fresh is not None)
        if fresh is not None:
            self.age.set(fresh.as_of, now=now, stale=fresh.stale or fresh.restored)
        self.list.show_rows(plan.rows, plan.counts)
        self.import_button.setText(does)
        self.block("")

    def block(self, reason: str) -> None:
        """Say why it cannot be imported now; an empty reason lets it be."""
        self._blocked = reason
        self._tell()

    def _tell(self) -> None:
        if self.plan is None or self.request is None:
            return
        counts = self.plan.counts
        nothing = not counts.created and not counts.changed
        stopped = bool(counts.refused) and self.request.options.all_or_nothing
        self.consequences.setText(self._blocked or left_out_words(counts, self.request.options))
        self.consequences.set_meaning(Meaning.ATTENTION if self._blocked or stopped else None)
        self.import_button.setEnabled(not self._blocked and not nothing and not stopped)
        self.import_button.setAccessibleDescription(self.consequences.text())

    def _ask(self) -> None:
        if self.request is not None:
            self.wanted.emit(self.request)
