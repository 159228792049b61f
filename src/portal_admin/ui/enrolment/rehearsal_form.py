"""What the caller typed on the page: the five fields and the site."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from portal_admin.domain.enrolment_typed import Typed
from portal_admin.domain.people import Site
from portal_admin.ui.panels.enrolment.words import tr
from portal_admin.ui.theme import Size, Space
from portal_admin.ui.widgets.buttons import button
from portal_admin.ui.widgets.form import Form
from portal_admin.ui.widgets.scrolling import FormScroll
from portal_admin.ui.widgets.text import PlainLabel


class RehearsalForm(QFrame):
    """`asked` says that a rehearsal is wanted; Enter in any field asks for one."""

    asked = Signal()

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "panel")
        self.setFixedWidth(Size.CARD + Space.XL)
        self.form = Form()
        self.form.column.setSpacing(Space.S)
        self.site = self.form.add("site", tr("&Site"), QComboBox())
        self.site.setPlaceholderText(tr("Choose a site"))
        self.email = self.form.add("email", tr("&Email"), QLineEdit())
        self.postal_code = self.form.add("postal_code", tr("&Billing postal code"), QLineEdit())
        self.contract = self.form.add("contract", tr("&Contract id"), QLineEdit())
        self.first_name, self.last_name = QLineEdit(), QLineEdit()
        self.form.add("first_name", tr("&First name"), self.first_name)
        self.form.add("last_name", tr("&Last name"), self.last_name, hint=tr("Names are not checked."))
        for edit, longest in (
            (self.email, 320),
            (self.postal_code, 32),
            (self.contract, 64),
            (self.first_name, 200),
            (self.last_name, 200),
        ):
            edit.setMaxLength(longest)
            edit.setAccessibleName(self._name_of(edit))
            edit.returnPressed.connect(self.ask)
        self.ask_button = button(tr("Rehearse"), self.ask, kind="primary")
        self.clear_button = button(tr("Clear"), self.clear)
        buttons = QHBoxLayout()
        buttons.setSpacing(Space.S)
        buttons.addWidget(self.ask_button, 1)
        buttons.addWidget(self.clear_button)
        scroll = FormScroll(Space.L)
        scroll.column.addWidget(PlainLabel(tr("What the caller typed"), kind="section"))
        scroll.column.addWidget(self.form)
        scroll.column.addLayout(buttons)
        scroll.column.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.L, Space.M, 0, Space.M)
        column.addWidget(scroll, 1)

    def _name_of(self, edit: QLineEdit) -> str:
        field = next(one for one in self.form.fields.values() if one.control is edit)
        return field.label.text().replace("&", "")

    @property
    def typed(self) -> Typed:
        """What stands in the fields."""
        return Typed(
            self.email.text(),
            self.postal_code.text(),
            self.contract.text(),
            self.first_name.text(),
            self.last_name.text(),
        )

    @property
    def site_key(self) -> str | None:
        """The site chosen."""
        found: str | None = self.site.currentData()
        return found

    def set_sites(self, sites: Iterable[Site]) -> None:
        """Offer these sites, keeping the one chosen; a single one is chosen by itself."""
        chosen, offered = self.site.currentData(), list(sites)
        with QSignalBlocker(self.site):
            self.site.clear()
            for site in offered:
                self.site.addItem(f"{site.name} ({site.key})", site.key)
            self.site.setCurrentIndex(0 if len(offered) == 1 else self.site.findData(chosen))

    def choose_site(self, key: str) -> bool:
        """Choose a site in whatever case; False when it is not offered."""
        for place in range(self.site.count()):
            if str(self.site.itemData(place)).casefold() == key.casefold():
                self.site.setCurrentIndex(place)
                return True
        return False

    def fill(self, typed: Typed) -> None:
        """Put this into the fields."""
        for edit, text in (
            (self.email, typed.email),
            (self.postal_code, typed.postal_code),
            (self.contract, typed.contract_id),
            (self.first_name, typed.first_name),
            (self.last_name, typed.last_name),
        ):
            edit.setText(text)

    def ask(self) -> None:
        """Ask for a rehearsal, unless a site is missing."""
        self.form.clear_errors()
        if self.site_key is None:
            self.form.fields["site"].set_error(tr("Choose the site."))
            self.site.setFocus()
            return
        self.asked.emit()

    def clear(self) -> None:
        """Empty the fields for the next caller; the site stays."""
        self.fill(Typed("", "", ""))
        self.form.clear_errors()
        self.email.setFocus()

    def focus_first(self) -> None:
        """Put the keyboard where the next thing has to be typed."""
        if self.site_key is None:
            self.site.setFocus()
            return
        edits = (self.email, self.postal_code, self.contract)
        next((edit for edit in edits if not edit.text()), self.email).setFocus()
