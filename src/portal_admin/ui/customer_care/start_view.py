"""Where a call begins: the find field, the callers of the last session, and the recent ones."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from datetime import datetime

from PySide6.QtCore import QModelIndex, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from portal_admin.services.desk import Desk
from portal_admin.ui.customer_care.finder import FindField, FoundList
from portal_admin.ui.customer_care.kept_tabs import KeptTab
from portal_admin.ui.customer_care.who_view import WhoView
from portal_admin.ui.navigation import Target
from portal_admin.ui.pages import PageSpec
from portal_admin.ui.panels.access.chooser import Choice
from portal_admin.ui.recent_callers import RecentCaller
from portal_admin.ui.tables.list_table import ListTable
from portal_admin.ui.tables.rows import Cell, Column, Kind, Row
from portal_admin.ui.theme import Meaning, Space
from portal_admin.ui.widgets.ages import age_text, zone_text
from portal_admin.ui.widgets.buttons import button
from portal_admin.ui.widgets.header import PageHeader
from portal_admin.ui.widgets.mark import Mark
from portal_admin.ui.widgets.text import PlainLabel

NAMED_AT_MOST = 4


class StartView(QWidget):
    """`chosen` carries a Target; `restored` and `dismissed` answer the offer of the last session's callers."""

    chosen = Signal(object)
    restored = Signal()
    dismissed = Signal()

    def __init__(self, desk: Desk, spec: PageSpec) -> None:
        super().__init__()
        self._desk = desk
        self.header = PageHeader(spec.title, spec.purpose)
        self.field = FindField()
        self.found = FoundList(desk)
        self.problem = PlainLabel(kind="secondary", meaning=Meaning.UNKNOWN, wrap=True)
        self.problem.hide()
        self.recent = _recent_table(self.tr("Recent callers"))
        self.who = WhoView(desk)
        self.offer = _Offer(self.tr("Open them again"), self.restored.emit, self.dismissed.emit)
        self._stack = QStackedWidget()
        for part in (self.recent, self.found):
            self._stack.addWidget(_framed(part))
        self._stack.addWidget(self.who)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, Space.M, Space.XL, Space.L)
        column.setSpacing(Space.S)
        column.addWidget(self.header)
        column.addSpacing(Space.XS)
        column.addWidget(self.field)
        column.addWidget(self.problem)
        column.addWidget(self.offer)
        column.addWidget(self._stack, 1)
        self._connect()

    def _connect(self) -> None:
        self.field.asked.connect(self._look)
        self.field.stepped.connect(self._step)
        self.field.entered.connect(self._enter)
        self.found.chosen.connect(self.chosen)
        self.found.told.connect(self._tell_problem)
        self.recent.opened.connect(self._open_recent)
        self.recent.view.clicked.connect(self._recent_clicked)
        self.who.left.connect(self._leave_who)

    def begin(self) -> None:
        """Put the keyboard where the caller's name goes."""
        self.field.setFocus()
        self.field.selectAll()

    def ask_who(self, target: Target) -> None:
        """Ask who of the people of a contract or an account is calling."""
        self._stack.setCurrentWidget(self.who)
        self.who.ask(target)
        self.who.table.view.setFocus()

    def show_recent(self, callers: Sequence[RecentCaller], now: datetime) -> None:
        """Whom this desk looked at last."""
        self.recent.set_rows([_recent_row(caller, now) for caller in callers])
        if not callers:
            self.recent.state.nothing(
                self.tr("Nobody was looked at on this desk yet. Type above who is calling."), icon="phone"
            )

    def offer_tabs(self, tabs: Sequence[KeptTab]) -> None:
        """Offer to open the callers of the last session; none takes the offer away."""
        named = ", ".join(tab.name or tab.email for tab in tabs[:NAMED_AT_MOST])
        more = len(tabs) - NAMED_AT_MOST
        if more > 0:
            named = self.tr("{names} and {n} more").format(names=named, n=more)
        self.offer.say(self.tr("Open when this window was last closed: {names}.").format(names=named))
        self.offer.setVisible(bool(tabs))

    def _look(self, text: str) -> None:
        self._tell_problem("")
        if text:
            self._stack.setCurrentIndex(1)
            self.found.look(text)
        elif self._stack.currentIndex() == 1:
            self._stack.setCurrentIndex(0)

    def _tell_problem(self, words: str) -> None:
        self.problem.setText(words)
        self.problem.setVisible(bool(words))

    def _step(self, by: int) -> None:
        table = self._table
        if isinstance(table, FoundList):
            table.step(by)
        elif table.model.rowCount():
            table.view.setFocus()
            table.view.select_row(max(0, table.view.currentIndex().row()))

    def _enter(self) -> None:
        if self.field.text().strip():
            self._stack.setCurrentIndex(1)
            self.found.enter()

    @property
    def _table(self) -> ListTable:
        return (self.recent, self.found, self.who.table)[self._stack.currentIndex()]

    def _leave_who(self) -> None:
        self._stack.setCurrentIndex(1 if self.field.text().strip() else 0)
        self.begin()

    def _recent_clicked(self, index: QModelIndex) -> None:
        row = self.recent.model.row_at(index.row())
        if row is not None:
            self._open_recent(row.key)

    def _open_recent(self, key: Hashable) -> None:
        if isinstance(key, Choice):
            self.chosen.emit(Target("customer_care", site=key.site, email=key.email))


class _Offer(QFrame):
    """One line with an answer or two."""

    def __init__(self, yes: str, taken: Callable[[], object], left: Callable[[], object]) -> None:
        super().__init__()
        self.setProperty("kind", "bar")
        self.setProperty("meaning", "neutral")
        self.words = PlainLabel(wrap=True)
        self.yes = button(yes, taken)
        self.no = button(self.tr("Not now"), left, kind="link")
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.M, Space.XS, Space.S, Space.XS)
        row.setSpacing(Space.S)
        row.addWidget(Mark("history", "neutral"))
        row.addWidget(self.words, 1)
        row.addWidget(self.yes)
        row.addWidget(self.no)
        self.hide()

    def say(self, words: str) -> None:
        self.words.setText(words)
        self.setAccessibleName(words)


def _recent_table(name: str) -> ListTable:
    columns = (
        Column("name", name, 200),
        Column("email", "", 260, Kind.SECONDARY, stretch=True),
        Column("site", "", 140, Kind.SECONDARY),
        Column("at", "", 110, Kind.SECONDARY),
    )
    return ListTable(columns, name=name, always=2)


def _recent_row(caller: RecentCaller, now: datetime) -> Row:
    at = Cell(age_text(caller.at, now), tooltip=zone_text(caller.at))
    return Row(Choice(caller.site, caller.email), (caller.name, caller.email, caller.site, at))


def _framed(part: QWidget) -> QFrame:
    frame = QFrame()
    frame.setProperty("kind", "panel")
    inner = QVBoxLayout(frame)
    inner.setContentsMargins(1, 1, 1, 1)
    inner.addWidget(part)
    return frame
