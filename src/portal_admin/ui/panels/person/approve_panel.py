"""The side panel in which a colleague vouches for a caller who talks to somebody else."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit

from portal_admin.domain.people import EndUser
from portal_admin.domain.verification import Method, Verification
from portal_admin.errors import DeskError, InvalidInput
from portal_admin.services import verification
from portal_admin.services.change import permission_of
from portal_admin.ui.page import Page
from portal_admin.ui.panels.person.fixed_field import FixedField
from portal_admin.ui.widgets.ages import clock_text
from portal_admin.ui.widgets.form import Form
from portal_admin.ui.widgets.side_panel import SidePanel
from portal_admin.ui.widgets.text import PlainLabel

SAVE = "approve"


class ApprovePanel(SidePanel):
    """`approved` carries the user and the sentence that says until when it counts."""

    approved = Signal(object, str)

    def __init__(self, page: Page) -> None:
        super().__init__(self.tr("Approve for a colleague"), parent=page)
        self._page = page
        self.user: EndUser | None = None
        self.who = FixedField(
            self.tr("The caller says to be"), self.tr("A colleague talks to the caller and asked you.")
        )
        self.words = PlainLabel(
            self.tr(
                "Approve only if you know that the caller is this person: you know them, or you called them back "
                "yourself. Your approval counts for 30 minutes, for every operator but you, and stands in the audit "
                "under your name."
            ),
            wrap=True,
        )
        self.form = Form()
        self.note = self.form.add(
            "note", self.tr("&Note"), QLineEdit(), hint=self.tr("How you know. May stay empty.")
        )
        for part in (self.who, self.words, self.form):
            self.body.addWidget(part)
        self.add_button(self.tr("Cancel"), self.close_panel)
        self.save_button = self.add_button(self.tr("Approve"), self.save, kind="primary", icon="check")
        page.rights.guard(self.save_button, permission_of(verification.verify))
        self.note.returnPressed.connect(self.save)

    def start(self, user: EndUser) -> None:
        """Open on a user."""
        self.messages.clear()
        self.form.clear_errors()
        self.user = user
        self.note.clear()
        self.who.set(f"{user.name}, {user.email}")
        self.open_panel(focus=self.note)

    def save(self) -> None:
        """Record the approval."""
        user, note, desk = self.user, self.note.text(), self._page.desk
        if user is None or not self.save_button.isEnabled():
            return
        self.save_button.setEnabled(False)
        self._page.run(
            lambda: verification.verify(
                desk, site=user.site, email=user.email, method=Method.APPROVAL, note=note
            ),
            lambda found: self._saved(user, found),
            self._failed,
            replaces=SAVE,
        )

    def _saved(self, user: EndUser, found: Verification) -> None:
        self.save_button.setEnabled(True)
        if self.user is not None and self.user.id == user.id:
            self.close_panel()
        until = clock_text(found.until, self._page.desk.clock())
        words = self.tr("You approved the caller for {name}. It counts until {until}, for your colleagues.")
        self.approved.emit(user, words.format(name=user.name, until=until))

    def _failed(self, error: DeskError) -> None:
        self.save_button.setEnabled(True)
        if self.isHidden():
            self._page.messages.error(error)
        elif not (isinstance(error, InvalidInput) and self.form.show_error(error)):
            self.messages.error(error)
