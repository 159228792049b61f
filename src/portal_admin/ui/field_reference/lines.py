"""The lines of the table, prepared as text: the catalogue alone, or with both values for one contract."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication

from portal_admin.domain import field_words
from portal_admin.domain.fields import ClassProblem, Field, FieldRow, FieldSheet, Reading, State
from portal_admin.ui.tables.rows import Cell, Column, Kind, Row
from portal_admin.ui.theme import Meaning
from portal_admin.ui.widgets.ages import clock_text, zone_text

Sections = list[tuple[str, list[Row]]]


class Look(NamedTuple):
    """The icon and the meaning of a state; its word stands beside them."""

    icon: str
    meaning: Meaning


LOOKS: Mapping[State, Look] = {
    State.EQUAL: Look("equal", Meaning.GOOD),
    State.DIFFERS: Look("differ", Meaning.BAD),
    State.STALE: Look("clock", Meaning.ATTENTION),
    State.NOT_STORED: Look("database", Meaning.ATTENTION),
    State.NOT_READABLE: Look("question", Meaning.UNKNOWN),
    State.NOT_APPLICABLE: Look("block", Meaning.NEUTRAL),
    State.NOT_COMPARED: Look("minus", Meaning.NEUTRAL),
}
UNREAD = "?"


@dataclass(frozen=True, slots=True)
class Shown:
    """Which columns a table has with and without a contract."""

    live: frozenset[str] = frozenset({"portal", "aspire", "state", "as_of"})
    catalogue: frozenset[str] = frozenset({"record", "cadence"})


SHOWN = Shown()


def _tr(text: str) -> str:
    return QCoreApplication.translate("FieldLines", text)


def columns() -> list[Column]:
    """All columns; a table hides those of the other mode."""
    return [
        Column("field", _tr("Portal field"), 204),
        Column("portal", _tr("Portal shows"), 140, Kind.ID),
        Column("source", _tr("ASPIRE source"), 240, Kind.SECONDARY, stretch=True),
        Column("aspire", _tr("ASPIRE says now"), 140, Kind.ID),
        Column("state", _tr("State"), 136),
        Column("as_of", _tr("As of (portal)"), 122, Kind.SECONDARY),
        Column("record", _tr("Record"), 280, Kind.ID),
        Column("cadence", _tr("Updated"), 190, Kind.SECONDARY),
    ]


def of_catalogue(entries: Iterable[Field]) -> Sections:
    """The catalogue by portal screen."""
    lines = [(entry, ("", "", "", "")) for entry in entries]
    return _sections((entry, _row(entry, *blank)) for entry, blank in lines)


def of_sheet(rows: Iterable[FieldRow], sheet: FieldSheet) -> Sections:
    """The rows of a sheet by portal screen."""
    return _sections((row.field, _row(row.field, *_live(row, sheet))) for row in rows)


def _sections(lines: Iterable[tuple[Field, Row]]) -> Sections:
    grouped = groupby(lines, key=lambda line: line[0].screen)
    return [(screen.upper(), [row for _, row in found]) for screen, found in grouped]


def _row(entry: Field, portal: str | Cell, aspire: str | Cell, state: str | Cell, as_of: str | Cell) -> Row:
    source = Cell(entry.aspire_screen, tooltip=f"{entry.aspire_screen}\n{entry.record}".strip())
    return Row(
        entry.key,
        (entry.label, portal, source, aspire, state, as_of, entry.record, field_words.cadence_words(entry)),
    )


def _live(row: FieldRow, sheet: FieldSheet) -> tuple[str | Cell, str | Cell, str | Cell, str | Cell]:
    quiet = row.state in (State.NOT_APPLICABLE, State.NOT_COMPARED)
    look = LOOKS[row.state]
    state = Cell(
        field_words.STATE_WORDS[row.state],
        meaning=look.meaning,
        icon=look.icon,
        strong=row.state is State.DIFFERS,
        tooltip=row.reason or "",
    )
    return (
        value_cell(row.portal, sheet, strong=row.state is State.DIFFERS),
        "" if quiet else value_cell(row.aspire, sheet, strong=row.state is State.DIFFERS),
        state,
        _age(row, sheet.looked_at),
    )


def value_cell(side: Reading | None, sheet: FieldSheet, *, strong: bool = False) -> str | Cell:
    """One side's value; what could not be read is a question mark, never a dash."""
    text = value_text(side, sheet)
    if side is not None and side.problem is not None:
        return Cell(text, meaning=Meaning.UNKNOWN, tooltip=side.problem)
    return Cell(text, strong=strong, tooltip=text if len(text) > 24 else "")


def value_text(side: Reading | None, sheet: FieldSheet) -> str:
    """One side's value as text: blank where nothing is kept, a question mark where it could not be read."""
    if side is None:
        return ""
    if side.problem is not None:
        return UNREAD
    return field_words.words(side.value, manner=field_words.manner_of(sheet)) if side.found else ""


def _age(row: FieldRow, now: datetime) -> str | Cell:
    at = row.portal.as_of if row.portal is not None and row.portal.found else None
    if at is None:
        return ""
    if row.is_stale:
        old = _tr("{time}, older than twice its cadence").format(time=zone_text(at))
        return Cell(clock_text(at, now), meaning=Meaning.ATTENTION, icon="clock", tooltip=old)
    return Cell(clock_text(at, now), tooltip=zone_text(at))


def problem_text(problem: ClassProblem) -> str:
    """Which class of data could not be read, and why."""
    name = field_words.DATA_CLASSES.get(problem.data_class)
    return f"{name}: {problem.message}" if name else problem.message
