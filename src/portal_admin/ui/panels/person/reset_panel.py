"""The side panel that resets a password: who is calling comes first."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Signal

from portal_admin.domain.people import EndUser
from portal_admin.domain.verification import RULE
from portal_admin.errors import DeskError, Refused
from portal_admin.services import early_resets, users, verification
from portal_admin.services.change import permission_of
from portal_admin.services.early_resets import Caution
from portal_admin.services.outbox import Queued
from portal_admin.services.verification import Caller
from portal_admin.ui import background
from portal_admin.ui.page import Page
from portal_admin.ui.panels.person.caller_check import CallerCheck
from portal_admin.ui.panels.person.caution_view import CautionView
from portal_admin.ui.panels.person.fixed_field import FixedField
from portal_admin.ui.widgets.side_panel import SidePanel
from portal_admin.ui.widgets.text import PlainLabel

SAVE = "reset"


@dataclass(frozen=True, slots=True)
class _Known:
    caller: Caller
    caution: Caution


class ResetPanel(SidePanel):
    """`queued` carries the mail."""

    queued = Signal(object)

    def __init__(self, page: Page) -> None:
        super().__init__(self.tr("Reset Password"), parent=page)
        self._page = page
        self.user: EndUser | None = None
        self.to = FixedField(
            self.tr("Mails a guided reset to"), self.tr("Staff never set or see a password.")
        )
        self.caution = CautionView()
        self.check = CallerCheck(page.rights)
        self.hint = PlainLabel(
            self.tr("Knowing personal data proves nothing: a thief knows it too."),
            kind="secondary",
            wrap=True,
        )
        for part in (self.to, self.caution, self.check, self.hint):
            self.body.addWidget(part)
        self.add_button(self.tr("Cancel"), self.close_panel)
        self.save_button = self.add_button(self.tr("Reset Password"), self.save, kind="primary", icon="lock")
        page.rights.guard(self.save_button, permission_of(users.reset_password))
        self.check.entered.connect(self.save)
        self.check.asked_again.connect(self._look)
        self.check.reveal_failed.connect(self.messages.error)

    def start(self, user: EndUser) -> None:
        """Ask who is calling about a user."""
        background.forget(self)  # answers about the caller before
        self.messages.clear()
        self.user = user
        self.to.set(user.email)
        self.caution.hide()
        self.check.clear()
        self.open_panel(self.tr("Reset Password of {name}").format(name=user.name), focus=self.check.first)
        self._look()

    def _look(self) -> None:
        user, desk = self.user, self._page.desk
        if user is None:
            return
        background.run(
            self,
            lambda: _Known(
                verification.caller(desk, site=user.site, email=user.email),
                early_resets.caution(desk, site=user.site, email=user.email),
            ),
            lambda known: self._show(user, known),
            self.messages.error,
            replaces="caller",
        )

    def _show(self, user: EndUser, known: _Known) -> None:
        now = self._page.desk.clock()
        self.check.show_caller(known.caller, user=user, desk=self._page.desk)
        self.caution.show_before(known.caution, now)
        if self.check.is_verified and self.isAncestorOf(self.focusWidget() or self):
            self.save_button.setFocus()

    def save(self) -> None:
        """Reset it, once the caller is verified."""
        user, desk = self.user, self._page.desk
        if user is None or not self.save_button.isEnabled() or not self.check.is_answered():
            return
        proof = self.check.proof
        self.messages.clear()
        self.save_button.setEnabled(False)
        self._page.run(
            lambda: users.reset_password(desk, site=user.site, email=user.email, proof=proof),
            self._saved,
            self._failed,
            replaces=SAVE,
        )

    def _saved(self, queued: Queued) -> None:
        self.save_button.setEnabled(True)
        if self.user is not None and self.user.id == queued.user.id:
            self.close_panel()
        self.queued.emit(queued)

    def _failed(self, error: DeskError) -> None:
        self.save_button.setEnabled(True)
        if self.isHidden():
            self._page.messages.error(error)
            return
        self.messages.error(error, retry=None if isinstance(error, Refused) else self.save)
        if isinstance(error, Refused) and error.rule == RULE:
            self._look()  # it ran out while the panel was open
