"""The rows of a rehearsal or of an import, filtered and sorted off the UI thread, drawn a page at a time."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QCoreApplication

from portal_admin.domain.imports import Result, RowVerdict
from portal_admin.ui.imports.words import MEANINGS, ORDER, number, result_word
from portal_admin.ui.tables.rows import Cell, Column, Kind, Query, Row, Snapshot
from portal_admin.ui.theme import Meaning

SORTS: dict[str, Callable[[RowVerdict], Any]] = {
    "row": lambda row: row.row,
    "result": lambda row: (ORDER.index(row.result), row.row),
    "email": lambda row: (row.email, row.row),
    "opens": lambda row: (-row.opens.count, row.row),
}


@dataclass(frozen=True, slots=True)
class VerdictFilters:
    """The result to show, None for all of them, and text in email, accounts or reason."""

    result: Result | None = None
    text: str = ""


def columns(*, planned: bool) -> tuple[Column, ...]:
    """The columns; contracts are only known of a rehearsal."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("VerdictRows", text)

    return (
        Column("row", tr("Row"), 72, Kind.ID, sortable=True),
        Column("result", tr("Result"), 112, Kind.CHIP, sortable=True),
        Column("email", tr("Email"), 240, sortable=True),
        Column("reason", tr("Why"), 240, Kind.TEXT, stretch=True),
        *((Column("opens", tr("Contracts"), 96, Kind.AMOUNT, sortable=True),) if planned else ()),
    )


class VerdictSource:
    """A RankedSource over verdicts in memory; replace `rows`, then refresh the table."""

    def __init__(self, *, planned: bool) -> None:
        self.rows: tuple[RowVerdict, ...] = ()
        self._planned = planned

    def snapshot(self, query: Query) -> Snapshot:
        """Filter and sort."""
        filters: VerdictFilters = query.filters or VerdictFilters()
        words = filters.text.casefold().split()
        found = [
            row
            for row in self.rows
            if (filters.result is None or row.result is filters.result) and _matches(row, words)
        ]
        found.sort(key=SORTS[query.sort], reverse=query.descending)
        return Snapshot(len(found), found)

    def page(self, token: Any, start: int, count: int) -> Sequence[Row]:
        """The lines of a page."""
        return [self._line(row) for row in token[start : start + count]]

    def rank(self, token: Any, key: Hashable) -> int | None:
        """Where a row stands now."""
        return next((rank for rank, row in enumerate(token) if row.row == key), None)

    def find(self, number_of_row: object) -> RowVerdict | None:
        """The verdict of a row of the file."""
        return next((row for row in self.rows if row.row == number_of_row), None)

    def _line(self, row: RowVerdict) -> Row:
        reason: str | Cell = Cell(_line_of(row.reason), tooltip=row.reason)
        meaning = MEANINGS[row.result]
        if row.unread:
            meaning = Meaning.UNKNOWN
            reason = Cell(_line_of(row.reason), meaning, "question", tooltip=row.reason)
        cells: tuple[str | Cell, ...] = (
            number(row.row),
            Cell(result_word(row.result, planned=self._planned), meaning),
            Cell(_line_of(row.email), tooltip=row.email),
            reason,
        )
        if self._planned:
            cells = (*cells, number(row.opens.count) if row.opens.count else "")
        return Row(row.row, cells)


def _matches(row: RowVerdict, words: list[str]) -> bool:
    if not words:
        return True
    text = "\n".join((row.email, row.reason, *row.accounts)).casefold()
    return all(word in text for word in words)


def _line_of(text: str) -> str:
    return " ".join(text.split())
