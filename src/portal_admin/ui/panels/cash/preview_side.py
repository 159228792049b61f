"""The cash application preview as a panel at the side of a page."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from portal_admin.services.desk import Desk
from portal_admin.ui.panels.cash.preview_panel import CashPreviewPanel
from portal_admin.ui.widgets.side_panel import SidePanel


class CashPreviewSide(SidePanel):
    """`start` opens it on a contract."""

    def __init__(self, desk: Desk, *, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.title.setText(self.tr("What would a payment pay?"))
        self.panel = CashPreviewPanel(desk)
        self.body.addWidget(self.panel)

    def start(self, contract_id: str = "") -> None:
        """Open the panel; without a contract the one that was asked about stays."""
        if contract_id:
            self.panel.show_contract(contract_id)
        form = self.panel.form
        focus = form.amount if form.contract.text().strip() else form.contract
        self.open_panel(self.tr("What would a payment pay?"), focus=focus)
