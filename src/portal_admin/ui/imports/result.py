"""What became of an import, row by row."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from portal_admin.services.imports.batches import Batch, Outcome
from portal_admin.ui.imports.batch_actions import BatchActions
from portal_admin.ui.imports.verdict_list import VerdictList
from portal_admin.ui.imports.words import batch_state, option_words, progress_words, sum_words
from portal_admin.ui.theme import Space
from portal_admin.ui.widgets.ages import clock_text
from portal_admin.ui.widgets.chip import StatusChip
from portal_admin.ui.widgets.state_panel import StatePanel
from portal_admin.ui.widgets.text import ElidedLabel, PlainLabel


class ResultView(QWidget):
    """One import, this one or an earlier one."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.batch: Batch | None = None
        self.what = ElidedLabel(kind="strong")
        self.chip = StatusChip()
        self.sums = PlainLabel(wrap=True)
        self.about = ElidedLabel(kind="secondary")
        self.list = VerdictList(planned=False)
        self.actions_of_batch = BatchActions()
        content = QWidget()
        self.state = StatePanel(content)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.state)
        first = QHBoxLayout()
        first.setSpacing(Space.S)
        first.addWidget(self.chip)
        first.addWidget(self.what, 1)
        last = QHBoxLayout()
        last.addStretch(1)
        last.addWidget(self.actions_of_batch)
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addLayout(first)
        column.addWidget(self.sums)
        column.addWidget(self.about)
        column.addWidget(self.list, 1)
        column.addLayout(last)

    def show_outcome(self, outcome: Outcome, now: datetime) -> None:
        """Show an import and its rows."""
        batch = self.batch = outcome.batch
        self.what.setText(self.tr("{file} on site {site}").format(file=batch.file_name, site=batch.site))
        self.chip.set(*batch_state(batch))
        sums = sum_words(batch.counts, planned=False)
        if batch.counts.read < batch.total:
            sums = self.tr("{progress} rows are dealt with. {sums}").format(
                progress=progress_words(batch), sums=sums
            )
        self.sums.setText(sums)
        about = self.tr("By {operator}, {time}; {options}")
        self.about.setText(
            about.format(
                operator=batch.created_by,
                time=clock_text(batch.created_at, now),
                options=option_words(batch.options),
            )
        )
        self.list.show_rows(outcome.rows, batch.counts)
        self.actions_of_batch.show_batch(batch)
        self.state.content()
