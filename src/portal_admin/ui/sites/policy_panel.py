"""The side panel that notes what the vendor switched on or off for a site."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox

from portal_admin.domain.dates import day_words
from portal_admin.domain.people import Site
from portal_admin.domain.site_policy import BANK_ACCOUNT_WORDS, BankAccounts, SitePolicy
from portal_admin.errors import Conflict, DeskError
from portal_admin.services import site_policy
from portal_admin.ui.page import Page
from portal_admin.ui.widgets.form import Form
from portal_admin.ui.widgets.side_panel import SidePanel
from portal_admin.ui.widgets.text import PlainLabel, set_shown

SAVE = "set_policy"


class PolicyPanel(SidePanel):
    """`saved` carries the site, its policy before and after."""

    saved = Signal(object, object, object)

    def __init__(self, page: Page) -> None:
        super().__init__(self.tr("Policy"), parent=page)
        self._page = page
        self.site: Site | None = None
        self._stored = SitePolicy()
        self.payments = QCheckBox(self.tr("Payments are switched on"))
        self.mfa = QCheckBox(self.tr("Signing in asks for a code by email (MFA)"))
        self.form = Form()
        self.form.column.addWidget(self.payments)
        self.accounts = self.form.add("bank_accounts", self.tr("Bank accounts that may pay"), QComboBox())
        for policy, words in BANK_ACCOUNT_WORDS.items():
            self.accounts.addItem(words, str(policy))
        self.form.column.addWidget(self.mfa)
        self.consequence = PlainLabel(wrap=True)
        purpose = self.tr(
            "Only the vendor switches these, by a ticket. What is noted here decides what this application shows and "
            "lets be done."
        )
        for widget in (PlainLabel(purpose, kind="secondary", wrap=True), self.form, self.consequence):
            self.body.addWidget(widget)
        self.add_button(self.tr("Close"), self.close_panel)
        self.save_button = self.add_button(self.tr("Save policy"), self.save, kind="primary")
        self.payments.toggled.connect(lambda _on: self._tell())
        self.mfa.toggled.connect(lambda _on: self._tell())
        self.accounts.currentIndexChanged.connect(lambda _index: self._tell())

    def start(self, site: Site, stored: SitePolicy) -> None:
        """Open the form on a site."""
        self.messages.clear()
        self.site, self._stored = site, stored
        self.payments.setChecked(stored.payments_enabled)
        self.accounts.setCurrentIndex(self.accounts.findData(str(stored.bank_accounts)))
        self.mfa.setChecked(stored.mfa_required)
        self._tell()
        self.open_panel(self.tr("Policy of {name}").format(name=site.name), focus=self.payments)

    @property
    def chosen(self) -> SitePolicy:
        """What the form holds."""
        return replace(
            self._stored,
            payments_enabled=self.payments.isChecked(),
            bank_accounts=BankAccounts(self.accounts.currentData()),
            mfa_required=self.mfa.isChecked(),
        )

    def save(self) -> None:
        """Keep it."""
        site, before, chosen, desk = self.site, self._stored, self.chosen, self._page.desk
        if site is None or not self.save_button.isEnabled():
            return
        self.messages.clear()
        self.save_button.setEnabled(False)
        # The page owns the work: an answer must be told even when the panel was closed meanwhile.
        self._page.run(
            lambda: site_policy.set_policy(
                desk,
                site=site.key,
                payments_enabled=chosen.payments_enabled,
                bank_accounts=chosen.bank_accounts,
                mfa_required=chosen.mfa_required,
                version=before.version,
            ),
            lambda after: self._saved(site, before, after),
            self._failed,
            replaces=SAVE,
        )

    def _tell(self) -> None:
        chosen, stored = self.chosen, self._stored
        words = []
        if stored.payments_enabled and not chosen.payments_enabled:
            words.append(
                self.tr(
                    "Payments of this site will be shown nowhere in this application, and none can be submitted or "
                    "cancelled here. Those under way go on in ASPIRE."
                )
            )
        if chosen.bank_accounts is BankAccounts.EXISTING:
            since = stored.bank_accounts_since
            words.append(
                self.tr("Accounts saved before {day} are not verified.").format(
                    day=day_words(since.astimezone())
                )
                if since
                else self.tr("Accounts that were saved before you save this are not verified.")
            )
        self.consequence.setText(" ".join(words))
        set_shown(self.consequence, bool(words))
        self.save_button.setEnabled(chosen != stored)

    def _saved(self, site: Site, before: SitePolicy, after: SitePolicy) -> None:
        if self.site is not None and self.site.key == site.key:
            self.close_panel()
        self.saved.emit(site, before, after)

    def _failed(self, error: DeskError) -> None:
        self._tell()
        if isinstance(error, Conflict):
            self._read_theirs(error)
        else:
            (self._page.messages if self.isHidden() else self.messages).error(error)

    def _read_theirs(self, error: DeskError) -> None:
        """Nothing was saved; what they saved is shown, and the next Save is made on it."""
        site, desk = self.site, self._page.desk
        if site is None:
            return

        def show(theirs: SitePolicy) -> None:
            self.start(site, theirs)
            self.messages.error(error)

        self._page.run(lambda: site_policy.policy_of(desk, site.key), show)
