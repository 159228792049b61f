"""Import files for tests."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence

import xlsxwriter

from portal_admin.services.imports.source import Source

HEADER = ("Email", "First name", "Last name", "Accounts")
NAMESPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
SHEET = "xl/worksheets/sheet1.xml"

Row = Sequence[object]


def csv_source(*rows: Row, header: Row = HEADER, name: str = "people.csv") -> Source:
    """A CSV file of cells without anything that needs quoting."""
    lines = [",".join(map(str, row)) for row in (header, *rows)]
    return Source(name, "\r\n".join(lines).encode())


def text_source(text: str, *, encoding: str = "utf-8", name: str = "people.csv") -> Source:
    return Source(name, text.encode(encoding))


def workbook(sheets: Mapping[str, Iterable[Row]]) -> bytes:
    """An .xlsx file; text that begins with = is a formula, whose value is given after a bar."""
    packed = io.BytesIO()
    with xlsxwriter.Workbook(packed, {"in_memory": True}) as book:
        for name, rows in sheets.items():
            page = book.add_worksheet(name)
            for number, row in enumerate(rows):
                for index, cell in enumerate(row):
                    if isinstance(cell, str) and cell.startswith("="):
                        formula, _, value = cell.partition("|")
                        page.write_formula(number, index, formula, None, value)
                    elif isinstance(cell, str):
                        page.write_string(number, index, cell)
                    else:
                        page.write(number, index, cell)
    return packed.getvalue()


def xlsx_source(*rows: Row, header: Row = HEADER, name: str = "people.xlsx") -> Source:
    return Source(name, workbook({"People": [header, *rows]}))


def repacked(data: bytes, parts: Mapping[str, bytes | None]) -> bytes:
    """The archive with those parts replaced or added, and without those that are None."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        kept = {info.filename: old.read(info) for info in old.infolist()}
        for name, content in (kept | dict(parts)).items():
            if content is not None:
                new.writestr(name, content)
    return packed.getvalue()


def with_cells(cells: str) -> Source:
    """A workbook whose first sheet holds that XML inside its sheetData."""
    sheet = f'<?xml version="1.0"?><worksheet {NAMESPACE}><sheetData>{cells}</sheetData></worksheet>'
    return Source("people.xlsx", repacked(workbook({"People": [HEADER]}), {SHEET: sheet.encode()}))
