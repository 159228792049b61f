"""Accounts of nearly the same name side by side, what differs in bold."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from portal_admin.services.access_overview import AccountProfile
from portal_admin.ui.end_users.contract_words import contracts
from portal_admin.ui.theme import Meaning, Space
from portal_admin.ui.widgets.buttons import button
from portal_admin.ui.widgets.mark import Mark
from portal_admin.ui.widgets.text import PlainLabel

ZERO_WIDTH = "\u200b"


class LookAlike(QFrame):
    """The chosen account beside one that it could be mistaken for; `preferred` carries the id of the other one."""

    preferred = Signal(str)

    def __init__(
        self, chosen: AccountProfile, other: AccountProfile, *, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("kind", "bar")
        self.setProperty("meaning", Meaning.ATTENTION.value)
        words = self.tr("Easily mistaken for another account. Compare them before saving.")
        self.setAccessibleName(f"{words} {other.account.name} {other.account.account_id}")
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.M, Space.S, Space.M, Space.S)
        column.setSpacing(Space.S)
        head = QHBoxLayout()
        head.setSpacing(Space.S)
        head.addWidget(Mark("warning", "attention"), 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(PlainLabel(words, wrap=True), 1)
        column.addLayout(head)
        column.addLayout(self._comparison(chosen, other))
        account_id = other.account.account_id
        name = self.tr("Use {id} instead").format(id=account_id)
        swap = button(name, lambda: self.preferred.emit(account_id), icon="swap")
        column.addWidget(swap, 0, Qt.AlignmentFlag.AlignRight)

    def _comparison(self, chosen: AccountProfile, other: AccountProfile) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(Space.M)
        grid.setVerticalSpacing(Space.XS)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(2, 1)
        grid.addWidget(PlainLabel(self.tr("Chosen"), kind="secondary"), 0, 1)
        grid.addWidget(PlainLabel(self.tr("Look-alike"), kind="secondary"), 0, 2)
        pairs = zip(self._facts(chosen), self._facts(other), strict=True)
        for line, ((name, mine), (_, theirs)) in enumerate(pairs, start=1):
            kind = "strong" if mine != theirs else ""
            grid.addWidget(PlainLabel(name, kind="secondary"), line, 0, Qt.AlignmentFlag.AlignTop)
            for place, value in ((1, mine), (2, theirs)):
                label = PlainLabel(breakable(value), kind=kind, wrap=True)
                grid.addWidget(label, line, place, Qt.AlignmentFlag.AlignTop)
        return grid

    def _facts(self, profile: AccountProfile) -> tuple[tuple[str, str], ...]:
        account = profile.account
        none = self.tr("none")
        opened = contracts(profile.open + profile.closed)
        if profile.closed:
            opened = self.tr("{contracts}, {n} closed").format(contracts=opened, n=profile.closed)
        return (
            (self.tr("Name"), account.name),
            (self.tr("Id"), account.account_id),
            (self.tr("Email"), account.email or none),
            (self.tr("Role"), ", ".join(profile.roles) or none),
            (self.tr("Opens"), opened),
        )


def breakable(text: str) -> str:
    """Text whose long words may break, so that an address never widens the panel."""
    return "".join(c + ZERO_WIDTH if c in "@._-/" else c for c in text)
