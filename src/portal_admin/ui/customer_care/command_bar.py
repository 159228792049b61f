"""What can be done for the caller now, as one row of quiet buttons; what the status does not offer says why in More."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from portal_admin.domain.lifecycle import Action
from portal_admin.domain.people import EndUser, Status
from portal_admin.services import verification
from portal_admin.services.change import permission_of
from portal_admin.ui.icons import set_icon
from portal_admin.ui.override import override
from portal_admin.ui.panels.person.user_actions import ICONS, PERMISSIONS, Offer, offers
from portal_admin.ui.rights import Rights
from portal_admin.ui.theme import Space
from portal_admin.ui.widgets.buttons import icon_button
from portal_admin.ui.widgets.text import set_tooltip

# What callers with this status call about comes first (rule C); a Pending one needs the mail, not a reset.
FIRST: Mapping[Status, Action] = {
    Status.PENDING: Action.RESEND,
    Status.ACTIVE: Action.RESET,
    Status.INACTIVE: Action.REACTIVATE,
}
WITH_WORDS = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
ONLY_ICON = Qt.ToolButtonStyle.ToolButtonIconOnly
KEYS = {Action.EDIT: "Ctrl+E", Action.RESET: "Ctrl+R", Action.CHANGE_EMAIL: "Ctrl+Shift+E"}


class CommandBar(QWidget):
    """`asked` carries an action of rule C, `wanted` the name of one of the other commands."""

    asked = Signal(object)
    wanted = Signal(str)

    def __init__(self, rights: Rights, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons: dict[Action, QToolButton] = {}
        for offer in offers(Status.ACTIVE):
            made = _flat(offer.label, ICONS[offer.action], self._asking(offer.action))
            rights.guard(made, PERMISSIONS[offer.action])
            self.buttons[offer.action] = made
        self.verify_button = _flat(self.tr("Verify caller…"), "person", lambda: self.wanted.emit("verify"))
        set_tooltip(self.verify_button, self.tr("Record how the caller was verified (Ctrl+Shift+V)"))
        rights.guard(self.verify_button, permission_of(verification.verify))
        self.case_button = _flat(self.tr("Case pack"), "copy", lambda: self.wanted.emit("case"))
        told = self.tr(
            "Copy the diagnosis for a ticket to the vendor, without names, addresses and numbers (Ctrl+Shift+P)"
        )
        set_tooltip(self.case_button, told)
        self.more_button = _flat(self.tr("More"), "more", lambda: None)
        self.more_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu = QMenu(self.more_button)
        self.menu.setToolTipsVisible(True)
        self.more_button.setMenu(self.menu)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(Space.XS)
        for made in self.buttons.values():
            self._row.addWidget(made)
        self._row.addStretch(1)
        for made in (self.verify_button, self.case_button, self.more_button):
            self._row.addWidget(made)

    def show_user(self, user: EndUser, *, payments: bool = True) -> None:
        """Offer what the status allows, what most callers need first; `payments` are switched on for the site."""
        found = sorted(offers(user.status), key=lambda offer: offer.action is not FIRST[user.status])
        focused = next((made for made in self.buttons.values() if made.hasFocus()), None)
        for place, offer in enumerate(found):
            made = self.buttons[offer.action]
            self._row.removeWidget(made)
            self._row.insertWidget(place, made)
            made.setVisible(offer.instead is None)
            made.setEnabled(offer.instead is None)
            keys = KEYS.get(offer.action)
            set_tooltip(made, f"{offer.effect} ({keys})" if keys else offer.effect)
        if focused is not None and focused.isHidden():
            self.buttons[FIRST[user.status]].setFocus()
        self._fold()
        self._fill_menu([offer for offer in found if offer.instead is not None], payments=payments)

    def _fill_menu(self, not_offered: list[Offer], *, payments: bool) -> None:
        self.menu.clear()
        for name, icon, words in (
            ("would_pay", "payments", self.tr("What would a payment pay?…")),
            ("access", "link", self.tr("Account access")),
            ("history", "history", self.tr("Whole history")),
            ("approve", "check", self.tr("Approve for a colleague…")),
            ("end_users", "people", self.tr("Show in End users")),
            ("save_case", "download", self.tr("Save case pack as…")),
        ):
            if name == "would_pay" and not payments:
                continue
            made = self.menu.addAction(words)
            set_icon(made, icon)
            made.triggered.connect(lambda _checked=False, name=name: self.wanted.emit(name))
        self.menu.addSeparator()
        for offer in not_offered:
            why = self.tr("{action} is not offered: {why}")
            label = offer.label.rstrip("…")
            told: QAction = self.menu.addAction(why.format(action=label, why=offer.instead))
            told.setEnabled(False)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()

    def _fold(self) -> None:
        """Where the words do not fit, the last buttons keep only their icons, and then the ones before them."""
        shown = [made for made in self._in_order() if not made.isHidden()]
        for made in shown:
            made.setToolButtonStyle(WITH_WORDS)
        folding = [self.case_button, self.verify_button, *reversed(shown[:-3]), self.more_button]
        for made in folding:
            if sum(one.sizeHint().width() + Space.XS for one in shown) <= self.width():
                return
            made.setToolButtonStyle(ONLY_ICON)

    def _in_order(self) -> list[QToolButton]:
        places = (self._row.itemAt(place) for place in range(self._row.count()))
        found = (item.widget() for item in places if item is not None)
        return [widget for widget in found if isinstance(widget, QToolButton)]

    def _asking(self, action: Action) -> Callable[[], None]:
        return lambda: self.asked.emit(action)


def _flat(text: str, icon: str, pressed: Callable[[], object]) -> QToolButton:
    made = icon_button(icon, text, pressed)
    made.setText(f" {text}")
    made.setToolButtonStyle(WITH_WORDS)
    return made
