"""Unlinking an account: the contracts lost are shown first."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from portal_admin.domain.people import EndUser, LinkedAccount
from portal_admin.errors import DeskError
from portal_admin.services import links
from portal_admin.services.access_overview import Overview
from portal_admin.services.desk import Desk
from portal_admin.services.links import LinkPreview
from portal_admin.ui import background
from portal_admin.ui.panels.access import words
from portal_admin.ui.panels.access.preview import PreviewView
from portal_admin.ui.theme import Space
from portal_admin.ui.widgets.conflict_view import ConflictView, user_lines
from portal_admin.ui.widgets.side_panel import SidePanel
from portal_admin.ui.widgets.state_panel import StatePanel
from portal_admin.ui.widgets.text import PlainLabel


class UnlinkPanel(SidePanel):
    """Emits `confirmed` with the account that is to be unlinked."""

    confirmed = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._account: LinkedAccount | None = None
        self.subject = PlainLabel(kind="strong", wrap=True)
        self._content = QVBoxLayout()
        self._content.setContentsMargins(0, 0, 0, 0)
        self._content.setSpacing(Space.M)
        holder = QWidget()
        holder.setLayout(self._content)
        self.state = StatePanel(holder)
        self.conflict = ConflictView(
            self.tr("Somebody else saved this user meanwhile. Nothing was unlinked."),
            self.tr("What it changes was worked out anew. Unlink again to go on."),
            can_take=False,
        )
        self.body.addWidget(self.conflict)
        self.body.addWidget(self.subject)
        self.body.addWidget(self.state)
        self.add_button(self.tr("Cancel"), self.close_panel)
        self._unlink = self.add_button(self.tr("Unlink"), self._confirm, kind="bad", icon="unlink")

    def show_for(self, overview: Overview, account_id: str) -> None:
        """Open with the preview of unlinking that account."""
        self._account = next(card.account for card in overview.cards if card.account.account_id == account_id)
        user = overview.contracts.user
        self.messages.clear()
        self.conflict.clear()
        self.subject.setText(
            self.tr("{account} ({id}) from {name}").format(
                account=self._account.name, id=account_id, name=user.name
            )
        )
        self._clear()
        self.open_panel(self.tr("Unlink account"))
        self._look(overview)

    def show_conflict(self, was: EndUser, theirs: EndUser) -> None:
        """Somebody else saved the user first: what they made of it, beside the unlink wanted here."""
        if self._account is None:
            return
        mine = ", ".join(a.account_id for a in was.accounts if a.oid != self._account.oid)
        self.conflict.show_conflict(user_lines(was, theirs, accounts=mine))

    def show_overview(self, overview: Overview) -> None:
        """The user was read again, so what unlinking changes is worked out anew."""
        if self._account is not None and not self.conflict.isHidden():
            self._look(overview)

    def saving(self, is_saving: bool) -> None:
        """While it is being saved the button says so."""
        self._unlink.setText(self.tr("Unlinking…") if is_saving else self.tr("Unlink"))
        self._unlink.setEnabled(not is_saving)

    def _look(self, overview: Overview) -> None:
        user, account = overview.contracts.user, self._account
        if account is None:
            return
        self.saving(False)
        self._unlink.setEnabled(False)
        self.state.loading()
        background.run(
            self,
            lambda: links.preview(self._desk, site=user.site, email=user.email, remove=[account.account_id]),
            self._show,
            lambda error: self._failed(error, overview),
            replaces="preview",
        )

    def _failed(self, error: DeskError, overview: Overview) -> None:
        self.state.failed(error, lambda: self._look(overview), at=self._desk.clock())

    def _show(self, preview: LinkPreview) -> None:
        self._clear()
        self.state.content()
        self._content.addWidget(PreviewView(words.losses(preview), preview.lost))
        self._content.addWidget(
            PlainLabel(
                self.tr(
                    "You can undo this right afterwards. Linking it again later needs an account that is offered."
                ),
                kind="secondary",
                wrap=True,
            )
        )
        self._unlink.setEnabled(True)
        self._unlink.setFocus()

    def _clear(self) -> None:
        while (item := self._content.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()

    def _confirm(self) -> None:
        if self._account is not None:
            self.confirmed.emit(self._account)
