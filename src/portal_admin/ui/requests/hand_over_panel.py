"""The comment exactly as ASPIRE will hold it, before it is put on the contract."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from portal_admin.domain.permissions import Permission
from portal_admin.domain.service_request_hand_over import require_comment
from portal_admin.domain.service_requests import ServiceRequest
from portal_admin.errors import DeskError, Refused
from portal_admin.services.requests import hand_over
from portal_admin.ui.page import Page
from portal_admin.ui.panels.requests.words import tr
from portal_admin.ui.widgets.facts import FactGrid
from portal_admin.ui.widgets.side_panel import SidePanel
from portal_admin.ui.widgets.text import ElidedLabel, PlainLabel

LINES = 16


class HandOverPanel(SidePanel):
    """`handed_over` carries the request after it; `unsettled` says that something is to be read again."""

    handed_over = Signal(object)
    unsettled = Signal()

    def __init__(self, page: Page) -> None:
        super().__init__(tr("Hand over to ASPIRE"), parent=page)
        self._page = page
        self._busy = False
        self.request: ServiceRequest | None = None
        self.contract, self.subject, self.reference, self.requested_by = (ElidedLabel() for _ in range(4))
        facts = QWidget()
        grid = FactGrid(facts)
        for name, value in (
            (tr("Contract"), self.contract),
            (tr("Subject"), self.subject),
            (tr("Reference"), self.reference),
            (tr("Requested by"), self.requested_by),
        ):
            grid.add_fact(name, value)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName(tr("Text of the comment"))
        self.text.setMinimumHeight(LINES * self.text.fontMetrics().lineSpacing())
        for part in (
            PlainLabel(
                tr(
                    "ASPIRE will hold this comment on the contract, once. Your notes and replies are not part of it."
                ),
                kind="secondary",
                wrap=True,
            ),
            facts,
            self.text,
        ):
            self.body.addWidget(part)
        self.add_button(tr("Cancel"), self.close_panel)
        self.send_button = self.add_button(tr("Hand over now"), self.send, kind="primary")
        page.rights.guard(self.send_button, Permission.HAND_OVER_REQUEST)

    def start(self, request: ServiceRequest) -> None:
        """Show the comment of a request."""
        self.messages.clear()
        try:
            draft = require_comment(request)
        except Refused as refused:
            self._page.messages.error(refused)
            return
        self.request = request
        self.contract.setText(request.contract_id or "")
        self.subject.setText(draft.subject)
        self.reference.setText(draft.reference)
        self.requested_by.setText(draft.requested_by)
        self.text.setPlainText(draft.text)
        self.open_panel(
            tr("Hand over {number} to ASPIRE").format(number=request.number), focus=self.send_button
        )

    def send(self) -> None:
        """Put it on the contract."""
        request, desk = self.request, self._page.desk
        if request is None or self._busy or not self.send_button.isEnabled():
            return
        self._busy = True
        self.messages.info(tr("ASPIRE is being asked…"))
        self._page.run(
            lambda: hand_over.hand_over(desk, number=request.number, version=request.version),
            self._sent,
            self._failed,
        )

    def _sent(self, after: ServiceRequest) -> None:
        self._busy = False
        self.close_panel()
        self.handed_over.emit(after)

    def _failed(self, error: DeskError) -> None:
        self._busy = False
        self.close_panel()
        # What became of it stands in the details, which are read again; the message says what to do.
        self._page.messages.error(error)
        self.unsettled.emit()
