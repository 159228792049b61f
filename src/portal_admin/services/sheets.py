"""Writes long lists as a workbook or as CSV: row by row, and whole or not at all."""

from __future__ import annotations

import csv
import io
import os
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

from portal_admin.domain.spreadsheet import neutralised
from portal_admin.errors import DeskError, InvalidInput, Refused

Cell = str | int | datetime | None
Add = Callable[[Sequence[Cell]], None]
MOST_ROWS = 1_048_575  # below the heading; Excel shows no more
MOST_IN_CELL = 32_767  # UTF-16 units; Excel cuts what is longer
ENDINGS = (".xlsx", ".csv")
NOT_WRITTEN = "The file was not written"
IN_THE_WAY = "There is a file {path} already. Choose another name."
TOO_LONG = "Row {row} holds more under {column} than one cell of a workbook can. Export it as CSV."


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading and its width in characters."""

    text: str
    width: int


class Draft:
    """A file that is being written beside the place where it shall appear."""

    def __init__(self, target: Path, *, overwrite: bool) -> None:
        self.path = target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}.part")
        self._target = target
        self._overwrite = overwrite

    def check(self) -> None:
        """InvalidInput when another file stands in the way, DeskError when that file cannot be replaced."""
        if not self._target.exists():
            return
        if not self._overwrite:
            raise InvalidInput(IN_THE_WAY.format(path=self._target), field="file")
        with self._target.open("r+b"):  # fails where another program holds it
            pass

    def keep(self) -> None:
        """Let the whole file appear under its name."""
        self.check()
        os.replace(self.path, self._target)


@contextmanager
def drafted(target: Path, *, overwrite: bool) -> Iterator[Draft]:
    """A draft that is gone afterwards unless it was kept; DeskError when the place cannot be written to."""
    draft = Draft(target, overwrite=overwrite)
    try:
        draft.check()
        yield draft
    except OSError as problem:
        words = (
            f"{target} could not be written. "
            "Close it in other programs, make room on the disk, or choose another folder."
        )
        raise DeskError(words, title=NOT_WRITTEN) from problem
    finally:
        with suppress(OSError):  # it was kept, or never begun
            draft.path.unlink()


def ending(path: Path) -> str:
    """`.xlsx` or `.csv`; InvalidInput for a name that ends otherwise."""
    found = path.suffix.lower()
    if found not in ENDINGS:
        raise InvalidInput("The file name must end in .xlsx or .csv.", field="file")
    return found


def sheet(
    path: Path, form: str, headings: Sequence[Heading], *, title: str, zone: ZoneInfo, delimiter: str = ","
) -> AbstractContextManager[Add]:
    """Write a list of that form under headings: call what is entered with each row; instants stand in the zone.

    `delimiter` is that of a CSV file.
    """
    writer = {".xlsx": _workbook, ".csv": _csv}[form]
    return writer(path, headings, title, zone, delimiter)


@contextmanager
def _csv(
    path: Path, headings: Sequence[Heading], _title: str, zone: ZoneInfo, delimiter: str
) -> Iterator[Add]:
    def text(cell: Cell) -> str | int | None:
        if isinstance(cell, datetime):
            return f"{cell.astimezone(zone):%Y-%m-%d %H:%M:%S}"
        return neutralised(cell) if isinstance(cell, str) else cell

    # Excel takes the encoding from the mark at the start.
    with path.open("x", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow([heading.text for heading in headings])
        yield lambda row: writer.writerow([text(cell) for cell in row])


@contextmanager
def _workbook(
    path: Path, headings: Sequence[Heading], title: str, zone: ZoneInfo, _delimiter: str
) -> Iterator[Add]:
    import xlsxwriter
    from xlsxwriter.exceptions import XlsxFileError

    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        options = {"constant_memory": True, "tmpdir": folder}
        try:
            with _Archive(io.FileIO(path, "xb")) as file, xlsxwriter.Workbook(file, options) as book:
                page = _Page(book, title, headings, zone)
                yield page.add
                page.finish()
        except XlsxFileError as problem:
            raise OSError(str(problem)) from problem


class _Archive(io.BufferedWriter):
    """A file that forgets what it is given once closed.

    The writer of an archive that failed, as on a full disk, still ends the archive when it is dropped, and would
    complain aloud.
    """

    def write(self, data: Any) -> int:
        return len(data) if self.closed else super().write(data)

    def seek(self, target: int, whence: int = 0) -> int:
        return 0 if self.closed else super().seek(target, whence)

    def tell(self) -> int:
        return 0 if self.closed else super().tell()

    def flush(self) -> None:
        if not self.closed:
            super().flush()


class _Page:
    """One worksheet that is written from top to bottom."""

    def __init__(self, book: Any, title: str, headings: Sequence[Heading], zone: ZoneInfo) -> None:
        self._headings = headings
        self._zone = zone
        self._line = 0
        self._text = book.add_format({"num_format": "@"})
        self._instant = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss", "align": "left"})
        head = book.add_format({"bold": True, "bg_color": "#E3E6EA"})
        self._sheet = book.add_worksheet(title)
        self._sheet.freeze_panes(1, 1)
        for index, heading in enumerate(headings):
            self._sheet.set_column(index, index, heading.width)
            self._sheet.write_string(0, index, heading.text, head)

    def add(self, row: Sequence[Cell]) -> None:
        self._line += 1
        if self._line > MOST_ROWS:
            words = f"A workbook holds at most {MOST_ROWS:,} rows. Narrow the filter, or export it as CSV."
            raise Refused(words, rule="rows")
        for index, cell in enumerate(row):
            if isinstance(cell, str):
                self._add_text(index, cell)
            elif isinstance(cell, datetime):
                local = cell.astimezone(self._zone).replace(tzinfo=None)
                self._sheet.write_datetime(self._line, index, local, self._instant)
            elif cell is not None:
                self._sheet.write_number(self._line, index, cell)

    def finish(self) -> None:
        self._sheet.autofilter(0, 0, max(1, self._line), len(self._headings) - 1)

    def _add_text(self, index: int, text: str) -> None:
        if len(text.encode("utf-16-le", "surrogatepass")) // 2 > MOST_IN_CELL:
            column = self._headings[index].text
            raise Refused(TOO_LONG.format(row=self._line + 1, column=column), rule="cell")
        if text.startswith("<r>") and text.endswith("</r>"):
            # The writer would take such text for markup of its own and not escape it.
            self._sheet.write_rich_string(self._line, index, "<", "r", text[2:], self._text)
        elif text:
            self._sheet.write_string(self._line, index, text, self._text)
