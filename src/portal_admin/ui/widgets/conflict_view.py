"""Somebody else saved first: what it was, what they made of it, and what is typed here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from portal_admin.domain.people import EndUser
from portal_admin.ui.speech import announce
from portal_admin.ui.theme import Meaning, Space
from portal_admin.ui.widgets.buttons import button
from portal_admin.ui.widgets.facts import FactGrid
from portal_admin.ui.widgets.mark import Mark
from portal_admin.ui.widgets.text import PlainLabel, breakable


class ConflictLine(NamedTuple):
    """One value three times; `yours` is empty where nothing is typed, `take` puts theirs in its place."""

    name: str
    was: str
    theirs: str
    yours: str = ""
    take: Callable[[], object] | None = None

    @property
    def differs(self) -> bool:
        """Whether there is anything to see."""
        return self.was != self.theirs or self.yours not in ("", self.theirs)


class ConflictView(QFrame):
    """Three columns: was, theirs, yours; `taken` asks to use theirs throughout."""

    taken = Signal()

    def __init__(
        self, words: str, foot: str, *, can_take: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("kind", "bar")
        self.setProperty("meaning", Meaning.ATTENTION.value)
        self.words = PlainLabel(words, wrap=True)
        self.theirs_button = button(self.tr("Use theirs"), self.taken.emit)
        self._table = QWidget()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(Space.M, Space.S, Space.M, Space.S)
        self._column.setSpacing(Space.S)
        head = QHBoxLayout()
        head.setSpacing(Space.S)
        head.addWidget(Mark("warning", "attention"), 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.words, 1)
        self._column.addLayout(head)
        self._column.addWidget(self._table)
        self._column.addWidget(PlainLabel(foot, kind="secondary", wrap=True))
        if can_take:
            self._column.addWidget(self.theirs_button, 0, Qt.AlignmentFlag.AlignRight)
        self.hide()

    def clear(self) -> None:
        """Take the conflict away."""
        self.hide()

    def show_conflict(self, lines: Iterable[ConflictLine]) -> None:
        """Show what differs and say so; typed text stays where it is."""
        self.update_lines(lines)
        self.show()
        self.setAccessibleName(self.words.text())
        announce(self, self.words.text(), urgent=True)

    def update_lines(self, lines: Iterable[ConflictLine]) -> None:
        """Follow what is typed now."""
        old = self._table
        self._table = self._grid([line for line in lines if line.differs])
        self._column.replaceWidget(old, self._table)
        self._table.show()  # a part that comes later is not shown along
        old.hide()
        old.deleteLater()

    def _grid(self, lines: Iterable[ConflictLine]) -> QWidget:
        holder = QWidget()
        grid = FactGrid(holder)
        for place, title in enumerate((self.tr("Was"), self.tr("Theirs"), self.tr("Yours")), start=1):
            grid.addWidget(PlainLabel(title, kind="secondary"), 0, place)
        for line in lines:
            strong = "strong" if line.was != line.theirs else ""
            theirs = _cell(line.theirs, strong)
            if line.take is not None and line.theirs not in (line.was, line.yours):
                theirs = self._takeable(theirs, line)
            grid.add_fact(line.name, _cell(line.was), theirs, _cell(line.yours))
        return holder

    def _takeable(self, label: QWidget, line: ConflictLine) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        made = button(self.tr("Take this"), line.take, kind="link")
        made.setAccessibleName(self.tr("{name}: take {value}").format(name=line.name, value=line.theirs))
        column.addWidget(label)
        column.addWidget(made, 0, Qt.AlignmentFlag.AlignLeft)
        return holder


def user_lines(
    was: EndUser,
    theirs: EndUser,
    *,
    first_name: ConflictLine | None = None,
    last_name: ConflictLine | None = None,
    accounts: str = "",
) -> list[ConflictLine]:
    """What others changed of an end user, beside the names and the accounts that are being changed here."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("ConflictView", text)

    return [
        first_name or ConflictLine(tr("First name"), was.first_name, theirs.first_name),
        last_name or ConflictLine(tr("Last name"), was.last_name, theirs.last_name),
        ConflictLine(tr("Status"), was.status.value, theirs.status.value),
        ConflictLine(tr("Accounts"), account_ids(was), account_ids(theirs), accounts),
    ]


def account_ids(user: EndUser) -> str:
    """The linked accounts by id."""
    return ", ".join(account.account_id for account in user.accounts)


def _cell(text: str, kind: str = "") -> QWidget:
    label = PlainLabel(breakable(text), kind=kind, wrap=True)
    label.setMinimumWidth(1)
    return label
