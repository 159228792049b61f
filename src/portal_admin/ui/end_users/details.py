"""The selected end user: who they are, what can be done now, what they are linked to."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QToolButton, QVBoxLayout, QWidget

from portal_admin.domain.lifecycle import Action
from portal_admin.domain.mail import LastMail
from portal_admin.domain.people import EndUser
from portal_admin.services.access_overview import Overview
from portal_admin.services.early_resets import Caution
from portal_admin.ui.panels.person.action_list import ActionList
from portal_admin.ui.panels.person.caution_view import CautionView
from portal_admin.ui.panels.person.linked_accounts import LinkedAccounts
from portal_admin.ui.panels.person.mail_words import MAIL_MEANINGS, hover_words, long_words
from portal_admin.ui.rights import Rights
from portal_admin.ui.theme import Space
from portal_admin.ui.widgets.ages import clock_text, zone_text
from portal_admin.ui.widgets.buttons import CopyButton
from portal_admin.ui.widgets.chip import StatusChip
from portal_admin.ui.widgets.facts import FactGrid
from portal_admin.ui.widgets.state_panel import StatePanel
from portal_admin.ui.widgets.text import ElidedLabel, PlainLabel, set_tooltip

WIDTH = 320


class UserDetails(QFrame):
    """Shows an Overview and what to be cautious of; the signals are those of its ActionList."""

    asked = Signal(object, object)
    access_wanted = Signal(object)
    history_wanted = Signal(object)
    approval_wanted = Signal(object)

    def __init__(self, rights: Rights, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "panel")
        self.setFixedWidth(WIDTH)
        self.setAccessibleName(self.tr("Selected end user"))
        self.user: EndUser | None = None
        self._name = ElidedLabel(kind="section")
        self._email = ElidedLabel()
        self._status = StatusChip()
        self._site = ElidedLabel(kind="secondary")
        self._facts = [PlainLabel(wrap=True) for _ in range(2)]
        self._mail = PlainLabel(kind="secondary", wrap=True)
        self._accounts = LinkedAccounts()
        self.caution = CautionView()
        self._actions = ActionList(rights)
        self._actions.asked.connect(self.asked)
        self._actions.access_wanted.connect(self.access_wanted)
        self._actions.history_wanted.connect(self.history_wanted)
        self._actions.approval_wanted.connect(self.approval_wanted)
        self.state = StatePanel(self._content())
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.addWidget(self.state)
        self.show_nobody()

    @property
    def buttons(self) -> dict[Action, QToolButton]:
        """The buttons of rule C's actions."""
        return self._actions.buttons

    @property
    def access_button(self) -> QToolButton:
        """The button that leads to Account access."""
        return self._actions.access_button

    @property
    def approve_button(self) -> QToolButton:
        """The button by which a colleague vouches for a caller."""
        return self._actions.approve_button

    def show_nobody(self) -> None:
        """Nobody is selected."""
        self.user = None
        self.state.nothing(
            self.tr("Select an end user to see who they are and what can be done."), icon="person"
        )

    def show_overview(self, overview: Overview, caution: Caution, now: datetime) -> None:
        """Show one user."""
        user = overview.contracts.user
        self.user = user
        self._name.setText(user.name)
        self._email.setText(user.email)
        self._status.set(user.status.value)
        self._site.setText(self.tr("on site {site}").format(site=user.site))
        self._show_mail(user.last_mail, now)
        created, changes = self._facts
        created.setText(clock_text(user.created_at, now))
        set_tooltip(created, zone_text(user.created_at))
        changes.setText(self._version_words(user.version))
        self.caution.show_past(caution, now)
        self._actions.show_user(user)
        self._accounts.show_overview(overview)
        self.state.content()

    def _show_mail(self, mail: LastMail | None, now: datetime) -> None:
        """What callers ask about first stands by their name."""
        self._mail.setVisible(mail is not None)
        if mail is not None:
            self._mail.setText(long_words(mail, now))
            self._mail.set_meaning(MAIL_MEANINGS[mail.status][0] if mail.note else None)
            set_tooltip(self._mail, hover_words(mail))

    def _content(self) -> QScrollArea:
        inner = QWidget()
        inner.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        column = QVBoxLayout(inner)
        column.setContentsMargins(Space.S, Space.L, Space.L, Space.L)
        column.setSpacing(Space.M)
        for part in (self._person(), self._actions, self._accounts, self._fact_lines()):
            if column.count():
                column.addLayout(_line())
            if part is not self._actions:
                part.setContentsMargins(Space.S, 0, 0, 0)  # in line with the icons of the buttons
            layout = part.layout()
            if layout is not None:
                layout.setContentsMargins(0, 0, 0, 0)
            column.addWidget(part)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inner)
        return scroll

    def _person(self) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setSpacing(Space.XS)
        row = QHBoxLayout()
        row.setSpacing(Space.XS)
        row.addWidget(self._email, 1)
        row.addWidget(CopyButton(self.tr("Copy email address"), self._email.text))
        chips = QHBoxLayout()
        chips.setSpacing(Space.S)
        chips.addWidget(self._status)
        chips.addWidget(self._site, 1)
        column.addWidget(self._name)
        column.addLayout(row)
        column.addLayout(chips)
        column.addWidget(self._mail)
        column.addWidget(self.caution)
        return holder

    def _fact_lines(self) -> QWidget:
        holder = QWidget()
        grid = FactGrid(holder)
        names = (self.tr("Created"), self.tr("Changes"))
        for name, value in zip(names, self._facts, strict=True):
            grid.add_fact(name, value)
        return holder

    def _version_words(self, version: int) -> str:
        if version == 1:
            return self.tr("none since created (version 1)")
        return self.tr("version {n}").format(n=version)


def _line() -> QHBoxLayout:
    line = QFrame()
    line.setProperty("kind", "line")
    row = QHBoxLayout()
    row.setContentsMargins(Space.S, 0, 0, 0)
    row.addWidget(line)
    return row
