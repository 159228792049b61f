"""The side panel that changes an email address: it shows exactly what will happen before it does."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from portal_admin.domain.people import EndUser
from portal_admin.domain.verification import RULE
from portal_admin.errors import Conflict, DeskError, InvalidInput, Refused
from portal_admin.services import people, users, verification
from portal_admin.services.change import permission_of
from portal_admin.services.users import EmailChange
from portal_admin.services.verification import Caller
from portal_admin.ui import background
from portal_admin.ui.page import Page
from portal_admin.ui.panels.person.caller_check import CallerCheck
from portal_admin.ui.panels.person.fixed_field import FixedField
from portal_admin.ui.panels.person.user_rows import UserKey, key_of
from portal_admin.ui.theme import Space
from portal_admin.ui.widgets.conflict_view import ConflictLine, ConflictView, user_lines
from portal_admin.ui.widgets.form import Form
from portal_admin.ui.widgets.mark import Mark
from portal_admin.ui.widgets.side_panel import SidePanel
from portal_admin.ui.widgets.text import PlainLabel

SAVE = "change_email"
STEP_ICONS = ("person", "mail", "block")


class EmailPanel(SidePanel):
    """`changed` carries the EmailChange, `stale` the key of a user whom somebody else changed."""

    changed = Signal(object)
    stale = Signal(object)

    def __init__(self, page: Page) -> None:
        super().__init__(self.tr("Change Email"), parent=page)
        self._page = page
        self.user: EndUser | None = None
        self._drafts: dict[UserKey, str] = {}
        self.conflict = ConflictView(
            self.tr(
                "Somebody else saved this user meanwhile. The address was not changed, and yours is kept."
            ),
            self.tr("Change Email again to go on from what they saved."),
            can_take=False,
        )
        self.old = FixedField(self.tr("Email now"), self.tr("It stays with this user, who becomes Inactive."))
        self.form = Form()
        self.email = self.form.add("email", self.tr("&New email"), QLineEdit())
        self.steps = [PlainLabel(wrap=True) for _ in STEP_ICONS]
        for widget in (
            self.conflict,
            self.old,
            self.form,
            PlainLabel(self.tr("What will happen, in one step"), kind="strong"),
        ):
            self.body.addWidget(widget)
        self.body.addWidget(self._steps())
        self.check = CallerCheck(page.rights)
        self.check.entered.connect(self.save)
        self.check.asked_again.connect(self._look)
        self.check.reveal_failed.connect(self.messages.error)
        self.body.addWidget(self.check)
        self.save_button = self.add_button(self.tr("Change Email"), self.save, kind="primary")
        page.rights.guard(self.save_button, permission_of(users.change_email))
        self.email.textChanged.connect(self._tell_steps)
        self.email.textEdited.connect(self._remember)
        self.email.returnPressed.connect(self.save)

    def _steps(self) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        for icon, words in zip(STEP_ICONS, self.steps, strict=True):
            row = QHBoxLayout()
            row.setSpacing(Space.S)
            row.addWidget(Mark(icon, "secondary"), 0, Qt.AlignmentFlag.AlignTop)
            row.addWidget(words, 1)
            column.addLayout(row)
        return holder

    def start(self, user: EndUser) -> None:
        """Open the form on a user, with the address that was typed for them before."""
        background.forget(self)  # answers about the caller before
        self.messages.clear()
        self.form.clear_errors()
        self.conflict.clear()
        self.user = user
        self.old.set(user.email)
        self.email.setText(self._drafts.get(key_of(user), ""))
        self.check.clear()
        self._tell_steps()
        self._look()
        self.open_panel(self.tr("Change Email of {name}").format(name=user.name), focus=self.email)

    def _look(self) -> None:
        user, desk = self.user, self._page.desk
        if user is None:
            return

        def show(caller: Caller) -> None:
            self.check.show_caller(caller, user=user, desk=desk)

        work = partial(verification.caller, desk, site=user.site, email=user.email)
        background.run(self, work, show, self.messages.error, replaces="caller")

    def _tell_steps(self, _text: str = "") -> None:
        user = self.user
        if user is None:
            return
        new = self.email.text().strip() or self.tr("the new address")
        ids = ", ".join(account.account_id for account in user.accounts)
        words = (
            self.tr(
                "A new user is created on site {site}, Pending, with {new} and the same linked accounts: {ids}."
            ),
            self.tr("A registration mail to {new} is queued; the person sets a new password."),
            self.tr("{old} becomes Inactive and cannot sign in. Mails still waiting for it are not sent."),
        )
        for label, sentence in zip(self.steps, words, strict=True):
            label.setText(sentence.format(new=new, site=user.site, ids=ids, old=user.email))

    def _remember(self, text: str) -> None:
        if self.user is not None:
            self._drafts[key_of(self.user)] = text

    def save(self) -> None:
        """Change it."""
        user, to = self.user, self.email.text()
        if user is None or not self.save_button.isEnabled():
            return
        self.messages.clear()
        self.form.clear_errors()
        try:
            users.check_email(to)
        except InvalidInput as problem:
            self.form.show_error(problem)
            return
        if not self.check.is_answered():
            return
        proof, desk = self.check.proof, self._page.desk
        self.save_button.setEnabled(False)
        self._page.run(
            lambda: users.change_email(
                desk, site=user.site, email=user.email, to=to, version=user.version, proof=proof
            ),
            self._saved,
            lambda error: self._failed(user, error),
            replaces=SAVE,
        )

    def _saved(self, change: EmailChange) -> None:
        self.save_button.setEnabled(True)
        self._drafts.pop(key_of(change.old), None)
        if self.user is not None and key_of(self.user) == key_of(change.old):
            self.close_panel()
        self.changed.emit(change)

    def _failed(self, user: EndUser, error: DeskError) -> None:
        self.save_button.setEnabled(True)
        if isinstance(error, Conflict):
            self.stale.emit(key_of(user))
        if self.isHidden():
            self._page.messages.error(error, retry=lambda: self.start(user))
        elif isinstance(error, Conflict):
            self._look_at_theirs(user)
        elif isinstance(error, InvalidInput):
            self.form.show_error(error)
        elif isinstance(error, Refused) and error.rule == "unique_email":
            self.form.show_error(InvalidInput(error.message, field="email"))
        else:
            if isinstance(error, Refused) and error.rule == RULE:
                self._look()  # it ran out while the panel was open
            self.messages.error(error, retry=None if isinstance(error, Refused) else self.save)

    def _look_at_theirs(self, mine: EndUser) -> None:
        desk = self._page.desk

        def done(theirs: EndUser) -> None:
            if self.user is None or key_of(self.user) != key_of(mine):
                return
            self.user = theirs  # a further Save is made with theirs in view
            self._tell_steps()
            typed = ConflictLine(self.tr("New email"), "", "", self.email.text().strip())
            self.conflict.show_conflict([*user_lines(mine, theirs), typed])
            self.email.setFocus()

        self._page.run(
            lambda: people.show_user(desk, site=mine.site, email=mine.email), done, self.messages.error
        )
