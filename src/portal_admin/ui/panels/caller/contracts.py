"""The caller's contracts exactly as the portal shows them, with what is due on each; Enter or W asks Why?."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from portal_admin.domain.people import EndUser
from portal_admin.services.access_overview import Overview, overview
from portal_admin.services.charges import Charges, live_charges, open_charges
from portal_admin.services.desk import Desk
from portal_admin.services.visibility import ContractLine
from portal_admin.ui import background
from portal_admin.ui.override import override
from portal_admin.ui.panels.access.charge_words import charge_cell
from portal_admin.ui.panels.access.contract_rows import AreaRows, prepare
from portal_admin.ui.panels.access.contracts_panel import ContractsPanel
from portal_admin.ui.panels.access.why_panel import PICK_PAUSE
from portal_admin.ui.panels.caller_part import CallerPart


class Read(NamedTuple):
    """What one look at the caller found: the overview, what is open by contract oid, and the rows made of both."""

    overview: Overview
    charges: Mapping[int, Charges]
    rows: AreaRows


class CallerContracts(CallerPart[Read]):
    """Emits `selected` with a contract id as rows are walked, `asked` on Enter and W, `read` with the Overview.

    `link_wanted` asks to link an account, where the caller has none that is on a contract; `counted` tells how many
    contracts the portal shows.
    """

    opened = Signal(object)
    selected = Signal(str)
    asked = Signal(str)
    read = Signal(object)
    link_wanted = Signal()

    def __init__(self, desk: Desk, *, parent: QWidget | None = None) -> None:
        self.panel = ContractsPanel(self._want_link, charged=True)
        super().__init__(desk, self.panel, parent=parent)
        # The frame is there before and without the contracts, too.
        self.panel.setProperty("kind", "")
        self.setProperty("kind", "panel")
        self.setContentsMargins(1, 1, 1, 1)
        self.overview: Overview | None = None
        self._charges: Mapping[int, Charges] = {}
        self._select_later = ""
        for chosen, told in ((self.panel.picked, self.selected), (self.panel.asked, self.asked)):
            chosen.connect(told)
            chosen.connect(self._look_closer)

    @override
    def show_caller(self, user: EndUser) -> None:
        if self.user is None or self.user.id != user.id:
            self.overview = None
        super().show_caller(user)

    @override
    def look(self, user: EndUser) -> Read:
        found = overview(self.desk, site=user.site, email=user.email)
        charges = open_charges(self.desk, (line.contract_oid for line in found.contracts.lines))
        return Read(found, charges, prepare(found, charges, now=self.desk.clock()))

    @override
    def fill(self, answer: Read) -> int:
        self.overview, self._charges = answer.overview, answer.charges
        self.panel.show_overview(self.overview, answer.rows, now=self.desk.clock())
        wanted, self._select_later = self._select_later, ""
        if wanted:
            self.select(wanted)
        self.read.emit(self.overview)
        return len(self.overview.contracts.lines)

    @override
    def _show(self, answer: Read) -> None:
        # Where the portal shows nothing, the panel itself says why and offers the way out.
        self.counted.emit(self.fill(answer))
        self.state.content()

    def select(self, contract_id: str) -> None:
        """Select the row of a contract, now or once it was read."""
        if self.overview is None:
            self._select_later = contract_id
        else:
            self.panel.select(contract_id)

    @property
    def current(self) -> str | None:
        """The id of the contract that is selected."""
        return self.panel.current

    def _look_closer(self, contract_id: str) -> None:
        """Ask ASPIRE what is open now, once the selection rests on a contract that the portal shows."""
        found = [one for one in self._lines() if one.contract_id == contract_id]
        if len(found) != 1:  # hidden, or two contracts of one number, whose rows cannot be told apart
            return
        (line,), desk = found, self.desk

        def ask() -> None:
            background.run(
                self,
                lambda: live_charges(desk, contract_oid=line.contract_oid, currency=line.currency),
                lambda live: self._compare(line, live),
                lambda error: self._compare(line, Charges(line.contract_oid, None, None, error.message)),
                replaces="closer",
            )

        background.later(self, PICK_PAUSE, ask, replaces="pick")

    def _compare(self, line: ContractLine, live: Charges) -> None:
        stored = self._charges.get(line.contract_oid)
        if stored is not None:
            mixed = len({one.currency for one in self._lines()}) > 1
            cell = charge_cell(stored, mixed=mixed, now=self.desk.clock(), live=live)
            self.panel.set_amount(line.contract_id, cell)

    def _lines(self) -> tuple[ContractLine, ...]:
        return self.overview.contracts.lines if self.overview else ()

    def _want_link(self) -> None:
        self.link_wanted.emit()
