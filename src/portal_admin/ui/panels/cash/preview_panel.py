"""Cash application preview: what an amount would pay on a contract, charge by charge; no invoice can be chosen."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from portal_admin.domain.cash_preview import NO_CHOICE_SOURCE, CashPreview
from portal_admin.domain.text import id_key
from portal_admin.errors import AspireRecordMissing, DeskError, InvalidInput, Refused
from portal_admin.services import cash_preview
from portal_admin.services.desk import Desk
from portal_admin.ui import background
from portal_admin.ui.panels.cash.preview_form import PreviewForm
from portal_admin.ui.panels.cash.preview_result import PreviewResult
from portal_admin.ui.speech import announce
from portal_admin.ui.theme import Space
from portal_admin.ui.widgets.buttons import button
from portal_admin.ui.widgets.state_panel import StatePanel
from portal_admin.ui.widgets.text import PlainLabel, set_tooltip


class CashPreviewPanel(QWidget):
    """`show_contract` names the contract; Enter in any field asks. It scrolls with what it stands in."""

    def __init__(self, desk: Desk, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.form = PreviewForm(desk.clock().astimezone().date())
        self.form.entered.connect(self.preview)
        self.preview_button = button(self.tr("&Preview"), self.preview)
        self.result = PreviewResult()
        self.state = StatePanel(self.result)
        self.no_choice = PlainLabel(
            self.tr(
                "No invoice can be chosen, here or in the portal: a payer picks a contract, and ASPIRE's cash "
                "application decides what the money pays."
            ),
            kind="secondary",
            wrap=True,
        )
        set_tooltip(self.no_choice, self.tr("Rests on: {source}").format(source=NO_CHOICE_SOURCE))
        asked = QHBoxLayout()
        asked.addWidget(self.preview_button)
        asked.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.M)
        column.addWidget(self.no_choice)
        column.addWidget(self.form)
        column.addLayout(asked)
        column.addWidget(self.state, 1)
        self._invite()

    def show_contract(self, contract_id: str) -> None:
        """Name the contract; what was shown of another goes away, the amount stays."""
        if id_key(contract_id) == id_key(self.form.contract.text()):
            return
        self.form.contract.setText(contract_id)
        background.forget(self)
        self.form.clear_errors()
        self._invite()

    def focus(self) -> None:
        """Go on where something is still to be typed."""
        (self.form.amount if self.form.contract.text().strip() else self.form.contract).setFocus()

    def preview(self) -> None:
        """Ask what the amount would pay."""
        desk, form = self._desk, self.form
        form.clear_errors()
        contract, amount, day = form.contract.text(), form.amount.text(), form.day
        self.state.loading(self.tr("Asking ASPIRE what is open…"))
        background.run(
            self,
            lambda: cash_preview.preview(desk, contract_id=contract, amount=amount, on=day),
            self._show,
            self._failed,
            replaces="preview",
        )

    def _show(self, found: CashPreview) -> None:
        self.form.show_day(found.on)
        self.result.show_preview(found, now=self._desk.clock())
        self.state.content()
        announce(self, self.result.outcome.text())

    def _failed(self, error: DeskError) -> None:
        if isinstance(error, InvalidInput) and self.form.show_error(error):
            self._invite()
            return
        self.result.preview = None
        if isinstance(error, AspireRecordMissing | Refused):  # an answer, and asking again changes nothing
            self.state.nothing(error.message, icon="info")
            return
        self.state.failed(error, self.preview, at=self._desk.clock())

    def _invite(self) -> None:
        self.result.preview = None
        self.state.nothing(
            self.tr("Type an amount and press Enter to see which charges it would pay."), icon="payments"
        )
