"""What becomes of each row: numbers that filter, a table of any length, and all about the selected row."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from portal_admin.domain.imports import Counts, Result, RowVerdict
from portal_admin.ui.imports.verdict_rows import VerdictFilters, VerdictSource, columns
from portal_admin.ui.imports.words import ORDER, number, result_word
from portal_admin.ui.tables.paged_table import PagedTable
from portal_admin.ui.theme import Space
from portal_admin.ui.widgets.buttons import ToolButton
from portal_admin.ui.widgets.search_field import SearchField
from portal_admin.ui.widgets.state_panel import StatePanel
from portal_admin.ui.widgets.text import PlainLabel


class VerdictList(QWidget):
    """Shows verdicts; refused rows come first."""

    shown = Signal()

    def __init__(self, *, planned: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._planned = planned
        self._counts = Counts()
        self.source = VerdictSource(planned=planned)
        self.search = SearchField(
            self.tr("Filter by email, account or reason"), placeholder=self.tr("Email, account or reason")
        )
        self.buttons: dict[Result | None, QToolButton] = {}
        self.table = PagedTable(
            columns(planned=planned),
            self.source,
            name=self.tr("Rows of the dry run") if planned else self.tr("Rows of the import"),
            sort="result",
            nothing=self._tell_nothing,
            memory="import_rows",
        )
        self.details = PlainLabel(kind="secondary", wrap=True)
        self.details.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._lay_out()
        self.search.searched.connect(self._filter)
        self.table.current_changed.connect(self._select)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(Space.XS)
        group = QButtonGroup(self)
        for result in (None, *ORDER):
            made = self.buttons[result] = ToolButton()
            made.setCheckable(True)
            made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            made.clicked.connect(self._filter)
            group.addButton(made)
            row.addWidget(made)
        self.buttons[None].setChecked(True)
        row.addSpacing(Space.S)
        row.addWidget(self.search, 1)
        frame = QFrame()
        frame.setProperty("kind", "panel")
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.addWidget(self.table)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addLayout(row)
        column.addWidget(frame, 1)
        column.addWidget(self.details)

    def show_rows(self, rows: Sequence[RowVerdict], counts: Counts) -> None:
        """Show other verdicts, all of them."""
        self.source.rows = tuple(rows)
        self._counts = counts
        self._tell_counts()
        self.buttons[None].setChecked(True)
        self.search.clear()
        self.search.returnPressed.emit()  # the field then knows at once that it is empty
        self.details.clear()
        self.table.set_filters(VerdictFilters())

    def _tell_counts(self) -> None:
        counts = self._counts
        for result, made in self.buttons.items():
            if result is None:
                made.setText(self.tr("All {n}").format(n=number(counts.read)))
            else:
                count = getattr(counts, result.value)
                made.setText(f"{result_word(result, planned=self._planned)} {number(count)}")
            made.setAccessibleName(self.tr("Show: {words}").format(words=made.text()))

    def _filter(self, _value: object = None) -> None:
        chosen = next((result for result, made in self.buttons.items() if made.isChecked()), None)
        self.table.set_filters(VerdictFilters(chosen, self.search.text().strip()))

    def _tell_nothing(self, state: StatePanel) -> None:
        if self.source.rows:
            text = self.tr("No row matches the filters.")
            state.nothing(text, action=self.tr("Show all rows"), pressed=self._show_all, icon="search")
        else:
            state.nothing(self.tr("There are no rows."))

    def _show_all(self) -> None:
        self.buttons[None].setChecked(True)
        self.search.clear()
        self._filter()

    def _select(self, key: object) -> None:
        row = self.source.find(key)
        self.details.setText("" if row is None else details_of(row))


def details_of(row: RowVerdict) -> str:
    """Everything that is known of a row, in sentences."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("VerdictList", text)

    lines = [tr("Row {row}: {reason}").format(row=number(row.row), reason=row.reason)]
    if row.accounts:
        lines.append(tr("Accounts: {ids}").format(ids=", ".join(row.accounts)))
    return "\n".join(lines)
