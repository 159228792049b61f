"""Who is calling: one field, and under it everybody and everything that it could mean, by kind."""

from __future__ import annotations

from collections.abc import Hashable

from PySide6.QtCore import QCoreApplication, QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from portal_admin.domain.search_match import Tier
from portal_admin.errors import DeskError, NotAllowed
from portal_admin.services.desk import Desk
from portal_admin.services.find import Found, Group, Hit, Kind, search
from portal_admin.ui import background
from portal_admin.ui.icons import set_icon
from portal_admin.ui.navigation import Target
from portal_admin.ui.override import override
from portal_admin.ui.tables.list_table import ListTable
from portal_admin.ui.tables.rows import Cell, Column, Row
from portal_admin.ui.tables.rows import Kind as Look

PAUSE = 120
STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}


class FindField(QLineEdit):
    """Typing asks after a pause; Down and Up walk the list, Enter opens, Esc clears."""

    asked = Signal(str)
    stepped = Signal(int)
    entered = Signal()

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMaxLength(200)
        self.setClearButtonEnabled(True)
        self.setObjectName("caller")
        self.setPlaceholderText(
            self.tr(
                "Who is calling? Name, part of an email, account, contract id, payment amount or reference"
            )
        )
        self.setAccessibleName(self.tr("Who is calling?"))
        mark = self.addAction(self.windowIcon(), QLineEdit.ActionPosition.LeadingPosition)
        set_icon(mark, "search", "secondary")
        self.textChanged.connect(lambda _text: background.later(self, PAUSE, self._ask, replaces="ask"))

    def _ask(self) -> None:
        self.asked.emit(self.text().strip())

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.stepped.emit(STEPS[Qt.Key(key)])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            background.hurry(self)
            self.entered.emit()
        else:
            super().keyPressEvent(event)


class FoundList(ListTable):
    """What was found; `chosen` carries its Target, `told` what could not be looked up though the rest could."""

    chosen = Signal(object)
    told = Signal(str)

    def __init__(self, desk: Desk) -> None:
        columns = (
            Column("title", self.tr("Found"), 240),
            Column("detail", self.tr("Details"), 300, Look.SECONDARY, stretch=True),
        )
        super().__init__(columns, name=self.tr("Found"), always=2)
        self._desk = desk
        self._text = ""
        self._open_first = False
        self.opened.connect(self._open)
        self.view.clicked.connect(self._clicked)

    def look(self, text: str) -> None:
        """Look for a text; what was found before stays until the answer is there."""
        self._text = text
        self._open_first = False
        self.state.loading()
        background.run(
            self, lambda: search(self._desk, text=text), self._show, self._could_not_look, replaces="find"
        )

    def step(self, by: int) -> None:
        """Select the next or the previous line."""
        rows = self.model.rowCount()
        line = self.view.currentIndex().row()
        for _ in range(rows):
            line = (line + by) % rows if line >= 0 else (0 if by > 0 else rows - 1)
            if self.model.row_at(line) is not None:
                self.view.select_row(line)
                self.view.scrollTo(self.model.index(line, 0))
                return

    def enter(self) -> None:
        """Open the selected line, or the best one as soon as it is found."""
        if self.state.is_loading:
            self._open_first = True
        elif self.current_key is not None:
            self._open(self.current_key)

    def _show(self, found: Found) -> None:
        groups = sorted((group for group in found.groups if group.hits), key=_place)
        self.set_sections([(_title(group), _rows(group)) for group in groups])
        self.told.emit(" ".join(map(_problem, found.problems)))
        if not found.hits:
            self._say_nothing(found)
            return
        self.view.clearSelection()
        self.view.setCurrentIndex(QModelIndex())
        self.step(1)
        if self._open_first:
            self._open_first = False
            self.enter()

    def _say_nothing(self, found: Found) -> None:
        if found.problems:
            self.state.nothing(
                self.tr("Nothing else is called “{text}”.").format(text=self._text), icon="search"
            )
            return
        words = self.tr("Nobody and nothing is called “{text}”. Leading zeros and dashes matter in ids.")
        self.state.nothing(words.format(text=self._text), icon="search")

    def _could_not_look(self, error: DeskError) -> None:
        self.told.emit("")
        if isinstance(error, NotAllowed):
            self.state.not_allowed(error.title, error.message)
            return
        self.state.failed(error, lambda: self.look(self._text), at=self._desk.clock())

    def _clicked(self, index: QModelIndex) -> None:
        row = self.model.row_at(index.row())
        if row is not None:
            self._open(row.key)

    def _open(self, key: Hashable) -> None:
        target = Target.parse(key.target) if isinstance(key, Hit) else None
        if target is not None:
            self.chosen.emit(target)


def _place(group: Group) -> tuple[bool, bool]:
    """People first, for one of them is calling, unless something else is exactly what was typed."""
    is_exact = any(hit.tier is Tier.EXACT for hit in group.hits)
    return not is_exact, group.kind not in (Kind.USER, Kind.CONTACT)


def _rows(group: Group) -> list[Row]:
    # The hit itself is the key: the contacts of an account, and the account, all open one place.
    return [Row(hit, (hit.title, Cell(hit.detail, tooltip=hit.matched))) for hit in group.hits]


def _title(group: Group) -> str:
    name = _name(group.kind)
    return _tr("{kind}, and more: type more to narrow it").format(kind=name) if group.more else name


def _problem(group: Group) -> str:
    error = group.problem
    return _tr("{kind}: {why}").format(kind=_name(group.kind), why=error.message if error else "")


def _name(kind: Kind) -> str:
    return {
        Kind.USER: _tr("People"),
        Kind.CONTACT: _tr("Contacts in ASPIRE"),
        Kind.ACCOUNT: _tr("Accounts"),
        Kind.CONTRACT: _tr("Contracts"),
        Kind.PAYMENT: _tr("Payments"),
    }[kind]


def _tr(text: str) -> str:
    return QCoreApplication.translate("FoundList", text)
