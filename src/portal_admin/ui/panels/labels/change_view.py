"""Who gains and who loses which contracts: counts first, the lines below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QCoreApplication, QLocale
from PySide6.QtWidgets import QVBoxLayout, QWidget

from portal_admin.domain.people import Site
from portal_admin.errors import DeskError
from portal_admin.services.sites import LabelChange
from portal_admin.services.snapshot import Freshness
from portal_admin.services.visibility import Sight
from portal_admin.ui.tables.list_table import ListTable
from portal_admin.ui.tables.rows import Cell, Column, Kind, Row
from portal_admin.ui.theme import Meaning, Size, Space
from portal_admin.ui.widgets.ages import AgeLabel
from portal_admin.ui.widgets.text import PlainLabel

LINES_SHOWN = 200
ROWS_HIGH = 6


def _tr(text: str) -> str:
    return QCoreApplication.translate("ChangeView", text)


def _counted(count: int, one: str, many: str) -> str:
    return one if count == 1 else many.format(n=QLocale().toString(count))


def change_words(change: LabelChange) -> str:
    """`2 users gain 5 contracts; 1 user loses 1 contract.`"""
    parts = []
    for sights, verbs in ((change.gained, ("gains", "gain")), (change.lost, ("loses", "lose"))):
        if not sights:
            continue
        users = len({sight.email for sight in sights})
        contracts = len({sight.contract_id for sight in sights})
        parts.append(
            _tr("{users} {verb} {contracts}").format(
                users=_counted(users, _tr("1 user"), _tr("{n} users")),
                verb=_tr(verbs[0]) if users == 1 else _tr(verbs[1]),
                contracts=_counted(contracts, _tr("1 contract"), _tr("{n} contracts")),
            )
        )
    return "; ".join(parts) + "." if parts else _tr("No user gains or loses a contract.")


Section = tuple[str, list[Row]]


@dataclass(frozen=True, slots=True)
class ToldChange:
    """A LabelChange in words and lines; `left` counts the lines that are not shown."""

    site: Site
    words: str
    sections: tuple[Section, ...]
    left: int
    freshness: Freshness


def tell(change: LabelChange) -> ToldChange:
    """Count and shorten a change, which can hold a million lines: not for the UI thread."""
    sections = (
        (_tr("Gain"), _rows("gain", change.gained)),
        (_tr("Lose"), _rows("lose", change.lost)),
    )
    lines = len(change.gained) + len(change.lost)
    left = lines - sum(len(rows) for _, rows in sections)
    return ToldChange(change.site, change_words(change), sections, left, change.freshness)


class ChangeView(QWidget):
    """Shows a ToldChange, or that it is being worked out, or why it could not be."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.counts = PlainLabel(kind="strong", wrap=True)
        self.age = AgeLabel()
        self.warning = PlainLabel(
            self.tr("The portal's copy of ASPIRE is out of date: more or fewer may be affected."),
            meaning=Meaning.ATTENTION,
            wrap=True,
        )
        self.table = ListTable(
            (
                Column("user", self.tr("User"), 120, stretch=True),
                Column("status", self.tr("Status"), 88, Kind.CHIP),
                Column("contract", self.tr("Contract"), 104, Kind.ID),
                Column("area", self.tr("Area"), 64, Kind.SECONDARY),
            ),
            name=self.tr("Users and contracts gained and lost"),
        )
        self.table.setMinimumHeight(Size.ROW * ROWS_HIGH)
        self.more = PlainLabel(kind="secondary", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        for widget in (self.counts, self.age, self.warning, self.table, self.more):
            column.addWidget(widget)
        self.say("")

    def say(self, words: str) -> None:
        """Only words: nothing chosen yet, or still working it out."""
        self.counts.set_meaning(None)
        self.counts.setText(words)
        for widget in (self.age, self.warning, self.table, self.more):
            widget.hide()

    def show_failed(self, error: DeskError) -> None:
        """The change could not be worked out."""
        self.say(self.tr("Cannot tell who gains and loses what. {why}").format(why=error.message))
        self.counts.set_meaning(Meaning.UNKNOWN)

    def show_change(self, change: ToldChange, now: datetime) -> None:
        """Counts, age, and the lines."""
        self.say(change.words)
        self.age.set(change.freshness.as_of, now=now, stale=change.freshness.stale)
        self.age.show()
        self.warning.setVisible(change.freshness.stale)
        if not any(rows for _, rows in change.sections):
            return
        self.table.set_sections(change.sections)
        self.table.show()
        self.more.setText(self.tr("and {n} more lines").format(n=QLocale().toString(change.left)))
        self.more.setVisible(change.left > 0)


def _rows(side: str, sights: Sequence[Sight]) -> list[Row]:
    meanings = {"Pending": Meaning.ATTENTION, "Active": Meaning.GOOD, "Inactive": Meaning.NEUTRAL}
    return [
        Row(
            (side, sight.email, sight.contract_id, number),
            (
                Cell(sight.email, tooltip=f"{sight.name}\n{sight.email}"),
                Cell(sight.status.value, meanings[sight.status.value]),
                sight.contract_id,
                _tr("Closed") if sight.area == "closed" else _tr("Open"),
            ),
        )
        for number, sight in enumerate(sights[:LINES_SHOWN])
    ]
