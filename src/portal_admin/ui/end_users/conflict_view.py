"""Somebody else saved first: what it was, what they made of it, and what is typed here."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from portal_admin.domain.people import EndUser
from portal_admin.ui.speech import announce
from portal_admin.ui.theme import Meaning, Space
from portal_admin.ui.widgets.buttons import button
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
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(Space.M)
        grid.setVerticalSpacing(Space.XS)
        for place, title in enumerate((self.tr("Was"), self.tr("Theirs"), self.tr("Yours")), start=1):
            grid.addWidget(PlainLabel(title, kind="secondary"), 0, place)
            grid.setColumnStretch(place, 1)
        lines = (
            (self.tr("First name"), base.first_name, theirs.first_name, first),
            (self.tr("Last name"), base.last_name, theirs.last_name, last),
            (self.tr("Status"), base.status.value, theirs.status.value, ""),
            (self.tr("Accounts"), _ids(base), _ids(theirs), ""),
        )
        for line, (name, was, now, yours) in enumerate(lines, start=1):
            if was == now and yours in ("", now):
                continue
            grid.addWidget(PlainLabel(name, kind="secondary"), line, 0, Qt.AlignmentFlag.AlignTop)
            for place, value in enumerate((was, now, yours), start=1):
                kind = "strong" if place == 2 and was != now else ""
                cell = PlainLabel(value, kind=kind, wrap=True)
                grid.addWidget(cell, line, place, Qt.AlignmentFlag.AlignTop)
        return holder


def _ids(user: EndUser) -> str:
    return ", ".join(account.account_id for account in user.accounts)
