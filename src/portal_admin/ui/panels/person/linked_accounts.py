"""The accounts a user is linked to, and what the user sees through them."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from portal_admin.services.access_overview import LinkedCard, Overview
from portal_admin.ui.theme import Meaning, Space
from portal_admin.ui.widgets.chip import StatusChip
from portal_admin.ui.widgets.text import ElidedLabel, PlainLabel, set_tooltip

SHOWN = 6


class LinkedAccounts(QWidget):
    """Names and ids, a mark on links that could not be made anew, and the numbers of contracts."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = PlainLabel(kind="strong")
        self._lines = QWidget()
        self._more = PlainLabel(kind="secondary")
        self._seen = PlainLabel(kind="secondary", wrap=True)
        self._column = QVBoxLayout(self)
        self._column.setSpacing(Space.S)
        for widget in (self._title, self._lines, self._more, self._seen):
            self._column.addWidget(widget)

    def show_overview(self, overview: Overview) -> None:
        """Show the links of one user."""
        cards = overview.cards
        title = self.tr("Linked account") if len(cards) == 1 else self.tr("Linked accounts ({n})")
        self._title.setText(title.format(n=len(cards)))
        old, self._lines = self._lines, QWidget()
        column = QVBoxLayout(self._lines)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        for card in cards[:SHOWN]:
            column.addLayout(self._line(card))
        self._column.replaceWidget(old, self._lines)
        old.hide()
        old.deleteLater()
        more = len(cards) - SHOWN
        self._more.setText(self.tr("and {n} more, see Account access").format(n=more))
        self._more.setVisible(more > 0)
        self._seen.setText(self._contract_words(overview))

    def _line(self, card: LinkedCard) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(ElidedLabel(card.account.name))
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        row.addWidget(PlainLabel(card.account.account_id, kind="secondary"))
        if card.offer is not None and card.offer.verdict == "not_offered":
            reasons = " ".join(check.sentence for check in card.offer.failed)
            chip = StatusChip(self.tr("no longer offered"), Meaning.ATTENTION)
            words = self.tr("It could not be linked anew, but this link stays. {why}")
            set_tooltip(chip, words.format(why=reasons))
            row.addWidget(chip)
        row.addStretch(1)
        column.addLayout(row)
        return column

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
