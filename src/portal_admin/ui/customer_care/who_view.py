"""Who of them is calling: the people of a contract or of an account, and what helps when there is nobody."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

from PySide6.QtCore import QModelIndex, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from portal_admin.errors import DeskError, NotAllowed, NotFound
from portal_admin.services.access_overview import LinkedPeople, linked_people
from portal_admin.services.caller import ContractPeople, people_of_contract
from portal_admin.services.desk import Desk
from portal_admin.services.visibility import Sight
from portal_admin.ui import background
from portal_admin.ui.navigation import Target
from portal_admin.ui.panels.access.chooser import Choice, person_columns, person_row
from portal_admin.ui.tables.list_table import ListTable
from portal_admin.ui.tables.rows import Cell, Row
from portal_admin.ui.theme import Space
from portal_admin.ui.widgets.buttons import button
from portal_admin.ui.widgets.chip import STATUS_MEANINGS
from portal_admin.ui.widgets.text import PlainLabel


class WhoView(QWidget):
    """`chosen` carries the Target of a person, with the contract that was asked about; `left` goes back to finding."""

    chosen = Signal(object)
    left = Signal()
    access_wanted = Signal(object)
    rehearsal_wanted = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.target = Target("customer_care")
        self.title = PlainLabel(kind="section", wrap=True)
        self.hint = PlainLabel(kind="secondary", wrap=True)
        self.table = ListTable(person_columns((180, 240, 120, 90)), name=self.tr("Who of them is calling"))
        self.table.opened.connect(self._choose)
        self.table.view.clicked.connect(self._clicked)
        self.access_button = button(
            self.tr("Account access"), lambda: self.access_wanted.emit(self.target), icon="link"
        )
        self.rehearse_button = button(
            self.tr("Rehearse an enrolment"), lambda: self.rehearsal_wanted.emit(self.target), icon="check"
        )
        self.back_button = button(self.tr("Find somebody else"), self.left.emit, kind="link")
        frame = QFrame()
        frame.setProperty("kind", "panel")
        inner = QVBoxLayout(frame)
        inner.setContentsMargins(1, 1, 1, 1)
        inner.addWidget(self.table)
        top = QHBoxLayout()
        top.addWidget(self.title, 1)
        top.addWidget(self.back_button)
        foot = QHBoxLayout()
        foot.setSpacing(Space.S)
        foot.addWidget(self.access_button)
        foot.addWidget(self.rehearse_button)
        foot.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addLayout(top)
        column.addWidget(self.hint)
        column.addWidget(frame, 1)
        column.addLayout(foot)

    def ask(self, target: Target) -> None:
        """Find the people of the target's contract or account; a single one is chosen at once."""
        self.target = target
        self.rehearse_button.setVisible(bool(target.contract))
        self.hint.setText("")
        self.table.set_rows([])
        self.table.state.loading()
        if target.contract:
            contract = target.contract
            self.title.setText(self.tr("Who is calling about contract {id}?").format(id=contract))
            self._run(lambda: people_of_contract(self._desk, contract_id=contract), self._show_contract)
        elif target.account:
            account = target.account
            self.title.setText(self.tr("Who is calling for account {id}?").format(id=account))
            self._run(lambda: linked_people(self._desk, account_id=account), self._show_account)

    def _run(self, work: Callable[[], object], done: Callable[..., None]) -> None:
        background.run(self, work, done, self._failed, replaces="who")

    def _show_contract(self, found: ContractPeople) -> None:
        seeing = [_sight_row(one) for one in found.viewers.sights]
        others = [person_row(user) for user in found.others]
        if len(seeing) + len(others) == 1:
            self._choose((*seeing, *others)[0].key)
            return
        parties = ", ".join(f"{one.name} ({one.account_id}, {one.role})" for one in found.parties)
        if parties:
            self.hint.setText(self.tr("On the contract: {parties}").format(parties=parties))
        self.table.set_sections(
            [
                (self.tr("See it, or will once Active"), seeing),
                (self.tr("Linked to its accounts, but do not see it"), others),
            ]
        )
        self._select_first([*seeing, *others])
        if not seeing and not others:
            self._say_nobody(found)

    def _select_first(self, rows: Sequence[Row]) -> None:
        if rows:
            self.table.select(rows[0].key)

    def _say_nobody(self, found: ContractPeople) -> None:
        contract = found.viewers.contract_id
        if not found.viewers.received:
            words = self.tr(
                "ASPIRE has contract {id}, but the portal has not received it yet. Nobody sees it before the next sync."
            )
        else:
            words = self.tr(
                "No portal user is linked to an account of contract {id}. Create one and link the account, "
                "or rehearse the enrolment with what the caller typed."
            )
        self.table.state.nothing(words.format(id=contract), icon="people")

    def _show_account(self, found: LinkedPeople) -> None:
        rows = [person_row(user) for user in found.people]
        if len(rows) == 1:
            self._choose(rows[0].key)
            return
        name = found.account.name if found.account else ""
        self.hint.setText(
            self.tr("The first {n:,} people are listed.").format(n=len(rows)) if found.more else name
        )
        self.table.set_rows(rows)
        self._select_first(rows)
        if not rows and found.account is None:
            words = self.tr("The portal's copy of ASPIRE has no account {id}, and nobody is linked to it.")
            self.table.state.nothing(words.format(id=found.account_id), icon="building")
        elif not rows:
            words = self.tr(
                "Nobody is linked to {name} ({id}). Account access shows what linking it would open."
            )
            self.table.state.nothing(words.format(name=name, id=found.account_id), icon="people")

    def _failed(self, error: DeskError) -> None:
        state = self.table.state
        if isinstance(error, NotFound):
            state.nothing(error.message, icon="document")
        elif isinstance(error, NotAllowed):
            state.not_allowed(error.title, error.message)
        else:
            state.failed(error, lambda: self.ask(self.target), at=self._desk.clock())

    def _clicked(self, index: QModelIndex) -> None:
        row = self.table.model.row_at(index.row())
        if row is not None:
            self._choose(row.key)

    def _choose(self, key: Hashable) -> None:
        if isinstance(key, Choice):
            target = Target("customer_care", key.site, key.email, contract=self.target.contract)
            self.chosen.emit(target)


def _sight_row(sight: Sight) -> Row:
    chip = Cell(sight.status.value, STATUS_MEANINGS[sight.status.value])
    return Row(Choice(sight.site, sight.email), (sight.name, sight.email, sight.site, chip))
