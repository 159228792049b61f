"""The side panel in which a payment is submitted for a caller, with what it will do in words before it is done."""

from __future__ import annotations

from PySide6.QtCore import Signal

from portal_admin.domain.access import OPEN
from portal_admin.domain.dates import day_words
from portal_admin.domain.payment_request import typed_amount
from portal_admin.domain.people import Site
from portal_admin.domain.permissions import Permission
from portal_admin.domain.site_policy import BANK_ACCOUNT_WORDS, BankAccounts
from portal_admin.errors import DeskError, InvalidInput, Refused
from portal_admin.services import access
from portal_admin.services.access import ContractList
from portal_admin.services.payments.payer import Payer, payer
from portal_admin.services.payments.submit import Submission, submit
from portal_admin.ui import background
from portal_admin.ui.page import Page
from portal_admin.ui.panels.payment.words import NO_INVOICES, amount_text, tr
from portal_admin.ui.payments.submit_form import SubmitForm, Typed
from portal_admin.ui.payments.would_pay import WouldPay
from portal_admin.ui.widgets.side_panel import SidePanel
from portal_admin.ui.widgets.text import PlainLabel


class SubmitPanel(SidePanel):
    """`done` carries the Submission; `contract_shown` the contract id whose payment is being typed."""

    done = Signal(object)
    contract_shown = Signal(str)

    def __init__(self, page: Page) -> None:
        super().__init__(tr("Submit payment"), parent=page)
        self._page = page
        self._busy = False
        self._payer: Payer | None = None
        self._wanted_contract: str | None = None
        self.form = SubmitForm()
        self.consequence = PlainLabel(wrap=True)
        self.consequence.setAccessibleDescription(tr("What submitting will do"))
        self.body.addWidget(PlainLabel(tr(NO_INVOICES), kind="secondary", wrap=True))
        self.body.addWidget(self.form)
        self.body.addWidget(self.consequence)
        self.would_pay = WouldPay(page.desk)
        self.body.addWidget(self.would_pay)
        self.add_button(tr("Close"), self.close_panel)
        self.submit_button = self.add_button(tr("Submit payment"), self.act, kind="primary")
        page.rights.guard(self.submit_button, Permission.SUBMIT_PAYMENT)
        self.form.person_changed.connect(self._read_contracts)
        self.form.contract_changed.connect(self._read_payer)
        self.form.changed.connect(self._tell)
        self._tell()

    def start(
        self, sites: tuple[Site, ...], *, site: str | None, email: str | None, contract: str | None
    ) -> None:
        """Open the form, on a person and a contract where they are known; what was typed before stays."""
        self.messages.clear()
        self.form.fill_sites(sites)
        self._wanted_contract = contract
        if email is not None:
            self.form.show_person(site or "", email)
        focus = self.form.amount if email else self.form.email
        self.open_panel(focus=focus)

    def act(self) -> None:
        """Submit it, once."""
        typed, desk = self.form.typed, self._page.desk
        if self._busy or typed.bank_account_oid is None or not self.submit_button.isEnabled():
            return
        self.messages.clear()
        self.form.clear_errors()
        oid = typed.bank_account_oid
        self._set_busy(True)
        self.messages.info(tr("ASPIRE is being asked…"))
        # The page owns the work: what became of it must be told even when the panel was closed meanwhile.
        self._page.run(
            lambda: submit(
                desk,
                site=typed.site,
                email=typed.email,
                contract_id=typed.contract_id,
                amount=typed.amount,
                on=typed.on,
                bank_account_oid=oid,
                again=typed.again,
            ),
            self._finished,
            self._failed,
        )

    def _read_contracts(self) -> None:
        typed, desk = self.form.typed, self._page.desk
        self.form.fill_contracts((), None)
        if not typed.email or not typed.site:
            return

        def show(found: ContractList) -> None:
            self.messages.clear()
            lines = [line for line in found.lines if line.area == OPEN]
            if not lines:
                self.messages.info(
                    tr("{email} sees no open contract on this site.").format(email=found.user.email)
                )
            self.form.fill_contracts(lines, self._wanted_contract)

        background.run(
            self,
            lambda: access.contracts(desk, site=typed.site, email=typed.email),
            show,
            self.messages.error,
            replaces="contracts",
        )

    def _read_payer(self) -> None:
        typed, desk = self.form.typed, self._page.desk
        self._payer = None
        self.form.fill_accounts(None, "")
        if not typed.contract_id:
            return
        self.contract_shown.emit(typed.contract_id)
        self.form.fields["bank_account"].set_hint(tr("ASPIRE is being asked…"))
        background.run(
            self,
            lambda: payer(desk, site=typed.site, email=typed.email, contract_id=typed.contract_id),
            self._show_payer,
            self._no_payer,
            replaces="payer",
        )

    def _show_payer(self, found: Payer) -> None:
        self._payer = found
        self.form.fill_accounts(found, _policy_words(found))

    def _no_payer(self, error: DeskError) -> None:
        self.form.fields["bank_account"].set_hint("")
        self.messages.error(error, retry=self._read_payer)
        self._tell()

    def _tell(self) -> None:
        """What submitting will do, as far as it is typed; the button follows."""
        typed = self.form.typed
        words = _consequence(typed, self._payer, self.form.bank_account.currentText())
        self.consequence.setText(words)
        can = _is_whole(typed, self._payer)
        self.submit_button.setEnabled(can and not self._busy)
        self.would_pay.show_for(typed if can else None)

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self.form.setEnabled(not busy)
        self._tell()

    def _finished(self, submission: Submission) -> None:
        self._set_busy(False)
        self.messages.clear()
        self.form.amount.clear()
        self.form.again.setChecked(False)
        self.form.again.hide()
        self.close_panel()
        self.done.emit(submission)

    def _failed(self, error: DeskError) -> None:
        self._set_busy(False)
        self.messages.clear()
        if isinstance(error, InvalidInput) and self.isVisible() and self.form.show_error(error):
            return
        if isinstance(error, Refused) and error.rule == "likely_duplicate":
            self.form.again.show()
        (self.messages if self.isVisible() else self._page.messages).error(error)


