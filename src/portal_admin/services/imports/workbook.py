"""Worksheets as rows of text: values, never formulas; ids that are stored as numbers come as their digits."""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from xml.parsers import expat

from portal_admin.errors import InvalidInput
from portal_admin.services.imports.unpacking import DAMAGED, Marks, check_workbook

WORKBOOK, RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
# Excel keeps no more digits of a number; one beyond is shown as Excel does, so that it cannot pass for an id.
WHOLE_UP_TO = 10**15

DATES = (date, time, timedelta)  # a datetime is a date
Value = int | float | str | bool | time | date | datetime | timedelta


@dataclass(frozen=True, slots=True)
class Worksheet:
    """One sheet of a workbook: its rows from row 1 on, and by row the columns (from 0) that hold errors and dates."""

    names: tuple[str, ...]
    name: str
    rows: Iterator[list[str]]
    errors: Mapping[int, frozenset[int]]
    dates: Mapping[int, frozenset[int]]
    hidden: frozenset[int]


def worksheet(data: bytes, sheet: str | None) -> Worksheet:
    """The sheet of that name, None for the first that is not hidden."""
    import python_calamine
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    marked = check_workbook(data)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = [one for one in book.sheets_metadata if one.typ is SheetTypeEnum.WorkSheet]
        names = tuple(one.name for one in sheets)
        if not names:
            raise InvalidInput("The workbook has no sheet with cells.", field="file")
        if sheet is not None and sheet not in names:
            raise InvalidInput(f"The workbook has the sheets {', '.join(names)}.", field="sheet")
        seen = [one.name for one in sheets if one.visible is SheetVisibleEnum.Visible]
        chosen = (seen or names)[0] if sheet is None else sheet
        rows = book.get_sheet_by_name(chosen).to_python(skip_empty_area=False)
    except python_calamine.CalamineError as problem:
        raise InvalidInput(DAMAGED, field="file") from problem
    marks = marked.get(_part_of(data, chosen), Marks())
    texts = ([text_of(cell) for cell in row] for row in rows)
    errors = _by_row((row, column - 1) for row, column in marks.errors)
    dates = _by_row(
        (number, column)
        for number, row in enumerate(rows, start=1)
        for column, cell in enumerate(row)
        if isinstance(cell, DATES)
    )
    return Worksheet(names, chosen, texts, errors, dates, marks.hidden)


def _by_row(places: Iterable[tuple[int, int]]) -> dict[int, frozenset[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for row, column in places:
        found[row].add(column)
    return {row: frozenset(columns) for row, columns in found.items()}


def _part_of(data: bytes, sheet: str) -> str:
    """The part of the archive that holds the sheet."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheets = _elements(archive, WORKBOOK, "sheet")
        relations = _elements(archive, RELATIONS, "Relationship")
    named = [one for one in sheets if one.get("name") == sheet]
    identity = next((value for name, value in named[0].items() if name.endswith(":id")), "") if named else ""
    targets = [one.get("Target", "") for one in relations if one.get("Id") == identity]
    return posixpath.normpath(posixpath.join("/xl", targets[0])).lstrip("/") if targets else ""


def _elements(archive: zipfile.ZipFile, part: str, name: str) -> list[dict[str, str]]:
    """The attributes of every element of that name; the archive was looked through before."""
    found: list[dict[str, str]] = []

    def element(full: str, attributes: dict[str, str]) -> None:
        if full.rpartition(":")[2] == name:
            found.append(attributes)

    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler = element
    try:
        parser.Parse(archive.read(part), True)
    except (expat.ExpatError, KeyError, zipfile.BadZipFile) as problem:
        raise InvalidInput(DAMAGED, field="file") from problem
    return found


def text_of(value: Value) -> str:
    """A cell's value as text: 12.0 is 12, a date is written year first."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer() and abs(value) < WHOLE_UP_TO:
        return str(int(value))
    if isinstance(value, (int, float)):
        return str(value) if abs(value) < WHOLE_UP_TO else f"{value:.5E}"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    return str(value)
