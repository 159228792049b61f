"""What is typed to submit a payment: who, for which contract, how much, when, and from which bank account."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import QDate, QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QWidget

from portal_admin.domain.people import Site
from portal_admin.services.payments.payer import Payer
from portal_admin.services.visibility import ContractLine
from portal_admin.ui.panels.payment.words import tr
from portal_admin.ui.widgets.day_edit import DayEdit
from portal_admin.ui.widgets.form import Form


@dataclass(frozen=True, slots=True)
class Typed:
    """What the form holds; a `bank_account_oid` of None is none chosen."""

    site: str
    email: str
    contract_id: str
    amount: str
    on: date
    bank_account_oid: int | None
    again: bool


class SubmitForm(Form):
    """`person_changed` when another user is meant, `contract_changed` with a contract id, `changed` with anything."""

    person_changed = Signal()
    contract_changed = Signal()
    changed = Signal()

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.site = self.add("site", tr("Site"), QComboBox())
        self.email = self.add("email", tr("Email of the end user"), QLineEdit())
        self.contract = self.add(
            "contract",
            tr("Contract"),
            QComboBox(),
            hint=tr("What the portal shows this person under Open; an invoice cannot be chosen."),
        )
        self.amount = self.add("amount", tr("Amount"), QLineEdit())
        self.on = self.add("on", tr("Debit on"), DayEdit(tr("Debit on")))
        self.amount.setAccessibleName(tr("Amount"))
        self.bank_account = self.add("bank_account", tr("Bank account"), QComboBox())
        self.again = QCheckBox(tr("Pay the same amount again on purpose"))
        self.again.hide()
        self.column.addWidget(self.again)
        for box in (self.contract, self.bank_account):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.site.currentIndexChanged.connect(self._person)
        self.email.editingFinished.connect(self._person)
        self.contract.currentIndexChanged.connect(lambda _: self.contract_changed.emit())
        self.amount.textChanged.connect(lambda _: self.changed.emit())
        self.on.dateChanged.connect(lambda _: self.changed.emit())
        self.bank_account.currentIndexChanged.connect(lambda _: self.changed.emit())
        self._of = ("", "")

    @property
    def typed(self) -> Typed:
        """What the form holds now."""
        return Typed(
            str(self.site.currentData() or ""),
            self.email.text().strip(),
            str(self.contract.currentData() or ""),
            self.amount.text().strip(),
            self.on.day,
            self.bank_account.currentData(),
            self.again.isVisible() and self.again.isChecked(),
        )

    def fill_sites(self, sites: Iterable[Site]) -> None:
        """Offer these sites, keeping the one chosen."""
        chosen = self.site.currentData()
        with QSignalBlocker(self.site):
            self.site.clear()
            for site in sites:
                self.site.addItem(site.name, site.key)
            self.site.setCurrentIndex(max(0, self.site.findData(chosen)))

    def show_person(self, site: str, email: str) -> None:
        """Name the user."""
        with QSignalBlocker(self.site), QSignalBlocker(self.email):
            found = self.site.findData(site)
            self.site.setCurrentIndex(max(0, found))
            self.email.setText(email)
        self._person()

    def fill_contracts(self, lines: Iterable[ContractLine], chosen: str | None) -> None:
        """Offer the contracts, the one that is meant chosen."""
        with QSignalBlocker(self.contract):
            self.contract.clear()
            for line in lines:
                self.contract.addItem(line.contract_id, line.contract_id)
            self.contract.setCurrentIndex(max(0, self.contract.findData(chosen)))
        self.contract_changed.emit()

    def fill_accounts(self, payer: Payer | None, hint: str) -> None:
        """Offer the bank accounts that may pay; those that may not are told in the hint."""
        with QSignalBlocker(self.bank_account):
            self.bank_account.clear()
            for account in payer.usable if payer else ():
                self.bank_account.addItem(f"{account.label} ({account.account_id})", account.oid)
        field = self.fields["bank_account"]
        field.set_hint(hint)
        if payer is not None:
            today = QDate(payer.today.year, payer.today.month, payer.today.day)
            with QSignalBlocker(self.on):
                self.on.setMinimumDate(today)
                if self.on.date() < today:
                    self.on.setDate(today)
        self.changed.emit()

    def _person(self) -> None:
        person = str(self.site.currentData() or ""), self.email.text().strip()
        if person != self._of:
            self._of = person
            self.person_changed.emit()
