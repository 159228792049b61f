"""The caller's contracts exactly as the portal shows them, with what is due on each; Enter or W asks Why?."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from portal_admin.domain.people import EndUser
from portal_admin.services.access_overview import Overview, overview
from portal_admin.services.charges import open_charges
from portal_admin.services.desk import Desk
from portal_admin.ui.override import override
from portal_admin.ui.panels.access.contracts_panel import AreaRows, ContractsPanel, prepare
from portal_admin.ui.panels.caller_part import CallerPart


class CallerContracts(CallerPart[tuple[Overview, AreaRows]]):
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
        self.overview: Overview | None = None
        self._select_later = ""
        self.panel.picked.connect(self.selected)
        self.panel.asked.connect(self.asked)

    @override
    def show_caller(self, user: EndUser) -> None:
        if self.user is None or self.user.id != user.id:
            self.overview = None
        super().show_caller(user)

    @override
    def look(self, user: EndUser) -> tuple[Overview, AreaRows]:
        found = overview(self.desk, site=user.site, email=user.email)
        charges = open_charges(self.desk, (line.contract_oid for line in found.contracts.lines))
        return found, prepare(found, charges, now=self.desk.clock())

    @override
    def fill(self, answer: tuple[Overview, AreaRows]) -> int:
        self.overview, rows = answer
        self.panel.show_overview(self.overview, rows, now=self.desk.clock())
        wanted, self._select_later = self._select_later, ""
        if wanted:
            self.select(wanted)
        self.read.emit(self.overview)
        return len(self.overview.contracts.lines)

    @override
    def _show(self, answer: tuple[Overview, AreaRows]) -> None:
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

    def _want_link(self) -> None:
        self.link_wanted.emit()
