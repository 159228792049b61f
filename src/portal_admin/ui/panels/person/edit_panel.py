"""The side panel that edits an end user's names; a draft is kept for each user until it is saved."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit

from portal_admin.domain.lifecycle import Action
from portal_admin.domain.people import EndUser
from portal_admin.errors import Conflict, DeskError, InvalidInput
from portal_admin.services import people, users
from portal_admin.ui.page import Page
from portal_admin.ui.panels.person.fixed_field import FixedField
from portal_admin.ui.panels.person.user_actions import offers
from portal_admin.ui.panels.person.user_rows import UserKey, key_of
from portal_admin.ui.widgets.buttons import button
from portal_admin.ui.widgets.conflict_view import ConflictLine, ConflictView, user_lines
from portal_admin.ui.widgets.form import Form
from portal_admin.ui.widgets.side_panel import SidePanel
from portal_admin.ui.widgets.text import PlainLabel, set_tooltip

SAVE = "edit"


@dataclass(frozen=True, slots=True)
class _Draft:
    """What was typed, and the user it was typed over: a later Save must meet what others saved since."""

    base: EndUser
    first: str
    last: str


class EditPanel(SidePanel):
    """`saved` carries the user before and after, `change_email` and `access_wanted` the user."""

    saved = Signal(object, object)
    change_email = Signal(object)
    access_wanted = Signal(object)

    def __init__(self, page: Page) -> None:
        super().__init__(self.tr("Edit end user"), parent=page)
        self._page = page
        self.user: EndUser | None = None
        self._drafts: dict[UserKey, _Draft] = {}
        self._met: EndUser | None = None
        self.conflict = ConflictView(
            self.tr(
                "Somebody else saved this user meanwhile. Nothing of yours was saved yet, and nothing is lost."
            ),
            self.tr("Save again to put yours in place of theirs."),
        )
        self.conflict.taken.connect(self._take_theirs)
        self.form = Form()
        self.first_name = self.form.add("first_name", self.tr("&First name"), QLineEdit())
        self.last_name = self.form.add("last_name", self.tr("&Last name"), QLineEdit())
        self.email = FixedField(
            self.tr("Email"),
            self.tr("Cannot be changed after creation: it is who the person is on the site."),
        )
        self.email_button = button(self.tr("Change Email…"), self._ask_change, kind="link")
        self.email.add(self.email_button)
        self.site = FixedField(
            self.tr("Site"),
            self.tr("Cannot be changed after creation. For another site, create another user."),
        )
        self.linked = FixedField(self.tr("Linked accounts"), self.tr("Changed where their effect is shown."))
        self.linked.add(button(self.tr("Account access"), self._ask_access, kind="link"))
        self.kept = PlainLabel(self.tr("Your unsaved text from before is still here."), kind="secondary")
        for widget in (self.conflict, self.kept, self.form, self.email, self.site, self.linked):
            self.body.addWidget(widget)
        self.discard_button = self.add_button(self.tr("Discard changes"), self.discard)
        self.save_button = self.add_button(self.tr("Save"), self.save, kind="primary")
        for edit in (self.first_name, self.last_name):
            edit.returnPressed.connect(self.save)
            edit.textEdited.connect(self._remember)

    def start(self, user: EndUser) -> None:
        """Open the form on a user, with the draft that was kept for them."""
        if self.user is None or key_of(self.user) != key_of(user):
            self.conflict.clear()
            self.messages.clear()
        draft = self._drafts.get(key_of(user))
        self.user = draft.base if draft else user
        self.first_name.setText(draft.first if draft else user.first_name)
        self.last_name.setText(draft.last if draft else user.last_name)
        self.kept.setVisible(draft is not None)
        self.discard_button.setEnabled(draft is not None)
        self._show_fixed(user)
        self.open_panel(self.tr("Edit {name}").format(name=user.name), focus=self.first_name)
        self.first_name.selectAll()

    def discard(self) -> None:
        """Forget what was typed."""
        if self.user is None:
            return
        self._drafts.pop(key_of(self.user), None)
        self.conflict.clear()
        self.messages.clear()
        self.form.clear_errors()
        self.close_panel()

    def save(self) -> None:
        """Save the names; every field that cannot be used says so at once."""
        user = self.user
        if user is None or not self.save_button.isEnabled():
            return
        self.messages.clear()
        self.form.clear_errors()
        first, last = self.first_name.text(), self.last_name.text()
        wrong = False
        for value, field in ((last, "last_name"), (first, "first_name")):
            try:
                users.check_name(value, field)
            except InvalidInput as problem:
                wrong = self.form.show_error(problem)
        if wrong:
            return
        desk = self._page.desk
        self.save_button.setEnabled(False)
        self._page.run(
            lambda: users.edit_user(
                desk, site=user.site, email=user.email, first_name=first, last_name=last, version=user.version
            ),
            lambda after: self._saved(user, after),
            lambda error: self._failed(user, error),
            replaces=SAVE,
        )

    def _saved(self, before: EndUser, after: EndUser) -> None:
        self.save_button.setEnabled(True)
        self._drafts.pop(key_of(before), None)
        self.conflict.clear()
        if self._shows(before):
            self.close_panel()
        self.saved.emit(before, after)

    def _failed(self, user: EndUser, error: DeskError) -> None:
        self.save_button.setEnabled(True)
        if self.isHidden() or not self._shows(user):
            self._page.messages.error(error, retry=lambda: self.start(user))
        elif isinstance(error, Conflict):
            self._look_at_theirs(user)
        elif not (isinstance(error, InvalidInput) and self.form.show_error(error)):
            self.messages.error(error, retry=self.save)

    def _look_at_theirs(self, mine: EndUser) -> None:
        desk = self._page.desk

        def done(theirs: EndUser) -> None:
            if not self._shows(mine):
                return  # another person is being edited by now; the draft meets theirs when it is opened again
            self.user = theirs  # a further Save is made with theirs in view
            self._remember()
            self._show_fixed(theirs)
            self._met = mine
            self.conflict.show_conflict(self._conflict_lines(mine, theirs))
            self.first_name.setFocus()

        self._page.run(
            lambda: people.show_user(desk, site=mine.site, email=mine.email), done, self.messages.error
        )

    def _conflict_lines(self, was: EndUser, theirs: EndUser) -> list[ConflictLine]:
        first, last = (
            ConflictLine(name, getattr(was, field), value, edit.text(), partial(self._take, edit, value))
            for name, field, value, edit in (
                (self.tr("First name"), "first_name", theirs.first_name, self.first_name),
                (self.tr("Last name"), "last_name", theirs.last_name, self.last_name),
            )
        )
        return user_lines(was, theirs, first_name=first, last_name=last)

    def _take(self, edit: QLineEdit, theirs: str) -> None:
        edit.setText(theirs)
        self._remember()
        edit.setFocus()

    def _shows(self, user: EndUser) -> bool:
        return self.user is not None and key_of(self.user) == key_of(user)

    def _take_theirs(self) -> None:
        if self.user is None:
            return
        self.first_name.setText(self.user.first_name)
        self.last_name.setText(self.user.last_name)
        self._remember()
        self.conflict.clear()
        self.first_name.setFocus()

    def _remember(self, _text: str = "") -> None:
        if self.user is None:
            return
        typed = self.first_name.text(), self.last_name.text()
        if typed == (self.user.first_name, self.user.last_name):
            self._drafts.pop(key_of(self.user), None)
        else:
            self._drafts[key_of(self.user)] = _Draft(self.user, *typed)
        if self._met is not None and not self.conflict.isHidden():
            self.conflict.update_lines(self._conflict_lines(self._met, self.user))
        self.discard_button.setEnabled(key_of(self.user) in self._drafts)

    def _show_fixed(self, user: EndUser) -> None:
        self.email.set(user.email)
        self.site.set(user.site)
        self.linked.set(", ".join(account.account_id for account in user.accounts))
        offer = next(offer for offer in offers(user.status) if offer.action is Action.CHANGE_EMAIL)
        self.email_button.setEnabled(offer.instead is None)
        self.email_button.setAccessibleDescription(offer.instead or offer.effect)
        set_tooltip(self.email_button, offer.instead or offer.effect)

    def _ask_change(self) -> None:
        if self.user is not None:
            self.change_email.emit(self.user)

    def _ask_access(self) -> None:
        if self.user is not None:
            self.access_wanted.emit(self.user)
