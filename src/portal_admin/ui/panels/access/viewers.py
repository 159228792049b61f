"""Lists of people: who can see a contract, and who is linked to an account."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from portal_admin.errors import DeskError
from portal_admin.services.access import Viewers
from portal_admin.services.access_overview import LinkedPeople
from portal_admin.services.visibility import Sight
from portal_admin.ui.panels.access import words
from portal_admin.ui.panels.access.chooser import Choice, person_columns, person_row
from portal_admin.ui.tables.list_table import ListTable
from portal_admin.ui.tables.rows import Cell, Column, Kind, Row
from portal_admin.ui.theme import Meaning, Size, Space
from portal_admin.ui.widgets.buttons import button
from portal_admin.ui.widgets.chip import STATUS_MEANINGS
from portal_admin.ui.widgets.text import PlainLabel

LINES_AT_MOST = 7


class OtherViewers(QWidget):
    """Who else can see the contract that was asked about; small enough to stand under a verdict."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.title = PlainLabel(kind="strong", wrap=True)
        columns = [
            Column("name", self.tr("Name"), 130, stretch=True),
            Column("site", self.tr("Site"), 88, Kind.SECONDARY),
            Column("via", self.tr("Via"), 92, Kind.SECONDARY),
            Column("status", self.tr("Status"), 80, Kind.CHIP),
        ]
        self.table = ListTable(columns, name=self.tr("Who else can see this contract"))
        self.table.view.clicked.connect(lambda index: self._open(index.row()))
        self.table.opened.connect(self.chosen)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addWidget(self.title)
        column.addWidget(self.table)
        self.hide()

    def show_viewers(self, found: Viewers, *, site: str, email: str, now: datetime) -> None:
        """Everybody but the person in view."""
        others = [s for s in found.sights if (s.site, s.email) != (site, email)]
        said = (
            self.tr("Who else can see {id}") if others else self.tr("Nobody else can see {id} on any site.")
        )
        said = said.format(id=found.contract_id)
        self.title.setText(f"{said} {words.stale(found.freshness, now)}".rstrip())
        self.table.set_rows([_sight_row(sight) for sight in others])
        self.table.setVisible(bool(others))
        self._fit(len(others))
        self.show()

    def show_failure(self, error: DeskError, retry: Callable[[], object]) -> None:
        """It could not be found out who else sees it."""
        self.title.setText(self.tr("Who else can see this contract"))
        self.table.show()
        self.table.state.failed(error, retry)
        self._fit(0)
        self.show()

    def _fit(self, lines: int) -> None:
        self.table.setFixedHeight(Size.ROW * (min(lines, LINES_AT_MOST) + 1) if lines else 5 * Size.ROW)

    def _open(self, line: int) -> None:
        row = self.table.model.row_at(line)
        if row is not None:
            self.chosen.emit(row.key)


def _sight_row(sight: Sight) -> Row:
    via = ", ".join(dict.fromkeys(one.account_id for one in sight.via))
    roles = ", ".join(f"{one.account_id} {one.role}" for one in sight.via)
    chip = Cell(sight.status.value, STATUS_MEANINGS[sight.status.value])
    name = Cell(sight.name, tooltip=sight.email)
    return Row(Choice(sight.site, sight.email), (name, sight.site, Cell(via, tooltip=roles), chip))


class PeopleView(QWidget):
    """A whole page of people, shown while no person is chosen."""

    chosen = Signal(object)
    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.title = PlainLabel(kind="section", wrap=True)
        self.hint = PlainLabel(kind="secondary", wrap=True)
        self.table = self._make_table("")
        frame = QFrame()
        frame.setProperty("kind", "panel")
        inner = QVBoxLayout(frame)
        inner.setContentsMargins(1, 1, 1, 1)
        inner.addWidget(self.table)
        self._inner = inner
        heading = QVBoxLayout()
        heading.setSpacing(Space.XS)
        heading.addWidget(self.title)
        heading.addWidget(self.hint)
        top = QHBoxLayout()
        top.addLayout(heading, 1)
        self._close = button(self.tr("Close"), self.closed.emit, kind="link")
        top.addWidget(self._close)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.M)
        column.addLayout(top)
        column.addWidget(frame, 1)

    def _make_table(self, extra: str) -> ListTable:
        columns = person_columns((150, 200, 104, 84))
        if extra:
            columns.append(Column("extra", extra, Size.CARD, Kind.SECONDARY))
        table = ListTable(columns, name=self.tr("People"))
        table.opened.connect(self.chosen)
        table.view.clicked.connect(lambda index: self._open(index.row()))
        self._extra = extra
        return table

    def _use(self, extra: str) -> None:
        """What the last column says differs, and so does its title."""
        if extra == self._extra:
            return
        old, self.table = self.table, self._make_table(extra)
        self._inner.replaceWidget(old, self.table)
        old.hide()
        old.deleteLater()

    def show_recent(self, rows: Iterable[Row], find: Callable[[], object]) -> None:
        """The people looked at before, or where to begin."""
        self._use("")
        self._close.hide()
        self.title.setText(self.tr("Choose a person"))
        self.hint.set_meaning(None)
        self.hint.setText(
            self.tr(
                "Find anybody by name or email, on all sites. You will see what their portal shows, and why."
            )
        )
        listed = list(rows)
        self.table.set_sections([(self.tr("Looked at before"), listed)])
        if not listed:
            self.table.state.nothing(
                self.tr("Nobody looked at yet. Type a name, an email address, or a contract or account id."),
                action=self.tr("Find a person"),
                pressed=find,
                icon="person",
            )

    def wait(self, title: str, hint: str, extra: str = "") -> None:
        """Say what is being looked up, and what the last column will tell."""
        self._use(extra)
        self._close.show()
        self.title.setText(title)
        self.hint.setText(hint)
        self.hint.set_meaning(None)
        self.table.set_rows([])
        self.table.state.loading()

    def show_viewers(self, found: Viewers, *, now: datetime) -> None:
        """Who can see one contract."""
        stale = words.stale(found.freshness, now)
        self.hint.setText(f"{stale} {self.hint.text()}".lstrip())
        self.hint.set_meaning(Meaning.ATTENTION if stale else None)
        areas = words.areas()
        rows = []
        for sight in found.sights:
            via = ", ".join(f"{one.account_id} {one.role}" for one in sight.via)
            said = self.tr("{area}, via {accounts}").format(area=areas[sight.area], accounts=via)
            chip = Cell(sight.status.value, STATUS_MEANINGS[sight.status.value])
            cells = (sight.name, sight.email, sight.site, chip, said)
            rows.append(Row(Choice(sight.site, sight.email), cells))
        self.table.set_rows(rows)
        if not rows:
            self.table.state.nothing(
                self.tr("Nobody can see {id} on any site. Choose the person above to see why.").format(
                    id=found.contract_id
                ),
                icon="eye-off",
            )

    def show_linked(self, found: LinkedPeople) -> None:
        """Who is linked to one account."""
        rows = [person_row(user) for user in found.people]
        self.table.set_rows(rows)
        if found.more:
            self.hint.setText(self.tr("The first {n:,} people are listed.").format(n=len(rows)))
        if rows:
            return
        if found.account is None:
            said = self.tr("The portal's copy of ASPIRE has no account {id}, and nobody is linked to it.")
        else:
            said = self.tr("Nobody is linked to account {id}. Choose a person above to link it.")
        self.table.state.nothing(said.format(id=found.account_id), icon="people")

    def _open(self, line: int) -> None:
        row = self.table.model.row_at(line)
        if row is not None:
            self.chosen.emit(row.key)
