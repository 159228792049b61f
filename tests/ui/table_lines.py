"""The columns and rows that tables are tried with."""

from __future__ import annotations

from typing import Any

from portal_admin.ui.tables.rows import Cell, Column, Kind, Row
from portal_admin.ui.theme import Meaning

COLUMNS = (
    Column("name", "Name", 200, sortable=True),
    Column("email", "Email", 240, stretch=True),
    Column("status", "Status", 100, Kind.CHIP),
    Column("due", "Due USD", 110, Kind.AMOUNT, sortable=True),
)
HOSTILE = "<b>x</b>"


def line(number: int) -> Row:
    chip = Cell("Active", Meaning.GOOD, tooltip=HOSTILE)
    return Row(number, (f"Person {number}", f"p{number}@example.test", chip, f"{number}.00"))


def lines(table: Any) -> list[str]:
    """Each line of a shown table as one text, without its empty cells."""
    model = table.model
    return [
        " | ".join(
            str(model.index(row, column).data())
            for column in range(model.columnCount())
            if model.index(row, column).data()
        )
        for row in range(model.rowCount())
    ]
