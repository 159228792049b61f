"""The fields of a site's brand."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from portal_admin.domain.brand import Brand
from portal_admin.ui.sites.logo_choice import LogoChoice
from portal_admin.ui.widgets.form import Form


class BrandForm(Form):
    """`changed` follows every edit, `submitted` Enter."""

    changed = Signal()
    submitted = Signal()

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.sender_name = self._text(
            "sender_name", self.tr("Sender &name"), self.tr("As borrowers know the brand.")
        )
        self.sender_address = self._text(
            "sender_address",
            self.tr("Sender &address"),
            self.tr("What mails come from. The mail server must be allowed to send for it."),
        )
        self.support_email = self._text(
            "support_email", self.tr("S&upport email"), self.tr("Where answers go.")
        )
        self.link_base = self._text(
            "link_base",
            self.tr("&Link address"),
            self.tr("Where the portal's pages are, such as https://my.example.com"),
        )
        self.color = self._text(
            "color", self.tr("&Colour of the button"), self.tr("Such as #2458C5; empty for the plain one.")
        )
        self.edits = (
            self.sender_name,
            self.sender_address,
            self.support_email,
            self.link_base,
            self.color,
        )
        hint = self.tr("PNG or JPEG, 200 KB at most.")
        self.logo = self.add("logo", self.tr("Lo&go"), LogoChoice(), hint=hint)
        self.logo.changed.connect(self.changed)

    @property
    def typed(self) -> Brand:
        """What the fields hold."""
        name, address, support, base, color = (edit.text() for edit in self.edits)
        return Brand(name, address, support, base, color or None, self.logo.content)

    def fill(self, brand: Brand) -> None:
        """Show a brand; nothing is said to have changed."""
        values = (brand.sender_name, brand.sender_address, brand.support_email, brand.link_base, brand.color)
        with QSignalBlocker(self):
            for edit, value in zip(self.edits, values, strict=True):
                edit.setText(value or "")
            self.logo.show_logo(brand.logo)
        self.clear_errors()

    def _text(self, key: str, label: str, hint: str) -> QLineEdit:
        edit = self.add(key, label, QLineEdit(), hint=hint)
        edit.textChanged.connect(self.changed)
        edit.returnPressed.connect(self.submitted)
        return edit
