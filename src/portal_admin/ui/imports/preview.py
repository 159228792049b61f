"""The first rows of the file, as they were read, under the columns that they are taken for."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from portal_admin.domain.imports import Beside
from portal_admin.domain.imports import Column as Meant
from portal_admin.services.imports.mapping import beside
from portal_admin.services.imports.source import SourceRow, Table
from portal_admin.ui.imports.words import number
from portal_admin.ui.tables.list_table import ListTable
from portal_admin.ui.tables.rows import Cell, Column, Kind, Row
from portal_admin.ui.theme import Meaning, Space
from portal_admin.ui.widgets.state_panel import StatePanel
from portal_admin.ui.widgets.text import ElidedLabel, PlainLabel

MOST_ROWS, MOST_COLUMNS = 50, 40
LONGEST_CELL = 300
WIDE, NARROW = 230, 120


class Preview(QWidget):
    """A table that is made anew for each file, because each has other columns."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.facts = ElidedLabel(kind="strong")
        self.surprises = PlainLabel(wrap=True)
        self.surprises.hide()
        self.table: ListTable | None = None
        self._holder = QVBoxLayout()
        frame = QFrame()
        frame.setProperty("kind", "panel")
        frame.setLayout(self._holder)
        self._holder.setContentsMargins(1, 1, 1, 1)
        self.state = StatePanel(frame)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addWidget(self.facts)
        column.addWidget(self.surprises)
        column.addWidget(self.state, 1)

    def tell_none(self, ask: Callable[[], object]) -> None:
        """There is no file yet."""
        self.state.nothing(
            self.tr("Choose a file, and its first rows stand here."),
            action=self.tr("Choose file…"),
            pressed=ask,
            icon="document",
        )

    def tell_unread(self) -> None:
        """There is a file, and it cannot be read yet."""
        self.facts.setText("")
        self.surprises.hide()
        self.state.nothing(self.tr("Choose the encoding of the file, and its first rows stand here."))

    def show_table(self, table: Table, mapping: Mapping[Meant, int]) -> None:
        """Show another file, or the same under other columns."""
        self._tell(table, mapping)
        old, self.table = (
            self.table,
            ListTable(_columns(table, mapping), name=self.tr("First rows of the file")),
        )
        self.table.set_rows(_line(row, table) for row in table.rows[:MOST_ROWS])
        if not table.rows:
            self.table.state.nothing(self.tr("There is nothing under the headings."))
        if old is not None:
            old.hide()
            old.deleteLater()
        self._holder.addWidget(self.table)
        self.state.content()

    def _tell(self, table: Table, mapping: Mapping[Meant, int]) -> None:
        count = len(table.rows)
        rows = self.tr("1 row") if count == 1 else self.tr("{n} rows").format(n=number(count))
        shown = self.tr(", the first {n} shown").format(n=MOST_ROWS) if count > MOST_ROWS else ""
        self.facts.setText(f"{table.file_name}: {rows}{shown}")
        words = self._surprises(table)
        if Beside.STATUS in beside(table.header, mapping):
            words.append(self.tr("The column Status is not imported."))
        self.surprises.setText("\n".join(words))
        self.surprises.set_meaning(Meaning.ATTENTION)
        self.surprises.setVisible(bool(words))

    def _surprises(self, table: Table) -> list[str]:
        """What may be other than the operator thinks."""
        words = []
        if table.heading > 1:
            heading = self.tr("The headings are those in row {n}. What stands above them is not read.")
            words.append(heading.format(n=number(table.heading)))
        if table.hidden == 1:
            words.append(self.tr("1 row is hidden in the sheet, and is read like all others."))
        elif table.hidden:
            hidden = self.tr(
                "{n} rows are hidden in the sheet, as by a filter, and are read like all others."
            )
            words.append(hidden.format(n=number(table.hidden)))
        faulty = sum(row.fault is not None for row in table.rows)
        if faulty == 1:
            words.append(self.tr("1 row cannot be used and will be refused."))
        elif faulty:
            words.append(self.tr("{n} rows cannot be used and will be refused.").format(n=number(faulty)))
        return words


def _columns(table: Table, mapping: Mapping[Meant, int]) -> tuple[Column, ...]:
    meant = {position: column for column, position in mapping.items()}
    made = [Column("row", "", 56, Kind.ID)]
    for position, heading in enumerate(table.header[:MOST_COLUMNS]):
        title = " ".join(heading.split())
        column = meant.get(position)
        if column is not None and title.casefold() != column.value.casefold():
            title = f"{title} → {column.value}"
        kind = Kind.TEXT if column is not None else Kind.SECONDARY
        made.append(Column(f"cell{position}", title, WIDE if column is Meant.EMAIL else NARROW, kind))
    return tuple(made)


def _line(row: SourceRow, table: Table) -> Row:
    width = min(len(table.header), MOST_COLUMNS)
    cells = [" ".join(cell[:LONGEST_CELL].split()) for cell in row.cells[:width]]
    cells += [""] * (width - len(cells))
    first: str | Cell = number(row.number)
    if row.fault is not None:
        first = Cell(number(row.number), Meaning.BAD, "warning", tooltip=row.fault)
    return Row(row.number, (first, *cells))
