"""The linked accounts as cards: what each opens on this site, whether it would be offered now, and Unlink."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from portal_admin.services import links
from portal_admin.services.access_overview import LinkedCard, Overview
from portal_admin.services.change import permission_of
from portal_admin.ui.override import override
from portal_admin.ui.panels.access import words
from portal_admin.ui.rights import Rights
from portal_admin.ui.theme import Meaning, Size, Space
from portal_admin.ui.widgets.buttons import CopyButton, button
from portal_admin.ui.widgets.chip import StatusChip
from portal_admin.ui.widgets.text import CopyLabel, ElidedLabel, PlainLabel, set_tooltip

NOT_OFFERED = "not_offered"
LINK, UNLINK = permission_of(links.add), permission_of(links.remove)


class AccountCard(QFrame):
    """One linked account."""

    unlink = Signal(str)

    def __init__(self, card: LinkedCard, rights: Rights, *, is_last: bool) -> None:
        super().__init__()
        account = card.account
        self.setObjectName(f"card_{account.account_id}")
        self.name = ElidedLabel(account.name if account.known else account.account_id, kind="strong")
        self.chip = StatusChip()
        self.unlink_button = button(
            self.tr("Unlink…"), lambda: self.unlink.emit(account.account_id), kind="link"
        )
        self.unlink_button.setAccessibleName(self.tr("Unlink {account}").format(account=account.account_id))
        self.unlink_button.setEnabled(not is_last)
        first = QHBoxLayout()
        first.setSpacing(Space.S)
        first.addWidget(self.name, 1)
        first.addWidget(self.chip)
        first.addWidget(self.unlink_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.L, Space.S, Space.S, Space.S)
        column.setSpacing(0)
        column.addLayout(first)
        column.addLayout(self._second_line(card))
        if is_last:
            said = self.tr("The last link stays: a user needs at least one linked account.")
            column.addWidget(PlainLabel(said, kind="secondary", wrap=True))
            set_tooltip(self.unlink_button, said)
        rights.guard(self.unlink_button, UNLINK)
        self.setAccessibleName(f"{account.name}, {account.account_id}")
        if card.offer is not None and card.offer.verdict == NOT_OFFERED:
            self._mark(words.refusal(card.offer))

    def _mark(self, reason: str) -> None:
        """The picker would not offer it now; the link stays and still counts."""
        self.chip.set(self.tr("No longer offered"), Meaning.ATTENTION)
        said = self.tr("Could not be linked now, but the link stays and still counts. {reason}")
        set_tooltip(self.chip, said.format(reason=reason))
        self.setAccessibleDescription(said.format(reason=reason))

    def _second_line(self, card: LinkedCard) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(Space.XS)
        account_id = card.account.account_id
        named = CopyLabel(account_id, kind="secondary")
        named.setAccessibleName(self.tr("Account id {id}").format(id=account_id))
        row.addWidget(named)
        row.addWidget(CopyButton(self.tr("Copy account id {id}").format(id=account_id), lambda: account_id))
        if card.profile is None:
            said = self.tr("not in the portal's copy of ASPIRE, so it opens nothing")
        else:
            said = f"{words.roles(card.profile.roles)} · {words.on_site(card.profile)}"
        self.said = ElidedLabel(said, kind="secondary")
        row.addWidget(self.said, 1)
        return row


class _Cards(QScrollArea):
    """As tall as its cards, and no taller than its share of the column."""

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.updateGeometry()

    @override
    def sizeHint(self) -> QSize:
        inner = self.widget()
        if inner is None:
            return super().sizeHint()
        width = max(self.viewport().width(), Size.CARD)
        height = inner.heightForWidth(width) if inner.hasHeightForWidth() else inner.sizeHint().height()
        return QSize(width, height + 2)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(0, min(self.sizeHint().height(), 2 * Size.ROW))


class LinksPanel(QFrame):
    """Emits `link` when an account is to be linked and `unlink` with the account id that is to go."""

    link = Signal()
    unlink = Signal(str)

    def __init__(self, rights: Rights) -> None:
        super().__init__()
        self._rights = rights
        self.setProperty("kind", "panel")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.cards: dict[str, AccountCard] = {}
        self.title = ElidedLabel(kind="section")
        self.link_button: QPushButton = button(self.tr("Link account…"), self.link.emit, kind="primary")
        rights.guard(self.link_button, LINK)
        self._scroll = _Cards()
        top = QHBoxLayout()
        top.setContentsMargins(Space.L, Space.M, Space.L, Space.S)
        top.addWidget(self.title, 1)
        top.addWidget(self.link_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self._scroll, 1)

    def show_overview(self, overview: Overview) -> None:
        """Show a user's linked accounts."""
        count = len(overview.cards)
        self.title.setText(self.tr("Linked accounts ({n})").format(n=count))
        inner = QWidget()
        inner.setObjectName("cards")
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.cards = {}
        for card in overview.cards:
            rule = QFrame()
            rule.setProperty("kind", "line")
            column.addWidget(rule)
            made = AccountCard(card, self._rights, is_last=count == 1)
            made.unlink.connect(self.unlink)
            self.cards[card.account.account_id] = made
            column.addWidget(made)
        self._scroll.setWidget(inner)
        self._scroll.updateGeometry()
