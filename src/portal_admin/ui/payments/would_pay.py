"""What the payment that is being typed would pay, by the contract's own cash application rules."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from portal_admin.domain.cash_preview import CashPreview
from portal_admin.errors import AspireRecordMissing, DeskError, InvalidInput, Refused
from portal_admin.services import cash_preview
from portal_admin.services.desk import Desk
from portal_admin.ui import background
from portal_admin.ui.panels.cash.preview_result import PreviewResult
from portal_admin.ui.panels.payment.words import tr
from portal_admin.ui.payments.submit_form import Typed
from portal_admin.ui.theme import Space
from portal_admin.ui.widgets.state_panel import StatePanel
from portal_admin.ui.widgets.text import PlainLabel

PAUSE = 400
LEAST = 180


class WouldPay(QWidget):
    """Asks again when contract, amount or day are typed anew; what it cannot tell keeps nobody from submitting."""

    def __init__(self, desk: Desk, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._asked: tuple[object, ...] | None = None
        self.result = PreviewResult()
        self.state = StatePanel(self.result)
        self.state.setMinimumHeight(LEAST)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addWidget(PlainLabel(tr("What it would pay"), kind="strong"))
        column.addWidget(self.state)
        self.hide()

    def show_for(self, typed: Typed | None) -> None:
        """Preview this; None takes it away."""
        asked = None if typed is None else (typed.contract_id, typed.amount, typed.on)
        if asked == self._asked:
            return
        self._asked = asked
        background.forget(self)
        self.setVisible(typed is not None)
        if typed is None:
            return
        self.state.nothing("")
        self.state.loading(tr("Asking ASPIRE what is open…"))
        background.later(self, PAUSE, lambda: self._ask(typed), replaces="pause")

    def _ask(self, typed: Typed) -> None:
        desk = self._desk
        background.run(
            self,
            lambda: cash_preview.preview(
                desk, contract_id=typed.contract_id, amount=typed.amount, on=typed.on
            ),
            self._show,
            lambda error: self._failed(error, typed),
            replaces="preview",
        )

    def _show(self, found: CashPreview) -> None:
        self.result.show_preview(found, now=self._desk.clock())
        self.state.content()

    def _failed(self, error: DeskError, typed: Typed) -> None:
        if isinstance(error, InvalidInput | AspireRecordMissing | Refused):
            self.state.nothing(error.message, icon="info")
        else:
            self.state.failed(error, lambda: self._ask(typed), at=self._desk.clock())
