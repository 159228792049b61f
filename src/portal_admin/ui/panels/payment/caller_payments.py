"""What the caller pays through the portal, newest first."""

from __future__ import annotations

from collections.abc import Hashable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from portal_admin.domain.people import EndUser
from portal_admin.errors import DeskError, SwitchedOff
from portal_admin.services.desk import Desk
from portal_admin.services.payments.list import PaymentList, list_payments
from portal_admin.ui.navigation import Target
from portal_admin.ui.override import override
from portal_admin.ui.panels.caller_part import CallerPart
from portal_admin.ui.panels.payment import payment_rows
from portal_admin.ui.panels.payment.words import tr
from portal_admin.ui.tables.list_table import ListTable
from portal_admin.ui.theme import Space
from portal_admin.ui.widgets.buttons import button
from portal_admin.ui.widgets.text import PlainLabel

SHOWN_AT_MOST = 50


class CallerPayments(CallerPart[PaymentList]):
    """The caller's payments; `opened` carries the Target of one, or of the page where one is submitted.

    `preview_wanted` asks for what an amount would pay.
    """

    opened = Signal(object)
    preview_wanted = Signal()

    def __init__(self, desk: Desk) -> None:
        self.table = ListTable(payment_rows.columns(with_person=False), name=tr("Payments"), always=3)
        super().__init__(desk, self.table)
        self.table.opened.connect(self._open)
        self.note = PlainLabel(kind="secondary")
        self.preview_button = button(
            tr("What would a payment pay?…"), lambda: self.preview_wanted.emit(), kind="link"
        )
        self.submit_button = button(tr("Submit payment…"), self._submit)
        below = QHBoxLayout()
        below.setContentsMargins(Space.L, Space.XS, Space.M, Space.S)
        below.addWidget(self.note, 1)
        below.addWidget(self.preview_button)
        below.addWidget(self.submit_button)
        column = self.layout()
        assert isinstance(column, QVBoxLayout)  # noqa: S101
        column.addLayout(below)
        self._offer(False)

    def _offer(self, offered: bool) -> None:
        for made in (self.preview_button, self.submit_button):
            made.setVisible(offered)

    @override
    def look(self, user: EndUser) -> PaymentList:
        return list_payments(self.desk, user_id=user.id, limit=SHOWN_AT_MOST)

    @override
    def fill(self, answer: PaymentList) -> int:
        self._offer(True)
        more = tr("These are the latest {n}.").format(n=SHOWN_AT_MOST) if answer.more else ""
        self.note.setText(more)
        self.table.set_rows(payment_rows.rows(answer, self.desk.clock(), with_person=False))
        return len(answer.payments)

    @override
    def nothing_words(self) -> str:
        return tr("No payment was made in the portal, and none submitted here.")

    @override
    def _failed(self, error: DeskError) -> None:
        self.note.setText("")
        if not isinstance(error, SwitchedOff):
            super()._failed(error)
            return
        # Hidden as on the portal: that is neither none nor a failure, and Retry would not help.
        self._offer(False)
        self.counted.emit(0)
        self.state.not_allowed(error.title, error.message)

    def _open(self, key: Hashable) -> None:
        self.opened.emit(payment_rows.target(str(key)))

    def _submit(self) -> None:
        if self.user is not None:
            self.opened.emit(Target("payments", site=self.user.site, email=self.user.email))
