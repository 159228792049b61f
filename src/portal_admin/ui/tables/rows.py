"""What tables show: columns, rows of prepared text, and where pages of them come from."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable

from portal_admin.ui.theme import Meaning


class Kind(StrEnum):
    """How a column is painted; ID and AMOUNT use tabular figures, AMOUNT stands right."""

    TEXT = "text"
    SECONDARY = "secondary"
    ID = "id"
    AMOUNT = "amount"
    CHIP = "chip"


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `width` in px, `stretch` for the one that takes what is left."""

    key: str
    title: str
    width: int
    kind: Kind = Kind.TEXT
    sortable: bool = False
    stretch: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell with more than text: a meaning (colour), an icon, bold, a tooltip, and what ListTable sorts it by."""

    text: str
    meaning: Meaning | None = None
    icon: str | None = None
    strong: bool = False
    tooltip: str = ""
    sort: Any = None


@dataclass(frozen=True, slots=True)
class Row:
    """One line: its key, and one prepared cell for each column."""

    key: Hashable
    cells: tuple[str | Cell, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """What a PagedTable asks for: the screen's filters as it gave them, and the column to sort by."""

    filters: Any
    sort: str
    descending: bool


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A ranked answer of fixed length; `token` is whatever the source needs to read pages of it."""

    count: int
    token: Any


class RankedSource(Protocol):
    """Where a PagedTable reads; both methods run off the UI thread, `page` on several threads at once."""

    def snapshot(self, query: Query) -> Snapshot:
        """Rank all rows of a query."""

    def page(self, token: Any, start: int, count: int) -> Sequence[Row]:
        """The rows of ranks `start` (from 0) to `start + count`, in order."""


@runtime_checkable
class Findable(Protocol):
    """A source that can say where a key stands, so that a selection survives a refresh wherever it moved."""

    def rank(self, token: Any, key: Hashable) -> int | None:
        """The rank of a key from 0, None when the snapshot does not hold it."""


def text_of(cell: str | Cell) -> str:
    """The text of a cell."""
    return cell if isinstance(cell, str) else cell.text
