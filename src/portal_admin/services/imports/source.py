"""The file of an import as a table of text: what is too large or not a table is refused before it is parsed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path
from typing import Literal

from portal_admin.errors import InvalidInput
from portal_admin.services.imports import delimited
from portal_admin.services.imports.limits import (
    HEADING_WITHIN,
    MEGABYTE,
    MOST_BYTES,
    MOST_COLUMNS,
    MOST_IN_CELL,
    MOST_LINES,
    MOST_ROWS,
)
from portal_admin.services.imports.mapping import heading_of
from portal_admin.services.imports.workbook import Worksheet, worksheet

# What a person may choose where the file is misread; otherwise it is found out.
ENCODINGS = tuple(delimited.CODECS)
DELIMITERS = delimited.DELIMITERS

ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PROTECTED = "EncryptedPackage".encode("utf-16-le")
LOCKED = "This workbook is protected by a password. Save it without one, and take that."
TOO_OLD = "This is an Excel 97-2003 file (.xls). Save it as an Excel workbook (.xlsx), and take that."
TOO_MANY_BYTES = (
    f"The file is larger than {MOST_BYTES // MEGABYTE} MB. Split it, or save only the table as CSV."
)
TOO_MANY_ROWS = f"The file has more than {MOST_ROWS:,} rows. Split it into several files."


@dataclass(frozen=True, slots=True)
class Source:
    """A file as it was read."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One row that is not empty, numbered as in the file (the heading is row 1); `fault` says why it cannot be used.

    `errors` are columns of a worksheet whose formula ends in an error, such as #N/A, and so has no value; `dates` are
    columns that hold a date or time. `hidden` rows are in the file, and not before the eyes of who looks at it.
    """

    number: int
    cells: tuple[str, ...]
    fault: str | None = None
    errors: frozenset[int] = frozenset()
    dates: frozenset[int] = frozenset()
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A file as text cells; encoding and delimiter are those of a CSV file, sheets and sheet those of a workbook.

    `heading` is the row of the headings, and what stands above it is no part of the table.
    """

    file_name: str
    file_hash: str
    kind: Literal["csv", "xlsx"]
    encoding: str | None
    delimiter: str | None
    sheets: tuple[str, ...]
    sheet: str | None
    heading: int
    header: tuple[str, ...]
    rows: tuple[SourceRow, ...]

    @property
    def hidden(self) -> int:
        """How many rows are hidden."""
        return sum(row.hidden for row in self.rows)


def read_source(path: Path) -> Source:
    """Read a file from disk; InvalidInput when it is missing or too large."""
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as problem:
        raise InvalidInput(
            f"{path} cannot be read. Check the name, and close the file in other programs.", field="file"
        ) from problem
    _check_size(data)
    return Source(path.name, data)


def open_table(
    source: Source, *, encoding: str | None = None, delimiter: str | None = None, sheet: str | None = None
) -> Table:
    """The table in a CSV file or workbook, told apart by what is in it, not by its name.

    `encoding` is one of ENCODINGS, `delimiter` of DELIMITERS, `sheet` a sheet's name; None finds out, or takes the
    first sheet that is not hidden. InvalidInput (field file, encoding, delimiter or sheet) says what is wrong with the file.
    """
    data = source.data
    _check_size(data)
    if data.startswith(OLE):
        raise InvalidInput(LOCKED if PROTECTED in data else TOO_OLD, field="file")
    digest = hashlib.sha256(data).hexdigest()
    if data.startswith(ZIP):
        page = worksheet(data, sheet)
        heading, header, rows = _table(page.rows, ragged=False)
        if page.errors or page.dates or page.hidden:
            rows = tuple(_marked(row, page) for row in rows)
        return Table(source.name, digest, "xlsx", None, None, page.names, page.name, heading, header, rows)
    text, name = delimited.decoded(data, encoding)
    told, text = delimited.split_off_told(text)
    mark = delimiter or told or delimited.delimiter_of(text)
    heading, header, rows = _table(delimited.rows_of(text, mark), ragged=True)
    return Table(source.name, digest, "csv", name, mark, (), None, heading, header, rows)


def _marked(row: SourceRow, page: Worksheet) -> SourceRow:
    number, none = row.number, frozenset[int]()
    errors, dates = page.errors.get(number, none), page.dates.get(number, none)
    return replace(row, errors=errors, dates=dates, hidden=number in page.hidden)


def _check_size(data: bytes) -> None:
    if len(data) > MOST_BYTES:
        raise InvalidInput(TOO_MANY_BYTES, field="file")


def _table(lines: Iterable[list[str]], *, ragged: bool) -> tuple[int, tuple[str, ...], tuple[SourceRow, ...]]:
    filled = _filled(lines)
    first = list(islice(filled, HEADING_WITHIN)) or [(0, [])]
    place = heading_of([cells for _, cells in first])
    heading, names = first[place]
    header = tuple(name.strip() for name in names)
    while not ragged and header and not header[-1]:
        header = header[:-1]
    if not header:
        raise InvalidInput("The file is empty.", field="file")
    if len(header) > MOST_COLUMNS:
        raise InvalidInput(f"The file has more than {MOST_COLUMNS} columns.", field="file")
    rows: list[SourceRow] = []
    for number, cells in chain(first[place + 1 :], filled):
        if len(rows) == MOST_ROWS:
            raise InvalidInput(TOO_MANY_ROWS, field="file")
        rows.append(_row(number, cells, len(header), ragged))
    return heading, header, tuple(rows)


def _filled(lines: Iterable[list[str]]) -> Iterator[tuple[int, list[str]]]:
    """The rows that hold something, with their numbers in the file."""
    for number, cells in enumerate(lines, start=1):
        if number > MOST_LINES:
            raise InvalidInput(TOO_MANY_ROWS, field="file")
        if any(cell and not cell.isspace() for cell in cells):
            yield number, cells


def _row(number: int, cells: Sequence[str], width: int, ragged: bool) -> SourceRow:
    kept = list(cells)
    while len(kept) > width and not kept[-1].strip():
        kept.pop()
    if ragged and len(kept) != width:
        fault = (
            f"The row has {len(kept)} cells where the heading has {width}, so it is not clear which is which. "
            "Put cells that hold the delimiter or a line break between quotation marks."
        )
        return SourceRow(number, tuple(kept), fault)
    # Cells of a worksheet stay in their columns, whatever stands beside the table.
    kept = [*kept[:width], *[""] * (width - len(kept))]
    if max(map(len, kept)) > MOST_IN_CELL:
        return SourceRow(
            number,
            tuple(cell[:MOST_IN_CELL] for cell in kept),
            f"A cell holds more than {MOST_IN_CELL:,} characters.",
        )
    return SourceRow(number, tuple(kept))
