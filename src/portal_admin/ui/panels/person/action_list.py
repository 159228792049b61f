"""The actions of rule C as a list of quiet buttons; those the status does not offer say what to do instead."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from portal_admin.domain.lifecycle import Action
from portal_admin.domain.people import EndUser, Status
from portal_admin.services import verification
from portal_admin.services.change import permission_of
from portal_admin.ui.panels.person.user_actions import ICONS, PERMISSIONS, offers
from portal_admin.ui.rights import Rights
from portal_admin.ui.widgets.buttons import icon_button
from portal_admin.ui.widgets.text import set_tooltip


class ActionList(QWidget):
    """`asked` carries an action, the others ask for Account access, history and approval; all with the user."""

    asked = Signal(object, object)
    access_wanted = Signal(object)
    history_wanted = Signal(object)
    approval_wanted = Signal(object)

    def __init__(self, rights: Rights, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._user: EndUser | None = None
        self.buttons = {
            offer.action: _flat(offer.label, ICONS[offer.action], self._asking(offer.action))
            for offer in offers(Status.ACTIVE)
        }
        self.access_button = _flat(self.tr("Account access"), "link", self._ask_access)
        set_tooltip(self.access_button, self.tr("Link and unlink accounts, and see every contract and why."))
        self.history_button = _flat(self.tr("History"), "history", self._ask_history)
        set_tooltip(self.history_button, self.tr("Everything that was done to this person, by whom and why."))
        self.approve_button = _flat(self.tr("Approve for a colleague…"), "check", self._ask_approval)
        told = self.tr(
            "Vouch for a caller who talks to a colleague, so that they can reset or change the email."
        )
        set_tooltip(self.approve_button, told)
        for action, made in self.buttons.items():
            rights.guard(made, PERMISSIONS[action])
        rights.guard(self.approve_button, permission_of(verification.verify))
        edit, *others = self.buttons.values()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for made in (edit, self.access_button, self.history_button, *others, self.approve_button):
            column.addWidget(made, 0, Qt.AlignmentFlag.AlignLeft)

    def show_user(self, user: EndUser) -> None:
        """Offer what the user's status allows; the keyboard stays where it can act."""
        self._user = user
        focused = next((made for made in self.buttons.values() if made.hasFocus()), None)
        for offer in offers(user.status):
            made = self.buttons[offer.action]
            told = offer.effect
            if offer.instead is not None:
                told = self.tr("Not offered: {why}").format(why=offer.instead)
            made.setEnabled(offer.instead is None)
            made.setAccessibleDescription(told)
            set_tooltip(made, told)
        if focused is not None and not focused.isEnabled():
            next(made for made in self.buttons.values() if made.isEnabled()).setFocus()

    def _asking(self, action: Action) -> Callable[[], None]:
        def ask() -> None:
            if self._user is not None:
                self.asked.emit(action, self._user)

        return ask

    def _ask_access(self) -> None:
        if self._user is not None:
            self.access_wanted.emit(self._user)

    def _ask_history(self) -> None:
        if self._user is not None:
            self.history_wanted.emit(self._user)

    def _ask_approval(self) -> None:
        if self._user is not None:
            self.approval_wanted.emit(self._user)


def _flat(text: str, icon: str, pressed: Callable[[], object]) -> QToolButton:
    made = icon_button(icon, text, pressed)
    made.setText(f" {text}")  # away from the icon
    made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    return made
