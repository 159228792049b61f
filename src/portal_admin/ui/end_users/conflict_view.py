"""Somebody else saved first: what it was, what they made of it, and what is typed here."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from portal_admin.domain.people import EndUser
from portal_admin.ui.speech import announce
from portal_admin.ui.theme import Meaning, Space
from portal_admin.ui.widgets.buttons import button
from portal_admin.ui.widgets.facts import FactGrid
from portal_admin.ui.widgets.mark import Mark
from portal_admin.ui.widgets.text import PlainLabel


class ConflictView(QFrame):
    """Three columns: was, theirs, yours; `taken` asks to use theirs."""

    taken = Signal()

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "bar")
        self.setProperty("meaning", Meaning.ATTENTION.value)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.M, Space.S, Space.M, Space.S)
        column.setSpacing(Space.S)
        head = QHBoxLayout()
        head.setSpacing(Space.S)
        head.addWidget(Mark("warning", "attention"), 0, Qt.AlignmentFlag.AlignTop)
        self.words = PlainLabel(
            self.tr(
                "Somebody else saved this user meanwhile. Nothing of yours was saved yet, and nothing is lost."
            ),
            wrap=True,
        )
        head.addWidget(self.words, 1)
        column.addLayout(head)
        self._table = QWidget()
        self._column = column
        self.theirs_button = button(self.tr("Use theirs"), self.taken.emit)
        column.addWidget(self._table)
        foot = PlainLabel(self.tr("Save again to put yours in place of theirs."), kind="secondary", wrap=True)
        column.addWidget(foot)
        column.addWidget(self.theirs_button, 0, Qt.AlignmentFlag.AlignRight)
        self.hide()

    @property
    def is_empty(self) -> bool:
        """Whether no conflict is shown."""
        return self.isHidden()

    def clear(self) -> None:
        """Take the conflict away."""
        self.hide()

    def show_conflict(self, base: EndUser, theirs: EndUser, first: str, last: str) -> None:
        """Show what differs; typed text stays where it is."""
        old = self._table
        self._table = self._grid(base, theirs, first, last)
        self._column.replaceWidget(old, self._table)
        old.deleteLater()
        self.show()
        self.setAccessibleName(self.words.text())
        announce(self, self.words.text(), urgent=True)

    def _grid(self, base: EndUser, theirs: EndUser, first: str, last: str) -> QWidget:
        holder = QWidget()
        grid = FactGrid(holder)
        for place, title in enumerate((self.tr("Was"), self.tr("Theirs"), self.tr("Yours")), start=1):
            grid.addWidget(PlainLabel(title, kind="secondary"), 0, place)
        lines = (
            (self.tr("First name"), base.first_name, theirs.first_name, first),
            (self.tr("Last name"), base.last_name, theirs.last_name, last),
            (self.tr("Status"), base.status.value, theirs.status.value, ""),
            (self.tr("Accounts"), _ids(base), _ids(theirs), ""),
        )
        for name, was, now, yours in lines:
            if was == now and yours in ("", now):
                continue
            kinds = ("", "strong" if was != now else "", "")
            cells = zip((was, now, yours), kinds, strict=True)
            grid.add_fact(name, *(PlainLabel(value, kind=kind, wrap=True) for value, kind in cells))
        return holder


def _ids(user: EndUser) -> str:
    return ", ".join(account.account_id for account in user.accounts)
