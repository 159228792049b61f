"""The box in which a person is chosen: results drop down under it, the arrow keys walk them, Enter takes one."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QVBoxLayout, QWidget

from portal_admin.domain.people import EndUser
from portal_admin.errors import DeskError
from portal_admin.services.desk import Desk
from portal_admin.services.find_people import FoundPeople, find_people
from portal_admin.ui import background
from portal_admin.ui.override import override
from portal_admin.ui.panels.access.words import tr
from portal_admin.ui.tables.list_table import ListTable
from portal_admin.ui.tables.rows import Cell, Column, Kind, Row
from portal_admin.ui.theme import Size, Space
from portal_admin.ui.widgets.chip import STATUS_MEANINGS
from portal_admin.ui.widgets.search_field import SearchField

LINES_AT_MOST = 9
NOTICE_HEIGHT = 6 * Size.ROW
WIDTH = Size.FORM + Size.CARD // 2
_STEPS = {Qt.Key.Key_Down.value: 1, Qt.Key.Key_Up.value: -1}


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen: a person, or the id of a contract or an account."""

    site: str | None = None
    email: str | None = None
    contract: str | None = None
    account: str | None = None


def person_columns(widths: tuple[int, int, int, int] = (200, 200, 160, 84)) -> list[Column]:
    """Name, email, site and status, as every list of people on this screen shows them."""
    name, email, site, status = widths
    return [
        Column("name", tr("Name"), name, sortable=True),
        Column("email", tr("Email"), email, Kind.SECONDARY, sortable=True, stretch=True),
        Column("site", tr("Site"), site, Kind.SECONDARY, sortable=True),
        Column("status", tr("Status"), status, Kind.CHIP, sortable=True),
    ]


def person_row(user: EndUser) -> Row:
    """A person as such a line."""
    chip = Cell(user.status.value, STATUS_MEANINGS[user.status.value])
    return Row(Choice(user.site, user.email), (user.name, user.email, user.site, chip))


class PersonChooser(SearchField):
    """Emits `chosen` with a Choice; the typed text stays until a choice is made."""

    chosen = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__(tr("Find a person"), placeholder=tr("Name, email, contract or account id"))
        self._desk = desk
        self.recent: list[Row] = []
        self._take_first = False
        self.results = ListTable(person_columns(), name=tr("People found"))
        self.results.view.horizontalHeader().hide()
        self.results.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._page: QWidget = self
        self.drop = QFrame()
        self.drop.setObjectName("find_results")
        column = QVBoxLayout(self.drop)
        column.setContentsMargins(1, 1, 1, 1)
        column.addWidget(self.results)
        self.drop.hide()
        self.searched.connect(self._look)
        self.results.view.clicked.connect(lambda index: self._take(index.row()))

    def offer(self, page: QWidget) -> None:
        """Let the results drop down over that page."""
        self._page = page
        self.drop.setParent(page)
        page.installEventFilter(self)

    def close_results(self) -> None:
        """Put the results away; what was typed stays."""
        self._take_first = False
        self.drop.hide()

    def _look(self, text: str) -> None:
        if not text:
            self.close_results()
            return
        self._show(NOTICE_HEIGHT)
        self.results.state.loading()
        background.run(
            self,
            lambda: find_people(self._desk, text=text),
            lambda found: self._found(text, found),
            self._failed,
            replaces="people",
        )

    def _found(self, text: str, found: FoundPeople) -> None:
        sections = [(tr("People"), [person_row(user) for user in found.people])]
        if found.contract_id:
            sections.append(
                (tr("Contract"), [_id_row(Choice(contract=found.contract_id), found.contract_id)])
            )
        if found.account:
            named = f"{found.account.account_id}  {found.account.name}"
            sections.append((tr("Account"), [_id_row(Choice(account=found.account.account_id), named)]))
        self.results.set_sections([(title, rows) for title, rows in sections if rows])
        rows = self.results.model.rows
        if not rows:
            self.results.state.nothing(
                tr("No person on any site matches “{text}”. Try part of the name or of the address.").format(
                    text=text
                )
            )
            self._show(NOTICE_HEIGHT)
            return
        self.results.select(rows[0].key)
        self._show(self._height())
        if self._take_first:
            self._take(self.results.view.currentIndex().row())

    def _show_recent(self) -> None:
        self.results.set_sections([(self.tr("Looked at before"), self.recent)])
        self.results.select(self.recent[0].key)
        self._show(self._height())

    def _height(self) -> int:
        return Size.ROW * min(self.results.model.rowCount(), LINES_AT_MOST) + 4

    def _failed(self, error: DeskError) -> None:
        self.results.state.failed(error, lambda: self._look(self.text().strip()), at=self._desk.clock())
        self._show(NOTICE_HEIGHT)

    def _show(self, height: int) -> None:
        if not self.hasFocus() and not self.drop.isVisible():
            return
        page = self._page
        width = min(WIDTH, page.width() - 2 * Space.L)
        left = self.mapTo(page, QPoint(0, self.height() + 2))
        self.drop.setGeometry(min(left.x(), page.width() - width - Space.L), left.y(), width, height)
        self.drop.show()
        self.drop.raise_()

    def _take(self, line: int) -> None:
        row = self.results.model.row_at(line)
        if row is None:
            return
        self.close_results()
        self._last = ""  # so that clearing is no search
        self.clear()
        self.chosen.emit(row.key)

    def _step(self, by: int) -> None:
        model, at = self.results.model, self.results.view.currentIndex().row()
        lines = range(at + 1, model.rowCount()) if by > 0 else range(at - 1, -1, -1)
        for line in lines:
            row = model.row_at(line)
            if row is not None:
                self.results.select(row.key)
                return

    @override
    def sizeHint(self) -> QSize:
        return QSize(Size.CARD + Size.NAVIGATION_COLLAPSED, super().sizeHint().height())

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(Size.NAVIGATION, super().minimumSizeHint().height())

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_Down and not self.text() and self.recent and not self.drop.isVisible():
            self._show_recent()
            return
        if key in _STEPS and self.drop.isVisible():
            self._step(_STEPS[key])
            return
        if key == Qt.Key.Key_Escape and self.drop.isVisible():
            self.close_results()
            return
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._enter()
            return
        super().keyPressEvent(event)

    def _enter(self) -> None:
        text = self.text().strip()
        if text == self._last and self.drop.isVisible() and not self.results.state.is_loading:
            self._take(self.results.view.currentIndex().row())
            return
        self._take_first = True
        self._last = text
        self._look(text)

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        now = QApplication.focusWidget()
        if now is not None and not self.drop.isAncestorOf(now):
            self.close_results()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.MouseButtonPress:
            self.close_results()
        return super().eventFilter(watched, event)


def _id_row(choice: Choice, text: str) -> Row:
    said = tr("Who can see it") if choice.contract else tr("Who is linked to it")
    return Row(choice, (text, said, "", ""))
