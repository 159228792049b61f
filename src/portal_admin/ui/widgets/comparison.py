"""Look-alike accounts side by side, what differs in bold."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel

from portal_admin.services.access_overview import AccountProfile
from portal_admin.ui.theme import Meaning, Size, Space
from portal_admin.ui.widgets.buttons import button
from portal_admin.ui.widgets.facts import FactGrid
from portal_admin.ui.widgets.mark import Mark
from portal_admin.ui.widgets.text import ZERO_WIDTH, PlainLabel, breakable

OTHERS_AT_MOST = 2


class Comparison(QFrame):
    """The chosen account beside those it could be mistaken for; `choose` takes another of them instead.

    `linked` are the ids of the user's accounts, None where there is no user yet.
    """

    def __init__(
        self,
        chosen: AccountProfile,
        others: Sequence[AccountProfile],
        *,
        choose: Callable[[str], object],
        linked: Collection[str] | None = None,
    ) -> None:
        super().__init__()
        self.setProperty("kind", "bar")
        self.setProperty("meaning", Meaning.ATTENTION.value)
        self._grid = FactGrid(self)
        self._grid.setContentsMargins(Space.M, Space.S, Space.M, Space.S)
        shown = [chosen, *others[:OTHERS_AT_MOST]]
        self._title(len(shown) + 1)
        self._head(len(shown))
        for number, (name, cells) in enumerate(self._rows(shown, linked), start=2):
            self._line(number, name, cells)
        self._buttons(shown, choose)
        more = len(others) - OTHERS_AT_MOST
        if more > 0:
            said = self.tr("{n} more accounts have such a name; search for it to see them all.")
            note = PlainLabel(said.format(n=more), kind="secondary", wrap=True)
            self._grid.addWidget(note, self._grid.rowCount(), 0, 1, len(shown) + 1)

    def _title(self, columns: int) -> None:
        title = PlainLabel(self.tr("Easily mistaken: compare before linking"), kind="strong", wrap=True)
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        row.addWidget(Mark("warning", "attention"), 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(title, 1)
        self._grid.addLayout(row, 0, 0, 1, columns)
        self.setAccessibleName(title.text())

    def _head(self, count: int) -> None:
        names = [self.tr("Chosen"), *[self.tr("Look-alike")] * (count - 1)]
        for column, name in enumerate(names, start=1):
            self._grid.addWidget(PlainLabel(name, kind="secondary"), 1, column)
            self._grid.setColumnMinimumWidth(column, Size.CARD // 4)

    def _rows(
        self, shown: Sequence[AccountProfile], linked: Collection[str] | None
    ) -> list[tuple[str, list[str]]]:
        none = self.tr("none")
        rows = [
            (self.tr("Account id"), [p.account.account_id for p in shown]),
            (self.tr("Name"), [p.account.name for p in shown]),
            (self.tr("Email"), [_a_line_each(p.account.email or none) for p in shown]),
            (self.tr("Roles"), [", ".join(p.roles) or none for p in shown]),
            (self.tr("On this site"), [self._counts(p) for p in shown]),
        ]
        if linked is not None:
            yes, no = self.tr("linked already"), self.tr("not linked")
            rows.append(
                (self.tr("This user"), [yes if p.account.account_id in linked else no for p in shown])
            )
        return rows

    def _counts(self, profile: AccountProfile) -> str:
        if not profile.open and not profile.closed:
            return self.tr("opens nothing")
        return self.tr("{open} open, {closed} closed").format(open=profile.open, closed=profile.closed)

    def _line(self, row: int, name: str, cells: Sequence[str]) -> None:
        differs = len(set(cells)) > 1
        labels = []
        for column, text in enumerate(cells, start=1):
            label = PlainLabel(breakable(text), kind="strong" if differs else "", wrap=True)
            label.setMinimumWidth(1)
            label.setObjectName(f"{'differs' if differs else 'same'}_{row}_{column}")
            said = self.tr("{name}: {text}, differs") if differs else self.tr("{name}: {text}")
            label.setAccessibleName(said.format(name=name, text=text))
            labels.append(label)
        self._grid.add_fact(name, *labels)

    def _buttons(self, shown: Sequence[AccountProfile], choose: Callable[[str], object]) -> None:
        row = self._grid.rowCount()
        for column, other in enumerate(shown[1:], start=2):
            account_id = other.account.account_id
            made = button(self.tr("Choose this one"), partial(choose, account_id), kind="link")
            made.setAccessibleName(self.tr("Choose {id} instead").format(id=account_id))
            self._grid.addWidget(made, row, column, Qt.AlignmentFlag.AlignLeft)

    @property
    def differing(self) -> list[str]:
        """The texts shown in bold because they differ."""
        labels = self.findChildren(QLabel)
        return [
            one.text().replace(ZERO_WIDTH, "") for one in labels if one.objectName().startswith("differs_")
        ]


def _a_line_each(addresses: str) -> str:
    return re.sub(r";\s*", ";\n", addresses)
