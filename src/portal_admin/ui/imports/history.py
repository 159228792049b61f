"""Earlier imports of everybody: who, when, which file, what came of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from portal_admin.errors import DeskError
from portal_admin.services.imports.batches import Batch
from portal_admin.ui.imports.batch_actions import BatchActions
from portal_admin.ui.imports.words import batch_state, number, progress_words
from portal_admin.ui.tables.list_table import ListTable
from portal_admin.ui.tables.rows import Cell, Column, Kind, Row
from portal_admin.ui.theme import Space
from portal_admin.ui.widgets.ages import clock_text, zone_text
from portal_admin.ui.widgets.buttons import button


class History(QWidget):
    """`opened` carries the Batch whose rows are wanted."""

    opened = Signal(object)

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._batches: tuple[Batch, ...] = ()
        self.table = ListTable(_columns(), name=self.tr("Earlier imports"), memory="imports", always=8)
        self.show_button = button(self.tr("Show rows"), self._open, icon="eye")
        self.actions_of_batch = BatchActions()
        frame = QFrame()
        frame.setProperty("kind", "panel")
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.addWidget(self.table)
        last = QHBoxLayout()
        last.setSpacing(Space.S)
        last.addStretch(1)
        last.addWidget(self.show_button)
        last.addWidget(self.actions_of_batch)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addWidget(frame, 1)
        column.addLayout(last)
        self.table.opened.connect(lambda _key: self._open())
        self.table.current_changed.connect(lambda _key: self._select())
        self._select()

    @property
    def current(self) -> Batch | None:
        """The import that is selected."""
        return next((batch for batch in self._batches if batch.id == self.table.current_key), None)

    def show_batches(self, batches: Sequence[Batch], now: datetime) -> None:
        """Show these imports, the newest first."""
        self._batches = tuple(batches)
        self.table.set_rows(_line(batch, now) for batch in batches)
        if not batches:
            self.table.state.nothing(self.tr("Nothing was imported yet. Choose a file under New import."))
        elif self.current is None:
            self.table.select(batches[0].id)
        self._select()

    def failed(self, error: DeskError, retry: Callable[[], object], at: datetime) -> None:
        """The list could not be read."""
        self._batches = ()
        self.table.state.failed(error, retry, at=at)
        self._select()

    def _select(self) -> None:
        self.show_button.setEnabled(self.current is not None)
        self.actions_of_batch.show_batch(self.current)

    def _open(self) -> None:
        if self.current is not None:
            self.opened.emit(self.current)


def _columns() -> tuple[Column, ...]:
    def tr(text: str) -> str:
        return QCoreApplication.translate("ImportHistory", text)

    return (
        Column("file", tr("File"), 180, stretch=True),
        Column("site", tr("Site"), 112, Kind.SECONDARY),
        Column("status", tr("State"), 116, Kind.CHIP),
        Column("rows", tr("Rows"), 88, Kind.ID),
        Column("created", tr("Created"), 74, Kind.AMOUNT),
        Column("changed", tr("Changed"), 80, Kind.AMOUNT),
        Column("unchanged", tr("Unchanged"), 100, Kind.AMOUNT),
        Column("refused", tr("Refused"), 74, Kind.AMOUNT),
        Column("when", tr("Begun"), 104, Kind.SECONDARY),
        Column("who", tr("By"), 110, Kind.SECONDARY),
    )


def _line(batch: Batch, now: datetime) -> Row:
    counts = batch.counts
    words, meaning = batch_state(batch)
    rows = number(batch.total) if counts.read == batch.total else progress_words(batch)
    return Row(
        batch.id,
        (
            Cell(" ".join(batch.file_name.split()), tooltip=batch.file_name),
            batch.site,
            Cell(words, meaning),
            rows,
            *(number(count) for count in (counts.created, counts.changed, counts.unchanged, counts.refused)),
            Cell(clock_text(batch.created_at, now), tooltip=zone_text(batch.created_at)),
            Cell(batch.created_by, tooltip=batch.created_by),
        ),
    )
