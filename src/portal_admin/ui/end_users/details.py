"""The selected end user: who they are, what they are linked to, and what can be done now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QToolButton, QVBoxLayout, QWidget

from portal_admin.domain.lifecycle import Action
from portal_admin.domain.people import EndUser
from portal_admin.services.access_overview import LinkedCard, Overview
from portal_admin.ui.end_users.user_actions import ICONS, Offer, offers
from portal_admin.ui.theme import Meaning, Space
from portal_admin.ui.widgets.ages import clock_text, zone_text
from portal_admin.ui.widgets.buttons import CopyButton, icon_button
from portal_admin.ui.widgets.chip import StatusChip
from portal_admin.ui.widgets.state_panel import StatePanel
from portal_admin.ui.widgets.text import ElidedLabel, PlainLabel, set_tooltip

WIDTH = 320
ACCOUNTS_SHOWN = 6


class UserDetails(QFrame):
    """Shows an Overview; `asked` carries the action wanted, `access_wanted` asks for Account access."""

    asked = Signal(object, object)
    access_wanted = Signal(object)

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "panel")
        self.setFixedWidth(WIDTH)
        self.setAccessibleName(self.tr("Selected end user"))
        self.user: EndUser | None = None
        self.buttons: dict[Action, QToolButton] = {}
        self.access_button: QToolButton | None = None
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.state = StatePanel(self._scroll)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.addWidget(self.state)
        self.show_nobody()

    def show_nobody(self) -> None:
        """Nobody is selected."""
        self.user = None
        self.buttons = {}
        self.state.nothing(
            self.tr("Select an end user to see who they are and what can be done."), icon="person"
        )

    def show_overview(self, overview: Overview, now: datetime) -> None:
        """Show one user."""
        focused = self._focused_action()
        user = overview.contracts.user
        self.user, self.buttons = user, {}
        inner = QWidget()
        inner.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        column = QVBoxLayout(inner)
        column.setContentsMargins(Space.S, Space.L, Space.L, Space.L)
        column.setSpacing(Space.M)
        actions = self._actions(user)
        for part in (
            self._person(user),
            actions,
            self._accounts(overview),
            self._facts(user, now),
        ):
            if column.count():
                column.addWidget(_line())
            column.addWidget(part)
            if part is not actions:
                part.setContentsMargins(Space.S, 0, 0, 0)  # in line with the icons of the buttons
        column.addStretch(1)
        position = self._scroll.verticalScrollBar().value()
        self._scroll.setWidget(inner)
        self._scroll.verticalScrollBar().setValue(position)
        self.state.content()
        if focused is not None:
            able = [made for made in self.buttons.values() if made.isEnabled()]
            (self.buttons[focused] if self.buttons[focused].isEnabled() else able[0]).setFocus()

    def _focused_action(self) -> Action | None:
        return next((action for action, made in self.buttons.items() if made.hasFocus()), None)

    def _person(self, user: EndUser) -> QWidget:
        holder, column = _column(Space.XS)
        column.addWidget(ElidedLabel(user.name, kind="section"))
        row = QHBoxLayout()
        row.setSpacing(Space.XS)
        email = ElidedLabel(user.email)
        row.addWidget(email, 1)
        row.addWidget(CopyButton(self.tr("Copy email address"), lambda: user.email))
        column.addLayout(row)
        chips = QHBoxLayout()
        chips.setSpacing(Space.S)
        chips.addWidget(StatusChip(user.status.value))
        site = ElidedLabel(self.tr("on site {site}").format(site=user.site), kind="secondary")
        chips.addWidget(site, 1)
        column.addLayout(chips)
        return holder

    def _accounts(self, overview: Overview) -> QWidget:
        holder, column = _column(Space.S)
        cards = overview.cards
        title = self.tr("Linked account") if len(cards) == 1 else self.tr("Linked accounts ({n})")
        column.addWidget(PlainLabel(title.format(n=len(cards)), kind="strong"))
        for card in cards[:ACCOUNTS_SHOWN]:
            column.addWidget(self._account(card))
        if len(cards) > ACCOUNTS_SHOWN:
            words = self.tr("and {n} more, see Account access").format(n=len(cards) - ACCOUNTS_SHOWN)
            column.addWidget(PlainLabel(words, kind="secondary"))
        column.addWidget(PlainLabel(self._contract_words(overview), kind="secondary", wrap=True))
        return holder

    def _account(self, card: LinkedCard) -> QWidget:
        holder, column = _column(0)
        column.addWidget(ElidedLabel(card.account.name))
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        row.addWidget(PlainLabel(card.account.account_id, kind="secondary"))
        if card.offer is not None and card.offer.verdict == "not_offered":
            reasons = " ".join(check.sentence for check in card.offer.failed)
            chip = StatusChip(self.tr("no longer offered"), Meaning.ATTENTION)
            set_tooltip(
                chip, self.tr("It could not be linked anew, but this link stays. {why}").format(why=reasons)
            )
            row.addWidget(chip)
        row.addStretch(1)
        column.addLayout(row)
        return holder

    def _contract_words(self, overview: Overview) -> str:
        areas = [line.area for line in overview.contracts.lines]
        counts = self.tr("{open} open and {closed} closed contracts").format(
            open=areas.count("open"), closed=areas.count("closed")
        )
        status = overview.contracts.user.status.value
        if status == "Active":
            words = self.tr("Sees {contracts}.").format(contracts=counts)
        else:
            words = self.tr("{status}: sees nothing now. Once Active: {contracts}.").format(
                status=status, contracts=counts
            )
        if overview.contracts.freshness.stale:
            words += " " + self.tr("The portal's copy of ASPIRE is out of date.")
        return words

    def _facts(self, user: EndUser, now: datetime) -> QWidget:
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(Space.M)
        grid.setVerticalSpacing(Space.XS)
        grid.setColumnStretch(1, 1)
        facts = (
            (self.tr("Last mail"), user.last_mail or self.tr("none waiting"), ""),
            (self.tr("Created"), clock_text(user.created_at, now), zone_text(user.created_at)),
            (self.tr("Changes"), self._version_words(user.version), ""),
        )
        for line, (name, value, hint) in enumerate(facts):
            grid.addWidget(PlainLabel(name, kind="secondary"), line, 0, Qt.AlignmentFlag.AlignTop)
            shown = PlainLabel(value, wrap=True)
            set_tooltip(shown, hint)
            grid.addWidget(shown, line, 1)
        return holder

    def _version_words(self, version: int) -> str:
        if version == 1:
            return self.tr("none since created (version 1)")
        return self.tr("version {n}").format(n=version)

    def _actions(self, user: EndUser) -> QWidget:
        holder, column = _column(0)
        edit, *others = (self._action(offer, user) for offer in offers(user.status))
        access = _flat(self.tr("Account access"), "link", lambda: self.access_wanted.emit(user))
        set_tooltip(access, self.tr("Link and unlink accounts, and see every contract and why."))
        self.access_button = access
        for made in (edit, access, *others):
            column.addWidget(made, 0, Qt.AlignmentFlag.AlignLeft)
        return holder

    def _action(self, offer: Offer, user: EndUser) -> QToolButton:
        made = _flat(offer.label, ICONS[offer.action], lambda: self.asked.emit(offer.action, user))
        told = (
            offer.effect if offer.instead is None else self.tr("Not offered: {why}").format(why=offer.instead)
        )
        made.setEnabled(offer.instead is None)
        made.setAccessibleDescription(told)
        set_tooltip(made, told)
        self.buttons[offer.action] = made
        return made


def _flat(text: str, icon: str, pressed: Callable[[], object]) -> QToolButton:
    made = icon_button(icon, text, pressed)
    made.setText(f" {text}")  # away from the icon
    made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    return made


def _column(spacing: int) -> tuple[QWidget, QVBoxLayout]:
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(spacing)
    return holder, column


def _line() -> QFrame:
    line = QFrame()
    line.setProperty("kind", "line")
    return line
