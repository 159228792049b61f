"""What cancelling a payment would do, before it is done."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal

from portal_admin.domain.permissions import Permission
from portal_admin.errors import DeskError
from portal_admin.services.payments import cancel
from portal_admin.services.payments.cancel import Cancellation, CancelPreview
from portal_admin.ui import background
from portal_admin.ui.page import Page
from portal_admin.ui.panels.payment.words import money_text, tr
from portal_admin.ui.widgets.side_panel import SidePanel
from portal_admin.ui.widgets.state_panel import StatePanel
from portal_admin.ui.widgets.text import PlainLabel


class CancelPanel(SidePanel):
    """`done` carries the Cancellation, `failed` the error that kept it from being begun."""

    done = Signal(object)

    def __init__(self, page: Page) -> None:
        super().__init__(tr("Cancel payment"), parent=page)
        self._page = page
        self._busy = False
        self._reference = ""
        self._preview: CancelPreview | None = None
        self.words = PlainLabel(wrap=True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.state = StatePanel(self.words)
        self.state.setMinimumHeight(160)
        self.body.addWidget(
            PlainLabel(
                tr("A payment can be cancelled until EFT Generation has picked it up; the batches tell."),
                kind="secondary",
                wrap=True,
            )
        )
        self.body.addWidget(self.state)
        self.keep_button = self.add_button(tr("Keep it"), self.close_panel)
        self.cancel_button = self.add_button(tr("Cancel payment"), self.act, kind="bad")
        page.rights.guard(self.cancel_button, Permission.CANCEL_PAYMENT)

    def start(self, reference: str) -> None:
        """Ask ASPIRE what cancelling would do, and show it."""
        self.messages.clear()
        self._reference, self._preview = reference, None
        self.cancel_button.setEnabled(False)
        self.words.setText("")
        self.open_panel(tr("Cancel {reference}").format(reference=reference), focus=self.keep_button)
        self._look()

    def _look(self) -> None:
        desk, reference = self._page.desk, self._reference
        self.state.loading(tr("ASPIRE is being asked…"))
        background.run(
            self,
            lambda: cancel.preview_cancel(desk, reference=reference),
            self._show,
            self._unable,
            replaces="preview",
        )

    def _show(self, preview: CancelPreview) -> None:
        self._preview = preview
        self.words.setText(
            tr("{amount} for contract {contract}, {email}.").format(
                amount=money_text(preview.payment),
                contract=preview.payment.contract_id,
                email=preview.payment.email,
            )
            + "\n\n"
            + preview.sentence
        )
        self.state.content()
        self.cancel_button.setEnabled(True)
        self.cancel_button.setFocus()

    def _unable(self, error: DeskError) -> None:
        if error.exit_code == DeskError.exit_code:
            self.state.not_allowed(error.title, error.message)
        else:
            self.state.failed(error, self._look, at=self._page.desk.clock())

    def act(self) -> None:
        """Cancel it."""
        preview, desk = self._preview, self._page.desk
        if preview is None or self._busy or not self.cancel_button.isEnabled():
            return
        self._busy = True
        self.cancel_button.setEnabled(False)
        self.messages.info(tr("ASPIRE is being asked…"))
        # The page owns the work: what became of it must be told even when the panel was closed meanwhile.
        self._page.run(
            lambda: cancel.cancel(desk, reference=preview.payment.reference, version=preview.payment.version),
            self._finished,
            self._failed,
        )

    def _finished(self, outcome: Cancellation) -> None:
        self._busy = False
        self.close_panel()
        self.done.emit(outcome)

    def _failed(self, error: DeskError) -> None:
        self._busy = False
        self.close_panel()
        self._page.messages.error(error)
        self.done.emit(None)