def _is_whole(typed: Typed, found: Payer | None) -> bool:
    return found is not None and typed.bank_account_oid is not None and bool(typed.amount)


def _consequence(typed: Typed, found: Payer | None, account: str) -> str:
    if found is None or not _is_whole(typed, found):
        return ""
    try:
        amount = typed_amount(typed.amount, found.contract.currency)
    except InvalidInput as problem:
        return problem.message if len(typed.amount) > 1 else ""
    return tr(
        "ASPIRE will be asked for one debit of {amount} {currency} on {day} from {account}, for contract {contract}. "
        "{email} sees it in their portal. It can be cancelled until EFT Generation picks it up."
    ).format(
        amount=amount_text(amount, found.contract.currency),
        currency=found.contract.currency,
        day=day_words(typed.on),
        account=account,
        contract=found.contract.contract_id,
        email=found.user.email,
    )


def _policy_words(found: Payer) -> str:
    """The site's policy, what it leaves out, and from when it counts."""
    policy = found.policy
    words = [tr("This site: {policy}.").format(policy=BANK_ACCOUNT_WORDS[policy.bank_accounts])]
    if policy.bank_accounts is BankAccounts.EXISTING and policy.bank_accounts_since is not None:
        since = day_words(policy.bank_accounts_since.astimezone())
        words.append(tr("Accounts that were saved before {day} are not verified.").format(day=since))
    refused = [account for account in found.accounts if account.refusal]
    words += [f"{account.label}: {account.refusal}" for account in refused]
    if any(account.is_business for account in found.usable):
        words.append(tr("The debit is sent as WEB, which is meant for consumer accounts."))
    if not found.accounts:
        words.append(tr("No party of the contract has a bank account in ASPIRE."))
    return " ".join(words)
