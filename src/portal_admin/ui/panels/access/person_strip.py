"""The person in view: name, email to copy, status and site."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from portal_admin.services.access_overview import Overview
from portal_admin.ui.theme import Size, Space
from portal_admin.ui.widgets.buttons import CopyButton
from portal_admin.ui.widgets.chip import StatusChip
from portal_admin.ui.widgets.text import CopyLabel, ElidedLabel


class PersonStrip(QWidget):
    """One line above everything that is said about the person."""

    def __init__(self) -> None:
        super().__init__()
        self.name = ElidedLabel(kind="section")
        self.email = CopyLabel(kind="")
        self.chip = StatusChip()
        self.site = ElidedLabel(kind="secondary")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.M)
        row.addWidget(self.name)
        row.addWidget(self.chip)
        address = QHBoxLayout()
        address.setSpacing(Space.XS)
        address.addWidget(self.email)
        address.addWidget(CopyButton(self.tr("Copy email address"), self.email.text))
        row.addLayout(address)
        row.addWidget(self.site)
        row.addStretch(1)

    def show_overview(self, overview: Overview) -> None:
        """Show whose access is in view."""
        user = overview.contracts.user
        self.name.setText(user.name)
        # The name is the last to give way when the line gets short; a hint holds the old minimum.
        self.name.setMinimumWidth(0)
        self.name.setMinimumWidth(min(self.name.sizeHint().width(), Size.NAVIGATION))
        self.email.setText(user.email)
        self.email.setAccessibleName(self.tr("Email {email}").format(email=user.email))
        self.chip.set(user.status.value)
        self.site.setText(self.tr("on site {name} ({key})").format(name=overview.site.name, key=user.site))
