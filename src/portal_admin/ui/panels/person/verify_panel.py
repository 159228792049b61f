"""The side panel that records how a caller was verified, before it is known what for."""

from __future__ import annotations

from PySide6.QtCore import Signal

from portal_admin.domain.people import EndUser
from portal_admin.domain.verification import Verification
from portal_admin.errors import DeskError
from portal_admin.services import verification
from portal_admin.services.change import permission_of
from portal_admin.services.verification import Caller
from portal_admin.ui import background
from portal_admin.ui.page import Page
from portal_admin.ui.panels.person.caller_check import CallerCheck
from portal_admin.ui.panels.person.fixed_field import FixedField
from portal_admin.ui.widgets.ages import clock_text
from portal_admin.ui.widgets.side_panel import SidePanel
from portal_admin.ui.widgets.text import PlainLabel

SAVE = "verify"


class VerifyPanel(SidePanel):
    """`verified` carries the sentence that says until when it counts."""

    verified = Signal(str)

    def __init__(self, page: Page) -> None:
        super().__init__(self.tr("Verify caller"), parent=page)
        self._page = page
        self.user: EndUser | None = None
        self.who = FixedField(
            self.tr("The caller says to be"),
            self.tr("It counts for 30 minutes, for a reset and for a change of email."),
        )
        self.check = CallerCheck(page.rights)
        self.hint = PlainLabel(
            self.tr("Knowing personal data proves nothing: a thief knows it too."),
            kind="secondary",
            wrap=True,
        )
        for part in (self.who, self.check, self.hint):
            self.body.addWidget(part)
        self.add_button(self.tr("Cancel"), self.close_panel)
        self.save_button = self.add_button(self.tr("Record"), self.save, kind="primary", icon="check")
        page.rights.guard(self.save_button, permission_of(verification.verify))
        self.check.entered.connect(self.save)
        self.check.asked_again.connect(self._look)
        self.check.reveal_failed.connect(self.messages.error)

    def start(self, user: EndUser) -> None:
        """Ask who is calling."""
        background.forget(self)
        self.messages.clear()
        self.user = user
        self.who.set(f"{user.name}, {user.email}")
        self.check.clear()
        self.open_panel(focus=self.check.first)
        self._look()

    def _look(self) -> None:
        user, desk = self.user, self._page.desk
        if user is None:
            return
        background.run(
            self,
            lambda: verification.caller(desk, site=user.site, email=user.email),
            lambda found: self._show(user, found),
            self.messages.error,
            replaces="caller",
        )

    def _show(self, user: EndUser, found: Caller) -> None:
        self.check.show_caller(found, user=user, desk=self._page.desk)

    def save(self) -> None:
        """Record it, once a way was chosen; what counts already needs no record."""
        user, desk = self.user, self._page.desk
        if user is None or not self.save_button.isEnabled() or not self.check.is_answered():
            return
        proof = self.check.proof
        if proof is None:
            self.close_panel()
            return
        self.save_button.setEnabled(False)
        self._page.run(
            lambda: verification.verify(
                desk, site=user.site, email=user.email, method=proof.method, note=proof.note
            ),
            lambda found: self._saved(user, found),
            self._failed,
            replaces=SAVE,
        )

    def _saved(self, user: EndUser, found: Verification) -> None:
        self.save_button.setEnabled(True)
        self.close_panel()
        until = clock_text(found.until, self._page.desk.clock())
        words = self.tr("Recorded: the caller is {name}. It counts until {until}.")
        self.verified.emit(words.format(name=user.name, until=until))

    def _failed(self, error: DeskError) -> None:
        self.save_button.setEnabled(True)
        (self._page.messages if self.isHidden() else self.messages).error(error)
