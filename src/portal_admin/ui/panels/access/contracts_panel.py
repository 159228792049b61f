"""Contracts as the portal shows them, read-only, and those that stay hidden with the reason in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QToolButton, QVBoxLayout

from portal_admin.domain.access import CLOSED, OPEN
from portal_admin.domain.text import id_key
from portal_admin.services.access_overview import Overview
from portal_admin.services.visibility import ContractLine
from portal_admin.ui.override import override
from portal_admin.ui.panels.access import words
from portal_admin.ui.panels.access.bar import Bar
from portal_admin.ui.panels.access.contract_rows import HIDDEN, AreaRows, area_of, contract_of, currency_of
from portal_admin.ui.tables.list_table import ListTable
from portal_admin.ui.tables.rows import Cell, Column, Kind, Row
from portal_admin.ui.theme import Meaning, Size, Space
from portal_admin.ui.widgets.ages import AgeLabel, age_text
from portal_admin.ui.widgets.buttons import ToolButton
from portal_admin.ui.widgets.search_field import SearchField
from portal_admin.ui.widgets.text import ElidedLabel

ALL = "all"
WHY_KEY = "W"
TYPE_COLUMN, DUE_COLUMN = 1, 3
ROOM_FOR_TYPE = Size.FORM + Space.XL
ROOM_FOR_FILTER = Size.CARD + Size.NAVIGATION
LEAST_FILTER = 5 * Size.ICON
# With charges: counts, filter and age on one line; and the customer's name is worth more than the type.
ROOM_FOR_ONE_LINE = Size.FORM
ROOM_FOR_TYPE_TOO = Size.FORM + Size.CARD // 2


class ContractsPanel(QFrame):
    """Emits `picked` with a contract id as rows are walked, `asked` on Enter, double click and W.

    The last column tells the regular payment, or with `charged` what is open.
    """

    picked = Signal(str)
    asked = Signal(str)

    def __init__(self, link: Callable[[], object], *, charged: bool = False) -> None:
        super().__init__()
        self.setProperty("kind", "panel")
        self.setAccessibleName(self.tr("Contracts as the portal shows them"))
        self._link = link
        self._charged = charged
        self._rows: AreaRows = {}
        self._filtered = ""
        self._showing = False
        self.age = AgeLabel()
        self.banner = Bar()
        self.stale = Bar()
        self.filter = SearchField(self.tr("Filter contracts"), placeholder=self.tr("Filter"))
        self.filter.setMaximumWidth(Size.CARD)
        self.filter.setMinimumWidth(LEAST_FILTER if charged else Size.CARD // 3)
        self.counts: dict[str, QToolButton] = {}
        self.table = self._make_table("")
        self._column = QVBoxLayout(self)
        self._build()

    def show_overview(self, overview: Overview, rows: AreaRows, *, now: datetime) -> None:
        """Show a user's contracts with the rows that `prepare` made; the filter and the selection stay."""
        listed = overview.contracts
        self.age.set(listed.freshness.as_of, now=now, stale=listed.freshness.stale)
        self.banner.say(words.banner(listed.user.status), Meaning.ATTENTION, "clock")
        self.stale.say(_stale_words(overview, now), Meaning.ATTENTION, "warning")
        self._retitle(listed.lines)
        self._rows = rows
        self._show_rows()

    @property
    def current(self) -> str | None:
        """The id of the contract that is selected."""
        key = cast("tuple[str, str] | None", self.table.current_key)
        return None if key is None else key[1]

    def select(self, contract_id: str) -> bool:
        """Select the row of a contract without asking about it; False when it is not listed."""
        wanted = id_key(contract_id)
        for row in self.table.model.rows:
            if id_key(contract_of(row)) == wanted:
                self._showing = True
                found = self.table.select(row.key)
                self._showing = False
                return found
        return False

    def set_amount(self, contract_id: str, cell: Cell) -> None:
        """Tell another amount on the row of a contract, without moving anything."""
        for area, rows in self._rows.items():
            for place, row in enumerate(rows):
                if row.key == (area, contract_id) and area != HIDDEN:
                    rows[place] = Row(row.key, (*row.cells[:-1], cell))
                    self.table.model.replace(rows[place])

    def _build(self) -> None:
        tools = self._make_tools()
        head = QVBoxLayout()
        head.setContentsMargins(Space.L, Space.M, Space.L, 0)
        head.setSpacing(Space.S)
        if self._charged:  # among other parts of one screen every line counts: the first count is the title
            tools.addWidget(self.age)
            head.setContentsMargins(Space.M, Space.S, Space.L, 0)
        else:
            top = QHBoxLayout()
            top.addWidget(ElidedLabel(self.tr("Contracts as the portal shows them"), kind="section"), 1)
            top.addWidget(self.age)
            head.addLayout(top)
        head.addWidget(self.banner)
        head.addWidget(self.stale)
        head.addLayout(tools)
        self._column.setContentsMargins(1, 1, 1, 1)
        self._column.setSpacing(Space.XS if self._charged else Space.S)
        self._column.addLayout(head)
        self._column.addWidget(self.table, 1)
        self.filter.searched.connect(lambda _text: self._show_rows())

    def _make_tools(self) -> QHBoxLayout:
        choice = QButtonGroup(self)
        tools = QHBoxLayout()
        tools.setSpacing(Space.XS)
        for key in (ALL, OPEN, CLOSED, HIDDEN):
            made = ToolButton()
            made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            made.setCheckable(True)
            made.setChecked(key == ALL)
            made.clicked.connect(lambda _checked=False: self._show_rows())
            choice.addButton(made)
            self.counts[key] = made
            tools.addWidget(made)
        tools.addSpacing(Space.S)
        tools.addStretch(1)
        tools.addWidget(self.filter, 4)
        return tools

    def _make_table(self, currency: str) -> ListTable:
        named = self.tr("Open charges") if self._charged else self.tr("Payment")
        paid = f"{named} {currency}".rstrip()
        columns = [
            Column("contract", self.tr("Contract"), 112, Kind.ID, sortable=True),
            Column("type", self.tr("Type"), 108, Kind.SECONDARY, sortable=True),
            Column("customer", self.tr("Customer"), 140, sortable=True, stretch=True),
            Column("due", self.tr("Next due"), 96, Kind.ID, sortable=True),
            Column("amount", paid, 156 if self._charged else 116, Kind.AMOUNT, sortable=True),
        ]
        table = ListTable(columns, name=self.tr("Contracts"))
        table.model.modelReset.connect(lambda: self._span_hidden(table))
        table.current_changed.connect(self._pick)
        table.opened.connect(lambda key: self.asked.emit(key[1]))
        # In the list alone: in the filter a w is a letter.
        why = QShortcut(QKeySequence(WHY_KEY), table.view)
        why.setContext(Qt.ShortcutContext.WidgetShortcut)
        why.activated.connect(self._ask_current)
        self._currency = currency
        return table

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_columns()

    def _fit_columns(self) -> None:
        """In a narrow panel the customer and the amount are worth more than type, due date and filter."""
        roomy = self.width() >= ROOM_FOR_FILTER
        self.filter.setVisible(roomy)
        # The amounts tell their age themselves.
        self.age.setVisible(not self._charged or self.width() >= ROOM_FOR_ONE_LINE)
        self.table.view.setColumnHidden(DUE_COLUMN, not roomy)
        room_for_type = ROOM_FOR_TYPE_TOO if self._charged else ROOM_FOR_TYPE
        self.table.view.setColumnHidden(TYPE_COLUMN, self.width() < room_for_type)

    def _pick(self, key: tuple[str, str] | None) -> None:
        if key is not None and not self._showing:
            self.picked.emit(key[1])

    def _ask_current(self) -> None:
        if self.current is not None:
            self.asked.emit(self.current)

    def _retitle(self, lines: Iterable[ContractLine]) -> None:
        """The currency stands in the header, so another one needs other columns."""
        currency = currency_of(lines) or ""
        if currency == self._currency:
            return
        old, self.table = self.table, self._make_table(currency)
        self._column.replaceWidget(old, self.table)
        old.hide()
        old.deleteLater()
        self._filtered = ""
        self._fit_columns()

    def _show_rows(self) -> None:
        text = self.filter.text().strip()
        chosen = next(key for key, made in self.counts.items() if made.isChecked())
        names = {OPEN: self.tr("Open"), CLOSED: self.tr("Closed"), HIDDEN: self.tr("Hidden, and why")}
        self._count()
        shown = [(names[area], rows) for area, rows in self._rows.items() if chosen in (ALL, area)]
        self._showing = True  # keeping the selection is not picking a row
        if text != self._filtered:
            self._filtered = text
            self.table.set_filter(text)
        self.table.set_sections(shown)
        self._showing = False
        if not self.table.model.rows:
            self._say_nothing(text, chosen)

    def _count(self) -> None:
        counts = {area: len(rows) for area, rows in self._rows.items()}
        everything = self.tr("Contracts") if self._charged else self.tr("All")
        names = {
            ALL: (everything, sum(counts.values())),
            OPEN: (self.tr("Open"), counts.get(OPEN, 0)),
            CLOSED: (self.tr("Closed"), counts.get(CLOSED, 0)),
            HIDDEN: (self.tr("Hidden"), counts.get(HIDDEN, 0)),
        }
        for key, (name, count) in names.items():
            self.counts[key].setText(f"{name} {count:,}")

    def _say_nothing(self, text: str, chosen: str) -> None:
        state = self.table.state
        if any(self._rows.values()):
            if text:
                state.nothing(
                    self.tr("No contract here holds “{text}”.").format(text=text),
                    action=self.tr("Clear the filter"),
                    pressed=self.filter.clear,
                    icon="filter",
                )
            else:
                words_of = {
                    OPEN: self.tr("No open contract."),
                    CLOSED: self.tr("No closed contract."),
                    HIDDEN: self.tr("Nothing stays hidden: every contract of the linked accounts is shown."),
                }
                state.nothing(words_of.get(chosen, ""), icon="document")
            return
        state.nothing(
            self.tr("No linked account is on any contract in the portal's copy of ASPIRE."),
            action=self.tr("Link account…"),
            pressed=self._link,
            icon="document",
        )

    def _span_hidden(self, table: ListTable) -> None:
        """A reason takes the whole line beside its contract id."""
        for line in range(table.model.rowCount()):
            row = table.model.row_at(line)
            if row is not None and area_of(row) == HIDDEN:
                table.view.setSpan(line, TYPE_COLUMN, 1, len(table.model.columns) - 1)


def _stale_words(overview: Overview, now: datetime) -> str:
    freshness = overview.contracts.freshness
    if freshness.as_of is None:
        return words.tr(
            "The portal's copy of ASPIRE was never read. An administrator can run a sync; until then nothing can be shown."
        )
    if not freshness.stale:
        return ""
    age = age_text(freshness.as_of, now)
    return words.tr(
        "The portal's copy of ASPIRE is stale: read {age}. Ask Why? for a contract to compare it with ASPIRE."
    ).format(age=age)
