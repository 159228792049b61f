"""Worksheets as rows of text: values, never formulas; ids that are stored as numbers come as their digits."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from portal_admin.errors import InvalidInput
from portal_admin.services.imports.unpacking import DAMAGED, check_workbook

# Excel keeps no more digits of a number; one beyond is shown as Excel does, so that it cannot pass for an id.
WHOLE_UP_TO = 10**15

Value = int | float | str | bool | time | date | datetime | timedelta


def worksheet(data: bytes, sheet: str | None) -> tuple[tuple[str, ...], str, Iterator[list[str]]]:
    """The names of all sheets, the name of the one chosen (None: the first), and its rows from row 1 on."""
    import python_calamine

    check_workbook(data)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        names = tuple(book.sheet_names)
        if not names:
            raise InvalidInput("The workbook has no sheet.", field="file")
        if sheet is not None and sheet not in names:
            raise InvalidInput(f"The workbook has the sheets {', '.join(names)}.", field="sheet")
        chosen = names[0] if sheet is None else sheet
        rows = book.get_sheet_by_name(chosen).to_python(skip_empty_area=False)
    except python_calamine.CalamineError as problem:
        raise InvalidInput(DAMAGED, field="file") from problem
    return names, chosen, ([text_of(cell) for cell in row] for row in rows)


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
