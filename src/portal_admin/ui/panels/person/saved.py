"""Tells what the forms saved, and takes it back."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from portal_admin.domain.people import EndUser
from portal_admin.services import users
from portal_admin.services.links import Changed
from portal_admin.services.users import EmailChange
from portal_admin.ui.page import Page
from portal_admin.ui.panels.person.user_rows import key_of


class Saved(QObject):
    """`changed` names the user whose row must be read again."""

    changed = Signal(object)

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self._page = page

    def created(self, changed: Changed) -> None:
        """A user was created."""
        user = changed.user
        words = self.tr("{name} ({email}) was created on site {site}. {mail}").format(
            name=user.name,
            email=user.email,
            site=user.site,
            mail=self.tr("A registration mail is queued, not yet sent.")
            if user.last_mail
            else self.tr("No mail was queued, because the person has a login elsewhere."),
        )
        if changed.warnings:
            self._page.messages.warning("\n".join((words, *changed.warnings)))
        else:
            self._page.messages.success(words)
        self.changed.emit(key_of(user))

    def edited(self, before: EndUser, after: EndUser) -> None:
        """Names were saved."""
        if before == after:
            self._page.messages.info(self.tr("Nothing was changed."))
        else:
            self._page.messages.success(
                self.tr("Saved: {old} is now {new}.").format(old=before.name, new=after.name),
                undo=lambda: self._undo_edit(before, after),
            )
        self.changed.emit(key_of(after))

    def _undo_edit(self, before: EndUser, after: EndUser) -> None:
        desk = self._page.desk

        def done(user: EndUser) -> None:
            self._page.messages.success(self.tr("Undone. The name is {name} again.").format(name=user.name))
            self.changed.emit(key_of(user))

        self._page.run(
            lambda: users.edit_user(
                desk,
                site=after.site,
                email=after.email,
                first_name=before.first_name,
                last_name=before.last_name,
                version=after.version,
            ),
            done,
        )

    def email_changed(self, change: EmailChange) -> None:
        """A user was replaced by one with another address."""
        self._page.messages.success(
            self.tr(
                "{new} was created, Pending, and a registration mail is queued. {old} is Inactive."
            ).format(new=change.new.email, old=change.old.email)
        )
        self.changed.emit(key_of(change.new))
