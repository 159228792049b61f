"""The side panel that creates an end user; what was typed stays until it is saved or cleared."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QVBoxLayout, QWidget

from portal_admin.domain.people import Site, Status
from portal_admin.domain.text import canonical_email
from portal_admin.errors import DeskError, InvalidInput, NotFound, Refused
from portal_admin.services import users
from portal_admin.services.links import Changed
from portal_admin.ui.end_users.account_picker import AccountPicker
from portal_admin.ui.end_users.filter_bar import site_words
from portal_admin.ui.page import Page
from portal_admin.ui.panels.person.user_rows import UserKey
from portal_admin.ui.widgets.form import Form
from portal_admin.ui.widgets.side_panel import SidePanel

SAVE = "create"


class CreatePanel(SidePanel):
    """`created` carries what was saved, `show_user` the key of a user who has the address already."""

    created = Signal(object)
    show_user = Signal(object)

    def __init__(self, page: Page) -> None:
        super().__init__(self.tr("New end user"), parent=page)
        self._page = page
        self.form = Form()
        self.site = self.form.add("site", self.tr("&Site"), QComboBox(), hint=self._never())
        self.site.setPlaceholderText(self.tr("Choose a site"))
        self.email = self.form.add("email", self.tr("&Email"), QLineEdit(), hint=self._email_hint())
        self.first_name = self.form.add("first_name", self.tr("&First name"), QLineEdit())
        self.last_name = self.form.add("last_name", self.tr("&Last name"), QLineEdit())
        self.status = self.form.add("status", self.tr("S&tatus"), QComboBox())
        self.status.addItem(self.tr("Pending: a registration mail is queued"), Status.PENDING)
        self.status.addItem(self.tr("Active: has a login elsewhere"), Status.ACTIVE)
        self.accounts = self.form.add(
            "accounts", self.tr("Linked &accounts"), AccountPicker(page.desk), hint=self._accounts_hint()
        )
        accounts = self.form.fields["accounts"]
        column = accounts.layout()
        if isinstance(column, QVBoxLayout):
            column.insertWidget(1, accounts.note)  # above the results, which can be long
        self.body.addWidget(self.form)
        self.clear_button = self.add_button(self.tr("Clear form"), self.clear_form)
        self.save_button = self.add_button(self.tr("Create user"), self.save, kind="primary")
        self._connect()

    def _connect(self) -> None:
        self.site.currentIndexChanged.connect(lambda _: self.accounts.set_site(self.site.currentData()))
        self.accounts.changed.connect(lambda: self.form.fields["accounts"].set_error(""))
        for edit in (self.email, self.first_name, self.last_name):
            edit.returnPressed.connect(self.save)

    def _never(self) -> str:
        return self.tr("Cannot be changed later.")

    def _email_hint(self) -> str:
        return self.tr("The person signs in with it; a later change makes a new user.")

    def _accounts_hint(self) -> str:
        return self.tr("At least one. Accounts decide which contracts the person sees.")

    def set_sites(self, sites: Iterable[Site]) -> None:
        """Offer these sites, keeping the one chosen; a single one is chosen by itself."""
        chosen, offered = self.site.currentData(), list(sites)
        with QSignalBlocker(self.site):
            self.site.clear()
            for site in offered:
                self.site.addItem(site_words(site), site.key)
            self.site.setCurrentIndex(0 if len(offered) == 1 else self.site.findData(chosen))
        self.accounts.set_site(self.site.currentData())

    def start(self, site: str | None) -> None:
        """Open the form; a site that is filtered by is chosen unless the form has one already."""
        if self.site.currentIndex() < 0 and site is not None:
            self.site.setCurrentIndex(self.site.findData(site))
        first: QWidget = self.site if self.site.currentIndex() < 0 else self.email
        self.open_panel(focus=first)

    def start_for(self, site: str, email: str, account_id: str) -> None:
        """Open the form filled in for somebody; what was typed for somebody else before is kept instead."""
        if self.email.text().strip() or self.accounts.account_ids:
            self.messages.info(self.tr("What was typed here before is kept. Clear the form to begin anew."))
            self.start(site)
            return
        self.site.setCurrentIndex(self.site.findData(site))
        self.email.setText(email)
        self.accounts.choose(account_id)
        self.open_panel(focus=self.first_name)

    def clear_form(self) -> None:
        """Start afresh."""
        self.messages.clear()
        for edit in (self.email, self.first_name, self.last_name):
            edit.clear()
        self.status.setCurrentIndex(0)
        if self.site.count() > 1:
            self.site.setCurrentIndex(-1)
        self.accounts.clear()
        self.form.clear_errors()
        (self.site if self.site.currentIndex() < 0 else self.email).setFocus()

    def save(self) -> None:
        """Create the user; every field that cannot be used says so at once."""
        self.messages.clear()
        self.form.clear_errors()
        problems = list(self._problems())
        for problem in reversed(problems):
            self.form.show_error(problem)
        if problems or not self.save_button.isEnabled():
            return
        desk, site, email = self._page.desk, self.site.currentData(), self.email.text()
        first, last = self.first_name.text(), self.last_name.text()
        status, account_ids = Status(self.status.currentData()), self.accounts.account_ids
        self._busy(True)
        # The page owns the work: an answer must be told even when the panel was closed meanwhile.
        self._page.run(
            lambda: users.create_user(
                desk,
                site=site,
                email=email,
                first_name=first,
                last_name=last,
                account_ids=account_ids,
                status=status,
            ),
            self._saved,
            lambda error: self._failed(error, UserKey(site, canonical_email(email))),
            replaces=SAVE,
        )

    def _problems(self) -> Iterable[InvalidInput]:
        if self.site.currentIndex() < 0:
            yield InvalidInput(self.tr("Choose the site."), field="site")
        checks: tuple[Callable[[], str], ...] = (
            lambda: users.check_email(self.email.text()),
            lambda: users.check_name(self.first_name.text(), "first_name"),
            lambda: users.check_name(self.last_name.text(), "last_name"),
        )
        for check in checks:
            try:
                check()
            except InvalidInput as problem:
                yield problem
        if not self.accounts.account_ids:
            yield InvalidInput(self.tr("Link at least one account."), field="accounts")

    def _saved(self, changed: Changed) -> None:
        self._busy(False)
        self.clear_form()
        self.close_panel()
        self.created.emit(changed)

    def _failed(self, error: DeskError, key: UserKey) -> None:
        self._busy(False)
        if self.isHidden():
            self._page.messages.error(error, retry=lambda: self.start(None))
            return
        if isinstance(error, InvalidInput) and self.form.show_error(error):
            return
        field = self._field_of(error)
        if field is None:
            self.messages.error(error, retry=self.save)
            self.save_button.setFocus()
            return
        self.form.show_error(InvalidInput(error.message, field=field))
        if field == "email":
            self.messages.warning(
                self.tr("{title}. What you typed is kept.").format(title=error.title),
                action=self.tr("Show that user"),
                pressed=lambda: self.show_user.emit(key),
            )

    def _field_of(self, error: DeskError) -> str | None:
        if isinstance(error, NotFound):
            return "site"
        if isinstance(error, Refused):
            return "email" if error.rule == "unique_email" else "accounts"
        return None

    def _busy(self, busy: bool) -> None:
        # Nothing typed while it is saved may get lost when the form is cleared afterwards.
        for widget in (self.form, self.clear_button, self.save_button):
            widget.setEnabled(not busy)
        self.save_button.setText(self.tr("Creating…") if busy else self.tr("Create user"))
